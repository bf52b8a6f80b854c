import HeapModule

/// The watch stage for trees: directories with all that is below them, and patterns.
///
/// Each tree has parts, one for each file system that begins in it. The kernel tells of a whole file
/// system, or every directory is watched, or all of it is looked at in intervals: whichever it is, what is
/// heard or seen leads to a look at one file, and a `TouchJudge` tells whether it was touched. Where that
/// a directory is comes from the watch stage of plain paths, which follows the way to it.
///
/// As that stage, it asks one thing of the kernel at a time (`nextRequest`) and goes on with its answer.
package struct TreeWatcher {
    /// What the stage has to say to the next.
    package enum Output: Equatable, Sendable {
        case changed(ActionID, TreeChange)
        /// Nothing is at the path any more, which does not count.
        case left(ActionID, RawPath)
        /// Somebody goes on writing to a file, which counts when he closes it.
        case writing(ActionID, RawPath)
        /// A directory came with all that is in it.
        case arrived(ActionID)
        /// How it is known from now on what happens in a part of a tree, and why not better.
        case watched(ActionID, RawPath, TreeMechanism, ErrorNumber?)
        /// The kernel's queue was full.
        case overflowed
    }

    struct Tree {
        /// Which files it is about. In one piece, as a tree is copied wherever it is asked about.
        private let shared: Shared<Selection>
        var kinds: TouchKinds
        /// How often all of it is looked at, if the action says so.
        var interval: Duration?
        /// Where the base is, free of symbolic links; nil where it is not there.
        var place: RawPath?
        /// Whether it was ever said where, or that it is not there.
        var isPlaced = false
        var node: TreeNodes.ID?
        /// By numbers of their own; the first one's root is the base.
        var parts: [Int: Part] = [:]
        var lastPart = 0
        /// What an earlier daemon handled; nil after its files were looked through, and where there was
        /// none.
        var known: KnownTree?
        /// The directories that came lately; see `TreeProgress`.
        var arrivals: [TreeProgress.Arrival] = []
        /// Since when the tree is watched.
        var began: FileTime

        var selection: Selection { shared.value }

        init(
            selection: Selection, kinds: TouchKinds, interval: Duration?, known: KnownTree?,
            began: FileTime
        ) {
            shared = Shared(selection)
            self.kinds = kinds
            self.interval = interval
            self.known = known
            self.began = began
        }
    }

    /// One file as it was seen by a look at all.
    struct Sight {
        var state: UInt64
        var pass: UInt32
    }

    /// What is to be made of the files that are in a part when it begins to be watched.
    package enum Arrival: Sendable {
        /// The daemon began: only what an earlier one did not handle counts.
        case start
        /// All of it came just now.
        case new
        /// A file system was mounted: what was changed since the tree is watched counts.
        case mounted
    }

    /// As much of a tree as lies on one file system.
    struct Part {
        /// From the tree's base.
        var root: [UInt8]
        var mechanism: TreeMechanism?
        var fileSystem: QuietFileSystem?
        var arrival: Arrival
        /// Until when writing may have gone unheard.
        var doubt: FileTime?
        var pass: UInt32 = 0
        /// When it is looked at again; nil: not in intervals, or just now.
        var poll: Instant?
        /// When the present look began.
        var pollBegan: Instant?
    }

    enum Work {
        case attach(ActionID, Int)
        case detach(RawPath)
        case hearAll
        case watch(TreeNodes.ID)
        case list(isFirst: Bool)
        case examine(TreeFiles.Key)
        case probe(TreeFiles.Key)
        /// For the present listing, or for a file.
        case readIgnored(TreeNodes.ID)
        case remove(Int32)
    }

    private struct Deadline: Comparable {
        var time: Instant
        var key: TreeFiles.Key
        static func < (left: Deadline, right: Deadline) -> Bool { left.time < right.time }
    }

    /// When a part is looked at again; of a part that is gone or looks at another time it says nothing.
    private struct Poll: Comparable {
        var time: Instant
        var tree: ActionID
        var part: Int
        static func < (left: Poll, right: Poll) -> Bool { left.time < right.time }
    }

    var trees: [ActionID: Tree] = [:]
    /// Whether any tree ever left out what `.gitignore`s say.
    private var usesGitignore = false
    /// What the last look at all of a tree saw, by the hash of a path.
    var snapshots: [ActionID: [UInt64: Sight]] = [:]
    var nodes = TreeNodes()
    var files = TreeFiles()
    var scans = TreeScans()
    /// Whether what is told of whole file systems is read at once.
    package internal(set) var traffic = TreeTraffic()
    private var mountPoints: [RawPath] = []
    private var attaching = Queue<(tree: ActionID, part: Int)>()
    private var attached: [RawPath: Int] = [:]
    private var detaching: [RawPath] = []
    var looks = Queue<TreeFiles.Key>()
    private var deadlines = Heap<Deadline>()
    private var polls = Heap<Poll>()
    var removals: [Int32] = []
    var work: Work?
    /// Whether the present directory is open to be listed: the one that was watched.
    private var isOpen = false
    private var probed: Examination?
    /// A change that waits for what the tree's `.gitignore`s say.
    private var undecided: (key: TreeFiles.Key, change: TreeChange)?
    private var restored: [TreeFiles.Key] = []
    private var drained: [TreeFiles.Key] = []
    var outputs = Queue<Output>()
    /// Until when all that happened was heard.
    var heardUntil = FileTime(seconds: 0)
    /// What is never part of a tree, free of symbolic links: where touchmon itself writes, whenever a run
    /// prints something.
    package var hidden: RawPath?
    /// Whether all was looked at once.
    var isReady = false
    /// How many listings may be asked for until `beginSlice`.
    private var slice = Int.max
    /// How many more may be then.
    package var listingsPerSlice = 4
    /// The path of the present event or entry: most are nobody's, and must not allocate.
    var scratch: [UInt8] = []
    /// Of the last event: who did it is told afterwards.
    var lastSelected: [TreeFiles.Key] = []

    /// How long until what the system could not tell is asked again.
    private static let patience = Duration.seconds(1)
    private static let usualInterval = Duration.seconds(10)
    /// How long between two looks for a close that may not be told.
    private static let shortest = Duration.milliseconds(20), longest = Duration.seconds(10)

    /// Begins at this time.
    package init(wall: FileTime) {
        heardUntil = wall
    }

    package var isEmpty: Bool { trees.isEmpty }

    /// The actions that are trees.
    var actions: [ActionID] { Array(trees.keys) }

    // MARK: Plan

    /// Begins to watch a tree, whose base is told by `setPlace`.
    mutating func add(
        _ action: ActionID, _ selection: Selection, kinds: TouchKinds, interval: Duration?,
        known: KnownTree?
    ) {
        trees[action] = Tree(
            selection: selection, kinds: kinds, interval: interval, known: known,
            began: known?.until ?? heardUntil)
        if selection.usesGitignore { usesGitignore = true }
    }

    /// Stops watching a tree.
    mutating func remove(_ action: ActionID) {
        setPlace(action, nil, .start)
        files.remove(action)
        trees[action] = nil
    }

    /// Where the base of a tree is from now on. The first time it is where it has been all along.
    mutating func setPlace(_ action: ActionID, _ place: RawPath?, _ arrival: Arrival) {
        guard let tree = trees[action] else { return }
        let arrival = tree.isPlaced ? arrival : .start
        leave(action)
        trees[action]?.isPlaced = true
        guard let place else { return }
        trees[action]?.place = place
        trees[action]?.node = nodes.addBase(action)
        nodes.forgetUnrelated()
        addPart(action, Part(root: [], arrival: arrival))
        addParts(action)
    }

    /// Lets go of what is watched for a tree.
    private mutating func leave(_ action: ActionID) {
        guard let tree = trees[action], let node = tree.node else { return }
        cancelWork(of: action)
        scans.remove { $0.tree == action }
        drop(node)
        for part in tree.parts.values { detach(absolute(tree, part.root), part) }
        trees[action]?.parts = [:]
        trees[action]?.place = nil
        trees[action]?.node = nil
        snapshots[action] = nil
    }

    private mutating func detach(_ path: RawPath, _ part: Part) {
        guard part.mechanism == .fanotify, let count = attached[path] else { return }
        attached[path] = count == 1 ? nil : count - 1
        if count == 1 { detaching.append(path) }
    }

    private mutating func cancelWork(of action: ActionID) {
        switch work {
        case .attach(action, _): work = nil
        case .list: if scans.current?.tree == action { work = nil }
        case .watch(let node), .readIgnored(let node):
            if nodes[node].tree == action { (work, undecided) = (nil, nil) }
        case .examine(let key), .probe(let key):
            if files[key]?.tree == action { work = nil }
        default: break
        }
    }

    /// Where file systems are mounted now.
    mutating func mountsChanged(_ points: [RawPath]) {
        mountPoints = points
        nodes.forgetNumbers()
        for action in trees.keys {
            guard let tree = trees[action], let place = tree.place else { continue }
            let inner = Set(innerPoints(place))
            for (index, part) in tree.parts
            where !part.root.isEmpty && !inner.contains(part.root) {
                unmounted(action, index, part)
            }
            addParts(action)
        }
    }

    /// What is below the place, from there.
    private func innerPoints(_ place: RawPath) -> [[UInt8]] {
        let start = place.bytes.count == 1 ? 1 : place.bytes.count + 1
        return mountPoints.filter { $0 != place && $0.isWithin(place) }
            .map { Array($0.bytes[start...]) }
    }

    private mutating func addParts(_ action: ActionID) {
        guard let tree = trees[action], let place = tree.place else { return }
        let known = Set(tree.parts.values.map(\.root))
        for root in innerPoints(place) where !known.contains(root) {
            guard root.withUnsafeBytes(tree.selection.enters) else { continue }
            if let node = node(action, root) { drop(node) }
            addPart(action, Part(root: root, arrival: isReady ? .mounted : .start))
        }
    }

    private mutating func addPart(_ action: ActionID, _ part: Part) {
        guard let number = trees[action]?.lastPart else { return }
        trees[action]?.lastPart += 1
        trees[action]?.parts[number] = part
        attaching.append((action, number))
    }

    /// What was below it can be seen again: what changed meanwhile was not heard.
    private mutating func unmounted(_ action: ActionID, _ number: Int, _ part: Part) {
        guard let tree = trees[action] else { return }
        cancelWork(of: action)
        scans.remove { $0.tree == action && $0.part == number }
        if let node = node(action, part.root) { drop(node) }
        // Its mark went with it; at the path is another one now.
        let path = absolute(tree, part.root)
        if let count = attached[path] { attached[path] = count == 1 ? nil : count - 1 }
        trees[action]?.parts[number] = nil
        for number in tree.parts.keys { look(action, number, since: tree.began) }
        guard let tree = trees[action], let outer = self.part(tree, part.root),
            tree.parts[outer]?.mechanism == .inotify
        else { return }
        // Its directories get their watches before that: who finds one without takes all in it for new.
        scans.add(
            TreeScans.Item(
                tree: action, part: outer, directory: part.root, files: .ignored,
                since: heardUntil))
    }

    /// The known directory at a path from the base.
    func node(_ action: ActionID, _ path: [UInt8]) -> TreeNodes.ID? {
        guard let base = trees[action]?.node else { return nil }
        return path.withUnsafeBytes { nodes.find(base, $0) }
    }

    /// The same, known from now on.
    mutating func makeNode(_ action: ActionID, _ path: [UInt8]) -> TreeNodes.ID? {
        guard let base = trees[action]?.node else { return nil }
        return path.withUnsafeBytes { nodes.make(base, $0) }
    }

    mutating func drop(_ node: TreeNodes.ID) {
        removals += nodes.remove(node).watches
    }

    func absolute(_ tree: Tree, _ path: [UInt8]) -> RawPath {
        (tree.place ?? RawPath("/")).appending(path)
    }

    /// The part in which a path lies.
    func part(_ tree: Tree, _ path: [UInt8]) -> Int? {
        guard tree.parts.count > 1 else { return tree.parts.first?.key }
        return tree.parts.filter { TreeFiles.isPath(path, in: $0.value.root) }
            .max { $0.value.root.count < $1.value.root.count }?.key
    }

    // MARK: Time

    package mutating func nextDeadline() -> Instant? {
        var next = scans.deadline
        while let poll = polls.min {
            if isValid(poll) {
                next = min(next ?? poll.time, poll.time)
                break
            }
            polls.removeMin()
        }
        if let retry = nodes.silenced.retry { next = min(next ?? retry, retry) }
        while let wait = deadlines.min {
            if files[wait.key]?.deadline == wait.time {
                next = min(next ?? wait.time, wait.time)
                break
            }
            deadlines.removeMin()
        }
        return next
    }

    package mutating func timePassed(at now: Instant) {
        while let wait = deadlines.min, wait.time <= now {
            deadlines.removeMin()
            guard let file = files[wait.key], file.deadline == wait.time else { continue }
            files[wait.key]?.retry = nil
            let isDue = file.judge.deadline.map { $0 <= now } ?? false
            look(wait.key, isDue ? .deadline : [])
        }
        scans.timePassed(at: now)
        while let poll = polls.min, poll.time <= now {
            polls.removeMin()
            guard isValid(poll) else { continue }
            trees[poll.tree]?.parts[poll.part]?.poll = nil
            beginPoll(poll.tree, poll.part, at: now)
        }
    }

    private func isValid(_ poll: Poll) -> Bool {
        trees[poll.tree]?.parts[poll.part]?.poll == poll.time
    }

    private mutating func look(_ key: TreeFiles.Key, _ evidence: Evidence) {
        files[key]?.evidence.formUnion(evidence)
        guard files[key]?.isQueued == false else { return }
        files[key]?.isQueued = true
        looks.append(key)
    }

    var needsDrain: Bool { !restored.isEmpty }

    /// Every queue of the kernel was read to its end at this time.
    mutating func eventsDrained(wall: FileTime) {
        heardUntil = wall
        guard !restored.isEmpty else { return }
        drained += restored
        restored.removeAll()
    }

    // MARK: Work

    /// Whether something is to be done before anything else.
    var hasUrgent: Bool { !looks.isEmpty || !attaching.isEmpty }

    /// Whether there are directories left to list, which has time.
    package var isScanning: Bool { !scans.isEmpty && nodes.silenced.retry == nil }

    /// Some more directories may be listed.
    package mutating func beginSlice() { slice = listingsPerSlice }

    /// What is urgent until now was all that had to be done before the daemon is ready.
    mutating func becomeReady() { (isReady, slice) = (true, 0) }

    package mutating func nextRequest(at now: Instant) -> TreeRequest? {
        guard !trees.isEmpty || !removals.isEmpty || !detaching.isEmpty else { return nil }
        while true {
            if let work { return request(work) }
            guard begin(at: now) else { return nil }
        }
    }

    private func request(_ work: Work) -> TreeRequest {
        switch work {
        case .attach(let action, let part):
            guard let tree = trees[action] else { preconditionFailure("a tree that is not there") }
            return .attach(absolute(tree, tree.parts[part]?.root ?? []))
        case .detach(let path): return .detach(path)
        case .hearAll: return .hearAll
        case .watch: return .watch(pathOfListing)
        case .list(let isFirst):
            return .list(isFirst ? pathOfListing : nil, withStatus: scans.needsStatus)
        case .examine(let key): return .examine(path(key))
        case .probe(let key): return .probeWriter(path(key))
        case .readIgnored(let node):
            return .readIgnored(path(node).appending(Array(".gitignore".utf8)))
        case .remove(let watch): return .removeWatch(watch)
        }
    }

    /// The directory that is being listed.
    private var pathOfListing: RawPath {
        guard let item = scans.current, let place = trees[item.tree]?.place else {
            preconditionFailure("a listing of nothing")
        }
        return place.appending(item.directory)
    }

    private func path(_ node: TreeNodes.ID) -> RawPath {
        var path: [UInt8] = []
        nodes.appendPath(node, to: &path)
        guard let tree = trees[nodes[node].tree] else { return RawPath("/") }
        return absolute(tree, path)
    }

    private func path(_ key: TreeFiles.Key) -> RawPath {
        guard let file = files[key], let tree = trees[file.tree] else { return RawPath("/") }
        return absolute(tree, file.path)
    }

    private mutating func begin(at now: Instant) -> Bool {
        // Before anything is listed: what is not found there has to be heard.
        if nodes.silenced.mustHearAll {
            if let retry = nodes.silenced.retry, now < retry { return false }
            work = .hearAll
            return true
        }
        if let path = detaching.popLast() {
            guard attached[path] == nil else { return true }
            work = .detach(path)
            return true
        }
        if let (action, part) = attaching.popFirst() {
            guard let found = trees[action]?.parts[part], found.mechanism == nil else {
                return true
            }
            work = .attach(action, part)
            return true
        }
        if let key = looks.popFirst() {
            // It may be of a tree that is not there any more.
            guard let file = files[key], trees[file.tree]?.place != nil else { return true }
            work = .examine(key)
            return true
        }
        // What has time waits until the daemon is ready.
        if slice > 0, isReady ? !scans.isEmpty : scans.current != nil || scans.hasUrgent {
            return beginListing()
        }
        // Of what is queued, nothing is left to look at.
        for key in drained where !restored.contains(key) { _ = files[key]?.judge.queueDrained() }
        drained.removeAll()
        // Last, so that a watch that is needed again meanwhile never pauses.
        while let watch = removals.popLast() {
            guard nodes.isUnused(watch) else { continue }
            work = .remove(watch)
            return true
        }
        return false
    }

    private mutating func beginListing() -> Bool {
        if scans.current != nil {
            slice -= 1
            work = .list(isFirst: false)
            return true
        }
        guard let item = scans.takeNext() else { return false }
        isOpen = false
        // Nothing of the tree is copied: there may be a great many directories.
        guard let index = trees.index(forKey: item.tree),
            let part = trees.values[index].parts[item.part],
            hidden == nil || !isHidden(item.directory, of: trees.values[index])
        else {
            scans.finish()
            return true
        }
        slice -= 1
        let isWatched = part.mechanism == .inotify
        if isWatched || (usesGitignore && trees.values[index].selection.usesGitignore),
            let node = makeNode(item.tree, item.directory)
        {
            if isWatched, nodes[node].watch == nil {
                work = .watch(node)
                return true
            }
            if readIgnored(node) { return true }
        }
        work = .list(isFirst: true)
        return true
    }

    /// Takes the answer to the last `nextRequest`.
    package mutating func reply(_ reply: TreeReply, at now: Instant) {
        guard let work else { preconditionFailure("trees were answered with nothing asked") }
        self.work = nil
        switch (work, reply) {
        case (.attach(let action, let part), .attached(let error, let magic, let wall)):
            attached(action, part, error, magic, at: now, wall: wall)
        case (.watch(let node), .watch(let result)): watched(node, result, at: now)
        case (.list, .listed(let result)): listed(result, at: now)
        case (.examine(let key), .examination(let examination)):
            judge(key, examination, writer: nil, at: now)
        case (.probe(let key), .writer(let writer)):
            if let examination = probed.take() { judge(key, examination, writer: writer, at: now) }
        case (.readIgnored(let node), .content(let bytes)):
            nodes.setIgnored(node, .read(bytes.map { IgnoreRules($0) }))
            goOn(at: now)
        case (.remove, .done), (.detach, .done): break
        case (.hearAll, .heardAll(let isDone)):
            if isDone {
                nodes.silenced.heardAll()
            } else {
                nodes.silenced.retry = now.advanced(by: Self.patience)
            }
        default: preconditionFailure("trees were answered with something they did not ask")
        }
    }

    /// Goes on with what had to wait for a `.gitignore`.
    private mutating func goOn(at now: Instant) {
        if let (key, change) = undecided.take() { return conclude(key, change, at: now) }
        guard let item = scans.current, let node = makeNode(item.tree, item.directory) else {
            return
        }
        if !readIgnored(node) { work = .list(isFirst: !isOpen) }
    }

    /// Whether something has to be read before it is known what a directory's names are worth.
    private mutating func readIgnored(_ node: TreeNodes.ID) -> Bool {
        guard usesGitignore, let tree = trees[nodes[node].tree], tree.selection.usesGitignore
        else { return false }
        for id in nodes.way(to: node) {
            if case .unread = nodes[id].ignored {
                work = .readIgnored(id)
                return true
            }
        }
        return false
    }

    private mutating func attached(
        _ action: ActionID, _ index: Int, _ error: ErrorNumber?, _ magic: UInt64?,
        at now: Instant, wall: FileTime
    ) {
        guard let tree = trees[action], let part = tree.parts[index] else { return }
        let path = absolute(tree, part.root)
        let quiet = magic.flatMap(QuietFileSystem.init)
        let isSilent = quiet.map { $0.silence != .layers } ?? false
        let mechanism: TreeMechanism =
            if tree.interval != nil || isSilent {
                .poll
            } else if error == nil {
                .fanotify
            } else {
                .inotify
            }
        if error == nil {
            if mechanism == .fanotify {
                attached[path, default: 0] += 1
            } else if attached[path] == nil {
                detaching.append(path)
            }
        }
        trees[action]?.parts[index]?.mechanism = mechanism
        trees[action]?.parts[index]?.fileSystem = quiet
        trees[action]?.parts[index]?.doubt = wall
        // Another tree's events may have asked about directories while this was not known to be one.
        if mechanism == .fanotify { nodes.forgetUnrelated() }
        outputs.append(.watched(action, path, mechanism, mechanism == .inotify ? error : nil))
        begin(action, index, mechanism, at: now, wall: wall)
    }

    /// Begins to watch a part of a tree: what is in it already is new, or was handled before, or is
    /// nobody's affair.
    private mutating func begin(
        _ action: ActionID, _ index: Int, _ mechanism: TreeMechanism, at now: Instant,
        wall: FileTime
    ) {
        guard let tree = trees[action], let part = tree.parts[index] else { return }
        if mechanism == .poll { return beginPoll(action, index, at: now) }
        if case .new = part.arrival {
            arrived(action, part.root)
            return scan(action, index, .new)
        }
        if mechanism == .inotify { scan(action, index, .ignored) }
        if case .mounted = part.arrival {
            look(action, index, since: tree.began)
        } else if let known = tree.known {
            // Of watches, those of the last directories come last; whatever is heard twice counts once.
            let to =
                mechanism == .inotify
                ? FileTime.distantFuture : wall.advanced(by: TreeProgress.tick)
            let from = known.until.advanced(by: .zero - TreeProgress.tick)
            scan(action, index, .changed(from: from, to: to))
            for path in known.arrivals where self.part(tree, path) == index {
                arrived(action, path)
                scans.add(
                    TreeScans.Item(
                        tree: action, part: index, directory: path,
                        files: .changed(from: .distantPast, to: to), since: known.until))
            }
        }
    }

    private mutating func scan(_ action: ActionID, _ index: Int, _ files: TreeScans.Files) {
        guard let part = trees[action]?.parts[index] else { return }
        // Of what is found, all is handled only until when nobody listened any more.
        var since = heardUntil
        if case .changed(let from, _) = files { since = from.advanced(by: TreeProgress.tick) }
        scans.add(
            TreeScans.Item(
                tree: action, part: index, directory: part.root, files: files, since: since))
    }

    /// Looks for what may have been changed unheard since a time.
    private mutating func look(_ action: ActionID, _ index: Int, since: FileTime) {
        guard let mechanism = trees[action]?.parts[index]?.mechanism, mechanism != .poll else {
            return
        }
        let from = since.advanced(by: .zero - TreeProgress.tick)
        scan(action, index, .changed(from: from, to: .distantFuture))
    }

    /// Events of a mechanism were lost with a full queue.
    mutating func overflowed(_ mechanism: TreeMechanism, wall: FileTime) {
        outputs.append(.overflowed)
        lost(mechanism, wall: wall)
    }

    /// Not all is known of what happened until now.
    mutating func lost(_ mechanism: TreeMechanism, wall: FileTime) {
        for action in trees.keys {
            for index in trees[action]?.parts.keys.sorted() ?? []
            where trees[action]?.parts[index]?.mechanism == mechanism {
                trees[action]?.parts[index]?.doubt = wall
                look(action, index, since: heardUntil)
            }
        }
        // A directory may have been moved.
        nodes.forgetNumbers()
    }

    private mutating func watched(
        _ node: TreeNodes.ID, _ result: Result<Int32, ErrorNumber>, at now: Instant
    ) {
        switch result {
        case .success(let watch):
            if let old = nodes.setWatch(node, watch) { removals.append(old) }
            isOpen = true
            // Nobody listened to what is in it.
            if case .changed = scans.current?.files { scans.currentIsNew() }
            if !readIgnored(node) { work = .list(isFirst: !isOpen) }
        case .failure(let error) where error.isPassing:
            scans.postpone(until: now.advanced(by: Self.patience))
        case .failure(let error) where error == .noSpace:
            guard let item = scans.current else { return }
            scans.finish()
            lookInstead(item.tree, item.part, error, at: now)
        case .failure(let error):
            // It is gone, or was replaced: that is heard of. Or it may not be read: what changes that is
            // heard of as well.
            if error == .permissionDenied { nodes.setClosed(node) }
            scans.finish()
        }
    }

    /// There are no more watches to be had: all of it is looked at in intervals.
    private mutating func lookInstead(
        _ action: ActionID, _ index: Int, _ error: ErrorNumber, at now: Instant
    ) {
        guard let tree = trees[action], let part = tree.parts[index] else { return }
        scans.remove { $0.tree == action && $0.part == index }
        trees[action]?.parts[index]?.mechanism = .poll
        outputs.append(
            .watched(action, absolute(tree, part.root), .poll, error))
        beginPoll(action, index, at: now)
    }

    private mutating func listed(_ result: Result<Bool, ErrorNumber>, at now: Instant) {
        if case .success(true) = result { return }
        if case .failure(let error) = result, error.isPassing {
            return scans.postpone(until: now.advanced(by: Self.patience))
        }
        guard let item = scans.current else { return }
        scans.finish()
        if item.files == .compared, !scans.isComparing(item.tree, item.part) {
            endPoll(item.tree, item.part, at: now)
        }
    }

    // MARK: Looking in intervals

    private mutating func beginPoll(_ action: ActionID, _ index: Int, at now: Instant) {
        trees[action]?.parts[index]?.pass &+= 1
        trees[action]?.parts[index]?.pollBegan = now
        scan(action, index, .compared)
    }

    /// The next look comes after the interval, and much later than this one took.
    private mutating func endPoll(_ action: ActionID, _ index: Int, at now: Instant) {
        guard let tree = trees[action], let part = tree.parts[index] else { return }
        let took = part.pollBegan.map { now.elapsed(since: $0) } ?? .zero
        let wait = max(tree.interval ?? Self.usualInterval, took * 4)
        let time = now.advanced(by: wait)
        trees[action]?.parts[index]?.poll = time
        polls.insert(Poll(time: time, tree: action, part: index))
        if tree.parts.count == 1 {
            snapshots[action] = snapshots[action]?.filter { $0.value.pass == part.pass }
        }
    }

    // MARK: Looks

    private mutating func look(_ key: TreeFiles.Key, again time: Instant) {
        files[key]?.retry = time
        deadlines.insert(Deadline(time: time, key: key))
    }

    private mutating func judge(
        _ key: TreeFiles.Key, _ examination: Examination, writer: WriterPresence?, at now: Instant
    ) {
        guard let present = files[key], let tree = trees[present.tree] else { return }
        guard let part = part(tree, present.path).flatMap({ tree.parts[$0] }) else { return }
        var examination = examination
        if let quiet = part.fileSystem, part.mechanism == .poll {
            examination.polled(
                Polling(.fileSystem(quiet), every: tree.interval ?? Self.usualInterval))
        }
        if case .failure(let error) = examination.status, error.isPassing {
            // What was heard is judged when it can be looked at.
            let retry = now.advanced(by: Self.patience)
            files[key]?.isQueued = false
            return look(key, again: retry)
        }
        let status = try? examination.status.get()
        let wasFresh = present.isFresh
        // A link to a file that somebody else may have open: what he does is told of another name.
        if let status, status.links > 1, present.evidence.contains(.created),
            !present.evidence.contains(.modified)
        {
            files[key]?.evidence.subtract([.created, .closeFollows])
            files[key]?.evidence.insert(.arrived)
        }
        // Whoever made it again is heard later, or was lost.
        if present.isRemoved, status != nil { files[key]?.evidence.insert(.unheard) }
        files.assume(key, status, doubt: part.doubt)
        guard var file = files[key] else { return }
        let (old, deadline) = (file.judge, file.judge.deadline)
        let verdict = file.judge.judge(file.evidence, examination, writer: writer, at: now)
        files[key]?.judge = file.judge
        if verdict == .askWriter {
            probed = examination
            return work = .probe(key)
        }
        let isKnown = !wasFresh || file.isFound || old.handledState == nil
        var counted: TouchKinds = verdict == .touch ? .touch : []
        if var change = file.change {
            if !tree.kinds.contains(.touch) || status?.kind == .directory { counted = [] }
            counted.formUnion(
                change.judge(before: old.seen, isKnown: isKnown, after: status))
            file.change = change
        } else if status?.kind == .directory {
            counted = []
        }
        if let next = file.judge.deadline, next != deadline {
            deadlines.insert(Deadline(time: next, key: key))
        }
        if file.judge.isRestored { restored.append(key) }
        (file.evidence, file.isQueued, file.retry) = ([], false, nil)
        (file.isFound, file.isRemoved) = (false, false)
        let isCaughtUp = file.isCaughtUp
        if !counted.isEmpty || file.isIdle { file.isCaughtUp = false }
        // Others may have their numbers by now.
        let touchers = file.touchers.filter { $0.mayHaveMade(status?.changed) }
        if !counted.isEmpty || file.isIdle { file.touchers = [] }
        if !counted.isEmpty { file.isGuessed = false }
        files[key] = file
        if let status, status.kind == .regular, file.judge.dependsOnClose,
            status.links > 1 || file.isWrittenUnheard && status.size > 0
        {
            // The close may be told of another of its names: it is looked for, less and less often.
            files[key]?.evidence = .unheard
            let age = status.changed.elapsed(until: examination.time)
            let next = now.advanced(by: min(max(age, Self.shortest), Self.longest))
            look(key, again: file.judge.deadline.map { $0 > now ? min(next, $0) : next } ?? next)
        }
        let path = tree.selection.base.appending(file.path)
        guard !counted.isEmpty else {
            if status == nil {
                outputs.append(.left(file.tree, path))
            } else if file.judge.isCloseAwaited {
                outputs.append(.writing(file.tree, path))
            }
            return
        }
        conclude(
            key,
            TreeChange(
                path: path, kind: counted, status: status,
                touchers: touchers, isCaughtUp: isCaughtUp,
                isBeingWritten: file.judge.isCloseAwaited, since: file.since), at: now)
    }

    /// Says what was found, unless git would not look at it.
    private mutating func conclude(_ key: TreeFiles.Key, _ change: TreeChange, at now: Instant) {
        guard let file = files[key], let tree = trees[file.tree] else { return }
        if tree.selection.usesGitignore {
            let slash = file.path.lastIndex(of: UInt8(ascii: "/")) ?? 0
            guard let node = makeNode(file.tree, Array(file.path[..<slash])) else { return }
            if readIgnored(node) { return undecided = (key, change) }
            let isDirectory = change.status?.kind == .directory
            if isIgnored(file.path, in: node, isDirectory: isDirectory) { return }
        }
        outputs.append(.changed(file.tree, change))
    }

    /// Whether the `.gitignore`s on the way to a directory, which were read, exclude a path in it.
    func isIgnored(_ path: [UInt8], in node: TreeNodes.ID, isDirectory: Bool) -> Bool {
        let rules = nodes.way(to: node).map { id -> IgnoreRules? in
            if case .read(let rules) = nodes[id].ignored { rules } else { nil }
        }
        let selection = trees[nodes[node].tree]?.selection
        return path.withUnsafeBytes { path in
            let start = selection?.startOfIgnorable(in: path) ?? 0
            return IgnoreRules.ignores(path, from: start, isDirectory: isDirectory) { directory in
                let depth =
                    directory.isEmpty
                    ? 0 : 1 + directory.count { $0 == UInt8(ascii: "/") }
                return depth < rules.count ? rules[depth] : nil
            }
        }
    }

    /// By which mechanisms the parts of a tree are watched.
    func mechanisms(of action: ActionID) -> String {
        let all = Set(trees[action]?.parts.values.compactMap(\.mechanism?.rawValue) ?? [])
        return all.isEmpty ? "none" : all.sorted().joined(separator: "+")
    }

    /// How far the listing of a tree has come; nil where all of it is listed.
    func scan(of action: ActionID) -> TreeScan? { scans.progress(action) }

    /// How many directories of a tree may not be read, as far as they are known.
    func closedDirectories(of action: ActionID) -> Int { nodes.closedCount(action) }

    /// Whether something that was heard or seen of a tree is not judged yet.
    func isPending(_ action: ActionID) -> Bool {
        files.oldest(action) != nil || scans.oldest(action) != nil
    }

    // MARK: The ledger

    func contains(_ action: ActionID) -> Bool { !trees.isEmpty && trees[action] != nil }

    /// Whether a tree is to be watched otherwise than it is.
    func isChanged(
        _ action: ActionID, _ selection: Selection, _ kinds: TouchKinds, _ interval: Duration?
    ) -> Bool {
        guard let tree = trees[action] else { return true }
        return tree.selection != selection || tree.kinds != kinds || tree.interval != interval
    }

    /// Until when all is known of a tree that may come to something.
    func handledUntil(_ action: ActionID) -> FileTime {
        var until = heardUntil
        if let time = files.oldest(action) { until = min(until, time) }
        if let time = scans.oldest(action) { until = min(until, time) }
        return until
    }

    /// What was handled of a tree that is to be watched otherwise from now on; changes that wait for a run
    /// still have it.
    func handled(_ action: ActionID) -> KnownTree {
        let until = handledUntil(action)
        var known = KnownTree(
            until: until,
            TreeProgress(
                until: until, before: until, marks: marks(of: action, from: until, except: []),
                arrivals: arrivals(of: action, since: until)))
        if let earlier = trees[action]?.known { known.marks.formUnion(earlier.marks) }
        return known
    }

    /// See `TreeProgress`.
    func marks(of action: ActionID, from time: FileTime, except waiting: Set<RawPath>) -> [UInt64] {
        guard let base = trees[action]?.selection.base else { return [] }
        return files.marks(of: action, from: time) { file in
            !waiting.isEmpty && waiting.contains(base.appending(file.path))
        }
    }

    /// The directories that came, and whose files may not all have been handled since a time.
    func arrivals(of action: ActionID, since time: FileTime) -> [TreeProgress.Arrival] {
        trees[action]?.arrivals.filter { $0.since >= time } ?? []
    }

    /// A directory came with all that is in it.
    mutating func arrived(_ action: ActionID, _ path: [UInt8]) {
        guard path.count <= TreeProgress.mostArrivalBytes / 2,
            var arrivals = trees[action]?.arrivals
        else { return }
        while arrivals.count >= TreeProgress.mostArrivals
            || arrivals.reduce(path.count, { $0 + $1.path.count }) > TreeProgress.mostArrivalBytes
        {
            arrivals.removeFirst((arrivals.count + 1) / 2)
        }
        arrivals.append(TreeProgress.Arrival(path: path, since: heardUntil))
        trees[action]?.arrivals = arrivals
        outputs.append(.arrived(action))
    }

    /// Tells late what an earlier daemon handled of a tree.
    mutating func know(_ action: ActionID, _ known: KnownTree) {
        guard let began = trees[action]?.began else { return }
        trees[action]?.known = known
        let from = known.until.advanced(by: .zero - TreeProgress.tick)
        for index in trees[action]?.parts.keys.sorted() ?? [] {
            scan(action, index, .changed(from: from, to: began))
        }
    }

    package mutating func nextOutput() -> Output? { outputs.popFirst() }
}

extension FileTime {
    static let distantFuture = FileTime(seconds: .max)
    static let distantPast = FileTime(seconds: .min)
}
