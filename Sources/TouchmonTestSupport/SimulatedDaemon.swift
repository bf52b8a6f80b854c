package import TouchmonCore

/// The daemon's engine on a simulated kernel, clock and children: everything but system calls.
///
/// `step` performs one thing at a time, so that a test can let a program do something between any
/// two of the daemon's calls, as a real kernel would.
package struct SimulatedDaemon {
    /// How runs go that begin from now on.
    package struct RunManner: Hashable, Sendable {
        /// How long the command takes; nil: until a test ends it.
        package var duration: Duration?
        package var outcome = RunOutcome.exited(status: 0)
        /// Whether SIGTERM ends it; SIGKILL does, where this is not nil.
        package var obeysSignals: Bool?

        package init() {}
    }

    /// A run as a test sees it.
    package struct Run: Equatable, Sendable {
        package var spec: RunSpec
        package var path: RawPath
        package var started: Instant
        /// When the event queue was last read to its end before that.
        package var drained: Instant
        package var manner: RunManner
        package var ended: Instant?
        package var outcome: RunOutcome?
        /// Whether the process belongs to a daemon that has died since: its end is not told.
        package var isOrphan = false
        /// Whether the present daemon knows of it.
        package var isAdopted: Bool { adopted != nil }
        /// When it learned of it.
        package var adopted: Instant?
        /// Whether its record reached the journal.
        package var isRecorded = false
        /// Whether a daemon was told of its end and had the time to write that down.
        package var isEndRecorded = false
        package var signals: [Int32] = []

        package func variable(_ name: String) -> [UInt8]? {
            spec.variables.split(separator: 0).last { $0.starts(with: "\(name)=".utf8) }
                .map { Array($0.dropFirst(name.utf8.count + 1)) }
        }

        /// When its command ends by itself.
        fileprivate var due: Instant? { manner.duration.map { started.advanced(by: $0) } }
    }

    /// A start that executed nothing.
    package struct FailedStart: Hashable, Sendable {
        package var action: RawPath
        package var failure: StartFailure
        package var time: Instant
    }

    package var kernel: SimulatedKernel
    package var engine: Engine
    package private(set) var clock = Instant(nanoseconds: 0)
    package private(set) var runs: [Run] = []
    /// The runs that have not ended, by their places in `runs`.
    private var living: [Int] = []
    package private(set) var failedStarts: [FailedStart] = []
    package private(set) var logs: [LogEvent] = []
    /// What daemons found in the state directory; nil where one could not read it.
    package private(set) var recoveries: [Recovered?] = []
    /// When the present daemon last had nothing to do, and when that was written down as well.
    package private(set) var lastIdle: Instant?
    /// How many times a daemon had nothing to do.
    package private(set) var idleCount = 0
    package private(set) var lastKeptIdle: Instant?
    /// When the database was last saved.
    package private(set) var lastSave = Instant(nanoseconds: 0)
    /// Whether the daemon is killed between the transaction of its next save and the journal's new
    /// beginning.
    package var diesInSave = false
    /// The runs whose ends were told since the daemon was last idle.
    private var toldEnds: [Int] = []
    package private(set) var hasExited = false
    /// What the daemon keeps on disk.
    package var state = SimulatedState()
    /// What runs print into.
    package var outputs = SimulatedOutputs()
    /// The machine's present boot.
    package private(set) var boot: [UInt8] = [1]
    private let isRoot: Bool
    private let tellsTouchers: Bool
    private var drained = Instant(nanoseconds: 0)
    package private(set) var wantsActionFiles = false
    package var manner = RunManner()
    /// How long the command of every run takes; nil: until a test ends it.
    package var runDuration: Duration? {
        get { manner.duration }
        set { manner.duration = newValue }
    }
    /// What starting a run fails with, as long as it is set.
    package var startFailure: StartFailure?
    /// Is told of everything that the daemon does.
    package var tell: ((String) -> Void)?
    /// Whether the readers of untrusted action files may read their paths; nil: it can't be told.
    package var readersMayRead: Bool? = true
    /// Who touched a path since its toucher was last asked for, the last one first.
    package var touchers: [RawPath: [Toucher]] = [:]
    /// Whether it is known which file the kernel means when it tells who touched.
    package var tellsNumbers = false
    /// The paths that readers were asked about.
    package private(set) var askedReadersOf: [RawPath] = []
    /// Whether the content of a file is read at once; else when `answerContents` is called.
    package var readsContents = true
    /// What files hold; nil: they can't be read.
    package var contents: [RawPath: ContentDigest] = [:]
    private var contentQuestions: [(action: ActionID, touch: PendingTouch?, path: RawPath)] = []
    /// What `.gitignore`s say.
    package var ignored: [RawPath: String] = [:]
    /// Whether the kernel tells where a directory is.
    package var findsDirectories = true
    /// Who does whatever happens on whole file systems, where the kernel tells.
    package var treeToucher: Toucher?
    /// What daemons that start from now on keep of the past.
    package var retention = Retention()
    /// Whether the kernel tells of whole file systems.
    package var marksFileSystems = false
    /// How many directories are listed before anything else is done.
    package var listingsPerSlice = 4
    /// The most bytes of one read of the event queue; inotify(7).
    package var readSize = 4096

    package init(
        kernel: SimulatedKernel, plan: [PlannedAction], isRoot: Bool = true,
        tellsTouchers: Bool = false
    ) {
        self.kernel = kernel
        self.isRoot = isRoot
        self.tellsTouchers = tellsTouchers
        engine = Engine(
            plan: Plan(resolved: plan), isRoot: isRoot, tellsTouchers: tellsTouchers,
            drain: .seconds(30), at: clock, wall: kernel.now)
        engine.readMounts(kernel.mountInfo)
    }

    /// The daemon is killed at this moment; its runs go on without it.
    package mutating func crash() {
        leave()
        kernel.restartInotify()
    }

    /// The power fails at this moment; the machine comes back without a daemon.
    package mutating func losePower(_ loss: SimulatedState.PowerLoss) {
        leave()
        boot[0] += 1
        for index in living { runs[index].ended = clock }
        living = []
        state.lose(loss)
        kernel.reboot()
    }

    private mutating func leave() {
        takeLogs()
        hasExited = true
        diesInSave = false
        toldEnds = []
        for index in living {
            runs[index].isOrphan = true
            runs[index].adopted = nil
        }
    }

    /// Starts a daemon on what the last one left.
    package mutating func restart(_ plan: [PlannedAction]) {
        hasExited = false
        wantsActionFiles = false
        (lastIdle, lastKeptIdle) = (nil, nil)
        (toldEnds, markedRead) = ([], [])
        let recovered = recover()
        engine = Engine(
            plan: Plan(resolved: plan), isRoot: isRoot, tellsTouchers: tellsTouchers,
            drain: .seconds(30), recovered: recovered, retention: retention, at: clock,
            wall: kernel.now)
        if recovered == nil, let failure = state.failure { engine.ledgerFailed(failure, at: clock) }
        _ = kernel.takeMountTableChange()
        engine.readMounts(kernel.mountInfo)
    }

    private mutating func recover() -> Recovered? {
        guard let contents = state.read() else {
            recoveries.append(nil)
            return nil
        }
        var recovered = Recovered(contents, boot: boot, calendar: 0)
        recovered.outputs = outputs.files.map {
            KeptOutput(run: $0.key, bytes: Int64($0.value.bytes.count), ended: clock)
        }
        recovered.adopt { run in
            // One that began before the ledger could be read may have the same number.
            let isTaken = living.contains {
                runs[$0].spec.number == run.number && !runs[$0].isOrphan
            }
            guard !isTaken else { return true }
            let place = living.last {
                runs[$0].spec.number == run.number && runs[$0].path == run.path
                    && runs[$0].isOrphan
            }
            if let place { runs[place].adopted = clock }
            return place != nil
        }
        recoveries.append(recovered)
        return recovered
    }

    /// Performs one effect, or takes one batch of events; false when there is nothing to do.
    package mutating func step() -> Bool {
        guard !hasExited else { return false }
        if takeMarked() { return true }
        if let effect = engine.nextEffect(at: clock) {
            perform(effect)
            takeLogs()
            return true
        }
        takeLogs()
        if kernel.takeMountTableChange() {
            engine.readMounts(kernel.mountInfo)
            return true
        }
        if takeEvents() { return true }
        if engine.trees.isScanning {
            engine.trees.listingsPerSlice = listingsPerSlice
            engine.trees.beginSlice()
            return true
        }
        noteIdle()
        return false
    }

    private mutating func noteIdle() {
        lastIdle = clock
        idleCount += 1
        guard engine.keepsLedger else { return }
        lastKeptIdle = clock
        for index in toldEnds { runs[index].isEndRecorded = true }
        toldEnds.removeAll(keepingCapacity: true)
    }

    /// Does all that there is to do at this moment.
    package mutating func settle() {
        while step() {}
    }

    /// Lets time pass: every deadline, and every end of a run, at its own moment.
    package mutating func pass(_ duration: Duration) {
        let end = clock.advanced(by: duration)
        settle()
        while let next = nextMoment(), next <= end {
            move(to: max(next, clock))
            endRuns()
            if !hasExited { engine.timePassed(at: clock) }
            settle()
        }
        move(to: end)
        settle()
    }

    /// Lets time pass while the daemon does nothing: it is slow, or the time is short.
    package mutating func tick(_ duration: Duration) {
        move(to: clock.advanced(by: duration))
        endRuns()
    }

    /// Ends the process of a run.
    package mutating func end(_ number: RunNumber, _ outcome: RunOutcome = .exited(status: 0)) {
        // Where the ledger could not be read, a number may have been used before.
        guard let index = living.last(where: { runs[$0].spec.number == number }) else { return }
        end(at: index, outcome)
    }

    private mutating func end(at index: Int, _ outcome: RunOutcome) {
        runs[index].ended = clock
        runs[index].outcome = outcome
        living.removeAll { $0 == index }
        guard !hasExited, !runs[index].isOrphan || runs[index].isAdopted else { return }
        toldEnds.append(index)
        engine.ended(
            runs[index].spec.number, runs[index].isOrphan ? .unknown : outcome, at: clock)
    }

    package mutating func signal(_ signal: Engine.Signal) {
        engine.signalled(signal, at: clock)
    }

    /// Answers a reload with a good plan.
    package mutating func reload(_ plan: [PlannedAction]) {
        wantsActionFiles = false
        engine.reload(Plan(resolved: plan), at: clock, wall: kernel.now)
    }

    /// Answers a reload whose action files have an error.
    package mutating func refuseReload() {
        wantsActionFiles = false
        engine.reloadRefused(problems: 1, at: clock)
    }

    /// What the process of a run does before it executes its program.
    private mutating func record(_ spec: RunSpec) -> Bool {
        guard !spec.record.isEmpty else { return false }
        var bytes = spec.record
        let process = UInt32(1000 + spec.number.value)
        for index in 0..<4 {
            bytes[JournalRecord.processOffset + index] = UInt8(
                truncatingIfNeeded: process >> (8 * index))
        }
        guard let failure = state.append(bytes) else { return true }
        engine.ledgerFailed(failure, at: clock)
        return false
    }

    private mutating func nextMoment() -> Instant? {
        var next = hasExited ? nil : engine.nextDeadline()
        for index in living {
            if let due = runs[index].due { next = min(next ?? due, due) }
        }
        return next
    }

    private mutating func move(to moment: Instant) {
        kernel.advance(by: moment.elapsed(since: clock))
        clock = moment
    }

    private mutating func endRuns() {
        for index in living {
            if let due = runs[index].due, due <= clock {
                end(at: index, runs[index].manner.outcome)
            }
        }
    }

    private mutating func takeEvents() -> Bool {
        let bytes = kernel.readEvents(maximumBytes: readSize)
        guard !bytes.isEmpty else { return takeTreeEvents() }
        tell?("events: \(bytes)")
        engine.read(bytes.span.bytes)
        return true
    }

    private mutating func takeTreeEvents() -> Bool {
        let bytes = kernel.treeInotify.read(maximumBytes: readSize)
        if !bytes.isEmpty {
            tell?("tree events: \(bytes)")
            engine.trees.read(bytes.span.bytes, at: clock, wall: kernel.now)
            return true
        }
        readMarks()
        return takeMarked()
    }

    /// What was read at once of marked file systems, the last first. Where its directories are is asked for
    /// one by one: they may have been moved since.
    private var markedRead: [MarkedEvents.Event] = []

    private mutating func readMarks() {
        while let event = kernel.marked.next() { markedRead.append(event) }
        markedRead.reverse()
    }

    private mutating func takeMarked() -> Bool {
        guard let event = markedRead.popLast() else { return false }
        let (mask, directory, name) = (event.mask, event.directory, event.name)
        tell?("marked: \(directory) \(String(decoding: name, as: UTF8.self)) \(mask)")
        guard directory >= 0 else {
            engine.trees.marksOverflowed(wall: kernel.now)
            return true
        }
        let number = UInt64(directory) + 1
        var hearing = name.withUnsafeBytes { engine.trees.heard(number, $0, mask, at: clock) }
        if case .unknown = hearing, !findsDirectories {
            engine.trees.notFound(wall: kernel.now)
            return true
        }
        if case .unknown = hearing {
            engine.trees.found(number, at: kernel.paths(ofDirectory: directory))
            hearing = name.withUnsafeBytes { engine.trees.heard(number, $0, mask, at: clock) }
        }
        if case .unwanted = hearing { kernel.marked.ignored.insert(directory) }
        if case .selected = hearing, let treeToucher { engine.trees.heard(by: treeToucher) }
        return true
    }

    /// The directory that was watched or listed last.
    private var listed = RawPath("/")

    private mutating func answer(_ request: TreeRequest) {
        tell?("\(request)")
        if case .readIgnored(let path) = request {
            return engine.reply(
                .content(ignored[path].map { Array($0.utf8) }), at: clock)
        }
        guard case .list(let path, let withStatus) = request else {
            let reply = kernel.answer(request, canMark: marksFileSystems)
            tell?("\(reply)")
            if case .watch(let path) = request { listed = path }
            return engine.reply(reply, at: clock)
        }
        listed = path ?? listed
        switch kernel.list(listed, withStatus: withStatus) {
        case .failure(let error):
            engine.reply(.listed(.failure(error)), at: clock)
        case .success(let entries):
            for (name, kind, status) in entries {
                name.withUnsafeBytes { engine.entry($0, kind, status, at: clock) }
            }
            engine.reply(.listed(.success(false)), at: clock)
        }
    }

    private mutating func perform(_ effect: Engine.Effect) {
        if case .watch = effect {} else { tell?("\(effect)") }
        switch effect {
        case .watch(let request):
            var reply = kernel.answer(request)
            if tellsNumbers, case .watch(let result, _) = reply {
                reply = .watch(result, number: Self.fileNumber)
            }
            tell?("\(request): \(reply)")
            engine.reply(reply, at: clock)
        case .tree(let request): answer(request)
        case .readEvents:
            let wall = kernel.now
            while takeEvents() {}
            drained = clock
            engine.eventsDrained(wall: wall)
        case .findToucher(let touch, let path):
            for toucher in touchers.removeValue(forKey: path)?.reversed() ?? [] { hear(toucher) }
            engine.findToucher(touch, among: [Self.fileNumber], at: clock)
        case .checkReader(let touch, let path, _):
            askedReadersOf.append(path)
            engine.checkedReader(touch, mayRead: readersMayRead, at: clock)
        case .readContent(let action, let touch, let path):
            contentQuestions.removeAll { $0.action == action }
            contentQuestions.append((action, touch, path))
            if readsContents { answerContents() }
        case .append(let bytes):
            engine.appended(state.append(bytes), at: clock)
        case .save(let change):
            let failure = state.save(change, boot: boot, resets: !diesInSave)
            if failure == nil { lastSave = clock }
            if failure == nil, diesInSave {
                crash()
            } else if let failure {
                engine.ledgerFailed(failure, at: clock)
            } else {
                engine.saved(at: clock)
            }
        case .openLedger:
            if let recovered = recover() {
                engine.opened(recovered, at: clock)
            } else if let failure = state.failure {
                engine.ledgerFailed(failure, at: clock)
            }
        case .output(let request): perform(request)
        case .start(let spec):
            start(spec)
        case .signal(let process, let signal), .stop(_, let process, let signal):
            let number = RunNumber(UInt64(process - 1000))
            guard let index = living.last(where: { runs[$0].spec.number == number }) else { return }
            runs[index].signals.append(signal)
            guard let obeys = runs[index].manner.obeysSignals, obeys || signal == 9 else { return }
            end(at: index, .signalled(signal: signal))
        case .readActionFiles: wantsActionFiles = true
        case .exit:
            hasExited = true
            takeLogs()
            kernel.restartInotify()
        }
    }

    /// The number of every file in what the kernel tells of who touches, once `tellsNumbers`.
    private static let fileNumber: UInt64 = 7

    /// The kernel tells who did something.
    package mutating func hear(_ toucher: Toucher) {
        engine.heard(
            file: Self.fileNumber, name: 0, .change, process: toucher.process, toucher, at: clock)
    }

    /// Answers what was asked about the contents of files.
    package mutating func answerContents() {
        for (action, touch, path) in contentQuestions {
            var reading = ContentReading.none
            if let digest = contents[path],
                case .success(let status) = kernel.status(path, followSymlinks: true)
            {
                reading = .digest(digest, status, began: kernel.now)
            }
            engine.readContent(action, touch, reading, at: clock)
        }
        contentQuestions = []
    }

    private mutating func takeLogs() {
        while let (event, _) = engine.nextLog() { logs.append(event) }
    }

    private mutating func start(_ spec: RunSpec) {
        let path = spec.variables.withUnsafeBytes { Self.path(in: $0) }
        if let startFailure {
            failedStarts.append(
                FailedStart(action: path, failure: startFailure, time: clock))
            if startFailure.step != .clone { _ = record(spec) }
            return engine.notStarted(spec.number, startFailure, at: clock)
        }
        living.append(runs.count)
        runs.append(
            Run(spec: spec, path: path, started: clock, drained: drained, manner: manner))
        let isRecorded = openOutput(spec.number)
        engine.made(
            spec.number, process: Int32(1000 + spec.number.value), isRecorded: isRecorded)
        engine.started(spec.number)
        runs[runs.count - 1].isRecorded = record(spec)
    }

    /// The action and the path are the first of a run's variables; of a file of a tree, both are told.
    private static func path(in variables: UnsafeRawBufferPointer) -> RawPath {
        let action = variables.prefix { $0 != 0 }
        let file = variables[(action.endIndex + 1)...].prefix { $0 != 0 }
        let paths = [
            RawPath(bytes: Array(action.dropFirst("TOUCHMON_ACTION=".utf8.count))),
            RawPath(bytes: Array(file.dropFirst("TOUCHMON_PATH=".utf8.count))),
        ]
        return paths[0] == paths[1] ? paths[0] : RawPath(action: paths[0], file: paths[1])
    }
}

