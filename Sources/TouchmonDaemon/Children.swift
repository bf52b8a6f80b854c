internal import TouchmonCore
internal import TouchmonSystem

/// The processes of runs, from clone to reaping.
struct Children: ~Copyable {
    /// What a process that ended was.
    enum Ending {
        /// With whether nobody was told yet that it executed its program.
        case ended(RunOutcome, isUnannounced: Bool)
        /// It executed nothing.
        case notStarted(StartFailure)
    }

    private var spawner = Spawner()
    private var byRun: [RunNumber: Child] = [:]
    private var byProcess: [Int32: RunNumber] = [:]
    /// The runs of an earlier daemon that are still alive.
    private var adopted: [RunNumber: OtherProcess] = [:]
    /// Those of which it is not known yet whether they execute their program.
    private var starting: [RunNumber] = []
    /// Whether one of them was not looked at yet.
    private var isFresh = false
    private var groups: ControlGroups
    private let changesIdentity: Bool
    private let null: OwnedDescriptor

    /// Why a child could not write its record, until somebody takes it.
    private var recordFailure: SystemFailure?

    /// A start is not waited for: the loop sleeps at once, and looks when something wakes it. Only
    /// where so many are under way that their slots would fill the memory, the next one is waited for,
    /// but not for long: a user may hold his own child back for as long as he likes.
    private static let manyStarts = 16
    private static let patience: Int64 = 5_000_000
    /// How long until those that start are looked at, if nothing else wakes the loop.
    private static let leisure: Int64 = 2_000_000
    /// The same for those that were found held back.
    private static let longLeisure: Int64 = 50_000_000

    /// `state` is the daemon's state directory.
    init(changesIdentity: Bool, state: RawPath) throws(SystemFailure) {
        self.changesIdentity = changesIdentity
        groups = ControlGroups(state: state)
        null = try OwnedDescriptor.null()
    }

    /// How long to wait at most before `settle` is called again; nil when nobody starts.
    var patience: Int64? {
        starting.isEmpty ? nil : isFresh ? Self.leisure : Self.longLeisure
    }

    /// Whether so many starts are under way that the next one is waited for.
    var isCrowded: Bool { starting.count >= Self.manyStarts }

    /// Whether a process is to be made ahead of the next run, when there is time.
    private(set) var wantsAhead = true

    /// Makes a process ahead of the next run. It matters to nobody where that fails: `start` makes
    /// another, and says why it can't. `recorded` is the run's number, if it may print into a file, and
    /// `changed` if it may be told what changed.
    mutating func makeAhead(_ state: State?, recorded: RunNumber?, changed: RunNumber?) {
        wantsAhead = false
        state?.makeChangesAhead(changed)
        var standard = StandardDescriptors(null: null)
        state?.lend(to: &standard)
        // Nor does that: the run itself says why.
        try? state?.makeOutputAhead(recorded, for: &standard)
        try? spawner.makeAhead(standard)
    }

    /// Ends the process that was made ahead, if there is one, and has another made in time.
    mutating func dismissAhead() {
        spawner.dismissAhead()
        wantsAhead = true
    }

    /// What a run prints into, as its action says and as is possible.
    struct Output: ~Copyable {
        fileprivate var standard: StandardDescriptors
        /// What the run reads, open until it has it; nil: nothing.
        fileprivate var input: OwnedDescriptor?
        /// What is only this run's in its environment, beside what its spec says.
        fileprivate var variables: [UInt8] = []
        /// Whether it is a file of the run's.
        fileprivate(set) var isRecorded = false
        /// Why it is not, though the action says so.
        fileprivate(set) var failure: LedgerFailure?
    }

    /// Finds what a run prints into.
    func output(of spec: RunSpec, _ state: State?, at place: RawPath) -> Output {
        var output = Output(standard: StandardDescriptors(null: null))
        switch spec.shared.value.output {
        case .inherit: break
        case .discard: output.standard.setOutput(null)
        case .record:
            guard let state else {
                output.failure = LedgerFailure(
                    .unusable, place, reason: "the state directory can't be used")
                break
            }
            output.failure = state.lendOutput(of: spec.number, to: &output.standard)
            output.isRecorded = output.failure == nil
        }
        state?.lend(to: &output.standard)
        return output
    }

