package import TouchmonCore
internal import TouchmonSystem

/// The loop: waits for the kernel, tells the engine what happened, and performs what it decides.
///
/// One thread, one wait, one owner of all state. Nothing in here decides anything.
package struct Daemon: ~Copyable {
    /// What a descriptor that is ready belongs to; runs of an earlier daemon, and control groups that
    /// are to become empty, are named by the run's number above these.
    private enum Token {
        static let events: UInt64 = 0, signals: UInt64 = 1, mounts: UInt64 = 2
        static let touchers: UInt64 = 3, outputs: UInt64 = 4, trees: UInt64 = 5, marks: UInt64 = 6
        static let control: UInt64 = 7, printed: UInt64 = 8
        static let runs: UInt64 = 16
        static let clients: UInt64 = 1 << 61
        static let groups: UInt64 = 1 << 62
    }

    /// nil: its plan stays as it is.
    let files: ActionFiles?
    var engine: Engine
    var log: Log
    var poller: Poller
    private let signals: SignalInbox
    private var watch: KernelWatch
    /// nil as long as no action is of a tree.
    private var trees: KernelTrees?
    private let mounts: MountTable
    /// nil as long as the state directory can't be used.
    var state: State?
    /// Nothing is kept there in a daemon that keeps all in memory.
    private let statePath: RawPath
    private let retention: Retention
    private let isDryRun: Bool
    /// nil where it serves no terminal.
    var terminal: TerminalSession?
    private var children: Children
    /// nil where nobody can be listened to.
    var control: ControlServer?
    /// Until then those who ask something wait; of the monotonic clock.
    var servesFrom: Int64 = 0
    /// When the daemon began, in nanoseconds since 1970.
    let begun: Int64
    /// When the action files were read that it goes by.
    private(set) var filesRead: Int64
    /// How many errors the last reading of the action files found; nil before it.
    var reloadProblems: Int?
    /// nil when they are not being read.
    private var rereading: Rereading?
    /// Whoever waits for that, and whoever waits for the next time.
    var reloadClients: [ControlClientID] = [], nextReloadClients: [ControlClientID] = []
    private var contents = FileContents()
    private var listener: OutputListener
    /// The runs of an earlier daemon whose ends the poller could not be asked to tell: it is asked
    /// again.
    private var unheard: Set<RunNumber> = []
    /// The stopped runs that are over when nobody is left in their control groups, and how their first
    /// processes ended.
    private var leaving: [RunNumber: RunOutcome] = [:]
    /// Those of them of which nobody tells when.
    private var unheardGroups: Set<RunNumber> = []
    /// Whether the mount table changed and could not be read.
    private var areMountsUnread = false
    /// Whether processes may have ended of which the kernel did not say which.
    private var areEndsUnread = false
    /// Whether much memory was used and is not any more.
    private var hasFreed = false
    private var trouble = Trouble()
    private var manager: ServiceManager
    private var exits = false
    /// When the last wait ended: what one wake-up brings happens at one moment.
    private(set) var now: Instant

    /// Carries out a plan, which is that of `files`. Throws when the system refuses what every daemon
    /// needs.
    private init(
        _ files: ActionFiles?, _ plan: consuming Plan, _ options: Options,
        _ opening: inout State.Opening?, begun: Instant
    ) throws(SystemFailure) {
        let isRoot = CurrentProcess.isRoot
        // All that can fail comes first: what is half made can't be undone.
        let signals = try SignalInbox()
        let poller = try Poller()
        let watch = try KernelWatch(asksWho: isRoot)
        let mounts = try MountTable()
        let listener = try OutputListener(poller, token: Token.outputs)
        let statePath = options.state ?? RawPath("/")
        var children = try Children(changesIdentity: isRoot, state: statePath)
        try poller.add(watch.inotify.descriptor, token: Token.events)
        if let touchers = watch.touchers {
            try poller.add(touchers.queue.descriptor, token: Token.touchers)
        }
        try poller.add(signals.descriptor, token: Token.signals)
        try poller.add(mounts.descriptor, token: Token.mounts, interest: .priority)
        let table = try mounts.read()
        var log = Log(options)
        var state: State?
        var recovered = options.state == nil ? Recovered() : nil
        var degradation: LedgerFailure?
        switch opening {
        case .opened(let opened, let found, let failure):
            if let kept = opened.setAside {
                log.write(.ledgerSetAside(kept.path, reason: kept.reason), at: begun)
            }
            state = opened
            recovered = found
            degradation = failure
        case .failed(let failure): degradation = failure
        case .seen(let found): recovered = found
        // Whoever holds it was told before.
        case .held, nil: break
        }
        // Nobody else keeps it open, should it be given up below.
        opening = nil
        do {
            if var found = recovered {
                try children.adopt(&found)
                // Another daemon's runs go on without this one.
                if options.isDryRun { found.unfinished.removeAll(where: \.isAlive) }
                recovered = found
            }
        } catch {
            // Nobody may take for gone what may be there: all of it is taken up later.
            state = nil
            recovered = nil
            degradation = LedgerFailure(error, statePath)
        }
        state?.removeOldChanges(except: (recovered?.unfinished ?? []).map(\.number))
        for run in recovered?.unfinished ?? [] where run.isAlive {
            guard let adopted = children.adopted(run.number) else { continue }
            try poller.add(adopted.pidfd, token: Token.runs + run.number.value)
        }
        var control: ControlServer?
        if let place = options.control {
            do throws(SystemFailure) {
                let listener = try Self.listen(at: place, options, state)
                try poller.add(listener.descriptor, token: Token.control)
                control = ControlServer(
                    listener, user: CurrentProcess.user, firstToken: Token.clients)
            } catch {
                log.write(.controlDegraded(LedgerFailure(error, place)), at: begun)
            }
        }
        if let foreground = options.foreground {
            terminal = try TerminalSession(foreground, poller, token: Token.printed)
        } else {
            terminal = nil
        }
        self.files = files
        self.signals = signals
        self.poller = poller
        let tellsTouchers = watch.touchers != nil
        watch.touchers?.wishes = TouchingProcess.Wishes(copy plan)
        self.watch = watch
        self.mounts = mounts
        self.listener = listener
        self.children = children
        self.state = state
        self.statePath = statePath
        retention = options.retention
        isDryRun = options.isDryRun
        now = begun
        self.begun = Clock.realtime()
        // They were read a moment before.
        filesRead = self.begun - (Clock.monotonic() - begun.nanoseconds)
        self.control = consume control
        self.log = log
        manager = ServiceManager(at: begun)
        engine = Engine(
            plan: plan, isRoot: isRoot,
            tellsTouchers: tellsTouchers, drain: options.drain, recovered: recovered,
            retention: options.retention, at: begun, wall: .now)
        engine.endsWithRun = options.foreground?.endsWithRun ?? false
        if let state = options.state {
            engine.outputDirectory = RawPath(bytes: state.bytes + Array("/output".utf8))
            engine.trees.hidden = realPath(CPath(state.bytes)).map(RawPath.init(bytes:))
        }
        if let degradation { engine.ledgerFailed(degradation, at: begun) }
        engine.readMounts(table)
    }

    private static func listen(
        at place: RawPath, _ options: Options, _ state: State?
    ) throws(SystemFailure) -> ControlListener {
        if let state, place == options.state?.appending(Array("control".utf8)) {
            return try state.listen()
        }
        return try ControlListener(makingDirectoryOf: place.bytes)
    }

    /// Runs what action files say until SIGINT or SIGTERM; returns what to exit with.
    package static func run(
        _ files: ActionFiles, _ options: Options
    ) throws(StartupFailure) -> ExitStatus {
        let begun = Instant(nanoseconds: Clock.monotonic())
        do {
            try SignalInbox.holdHangUp()
            try CurrentProcess.openStandardDescriptors()
            let reading = files.read()
            var log = Log(options)
            log.write(reading)
            log.flush()
            guard reading.isUsable else { return reading.exitStatus }
            var options = options
            var opening = options.state.map { path in
                options.isDryRun ? State.look(path) : State.open(path, options.retention)
            }
            if options.isDryRun { (options.state, options.control) = (nil, nil) }
            if case .held(let process) = opening, let state = options.state {
                throw StartupFailure(isHeldBy: process, state)
            }
            _ = try run(files, (consume reading).plan, options, &opening, begun: begun)
            return .success
        } catch let failure as StartupFailure {
            throw failure
        } catch let failure as SystemFailure {
            throw StartupFailure(failure)
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    /// Carries out a plan for somebody at a terminal, keeping nothing, until a signal or, as `foreground`
    /// says, the end of a run; returns what to exit with.
    package static func run(
        _ plan: consuming Plan, for foreground: Foreground
    ) throws(StartupFailure) -> Int32 {
        let begun = Instant(nanoseconds: Clock.monotonic())
        let options = Options(drain: .zero, state: nil, control: nil, foreground: foreground)
        var opening: State.Opening?
        do throws(SystemFailure) {
            try CurrentProcess.openStandardDescriptors()
            return try run(nil, plan, options, &opening, begun: begun)
        } catch {
            throw StartupFailure(error)
        }
    }

    private static func run(
        _ files: ActionFiles?, _ plan: consuming Plan, _ options: Options,
        _ opening: inout State.Opening?, begun: Instant
    ) throws(SystemFailure) -> Int32 {
        var daemon = try Daemon(files, plan, options, &opening, begun: begun)
        defer {
            daemon.children.dismissAhead()
            daemon.state?.dismissAhead()
            daemon.writeLog()
            daemon.tellManager()
        }
        try daemon.loop()
        return daemon.terminal?.exitStatus(after: daemon.engine.lastEnding) ?? 0
    }

    private mutating func loop() throws(SystemFailure) {
        var ready: [UInt64] = []
        // Arming the watches may take a while; the log tells how long.
        while !exits, let effect = engine.nextEffect(at: now) {
            do { try perform(effect) } catch { try endure(error) }
            now = Instant(nanoseconds: Clock.monotonic())
        }
        writeLog()
        tellManager()
        CurrentProcess.releaseFreeMemory()
        while !exits {
            do {
                try turn(&ready)
                trouble.isOver()
            } catch {
                try endure(error)
            }
        }
    }

    /// Waits once, and does what is to be done then. Nothing that was not done is lost when it throws:
    /// descriptors stay ready, and the engine asks again.
    private mutating func turn(_ ready: inout [UInt64]) throws(SystemFailure) {
        try trees?.awaitMarks(engine.trees.traffic.restsUntil == nil, poller)
        try poller.wait(timeout: timeout(), into: &ready)
        now = Instant(nanoseconds: Clock.monotonic())
        // One that fails does not keep the others waiting.
        var failure: SystemFailure?
        // Whoever touched may be about to end, and is unknown from then on.
        if let touchers = watch.touchers,
            ready.contains(where: { $0 == Token.events || $0 == Token.touchers })
        {
            do { _ = try touchers.read(into: &engine, at: now) } catch { failure = error }
        }
        for token in ready where token != Token.touchers {
            do { try take(token) } catch { failure = error }
        }
        if let rest = engine.trees.traffic.restsUntil, rest <= now {
            do { try readMarks() } catch { failure = error }
        }
        if let failure { throw failure }
        makeUp()
        if let deadline = engine.nextDeadline(), deadline <= now {
            engine.timePassed(at: now)
        }
        try perform()
        if engine.trees.isScanning {
            engine.trees.beginSlice()
            try perform()
        }
        serve()
        if hasFreed {
            // What was written or read is gone only now.
            hasFreed = false
            CurrentProcess.releaseFreeMemory()
        }
        if contents.isReading { try readContents() }
        if rereading != nil { reread() }
        if ready.isEmpty, children.wantsAhead, !isDryRun {
            let next = engine.nextRun
            children.makeAhead(
                state, recorded: engine.recordsOutput ? next : nil,
                changed: engine.trees.isEmpty ? nil : next)
        }
        if ready.isEmpty || isLogLate {
            watch.touchers?.rest()
            writeLog()
            tellManager()
        }
        // Last of all: whoever hangs before it is found out.
        do { try manager.ping(at: now) } catch { say(error) }
    }

    /// Tells the service manager what has changed: no run waits for that.
    private mutating func tellManager() {
        guard manager.isThere else { return }
        do {
            try manager.tell(engine.serviceFacts(problems: reloadProblems ?? 0), at: now)
        } catch {
            say(error)
        }
    }

    /// Says what the system refused and waits a little; throws when it has refused for too long.
    private mutating func endure(_ failure: SystemFailure) throws(SystemFailure) {
        guard let pause = trouble.failed() else { throw failure }
        say(failure)
        writeLog()
        Clock.sleep(pause.nanoseconds)
        now = Instant(nanoseconds: Clock.monotonic())
    }

    /// Logs a failure that is got over: once.
    mutating func say(_ failure: SystemFailure) {
        guard trouble.isNews(failure.operation) else { return }
        writeLog()
        log.write(.troubled(failure.operation, ErrorNumber(failure.errno.code)), at: now)
    }

    /// Tries again what could not be asked for, and looks itself at what nobody tells.
    private mutating func makeUp() {
        guard mustMakeUp else { return }
        if areMountsUnread { readMounts() }
        if areEndsUnread { readEnds() }
        for run in unheard {
            follow(run)
            if unheard.contains(run) { letGo(run) }
        }
        for run in unheardGroups { left(run) }
    }

    private var mustMakeUp: Bool {
        areMountsUnread || areEndsUnread || !unheard.isEmpty || !unheardGroups.isEmpty
            || manager.isBehind
    }

    private mutating func readMounts() {
        watch.mountsChanged()
        trees?.mountsChanged()
        do {
            engine.readMounts(try mounts.read())
            areMountsUnread = false
        } catch {
            areMountsUnread = true
            say(error)
        }
    }

    private mutating func readEnds() {
        do {
            try reap()
            areEndsUnread = false
        } catch {
            areEndsUnread = true
            say(error)
        }
    }

    /// How long to wait at most, in nanoseconds; nil without end.
    private mutating func timeout() -> Int64? {
        var timeout = children.patience
        if let deadline = engine.nextDeadline() {
            let rest = max(0, deadline.nanoseconds(since: now))
            timeout = timeout.map { min($0, rest) } ?? rest
        }
        if let rest = engine.trees.traffic.restsUntil {
            let rest = max(0, rest.nanoseconds(since: now))
            timeout = timeout.map { min($0, rest) } ?? rest
        }
        if let ping = manager.deadline {
            let rest = max(0, ping.nanoseconds(since: now))
            timeout = timeout.map { min($0, rest) } ?? rest
        }
        if engine.oldestLog != nil || (children.wantsAhead && !isDryRun) {
            timeout = min(timeout ?? Log.leisure, Log.leisure)
        }
        if contents.isReading || engine.trees.isScanning || rereading != nil { return 0 }
        if control?.hasWork == true {
            let rest = max(0, servesFrom - Clock.monotonic())
            timeout = min(timeout ?? rest, rest)
        }
        if mustMakeUp { timeout = min(timeout ?? Trouble.interval, Trouble.interval) }
        return timeout
    }

    private var isLogLate: Bool {
        engine.oldestLog.map { now.nanoseconds(since: $0) > Log.oldest } ?? false
    }

    private mutating func writeLog() {
        while let (event, time) = engine.nextLog() { log.write(event, at: time) }
        let waited = log.flush()
        if waited > 0 {
            engine.logIsSlow(by: waited, at: Instant(nanoseconds: Clock.monotonic()))
        }
    }

    // MARK: What happened

    private mutating func take(_ token: UInt64) throws(SystemFailure) {
        switch token {
        case Token.events: _ = try watch.readEvents(into: &engine)
        case Token.trees: _ = try trees?.readWatches(into: &engine, at: now)
        case Token.marks: try readMarks()
        case Token.signals: try readSignals()
        case Token.mounts: readMounts()
        case Token.outputs: for run in try listener.changed() { engine.outputChanged(run) }
        case Token.control: try control?.accept(poller)
        case Token.printed: closeTerminal()
        case Token.clients..<Token.groups:
            if let gone = control?.ready(token, poller) { engine.unfollow(gone) }
        case Token.groups...: left(RunNumber(token - Token.groups))
        default: letGo(RunNumber(token - Token.runs))
        }
    }

    private mutating func readSignals() throws(SystemFailure) {
        while let number = try signals.next() {
            if number == SignalInbox.childEnded { readEnds() }
            guard let signal = Engine.Signal(number: number, rereads: files != nil) else {
                continue
            }
            terminal?.signalled(number)
            engine.signalled(signal, at: now)
        }
    }

    /// Many that end become one signal.
    private mutating func reap() throws(SystemFailure) {
        while let process = try ChildProcesses.nextEnded() {
            if let run = children.run(of: process), engine.isBeingStopped(run) {
                // Before it is reaped its number, which is the group's, can't be anybody else's.
                children.killRest(of: process)
            }
            guard let (run, ending) = try children.reap(process) else {
                // As the first process of a container it is given others' orphans.
                ChildProcesses.reap(stranger: process)
                continue
            }
            switch ending {
            case .ended(let outcome, let isUnannounced):
                if isUnannounced { engine.started(run) }
                end(run, outcome)
            case .notStarted(let failure):
                children.letGoOfGroup(run)
                state?.removeChanges(of: run)
                engine.notStarted(run, failure, at: now)
            }
        }
    }

    /// A run of an earlier daemon ended. Its descriptor is taken out of the poll before it is closed.
    private mutating func letGo(_ run: RunNumber) {
        guard let adopted = children.adopted(run), adopted.hasEnded else { return }
        if unheard.remove(run) == nil {
            // Where it fails, the close of the descriptor does the same.
            do { try poller.remove(adopted.pidfd) } catch { say(error) }
        }
        if engine.isBeingStopped(run) { children.group(of: run)?.kill() }
        end(run, children.letGo(run))
    }

    /// The first process of a run ended. A run that is stopped with all that it started is over when
    /// nothing of that is left: then no two runs are ever at work at once.
    private mutating func end(_ run: RunNumber, _ outcome: RunOutcome) {
        guard let group = children.group(of: run), engine.isBeingStopped(run), group.isPopulated
        else { return over(run, outcome) }
        leaving[run] = outcome
        do {
            try group.listen { events throws(SystemFailure) in
                try poller.add(events, token: Token.groups + run.value, interest: .priority)
            }
        } catch {
            unheardGroups.insert(run)
            say(error)
        }
        // Before it was listened to, nobody told.
        left(run)
    }

    /// Whoever was left of a stopped run may be gone.
    private mutating func left(_ run: RunNumber) {
        let group = children.group(of: run)
        guard let outcome = leaving[run], group?.isPopulated != true else { return }
        leaving[run] = nil
        do {
            try group?.stopListening { events throws(SystemFailure) in try poller.remove(events) }
        } catch {
            say(error)
        }
        unheardGroups.remove(run)
        over(run, outcome)
    }

    private mutating func over(_ run: RunNumber, _ outcome: RunOutcome) {
        children.letGoOfGroup(run)
        state?.removeChanges(of: run)
        engine.ended(run, outcome, at: now)
    }

    // MARK: What is to be done

    mutating func perform() throws(SystemFailure) {
        try settle()
        while !exits, let effect = engine.nextEffect(at: now) { try perform(effect) }
    }

    private mutating func perform(_ effect: Engine.Effect) throws(SystemFailure) {
        switch effect {
        case .watch(let request):
            engine.reply(watch.answer(request), at: now)
        case .tree(let request):
            if trees == nil {
                trees = try KernelTrees(
                    marks: CurrentProcess.isRoot, poller, token: Token.trees,
                    marksToken: Token.marks)
            }
            trees?.answer(all: request, &engine, at: now)
        case .readEvents:
            let wall = trees == nil ? nil : FileTime.now
            while try watch.readEvents(into: &engine) {}
            while try readTreeEvents() {}
            engine.eventsDrained(wall: wall)
        case .findToucher(let touch, let path):
            while try watch.touchers?.read(into: &engine, at: now) == true {}
            engine.findToucher(touch, among: watch.touchers?.numbers(of: path) ?? [], at: now)
        case .checkReader(let touch, let path, let reader):
            engine.checkedReader(touch, mayRead: mayRead(path, reader), at: now)
        case .readContent(let action, let touch, let path):
            contents.begin(action, touch, path)
        case .start(let spec):
            try start(spec)
        case .signal(let process, let signal):
            children.signalGroup(process, signal)
        case .stop(let run, let process, let signal):
            children.stop(run, process, signal)
        case .append(let bytes):
            engine.appended(state?.append(bytes), at: now)
        case .save(let change):
            save(change)
        case .openLedger:
            try openLedger()
        case .output(let request):
            output(request)
        case .readActionFiles:
            beginRereading()
        case .exit:
            // A run that its process has not written down yet would be begun again by the next daemon.
            children.awaitRecords()
            answer(reloadClients + nextReloadClients, problems: nil)
            exits = true
        }
    }

    /// Reads what happened on whole file systems.
    private mutating func readMarks() throws(SystemFailure) {
        engine.marksRead(isEmptied: try !readSomeMarks(), at: now)
    }

    private mutating func readTreeEvents() throws(SystemFailure) -> Bool {
        let isMore = try trees?.readWatches(into: &engine, at: now) ?? false
        return try readSomeMarks() || isMore
    }

    private mutating func readSomeMarks() throws(SystemFailure) -> Bool {
        let touchers = watch.touchers
        // What waits together is mostly one process's doing.
        var last: (process: Int32, toucher: Toucher?)?
        return try trees?.readMarks(into: &engine, at: now) { process, engine in
            if last?.process != process { last = (process, touchers?.toucher(process)) }
            if let toucher = last?.toucher { engine.trees.heard(by: toucher) }
        } ?? false
    }

    /// Reads a piece of a file, and does what follows from it.
    private mutating func readContents() throws(SystemFailure) {
        guard let answer = contents.goOn() else { return }
        engine.readContent(answer.action, answer.touch, answer.reading, at: now)
        try perform()
    }

    /// nil where the kernel can't tell.
    private mutating func mayRead(_ path: RawPath, _ reader: RunIdentity) -> Bool? {
        do {
            return try ReadAccess.isAllowed(
                CPath(path.bytes),
                to: ProcessIdentity(
                    user: reader.user, group: reader.group, groups: reader.groups))
        } catch {
            say(error)
            return nil
        }
    }

    private mutating func start(_ spec: RunSpec) throws(SystemFailure) {
        guard !isDryRun else { return engine.rehearsed(spec, at: now) }
        if terminal != nil {
            // What is said of the last run must not come in the middle of this one's.
            writeLog()
            if takesPlace(of: spec) { return }
        }
        if children.isCrowded { try settle() }
        do {
            var output = children.output(of: spec, state, at: statePath)
            if let changes = spec.changes {
                try children.giveChanges(changes, to: spec, state, &output)
            }
            let child = try children.start(spec, output)
            engine.made(spec.number, process: child.pid, isRecorded: output.isRecorded)
            if output.isRecorded { state?.outputs.isGiven() }
            if let failure = output.failure { engine.outputNotKept(failure, at: now) }
        } catch {
            engine.notStarted(spec.number, error, at: now)
        }
    }

    /// Tells which runs execute their programs by now, and when one could not be written down.
    private mutating func settle() throws(SystemFailure) {
        for run in try children.settle() { engine.started(run) }
        guard let failure = children.takeRecordFailure() else { return }
        engine.ledgerFailed(LedgerFailure(failure, statePath), at: now)
    }

    mutating func save(_ change: LedgerChange) {
        // What a child writes after the journal was begun anew would be lost with the old one.
        guard children.haveAllRecorded else { return engine.savePostponed(at: now) }
        if let failure = state?.save(change) {
            engine.ledgerFailed(failure, at: now)
        } else {
            engine.saved(at: now)
        }
        hasFreed = true
    }

    private mutating func output(_ request: OutputRequest) {
        switch request {
        case .look(let run):
            do {
                guard let state else {
                    return engine.lostOutput(run, isGone: true, at: now)
                }
                try state.outputs.look(run, &engine, at: now)
            } catch {
                say(error)
            }
        case .listen(let run):
            engine.listensToOutput(run, listen(run), at: now)
        case .close(let run):
            listener.forget(run)
        case .remove(let run):
            listener.forget(run)
            state?.outputs.remove(run)
        }
    }

    private mutating func listen(_ run: RunNumber) -> Bool {
        guard let path = state?.outputs.path(of: run) else { return false }
        do {
            return try listener.listen(run, path)
        } catch {
            say(error)
            return false
        }
    }

    private mutating func openLedger() throws(SystemFailure) {
        // It has the journal that there was, and a number that may be another run's by then.
        children.dismissAhead()
        state?.dismissAhead()
        switch State.open(statePath, retention) {
        case .opened(let opened, var recovered, nil):
            do {
                try children.adopt(&recovered)
            } catch {
                return engine.ledgerFailed(LedgerFailure(error, statePath), at: now)
            }
            if let kept = opened.setAside {
                writeLog()
                log.write(.ledgerSetAside(kept.path, reason: kept.reason), at: now)
            }
            state = opened
            for run in recovered.unfinished where run.isAlive { follow(run.number) }
            engine.opened(recovered, at: now)
        case .opened(_, _, let failure?):
            engine.ledgerFailed(failure, at: now)
        case .failed(let failure):
            engine.ledgerFailed(failure, at: now)
        case .held(let process):
            engine.ledgerFailed(
                LedgerFailure(
                    .other, statePath,
                    reason: "process \(process.map(String.init) ?? "unknown") works with it"),
                at: now)
        case .seen: break
        }
    }

    /// Listens to the end of a run of an earlier daemon; where it can't, asks again and looks itself.
    private mutating func follow(_ run: RunNumber) {
        unheard.remove(run)
        guard let adopted = children.adopted(run) else { return }
        do {
            try poller.add(adopted.pidfd, token: Token.runs + run.value)
        } catch {
            unheard.insert(run)
            say(error)
        }
    }

    private mutating func beginRereading() {
        guard let files else { return }
        writeLog()
        tellManager()
        rereading = Rereading(files)
        (reloadClients, nextReloadClients) = (nextReloadClients, [])
    }

    /// Reads a piece of the action files, and goes by them when that was the last.
    private mutating func reread() {
        // What ends goes by no other plan any more.
        if engine.isStopping {
            rereading = nil
            answer(reloadClients + nextReloadClients, problems: nil)
            (reloadClients, nextReloadClients) = ([], [])
            return
        }
        if let items = rereading?.reader.goOn() {
            for item in items { rereading?.compare(item, with: engine) }
            return
        }
        guard let done = rereading.take() else { return }
        let reading = done.reader.reading
        log.write(reading)
        let problems = reading.problems.count { $0.severity == .error }
        watch.touchers?.forgetNames()
        if reading.isUsable {
            filesRead = done.began
            watch.touchers?.wishes = TouchingProcess.Wishes(done.change)
            engine.reload(done.change, at: now, wall: .now)
        } else {
            engine.reloadRefused(problems: problems, at: now)
        }
        reloadProblems = reading.isUsable ? 0 : max(problems, 1)
        tellManager()
        let clients = reloadClients
        reloadClients = []
        // Whatever the system refuses meanwhile: who waits is answered.
        do { try perform() } catch { say(error) }
        answer(clients, problems: reloadProblems)
        hasFreed = true
    }
}

/// Action files that are being read again, and what they change.
struct Rereading {
    var reader: ActionFiles.Reader
    private(set) var change = PlanChange()
    /// In nanoseconds since 1970.
    let began = Clock.realtime()

    init(_ files: ActionFiles) {
        reader = ActionFiles.Reader(of: files)
    }

    mutating func compare(_ item: Plan.Item, with engine: borrowing Engine) {
        engine.compare(item.action, with: &change)
    }
}

extension Engine.Signal {
    /// `rereads`: whether SIGHUP has action files to be read again; else the terminal is gone.
    fileprivate init?(number: Int32, rereads: Bool) {
        switch number {
        case 1 where rereads: self = .hangUp
        case 2: self = .interrupt
        case 10 where rereads: self = .handOver
        case 15: self = .terminate
        case 1, 3: if rereads { return nil } else { self = .terminate }
        default: return nil
        }
    }
}