extension SimulatedKernel {
    /// The table of mounts as proc(5) writes it. A device is mounted in one place only here, or the
    /// same number stands for all of its places, which says no less.
    fileprivate var mountInfo: [UInt8] {
        var text: [UInt8] = []
        for (number, mount) in mountTable.enumerated() {
            text += Array("\(mount.device)\(number) 1 0:1 / ".utf8) + mount.point.bytes
            text += Array(" rw - simulated\n".utf8)
        }
        return text
    }

    /// Answers what the watch stage asks, as the daemon would with system calls.
    fileprivate mutating func answer(_ request: WatchRequest) -> WatchReply {
        switch request {
        case .addWatch(let path, let mask):
            return .watch(addWatch(path, mask))
        case .removeWatch(let watch):
            _ = removeWatch(watch)
            return .done
        case .status(let path):
            let status = status(path, followSymlinks: false)
            var magic: UInt64?
            if case .success(let status) = status {
                magic = fileSystem(ofDevice: status.identity.device)?.magic
            }
            return .status(status, fileSystem: magic)
        case .readLink(let path):
            return .link(readLink(path).map(\.bytes))
        case .examine(_, let path, _):
            let time = now
            let status = status(path, followSymlinks: true)
            let granularity: Duration =
                switch status {
                case .success(let status): granularity(ofDevice: status.identity.device)
                case .failure: .zero
                }
            return .examination(
                Examination(status: status, time: time, granularity: granularity))
        case .probeWriter(_, let path):
            return switch hasWriter(path) {
            case .success(true): .writer(.present)
            case .success(false): .writer(.absent)
            case .failure: .writer(.unknown)
            }
        case .hasEntries(_, let path):
            return .entries(hasEntries(path))
        }
    }

    /// What the daemon's system layer says of a file system's clock.
    private func granularity(ofDevice device: UInt64) -> Duration {
        if case .multigrain = fileSystem(ofDevice: device)?.timestamps {
            .zero
        } else {
            .milliseconds(10)
        }
    }

    private func fileSystem(ofDevice device: UInt64) -> FileSystemPolicy? {
        fileSystems.first { $0.device == device }?.policy
    }
}
