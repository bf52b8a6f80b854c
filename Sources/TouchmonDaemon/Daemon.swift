package import TouchmonCore
internal import TouchmonSystem

/// The loop: waits for the kernel, tells the engine what happened, and performs what it decides.
///
/// One thread, one wait, one owner of all state. Nothing in here decides anything.
package struct Daemon: ~Copyable {
    /// What the command line says of a daemon.
    package struct Options: Sendable {
        package var drain: Duration
        package var logFormat: LogFormat
        package var logLevel: LogLevel
        /// Where the ledger is kept.
        package var state: RawPath

        package init(
            drain: Duration, logFormat: LogFormat, logLevel: LogLevel, state: RawPath
        ) {
            self.drain = drain
            self.logFormat = logFormat
            self.logLevel = logLevel
            self.state = state
        }
    }

    /// What a descriptor that is ready belongs to; runs of an earlier daemon are named by their number
    /// above these.
    private enum Token {
        static let events: UInt64 = 0, signals: UInt64 = 1, mounts: UInt64 = 2, runs: UInt64 = 16
    }

    private let files: ActionFiles
    private var engine: Engine
    private var log: Log
    private var poller: Poller
    private let signals: SignalInbox
    private var watch: KernelWatch
    private let mounts: MountTable
    /// nil as long as the state directory can't be used.
    private var state: State?
    private let statePath: RawPath
    private var children: Children
    private var exits = false
    /// When the last wait ended: what one wake-up brings happens at one moment.
    private var now: Instant

    /// Carries out the plan of `reading`. Throws when the system refuses what every daemon needs.
    private init(
        _ files: ActionFiles, _ reading: consuming ActionFiles.Reading, _ options: Options,
        _ opening: State.Opening, begun: Instant
    ) throws(SystemFailure) {
        // All that can fail comes first: what is half made can't be undone.
        let signals = try SignalInbox()
        let poller = try Poller()
        let watch = try KernelWatch()
        let mounts = try MountTable()
        var children = try Children(changesIdentity: files.identity.isRoot)
        try poller.add(watch.inotify.descriptor, token: Token.events)
        try poller.add(signals.descriptor, token: Token.signals)
        try poller.add(mounts.descriptor, token: Token.mounts, interest: .priority)
        let table = try mounts.read()
        var log = Log(options.logFormat, from: options.logLevel)
        var state: State?
        var recovered: Recovered?
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
        // Whoever holds it was told before.
        case .held: break
        }
        recovered?.adopt { children.adopt($0) }
        for run in recovered?.unfinished ?? [] where run.isAlive {
            guard let adopted = children.adopted(run.number) else { continue }
            try poller.add(adopted.pidfd, token: Token.runs + run.number.value)
        }
        self.files = files
        self.signals = signals
        self.poller = poller
        self.watch = watch
        self.mounts = mounts
        self.children = children
        self.state = state
        statePath = options.state
        now = begun
        self.log = log
        engine = Engine(
            plan: reading.plan, isRoot: files.identity.isRoot, drain: options.drain,
            recovered: recovered, at: begun)
        if let degradation { engine.ledgerFailed(degradation, at: begun) }
        engine.readMounts(table)
    }

    /// Runs until SIGINT or SIGTERM; returns what to exit with.
    package static func run(
        _ files: ActionFiles, _ options: Options
    ) throws(StartupFailure) -> ExitStatus {
        let begun = Instant(nanoseconds: Clock.monotonic())
        do {
            try SignalInbox.holdHangUp()
            try CurrentProcess.openStandardDescriptors()
            let reading = files.read()
            var log = Log(options.logFormat, from: options.logLevel)
            log.write(reading.report.text())
            log.flush()
            guard reading.isUsable else { return reading.exitStatus }
            let opening = State.open(options.state)
            if case .held(let process) = opening {
                throw StartupFailure(isHeldBy: process, options.state)
            }
            var daemon = try Daemon(files, consume reading, options, opening, begun: begun)
            defer { daemon.writeLog() }
            try daemon.loop()
            return .success
        } catch let failure as StartupFailure {
            throw failure
        } catch let failure as SystemFailure {
            throw StartupFailure(failure)
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    private mutating func loop() throws(SystemFailure) {
        var ready: [UInt64] = []
        // Arming the watches may take a while; the log tells how long.
        while !exits, let effect = engine.nextEffect(at: now) {
            try perform(effect)
            now = Instant(nanoseconds: Clock.monotonic())
        }
        writeLog()
        CurrentProcess.releaseFreeMemory()
        while !exits {
            try poller.wait(timeout: timeout(), into: &ready)
            now = Instant(nanoseconds: Clock.monotonic())
            for token in ready { try take(token) }
            if let deadline = engine.nextDeadline(), deadline <= now {
                engine.timePassed(at: now)
            }
            try perform()
            if ready.isEmpty || isLogLate { writeLog() }
        }
    }

    /// How long to wait at most, in nanoseconds; nil without end.
    private mutating func timeout() -> Int64? {
        var timeout = children.patience
        if let deadline = engine.nextDeadline() {
            let rest = max(0, deadline.nanoseconds(since: now))
            timeout = timeout.map { min($0, rest) } ?? rest
        }
        if engine.oldestLog != nil { timeout = min(timeout ?? Log.leisure, Log.leisure) }
        return timeout
    }

    private var isLogLate: Bool {
        engine.oldestLog.map { now.nanoseconds(since: $0) > Log.oldest } ?? false
    }

    private mutating func writeLog() {
        while let (event, time) = engine.nextLog() { log.write(event, at: time) }
        log.flush()
    }

    // MARK: What happened

    private mutating func take(_ token: UInt64) throws(SystemFailure) {
        switch token {
        case Token.events: _ = try watch.readEvents(into: &engine)
        case Token.signals: try readSignals()
        case Token.mounts:
            watch.mountsChanged()
            engine.readMounts(try mounts.read())
        default: try letGo(RunNumber(token - Token.runs))
        }
    }

    private mutating func readSignals() throws(SystemFailure) {
        while let number = try signals.next() {
            if number == SignalInbox.childEnded { try reap() }
            guard let signal = Engine.Signal(number: number) else { continue }
            engine.signalled(signal, at: now)
        }
    }

    /// Many that end become one signal.
    private mutating func reap() throws(SystemFailure) {
        while let process = try ChildProcesses.nextEnded() {
            guard let (run, ending) = try children.reap(process) else {
                // As the first process of a container it is given others' orphans.
                ChildProcesses.reap(stranger: process)
                continue
            }
            switch ending {
            case .ended(let outcome, let isUnannounced):
                if isUnannounced { engine.started(run) }
                engine.ended(run, outcome, at: now)
            case .notStarted(let failure):
                engine.notStarted(run, failure, at: now)
            }
        }
    }

    /// A run of an earlier daemon ended. Its descriptor is taken out of the poll before it is closed.
    private mutating func letGo(_ run: RunNumber) throws(SystemFailure) {
        guard let adopted = children.adopted(run), adopted.hasEnded else { return }
        try poller.remove(adopted.pidfd)
        engine.ended(run, children.letGo(run), at: now)
    }

    // MARK: What is to be done

    private mutating func perform() throws(SystemFailure) {
        try settle()
        while !exits, let effect = engine.nextEffect(at: now) { try perform(effect) }
    }

    private mutating func perform(_ effect: Engine.Effect) throws(SystemFailure) {
        switch effect {
        case .watch(let request):
            engine.reply(watch.answer(request), at: now)
        case .readEvents:
            while try watch.readEvents(into: &engine) {}
            engine.eventsDrained()
        case .checkReader(let action, let status, let path, let reader):
            let mayRead = ReadAccess.isAllowed(
                CPath(path.bytes),
                to: ProcessIdentity(
                    user: reader.user, group: reader.group, groups: reader.groups))
            engine.checkedReader(action, status, mayRead: mayRead, at: now)
        case .start(let spec):
            try start(spec)
        case .signal(let process, let signal):
            children.signalGroup(process, signal)
        case .append(let bytes):
            engine.appended(state?.append(bytes), at: now)
        case .save(let change):
            save(change)
        case .openLedger:
            try openLedger()
        case .readActionFiles:
            reload()
        case .exit:
            exits = true
        }
    }

    private mutating func start(_ spec: RunSpec) throws(SystemFailure) {
        do {
            if children.isCrowded { try settle() }
            let child = try children.start(spec, journal: state)
            engine.made(spec.number, process: child.pid)
        } catch {
            engine.notStarted(
                spec.number,
                StartFailure(step: .clone, error: ErrorNumber(error.errno.code)), at: now)
        }
    }

    /// Tells which runs execute their programs by now, and when one could not be written down.
    private mutating func settle() throws(SystemFailure) {
        for run in try children.settle() { engine.started(run) }
        guard let failure = children.takeRecordFailure() else { return }
        engine.ledgerFailed(LedgerFailure(failure, statePath), at: now)
    }

    private mutating func save(_ change: LedgerChange) {
        // What a child writes after the journal was begun anew would be lost with the old one.
        guard children.haveAllRecorded else { return engine.savePostponed(at: now) }
        if let failure = state?.save(change) {
            engine.ledgerFailed(failure, at: now)
        } else {
            engine.saved(at: now)
        }
        CurrentProcess.releaseFreeMemory()
    }

    private mutating func openLedger() throws(SystemFailure) {
        switch State.open(statePath) {
        case .opened(let opened, var recovered, nil):
            state = opened
            recovered.adopt { children.adopt($0) }
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
        }
    }

    /// Listens to the end of a run of an earlier daemon.
    private mutating func follow(_ run: RunNumber) {
        guard let adopted = children.adopted(run) else { return }
        do {
            try poller.add(adopted.pidfd, token: Token.runs + run.value)
        } catch {
            // It can't be waited for: better twice than never.
            engine.ended(run, children.letGo(run), at: now)
        }
    }

    private mutating func reload() {
        writeLog()
        let reading = files.read()
        log.write(reading.report.text())
        if reading.isUsable {
            engine.reload(reading.plan, at: now)
        } else {
            engine.reloadRefused(
                problems: reading.problems.count { $0.severity == .error }, at: now)
        }
        CurrentProcess.releaseFreeMemory()
    }
}

extension Engine.Signal {
    fileprivate init?(number: Int32) {
        switch number {
        case 1: self = .hangUp
        case 2: self = .interrupt
        case 15: self = .terminate
        default: return nil
        }
    }
}
