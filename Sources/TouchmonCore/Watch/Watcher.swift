import HeapModule

/// The watch stage: events of the kernel in, touches out.
///
/// Three kinds of work wait in one queue: walking to a directory that holds watched paths, walking
/// from there to a path's file, and looking at the file. A walk is always followed by a look,
/// because what happened before its watches stood was not heard. The stage asks one thing of the
/// kernel at a time (`nextRequest`) and goes on with its answer (`reply`).
package struct Watcher {
    /// What the stage has to say to the next.
    package enum Output: Equatable, Sendable {
        /// The path was touched, or changed otherwise in a way that counts; the file as it was seen
        /// then, nil where it is gone, and its number in what the kernel tells of who touches.
        case touched(ActionID, FileStatus?, number: UInt64)
        /// A level that the action asks for is up, or not; with whether anything happened since this
        /// was last said.
        case level(ActionID, isUp: Bool, isNews: Bool)
        /// What was heard of the file with this number was no touch.
        case untouched(ActionID, number: UInt64)
        /// The path's state changed, and needs no run.
        case handled(ActionID)
        /// The path is polled from now on, or for another reason than before.
        case polled(ActionID, Polling)
        /// Where the directory of a tree is, free of symbolic links; nil where it is not there.
        /// `isMounted`: something was mounted or unmounted on the way.
        case placed(ActionID, RawPath?, isMounted: Bool)
        /// The kernel's queue was full; every path is examined.
        case overflowed

        /// Whose path it is about; nil: everybody's.
        fileprivate var action: ActionID? {
            switch self {
            case .touched(let action, _, _), .level(let action, _, _), .handled(let action),
                .untouched(let action, _),
                .polled(let action, _), .placed(let action, _, _):
                action
            case .overflowed: nil
            }
        }
    }

    /// What an earlier daemon handled of a path.
    package struct Known {
        /// nil where there was no file.
        var handled: HandledState?
        var isSameBoot: Bool
    }

    private struct Directory {
        var path: RawPath
        var members: [ActionID] = []
        /// The trees whose base it is.
        var trees: [ActionID] = []
        /// Those of them that are still to be told where it is.
        var untold: [ActionID] = []
        var isMounting = false
        /// The directory free of symbolic links, and its watch, when it is there.
        var place: (path: RawPath, watch: Int32?)?
        var steps: [PathWalk.Step] = []
        var blind: PathWalk.Blind?
        /// What the place lies on, and where on the way things change unheard.
        var ground: PathWalk.Ground?
        var quiet: QuietFileSystem?
        /// Whether it is walked to because a path in it was seen to be another file.
        var isFollowed = false
        var isQueued = false
    }

    /// One is kept for every watched path: in this order its parts leave no gaps.
    private struct Entry {
        var path: RawPath
        /// Of the watched file; see `PathWalk.number`.
        var number: UInt64 = 0
        var judge = TouchJudge()
        var evidence: Evidence = []
        var directory: Int32
        /// The watch of the directory in which the path's own name lies; nil where it has none, or
        /// where a link leads on from there.
        var nameWatch: Int32?
        /// False where no action uses the place. Not an optional entry: reading a part of one
        /// copies all of it.
        var isUsed = true
        var isQueued = false
        var needsWalk = false
        var file: Int32?
        /// The name was taken from the file that `file` watches; its events are another's now.
        var isReplaced = false

        init(path: RawPath, directory: Int32) {
            self.path = path
            self.directory = directory
        }

        static var unused: Entry {
            var entry = Entry(path: RawPath("/"), directory: 0)
            entry.isUsed = false
            return entry
        }
    }

    /// All the names that matter, where a link leads on from a path's own.
    private struct Links {
        var steps: [PathWalk.Step]
        /// Whether the last of them is the name of the file that is watched in the end.
        var reachFile: Bool
    }

    private enum Item {
        case directory(Int32)
        case entry(ActionID)
    }

    /// What was asked of the kernel last. Small: it is copied at every question.
    private enum Work {
        /// A walk, in `walk`.
        case directory(Int32)
        case entry(ActionID)
        case examine(ActionID)
        /// After an examination, in `probed`.
        case probe(ActionID)
        case list(ActionID)
        case remove(Int32)
    }

    private struct Deadline: Comparable {
        var time: Instant
        var action: ActionID
        static func < (left: Deadline, right: Deadline) -> Bool { left.time < right.time }
    }

    /// Whether directories report their files' changes too: only root and a file's owner are told
    /// whether somebody has it open, and a file's own watch needs the right to read it.
    private let listensByName: Bool
    private var directories: [Directory?] = []
    private var freeDirectories: [Int32] = []
    private var directoryByPath: [RawPath: Int32] = [:]
    private var entries: [Entry] = []
    private var links: [ActionID: Links] = [:]
    /// The paths that are looked at in intervals, and the intervals that actions ask for.
    private var polled: [ActionID: Polling] = [:]
    private var askedIntervals: [ActionID: Duration] = [:]
    private var schedule = PollSchedule()
    /// The paths at which the kernel would not say what is there, and why.
    private var unseen: [ActionID: ErrorNumber] = [:]
    /// Of the actions that do not count touches, or not only.
    private var changes: [ActionID: ChangeJudge] = [:]
    private var index = WatchIndex()
    private var queue = Queue<Item>()
    private var work: Work?
    private var walk: PathWalk?
    private var probed: Examination?
    private var removals: [Int32] = []
    private var deadlines = Heap<Deadline>()
    /// The paths whose time was moved backwards and that were looked at since the queue was last
    /// drained, and those that were looked at before.
    private var restored: [ActionID] = []
    private var drained: [ActionID] = []
    private var outputs = Queue<Output>()
    /// Whether it matters that something was no touch: it is known who did something lately.
    var knowsTouchers = false

    package init(listensByName: Bool) {
        self.listensByName = listensByName
    }

    /// The state of an action's path that needs no run; nil until there was a file.
    package func handled(_ action: ActionID) -> HandledState? {
        entries[action.index].judge.handledState
    }

    /// Whether it is known what is at an action's path: it was looked at, by this daemon or an earlier
    /// one.
    package func isKnown(_ action: ActionID) -> Bool {
        entries[action.index].judge.hasBaseline
    }

    /// Whether an action's path is looked at in intervals.
    func isPolled(_ action: ActionID) -> Bool { polled[action] != nil }

    /// In which intervals, and why; nil where it is not.
    func polling(_ action: ActionID) -> Polling? { polled[action] }

    /// Whether something that was heard or seen of an action's path is not judged yet.
    func isPending(_ action: ActionID) -> Bool {
        entries[action.index].isQueued || entries[action.index].judge.deadline != nil
    }

    /// What is to be recorded of an action's path: how it was handled, or since when it could not be
    /// looked at; nil where that is not known yet.
    package func recorded(_ action: ActionID) -> HandledState?? {
        let judge = entries[action.index].judge
        if judge.hasBaseline, judge.seen == nil, changes[action]?.needsAbsence == true {
            return .some(nil)
        }
        if judge.hasBaseline { return .some(judge.handledState) }
        return judge.unseenSince.map { HandledState(unseenSince: $0) }
    }

    // MARK: Plan

    /// Begins to watch a path. Its first look only records the state, unless it is known what was
    /// handled before. `poll` is how often it is looked at; nil: where not all is heard.
    package mutating func add(
        _ action: ActionID, path: RawPath, poll: Duration? = nil, known: Known? = nil
    ) {
        askedIntervals[action] = poll
        let directory = self.directory(at: path.parent)
        directories[Int(directory)]?.members.append(action)
        var entry = Entry(path: path, directory: directory)
        if let known {
            entry.judge = TouchJudge(handled: known.handled, isSameBoot: known.isSameBoot)
        }
        while entries.count <= action.index { entries.append(entry) }
        entries[action.index] = entry
        if directories[Int(directory)]?.isQueued != true { walkLater(action, .unheard) }
    }

    /// The modification time of the file that was seen last at an action's path.
    package func modified(_ action: ActionID) -> FileTime? {
        entries[action.index].judge.seen?.modified
    }

    /// Sets which changes of an action's path count.
    package mutating func setKinds(_ action: ActionID, _ kinds: TouchKinds) {
        guard kinds != .touch else { return changes[action] = nil }
        guard changes[action]?.kinds != kinds else { return }
        changes[action, default: ChangeJudge(kinds: kinds)].kinds = kinds
        lookLater(action, [])
    }

    /// Looks at an action's path though nothing was heard of it.
    package mutating func lookAgain(_ action: ActionID) {
        lookLater(action, [])
    }

    /// Tells late what an earlier daemon handled of a path that could not be looked at until now.
    package mutating func know(_ action: ActionID, _ known: Known) {
        entries[action.index].judge = TouchJudge(
            handled: known.handled, isSameBoot: known.isSameBoot)
    }

    /// Stops watching an action's path.
    package mutating func remove(_ action: ActionID) {
        let entry = entries[action.index]
        // Its place may be another's before what was begun is done.
        if workIsFor(action) { cancelWork() }
        outputs.removeAll { $0.action == action }
        replace(action, nil, file: nil)
        entries[action.index] = .unused
        setPolling(action, nil)
        askedIntervals[action] = nil
        unseen[action] = nil
        changes[action] = nil
        let id = entry.directory
        directories[Int(id)]?.members.removeAll { $0 == action }
        removeIfUnused(id)
    }

    private mutating func removeIfUnused(_ id: Int32) {
        guard let directory = directories[Int(id)], directory.members.isEmpty,
            directory.trees.isEmpty
        else { return }
        if case .directory(id) = work { cancelWork() }
        for step in directory.steps where index.remove(.directory(id), from: step) {
            removals.append(step.watch)
        }
        directoryByPath[directory.path] = nil
        directories[Int(id)] = nil
        freeDirectories.append(id)
    }

    /// Changes how often an action's path is looked at.
    package mutating func setInterval(_ action: ActionID, _ poll: Duration?) {
        guard askedIntervals[action] != poll else { return }
        askedIntervals[action] = poll
        walkLater(action, .unheard)
    }

    private func workIsFor(_ action: ActionID) -> Bool {
        switch work {
        case .entry(action), .examine(action), .probe(action), .list(action): true
        default: false
        }
    }

    /// Gives up what was begun; its watches go unless something needs them.
    private mutating func cancelWork() {
        if let walk { removals.append(contentsOf: walk.watches) }
        (walk, work) = (nil, nil)
    }

    private func isUsed(_ action: ActionID) -> Bool {
        action.index < entries.count && entries[action.index].isUsed
    }

    private mutating func directory(at path: RawPath) -> Int32 {
        if let id = directoryByPath[path] { return id }
        let id = freeDirectories.popLast() ?? Int32(directories.count)
        if id == directories.count { directories.append(nil) }
        directories[Int(id)] = Directory(path: path)
        directoryByPath[path] = id
        walkLater(directory: id)
        return id
    }

    /// Begins to watch where the base of a tree is; `placed` tells, also when that changes.
    mutating func add(tree: ActionID, base: RawPath) {
        let directory = self.directory(at: base)
        directories[Int(directory)]?.trees.append(tree)
        tell(tree: tree, base: base)
    }

    /// Tells again where the base of a tree is.
    mutating func tell(tree: ActionID, base: RawPath) {
        guard let id = directoryByPath[base] else { return }
        directories[Int(id)]?.untold.append(tree)
        walkLater(directory: id)
    }

    /// Nobody needs to know any more where the base of a tree is.
    mutating func remove(tree: ActionID, base: RawPath) {
        outputs.removeAll { $0.action == tree }
        guard let id = directoryByPath[base] else { return }
        directories[Int(id)]?.trees.removeAll { $0 == tree }
        directories[Int(id)]?.untold.removeAll { $0 == tree }
        removeIfUnused(id)
    }

    // MARK: Events

    /// Takes the bytes of one read of the inotify descriptor.
    package mutating func read(_ bytes: RawSpan) {
        var reader = EventReader(bytes)
        while let event = reader.next() {
            if event.mask.contains(.queueOverflow) {
                overflowed()
            } else if event.mask.contains(.ignored) {
                for dependent in index.removeWatch(event.watch) { changed(dependent) }
            } else {
                if !event.name.isEmpty { heard(event, named: bytes.extracting(event.name)) }
                heardOfFiles(event)
            }
        }
    }

    private mutating func heard(_ event: EventReader.Event, named name: RawSpan) {
        for dependent in index.dependents(of: event.watch, named: name) {
            guard case .entry(let action) = dependent else {
                if !event.mask.isDisjoint(with: .names) { changed(dependent) }
                continue
            }
            if event.mask.isDisjoint(with: .names) {
                heard(action, event.mask)
            } else {
                // Whatever was heard before was heard of a file that is not at the path any more.
                entries[action.index].evidence = []
                entries[action.index].isReplaced = true
                if !changes.isEmpty { changes[action]?.heardName(event.mask) }
                var evidence: Evidence = []
                if event.mask.contains(.create) { evidence = .created }
                if event.mask.contains(.movedTo) { evidence = .arrived }
                walkLater(action, evidence)
            }
        }
    }

    private mutating func heardOfFiles(_ event: EventReader.Event) {
        for action in index.files(of: event.watch) where !entries[action.index].isReplaced {
            if event.name.isEmpty {
                heard(action, event.mask)
            } else if !event.mask.isDisjoint(with: .names) {
                if !changes.isEmpty { changes[action]?.heardFile([]) }
                lookLater(action, .entries)
            }
        }
    }

    private mutating func heard(_ action: ActionID, _ mask: InotifyMask) {
        let evidence = entries[action.index].judge.heard(mask)
        if !changes.isEmpty { changes[action]?.heardFile(mask) }
        guard !evidence.isEmpty else { return }
        lookLater(action, evidence)
    }

    private mutating func changed(_ dependent: WatchIndex.Dependent) {
        switch dependent {
        case .directory(let id): walkLater(directory: id)
        case .entry(let action), .link(let action): walkLater(action, .unheard)
        }
    }

    private mutating func overflowed() {
        outputs.append(.overflowed)
        for id in directories.indices where directories[id] != nil {
            walkLater(directory: Int32(id))
        }
        for id in entries.indices { entries[id].evidence.insert(.lost) }
    }

    /// Walks again to whatever lies at or below a directory over which something was mounted or
    /// unmounted: a mount hides the directories below it without any event.
    package mutating func mountsChanged(at points: [RawPath]) {
        for id in directories.indices {
            guard let directory = directories[id] else { continue }
            let isHit = points.contains { point in
                directory.path.isWithin(point) || directory.place?.path.isWithin(point) == true
                    || point.isWithin(directory.path)
            }
            // Where a path goes through links is not kept: those are always walked again.
            if isHit || directory.place?.path != directory.path {
                directories[Int(id)]?.isMounting = true
                walkLater(directory: Int32(id))
            }
        }
        for action in links.keys { walkLater(action, .unheard) }
    }

    // MARK: Time

    /// When `timePassed` is to be called next, if nothing else happens before.
    package mutating func nextDeadline() -> Instant? {
        let poll = schedule.deadline
        guard let wait = nextWait() else { return poll }
        return poll.map { min($0, wait) } ?? wait
    }

    private mutating func nextWait() -> Instant? {
        while let next = deadlines.min {
            if isUsed(next.action), entries[next.action.index].judge.deadline == next.time {
                return next.time
            }
            deadlines.removeMin()
        }
        return nil
    }

    /// Looks again at every path whose deadline has passed.
    package mutating func timePassed(at now: Instant) {
        while let next = nextWait(), next <= now {
            lookLater(deadlines.removeMin().action, .deadline)
        }
        for action in schedule.takeDue(at: now) {
            if polled[action]?.isLimited == true {
                // It may be possible to watch it by now.
                let directory = entries[action.index].directory
                if directories[Int(directory)]?.blind != nil { walkLater(directory: directory) }
                entries[action.index].needsWalk = true
            }
            lookLater(action, [.unheard, .polled])
        }
    }

    /// Whether something waits for the kernel's queue to be read to its end.
    package var needsDrain: Bool { !restored.isEmpty }

    /// The kernel's queue was read to its end.
    package mutating func eventsDrained() {
        guard !restored.isEmpty else { return }
        drained.append(contentsOf: restored)
        restored.removeAll(keepingCapacity: true)
    }

    // MARK: Work

    /// The next thing to ask of the kernel; the same again until it is answered.
    package mutating func nextRequest() -> WatchRequest? {
        while true {
            switch work {
            case .directory(let id):
                if let request = walk?.request { return request }
                work = nil
                if let walk = walk.take(), let directory = directories[Int(id)] {
                    finish(walk, to: id, directory)
                }
            case .entry(let action):
                if let request = walk?.request { return request }
                work = .examine(action)
                if let walk = walk.take() { finish(walk, to: action) }
            case .examine(let action):
                return .examine(
                    action, path: entries[action.index].path,
                    isFresh: polled[action]?.fileSystem != nil)
            case .probe(let action):
                return .probeWriter(action, path: entries[action.index].path)
            case .list(let action):
                return .hasEntries(action, path: entries[action.index].path)
            case .remove(let watch):
                return .removeWatch(watch)
            case nil:
                guard begin() else { return nil }
            }
        }
    }

    /// Takes the answer to the last `nextRequest`.
    package mutating func reply(_ reply: WatchReply, at now: Instant) {
        switch (work, reply) {
        case (.directory, _), (.entry, _): walk?.reply(reply)
        case (.examine(let action), .examination(let examination)):
            if !changes.isEmpty, needsListing(action, examination) {
                probed = examination
                work = .list(action)
            } else {
                judge(action, examination, writer: nil, now)
            }
        case (.probe(let action), .writer(let writer)):
            if let examination = probed.take() { judge(action, examination, writer: writer, now) }
        case (.list(let action), .entries(let hasEntries)):
            if let examination = probed.take() {
                judge(action, examination, writer: nil, hasEntries: hasEntries, now)
            }
        case (.remove, .done): work = nil
        default: preconditionFailure("the watch stage was answered with something it did not ask")
        }
    }

    /// Takes the next output, oldest first.
    package mutating func nextOutput() -> Output? {
        outputs.popFirst()
    }

    private mutating func walkLater(directory id: Int32) {
        guard directories[Int(id)]?.isQueued == false else { return }
        directories[Int(id)]?.isQueued = true
        queue.append(.directory(id))
    }

    private mutating func walkLater(_ action: ActionID, _ evidence: Evidence) {
        entries[action.index].needsWalk = true
        lookLater(action, evidence)
    }

    private mutating func lookLater(_ action: ActionID, _ evidence: Evidence) {
        entries[action.index].evidence.formUnion(evidence)
        guard !entries[action.index].isQueued else { return }
        entries[action.index].isQueued = true
        queue.append(.entry(action))
    }

    private mutating func begin() -> Bool {
        // Watches are removed last, so that one that is needed again meanwhile never pauses.
        guard let item = queue.popFirst() else {
            // Of a file that can't be looked at, not all that was heard is judged.
            for action in drained where !restored.contains(action) && unseen[action] == nil {
                if entries[action.index].judge.queueDrained() { outputs.append(.handled(action)) }
            }
            if !drained.isEmpty { drained.removeAll { unseen[$0] == nil } }
            while let watch = removals.popLast() {
                guard index.isUnused(watch) else { continue }
                work = .remove(watch)
                return true
            }
            return false
        }
        switch item {
        case .directory(let id):
            guard let directory = directories[Int(id)] else { return true }
            directories[Int(id)]?.isQueued = false
            walk = PathWalk(to: directory.path, listensByName: listensByName)
            work = .directory(id)
        case .entry(let action):
            guard isUsed(action) else { return true }
            guard entries[action.index].needsWalk else {
                work = .examine(action)
                return true
            }
            let entry = entries[action.index]
            if let place = directories[Int(entry.directory)]?.place {
                walk = PathWalk(
                    entry: Array(entry.path.name), in: place.path,
                    on: directories[Int(entry.directory)]?.ground, watch: place.watch,
                    listensByName: listensByName)
                work = .entry(action)
            } else {
                replace(action, nil, file: nil)
                walked(action, blind: nil, quiet: nil)
                work = .examine(action)
            }
        }
        return true
    }

    private mutating func finish(_ walk: PathWalk, to action: ActionID) {
        let file: Int32? = if case .reached(let watch) = walk.end { watch } else { nil }
        replace(action, walk, file: file)
        entries[action.index].number = walk.number
        for watch in walk.watches where index.isUnused(watch) { removals.append(watch) }
        walked(action, blind: walk.blind, quiet: walk.quiet)
    }

    private mutating func finish(_ walk: PathWalk, to id: Int32, _ old: Directory) {
        var found = old
        found.place = nil
        found.steps = walk.steps
        if case .reached(let watch) = walk.end {
            found.place = (walk.directory, watch)
            // With no name: it depends on the directory's watch itself.
            if let watch { found.steps.append(PathWalk.Step(watch: watch, name: [])) }
        }
        for step in found.steps { index.add(.directory(id), to: step) }
        for step in old.steps where index.remove(.directory(id), from: step) {
            removals.append(step.watch)
        }
        for watch in walk.watches where index.isUnused(watch) { removals.append(watch) }
        found.blind = walk.blind
        found.ground = walk.ground
        found.quiet = walk.quiet
        found.isFollowed = false
        let isSame =
            found.place?.path == old.place?.path && found.place?.watch == old.place?.watch
        // To a tree that knows it already, it would be another directory with new files in it.
        for tree in isSame ? old.untold : old.trees {
            outputs.append(.placed(tree, found.place?.path, isMounted: old.isMounting))
        }
        (found.untold, found.isMounting) = ([], false)
        directories[Int(id)] = found
        for member in old.members {
            walkLater(member, old.isFollowed ? [.unheard, .followed] : .unheard)
        }
    }

    /// Registers what a path depends on now, before it forgets what it depended on: a watch that
    /// both need must not be removed in between.
    private mutating func replace(_ action: ActionID, _ walk: PathWalk?, file: Int32?) {
        let old = dependencies(of: action)
        let steps = walk?.steps ?? []
        let isPlain = steps.count == 1 && walk?.reachesEntry == true
        entries[action.index].nameWatch = isPlain ? steps[0].watch : nil
        links[action] =
            isPlain || steps.isEmpty
            ? nil : Links(steps: steps, reachFile: walk?.reachesEntry == true)
        for (dependent, step) in dependencies(of: action) { index.add(dependent, to: step) }
        if let file { index.add(file: action, to: file) }
        for (dependent, step) in old where index.remove(dependent, from: step) {
            removals.append(step.watch)
        }
        if let old = entries[action.index].file, index.remove(file: action, from: old) {
            removals.append(old)
        }
        entries[action.index].file = file
    }

    private func dependencies(
        of action: ActionID
    ) -> [(WatchIndex.Dependent, PathWalk.Step)] {
        if let watch = entries[action.index].nameWatch {
            let name = Array(entries[action.index].path.name)
            return [(.entry(action), PathWalk.Step(watch: watch, name: name))]
        }
        guard let links = links[action] else { return [] }
        return links.steps.enumerated().map { number, step in
            let isFile = links.reachFile && number == links.steps.count - 1
            return (isFile ? .entry(action) : .link(action), step)
        }
    }

    /// Notes that the path's watches are those of its present file, and what they can't hear.
    private mutating func walked(
        _ action: ActionID, blind: PathWalk.Blind?, quiet: QuietFileSystem?
    ) {
        entries[action.index].needsWalk = false
        entries[action.index].isReplaced = false
        poll(action, blind: blind, quiet: quiet)
    }

    /// Looks at the path in intervals from now on, or not, by what can't be heard of it.
    private mutating func poll(
        _ action: ActionID, blind: PathWalk.Blind?, quiet: QuietFileSystem?
    ) {
        let directory = directories[Int(entries[action.index].directory)]
        let path = entries[action.index].path
        let unseen = unseen[action].map { PathWalk.Blind(path: path, error: $0) }
        setPolling(
            action,
            Polling(
                asked: askedIntervals[action], blind: directory?.blind ?? blind ?? unseen,
                fileSystem: quiet ?? directory?.quiet))
    }

    private mutating func setPolling(_ action: ActionID, _ polling: Polling?) {
        let old = polled[action]
        guard polling != old else { return }
        polled[action] = polling
        if old?.interval != polling?.interval {
            if let old { schedule.remove(action, every: old.interval) }
            if let polling { schedule.insert(action, every: polling.interval) }
        }
        if let polling, polling.reason != old?.reason {
            outputs.append(.polled(action, polling))
        }
    }

    private func needsListing(_ action: ActionID, _ examination: Examination) -> Bool {
        guard case .success(let status) = examination.status, status.kind == .directory else {
            return false
        }
        return changes[action]?.needsListing == true
    }

    private mutating func judge(
        _ action: ActionID, _ examination: Examination, writer: WriterPresence?,
        hasEntries: Bool = false, _ now: Instant
    ) {
        work = nil
        if case .failure(let error) = examination.status, !error.meansAbsent,
            error != .permissionDenied
        {
            // What was heard is judged when the file can be looked at.
            entries[action.index].isQueued = false
            unseen[action] = error
            if entries[action.index].judge.failed(examination) { outputs.append(.handled(action)) }
            poll(action, blind: nil, quiet: polled[action]?.fileSystem)
            return schedule.arm(at: now)
        }
        let wasUnseen = unseen[action] != nil
        let isFirst = wasUnseen && !isKnown(action)
        let wasAwaited = entries[action.index].judge.isCloseAwaited
        var examination = examination
        if !polled.isEmpty, let polling = polled[action] { examination.polled(polling) }
        let deadline = entries[action.index].judge.deadline
        let isPoll = entries[action.index].evidence.contains(.polled)
        let old = changes.isEmpty ? nil : entries[action.index].judge
        let seen = isPoll ? entries[action.index].judge.seen?.identity : nil
        let verdict = entries[action.index].judge
            .judge(entries[action.index].evidence, examination, writer: writer, at: now)
        if verdict == .askWriter {
            probed = examination
            return work = .probe(action)
        }
        // Another file came unheard: its watches, and those on the way to it, are not there yet.
        if isPoll, seen != entries[action.index].judge.seen?.identity {
            let directory = entries[action.index].directory
            directories[Int(directory)]?.isFollowed = true
            walkLater(directory: directory)
        }
        unseen[action] = nil
        entries[action.index].evidence = []
        entries[action.index].isQueued = false
        if let old, let change = changes[action] {
            conclude(action, verdict, old, change, examination, hasEntries: hasEntries)
        } else if verdict == .touch {
            let status = try? examination.status.get()
            outputs.append(.touched(action, status, number: entries[action.index].number))
        }
        if knowsTouchers, verdict == .nothing { forgetTouchers(action) }
        // That nobody's close is waited for any more is to be written down as well.
        let isOver = wasAwaited && !entries[action.index].judge.isCloseAwaited
        if isFirst || (isOver && verdict == .nothing) { outputs.append(.handled(action)) }
        if entries[action.index].judge.isRestored { restored.append(action) }
        if let next = entries[action.index].judge.deadline, next != deadline {
            deadlines.insert(Deadline(time: next, action: action))
        }
        // Whether it can be heard is found by walking there.
        if wasUnseen { walkLater(action, .unheard) }
        schedule.arm(at: now)
    }

    /// Who did what was no touch, and is none of a wait that goes on, touched nothing.
    private mutating func forgetTouchers(_ action: ActionID) {
        let (judge, number) = (entries[action.index].judge, entries[action.index].number)
        guard number != 0, judge.deadline == nil, !judge.isCloseAwaited, !judge.isRestored,
            changes[action] == nil
        else { return }
        outputs.append(.untouched(action, number: number))
    }

    /// Says what follows from a look for an action that does not count touches, or not only.
    private mutating func conclude(
        _ action: ActionID, _ verdict: TouchJudge.Verdict, _ old: TouchJudge,
        _ change: ChangeJudge, _ examination: Examination, hasEntries: Bool
    ) {
        var judge = change
        let status = try? examination.status.get()
        let counted = judge.judge(
            before: old.lastSeen(comparedWith: status), isKnown: old.hasBaseline, after: status)
        if !counted.isEmpty || (verdict == .touch && judge.kinds.contains(.touch)) {
            outputs.append(.touched(action, status, number: entries[action.index].number))
        } else if verdict == .touch || old.lastSeen(comparedWith: status) != status {
            outputs.append(.handled(action))
        }
        if !judge.kinds.isDisjoint(with: .levels) {
            outputs.append(
                .level(
                    action, isUp: judge.isUp(status, hasEntries: hasEntries),
                    isNews: judge.takeNews()))
        }
        changes[action] = judge
    }
}
