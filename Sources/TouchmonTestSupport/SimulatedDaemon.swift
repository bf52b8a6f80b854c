package import TouchmonCore

/// The daemon's engine on a simulated kernel, clock and children: everything but system calls.
///
/// `step` performs one thing at a time, so that a test can let a program do something between any
/// two of the daemon's calls, as a real kernel would.
package struct SimulatedDaemon {
    /// A run as a test sees it.
    package struct Run: Hashable, Sendable {
        package var spec: RunSpec
        package var started: Instant
        /// When the event queue was last read to its end before that.
        package var drained: Instant
        package var ended: Instant?
        package var outcome: RunOutcome?
        /// Whether the process belongs to a daemon that has died since: its end is not told.
        package var isOrphan = false
        /// Whether the present daemon knows of it.
        package var isAdopted = false
        package var signals: [Int32] = []

        package var path: RawPath { RawPath(bytes: variable("TOUCHMON_PATH") ?? []) }

        package func variable(_ name: String) -> [UInt8]? {
            spec.variables.split(separator: 0).last { $0.starts(with: "\(name)=".utf8) }
                .map { Array($0.dropFirst(name.utf8.count + 1)) }
        }
    }

    package var kernel: SimulatedKernel
    package var engine: Engine
    package private(set) var clock = Instant(nanoseconds: 0)
    package private(set) var runs: [Run] = []
    package private(set) var logs: [LogEvent] = []
    package private(set) var hasExited = false
    /// What the daemon keeps on disk.
    package var state = SimulatedState()
    /// The machine's present boot.
    package private(set) var boot: [UInt8] = [1]
    private let isRoot: Bool
    private var drained = Instant(nanoseconds: 0)
    package private(set) var wantsActionFiles = false
    /// How long the command of every run takes; nil: until a test ends it.
    package var runDuration: Duration?
    /// What starting a run fails with, as long as it is set.
    package var startFailure: StartFailure?
    /// Whether the readers of untrusted action files may read their paths.
    package var readersMayRead = true
    /// The most bytes of one read of the event queue; inotify(7).
    package var readSize = 4096

    package init(kernel: SimulatedKernel, plan: [PlannedAction], isRoot: Bool = true) {
        self.kernel = kernel
        self.isRoot = isRoot
        engine = Engine(
            plan: Plan(resolved: plan), isRoot: isRoot, drain: .seconds(30), at: clock)
        engine.readMounts(kernel.mountInfo)
    }

    /// The daemon is killed at this moment; its runs go on without it. `reboots`: the machine went
    /// down with it, and no run is left.
    package mutating func crash(reboots: Bool = false) {
        hasExited = true
        if reboots { boot[0] += 1 }
        for index in runs.indices where runs[index].ended == nil {
            runs[index].isOrphan = true
            runs[index].isAdopted = false
            if reboots { runs[index].ended = clock }
        }
        kernel.restartInotify()
    }

    /// Starts a daemon on what the last one left.
    package mutating func restart(_ plan: [PlannedAction]) {
        hasExited = false
        wantsActionFiles = false
        let recovered = recover()

        engine = Engine(
            plan: Plan(resolved: plan), isRoot: isRoot, drain: .seconds(30), recovered: recovered,
            at: clock)
        if recovered == nil, let failure = state.failure { engine.ledgerFailed(failure, at: clock) }
        _ = kernel.takeMountTableChange()
        engine.readMounts(kernel.mountInfo)
    }

    private mutating func recover() -> Recovered? {
        guard let contents = state.read() else { return nil }
        var recovered = Recovered(contents, boot: boot, calendar: 0)
        for index in recovered.unfinished.indices {
            let run = recovered.unfinished[index]
            let place = runs.lastIndex {
                $0.spec.number == run.number && $0.path == run.path && $0.ended == nil
            }
            guard let place else { continue }
            recovered.unfinished[index].isAlive = true
            runs[place].isAdopted = true
        }
        return recovered
    }

    /// Performs one effect, or takes one batch of events; false when there is nothing to do.
    package mutating func step() -> Bool {
        guard !hasExited else { return false }
        if let effect = engine.nextEffect(at: clock) {
            perform(effect)
            return true
        }
        takeLogs()
        if kernel.takeMountTableChange() {
            engine.readMounts(kernel.mountInfo)
            return true
        }
        return takeEvents()
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
        guard let index = runs.lastIndex(where: { $0.spec.number == number && $0.ended == nil })
        else { return }
        end(at: index, outcome)
    }

    private mutating func end(at index: Int, _ outcome: RunOutcome) {
        runs[index].ended = clock
        runs[index].outcome = outcome
        guard !hasExited, !runs[index].isOrphan || runs[index].isAdopted else { return }
        engine.ended(
            runs[index].spec.number, runs[index].isOrphan ? .unknown : outcome, at: clock)
    }

    package mutating func signal(_ signal: Engine.Signal) {
        engine.signalled(signal, at: clock)
    }

    /// Answers a reload with a good plan.
    package mutating func reload(_ plan: [PlannedAction]) {
        wantsActionFiles = false
        engine.reload(Plan(resolved: plan), at: clock)
    }

    /// What the process of a run does before it executes its program.
    private mutating func record(_ spec: RunSpec) {
        var bytes = spec.record
        let process = UInt32(1000 + spec.number.value)
        for index in 0..<4 {
            bytes[JournalRecord.processOffset + index] = UInt8(
                truncatingIfNeeded: process >> (8 * index))
        }
        if let failure = state.append(bytes) { engine.ledgerFailed(failure, at: clock) }
    }

    private mutating func nextMoment() -> Instant? {
        let ends = runs.filter { $0.ended == nil }.compactMap { run in
            runDuration.map { run.started.advanced(by: $0) }
        }
        let deadline = hasExited ? nil : engine.nextDeadline()
        return (ends + [deadline].compactMap(\.self)).min()
    }

    private mutating func move(to moment: Instant) {
        kernel.advance(by: moment.elapsed(since: clock))
        clock = moment
    }

    private mutating func endRuns() {
        guard let runDuration else { return }
        for index in runs.indices where runs[index].ended == nil {
            if runs[index].started.advanced(by: runDuration) <= clock {
                end(at: index, .exited(status: 0))
            }
        }
    }

    private mutating func takeEvents() -> Bool {
        let bytes = kernel.readEvents(maximumBytes: readSize)
        guard !bytes.isEmpty else { return false }
        engine.read(bytes.span.bytes)
        return true
    }

    private mutating func perform(_ effect: Engine.Effect) {
        switch effect {
        case .watch(let request):
            engine.reply(kernel.answer(request), at: clock)
        case .readEvents:
            while takeEvents() {}
            drained = clock
            engine.eventsDrained()
        case .checkReader(let action, let status, _, _):
            engine.checkedReader(action, status, mayRead: readersMayRead, at: clock)
        case .append(let bytes):
            engine.appended(state.append(bytes), at: clock)
        case .save(let change):
            if let failure = state.save(change, boot: boot, resets: true) {
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
        case .start(let spec):
            if let startFailure, startFailure.step == .clone {
                return engine.notStarted(spec.number, startFailure, at: clock)
            }
            defer { if !spec.record.isEmpty { record(spec) } }
            if let startFailure {
                return engine.notStarted(spec.number, startFailure, at: clock)
            }
            runs.append(Run(spec: spec, started: clock, drained: drained))
            engine.made(spec.number, process: Int32(1000 + spec.number.value))
            engine.started(spec.number)
        case .signal(let process, let signal):
            let number = RunNumber(UInt64(process - 1000))
            guard let index = runs.firstIndex(where: { $0.spec.number == number }) else { return }
            runs[index].signals.append(signal)
        case .readActionFiles: wantsActionFiles = true
        case .exit:
            hasExited = true
            takeLogs()
            kernel.restartInotify()
        }
    }

    private mutating func takeLogs() {
        while let (event, _) = engine.nextLog() { logs.append(event) }
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