    /// Lets a run of a tree know what changed: by a file of its user's, or, where there is no room for one,
    /// from its standard input.
    func giveChanges(
        _ changes: [UInt8], to spec: RunSpec, _ state: State?, _ output: inout Output
    ) throws(StartFailure) {
        let command = spec.shared.value
        do {
            if let state,
                let path = try? state.writeChanges(
                    changes, of: spec.number, for: command.identity)
            {
                output.variables = Array("TOUCHMON_CHANGES=".utf8) + path + [0]
                guard command.tree?.value.readsChanges == true else { return }
                output.input = try state.lendChanges(of: spec.number, to: &output.standard)
            } else {
                let file = try MemoryFile.make(changes)
                output.variables = Array("TOUCHMON_CHANGES=/dev/stdin".utf8) + [0]
                output.standard.setInput(file)
                output.input = consume file
            }
        } catch {
            throw StartFailure(step: .clone, error: ErrorNumber(error.errno.code))
        }
    }

    /// Makes the process of a run; `settle` tells when it executes its program.
    mutating func start(
        _ spec: RunSpec, _ output: borrowing Output
    ) throws(StartFailure) -> Child {
        var standard = output.standard
        var spec = spec
        spec.variables += output.variables
        guard spec.shared.value.policy.kill == .all else { return try start(spec, standard) }
        let members = try groups.make(for: spec.number)
        standard.setGroup(members)
        do {
            return try start(spec, standard)
        } catch {
            groups.ended(spec.number)
            throw error
        }
    }

    private mutating func start(
        _ spec: RunSpec, _ standard: StandardDescriptors
    ) throws(StartFailure) -> Child {
        let shared = spec.shared
        var record: SpawnRecord?
        if !spec.record.isEmpty {
            record = SpawnRecord(
                bytes: spec.record, processOffset: JournalRecord.processOffset,
                timeOffset: JournalRecord.timeOffset)
        }
        let spawn = SpawnSpec(
            candidates: SpawnStrings(shared.value.programs),
            arguments: SpawnStrings(spec.argv ?? shared.value.argv),
            environment: SpawnStrings(shared.value.environment), variables: spec.variables,
            directory: shared.value.workingDirectory?.bytes,
            identity: ProcessIdentity(
                user: shared.value.identity.user, group: shared.value.identity.group,
                groups: shared.value.identity.groups),
            changesIdentity: changesIdentity, umask: shared.value.umask, record: record,
            settings: SpawnSettings(shared.value))
        let child: Child
        do {
            child = try spawner.start(spawn, standard, patience: isCrowded ? Self.patience : 0)
        } catch {
            throw StartFailure(step: .clone, error: ErrorNumber(error.errno.code))
        }
        wantsAhead = true
        byRun[spec.number] = child
        byProcess[child.pid] = spec.number
        starting.append(spec.number)
        isFresh = true
        return child
    }

    /// The runs that execute their programs by now, of those that were held back.
    mutating func settle() throws(SystemFailure) -> [RunNumber] {
        guard !starting.isEmpty else { return [] }
        isFresh = false
        var started: [RunNumber] = []
        var held: [RunNumber] = []
        for run in starting {
            switch try byRun[run]?.settle(within: 0) {
            case .running: started.append(run)
            case .starting: held.append(run)
            // Told when it is reaped.
            case .failed, .killed, nil: break
            }
            if let child = byRun[run] { note(child) }
        }
        starting = held
        return started
    }

    private mutating func note(_ child: Child) {
        guard let errno = child.recordFailure else { return }
        recordFailure = SystemFailure(operation: "write the journal", errno: errno)
    }

    /// Takes why a child could not write its record; nil where all could.
    mutating func takeRecordFailure() -> SystemFailure? {
        defer { recordFailure = nil }
        return recordFailure
    }

    /// Takes over those runs of an earlier daemon whose processes are still there: all, or none where
    /// that can't be told of one. One of whose number a run was begun before the ledger could be read
    /// counts as there: then the engine leaves it alone.
    mutating func adopt(_ recovered: inout Recovered) throws(SystemFailure) {
        let own = Set(byRun.keys)
        var found: [RunNumber: OtherProcess] = [:]
        try recovered.adopt { run throws(SystemFailure) in
            if own.contains(run.number) { return true }
            found[run.number] = try OtherProcess(
                run.witness.process, witnessed: run.witness.time)
            return found[run.number] != nil
        }
        adopted = found
        for (run, process) in found { groups.adopt(run, process: process.pid) }
    }

    /// The process of a run that an earlier daemon began; nil where it is none.
    func adopted(_ run: RunNumber) -> OtherProcess? { adopted[run] }

    /// Lets go of a run of an earlier daemon that has ended, and tells how.
    mutating func letGo(_ run: RunNumber) -> RunOutcome {
        RunOutcome(waitStatus: adopted.removeValue(forKey: run)?.status)
    }

