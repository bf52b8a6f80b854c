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
    /// The runs of an earlier daemon that are still alive.
    private var adopted: [RunNumber: Adopted] = [:]
    /// Those of which it is not known yet whether they execute their program.
    private var starting: [RunNumber] = []
    private let changesIdentity: Bool
    private let null: OwnedDescriptor

    /// Why a child could not write its record, until somebody takes it.
    private var recordFailure: SystemFailure?

    /// How long a start is waited for before the loop goes on: far more than any exec takes, but a
    /// user may hold his own child back for as long as he likes.
    private static let patience: Int64 = 50_000_000
    /// The same while somebody is held back already: who holds back one may hold back many.
    private static let shortPatience: Int64 = 5_000_000

    init(changesIdentity: Bool) throws(SystemFailure) {
        self.changesIdentity = changesIdentity
        null = try OwnedDescriptor.null()
    }

    /// Somebody else's child, with a place in a dictionary.
    private final class Adopted {
        let process: OtherProcess

        init?(_ run: Recovered.Run) {
            guard
                let process = OtherProcess(run.witness.process, witnessed: run.witness.time)
            else { return nil }
            self.process = process
        }
    }

    /// How long to wait at most before `settle` is called again; nil when nobody is held back.
    var patience: Int64? { starting.isEmpty ? nil : Self.patience }

    /// Makes the process of a run; true when it executes its program by now.
    mutating func start(
        _ spec: RunSpec, journal: State?
    ) throws(SystemFailure) -> (Child, isRunning: Bool) {
        let command = spec.command
        var standard =
            command.output == .discard
            ? StandardDescriptors(null: null, output: null) : StandardDescriptors(null: null)
        var record: SpawnRecord?
        if !spec.record.isEmpty, let journal {
            journal.lend(to: &standard)
            record = SpawnRecord(
                bytes: spec.record, processOffset: JournalRecord.processOffset,
                timeOffset: JournalRecord.timeOffset)
        }
        let child = try spawner.start(
            SpawnSpec(
                candidates: command.programs.map(\.bytes), arguments: command.argv,
                environment: command.environment, variables: spec.variables,
                directory: command.workingDirectory?.bytes,
                identity: ProcessIdentity(
                    user: command.identity.user, group: command.identity.group,
                    groups: command.identity.groups),
                changesIdentity: changesIdentity, umask: command.umask, record: record),
            standard, patience: starting.isEmpty ? Self.patience : Self.shortPatience)
        byRun[spec.number] = child
        switch try child.settle(within: 0) {
        case .running:
            note(child)
            return (child, true)
        case .starting: starting.append(spec.number)
        // Told when it is reaped.
        case .failed, .killed: break
        }
        note(child)
        return (child, false)
    }

    /// The runs that execute their programs by now, of those that were held back.
    mutating func settle() throws(SystemFailure) -> [RunNumber] {
        var started: [RunNumber] = []
        var held: [RunNumber] = []
        for run in starting {
            switch try byRun[run]?.settle(within: 0) {
            case .running: started.append(run)
            case .starting: held.append(run)
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

    /// What becomes readable when the run's process ends; -1 where it is nobody's.
    func pidfd(of run: RunNumber) -> Int32 {
        byRun[run]?.pidfd.raw ?? adopted[run]?.process.pidfd.raw ?? -1
    }

    /// Who keeps that descriptor open.
    func owner(of run: RunNumber) -> AnyObject? { byRun[run] ?? adopted[run] }

    /// Takes over a run of an earlier daemon if its process is still there.
    mutating func adopt(_ run: Recovered.Run) -> Bool {
        adopted[run.number] = Adopted(run)
        return adopted[run.number] != nil
    }

    /// Whether every process that was made has written its record, which takes microseconds.
    var haveAllRecorded: Bool {
        starting.allSatisfy { byRun[$0]?.hasRecorded ?? true }
    }

    /// Reaps the process of a run; nil while it lives.
    mutating func reap(_ run: RunNumber) throws(SystemFailure) -> Ending? {
        if let other = adopted[run] {
            guard other.process.hasEnded else { return nil }
            let outcome = RunOutcome(waitStatus: other.process.status)
            adopted[run] = nil
            return .ended(outcome, isUnannounced: false)
        }
        guard let child = byRun[run], let (outcome, _) = try child.reap() else { return nil }
        byRun[run] = nil
        let wasStarting = starting.contains(run)
        starting.removeAll { $0 == run }
        let start = try child.settle(within: 0)
        if case .failed(let step, let errno) = start {
            return .notStarted(
                StartFailure(step: StartStep(step), error: ErrorNumber(errno.code)))
        }
        let result: RunOutcome =
            switch outcome {
            case .exited(let status): .exited(status: status)
            case .signaled(let signal, _): .signalled(signal: signal)
            }
        return .ended(result, isUnannounced: wasStarting && start == .running)
    }

    /// Sends a signal to the process group of a run, and to the process itself where it has not come
    /// so far as to make its group.
    func signalGroup(_ process: Int32, _ signal: Int32) {
        guard let child = byRun.values.first(where: { $0.pid == process }) else {
            adopted.values.first { $0.process.pid == process }?.process.sendGroup(signal)
            return
        }
        do {
            try child.sendGroup(signal)
        } catch {
            try? child.send(signal)
        }
    }
}

extension StartStep {
    init(_ step: SpawnStep) {
        self =
            switch step {
            case .clone: .clone
            case .session: .session
            case .standardDescriptors, .closeDescriptors: .descriptors
            case .groups: .groups
            case .group: .group
            case .user: .user
            case .capabilities: .capabilities
            case .verifyIdentity: .verify
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