    /// Whether every process that was made has written its record, which takes microseconds.
    var haveAllRecorded: Bool {
        starting.allSatisfy { byRun[$0]?.hasRecorded ?? true }
    }

    /// Waits until they have, or for a second. Whose user holds it back before that is not waited for.
    func awaitRecords() {
        let deadline = Clock.monotonic() + 1_000_000_000
        while !haveAllRecorded, Clock.monotonic() < deadline { Clock.sleep(100_000) }
    }

    /// Kills what is left of a run whose first process has ended and is not reaped yet.
    func killRest(of process: Int32) {
        guard let run = byProcess[process] else { return }
        try? byRun[run]?.sendGroup(9)
        groups[run]?.kill()
    }

    /// The control group of a run; nil where it has none of its own.
    func group(of run: RunNumber) -> ControlGroup? { groups[run] }

    /// Nothing more is to be done with a run's control group.
    mutating func letGoOfGroup(_ run: RunNumber) { groups.ended(run) }

    /// The run that a process is of; nil where it is nobody's.
    func run(of process: Int32) -> RunNumber? { byProcess[process] }

    /// Reaps a process that has ended; nil where it is nobody's.
    mutating func reap(_ process: Int32) throws(SystemFailure) -> (RunNumber, Ending)? {
        guard let run = byProcess[process], let child = byRun[run] else {
            // Whoever ends it may have a reason: the next run makes another.
            _ = spawner.forgetAhead(process)
            return nil
        }
        let outcome: Child.Outcome?
        do {
            guard let (known, _) = try child.reap() else { return nil }
            outcome = known
        } catch {
            // It has ended, and the kernel does not say how.
            outcome = nil
        }
        byProcess[process] = nil
        byRun[run] = nil
        let wasStarting = starting.contains(run)
        starting.removeAll { $0 == run }
        let start = try child.settle(within: 0)
        if case .failed(let step, let errno) = start {
            let failure = StartFailure(
                step: StartStep(step), error: ErrorNumber(errno.code), item: child.failedItem)
            return (run, .notStarted(failure))
        }
        // Killed before it had begun: nobody ever knew of the run.
        if case .killed = start, !child.hasBegun {
            return (run, .notStarted(StartFailure(step: .clone, error: .tryAgain)))
        }
        let result: RunOutcome =
            switch outcome {
            case .exited(let status): .exited(status: status)
            case .signaled(let signal, _): .signalled(signal: signal)
            case nil: .unknown
            }
        return (run, .ended(result, isUnannounced: wasStarting && start == .running))
    }

    /// Sends a signal to everybody in a run that is being stopped.
    func stop(_ run: RunNumber, _ process: Int32, _ signal: Int32) {
        guard let group = groups[run] else { return signalGroup(process, signal) }
        // One that is held back before its exec may not be in the group yet.
        let isHeld =
            starting.contains(run) && (try? byRun[run]?.settle(within: 0)) == .starting
        if isHeld { signalGroup(process, signal) }
        if signal == 9 { group.kill() } else if !isHeld { group.signal(signal) }
    }

    /// Sends a signal to the process group of a run, and to the process itself where it has not come
    /// so far as to make its group.
    func signalGroup(_ process: Int32, _ signal: Int32) {
        guard let child = byProcess[process].flatMap({ byRun[$0] }) else {
            adopted.values.first { $0.pid == process }?.sendGroup(signal)
            return
        }
        do {
            try child.sendGroup(signal)
        } catch {
            try? child.send(signal)
        }
    }
}

extension SpawnStrings {
    fileprivate init(_ strings: PackedStrings) {
        self.init(bytes: strings.bytes, count: strings.count)
    }
}

extension StartStep {
    init(_ step: SpawnStep) {
        self =
            switch step {
            case .clone: .clone
            case .session: .session
            case .controlGroup: .cgroup
            case .standardDescriptors, .closeDescriptors: .descriptors
            case .nice: .nice
            case .ioClass: .ioClass
            case .limits: .limits
            case .groups: .groups
            case .group: .group
            case .user: .user
            case .capabilities: .capabilities
            case .verifyIdentity: .verify
            case .noNewPrivileges: .noNewPrivileges
            case .sandbox: .sandbox
            case .directory: .directory
            case .execute: .execute
            }
    }
}

extension RunOutcome {
    /// From a status of wait(2); nil where nobody told.
    fileprivate init(waitStatus: Int32?) {
        switch waitStatus {
        case nil: self = .unknown
        case let status? where status & 0x7f == 0: self = .exited(status: (status >> 8) & 0xff)
        case let status?: self = .signalled(signal: status & 0x7f)
        }
    }
}
