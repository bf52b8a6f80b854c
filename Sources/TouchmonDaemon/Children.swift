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
    /// Those of which it is not known yet whether they execute their program.
    private var starting: [RunNumber] = []
    private let changesIdentity: Bool
    private let null: OwnedDescriptor

    /// How long a start is waited for before the loop goes on: far more than any exec takes, but a
    /// user may hold his own child back for as long as he likes.
    private static let patience: Int64 = 50_000_000
    /// The same while somebody is held back already: who holds back one may hold back many.
    private static let shortPatience: Int64 = 5_000_000

    init(changesIdentity: Bool) throws(SystemFailure) {
        self.changesIdentity = changesIdentity
        null = try OwnedDescriptor.null()
    }

    /// How long to wait at most before `settle` is called again; nil when nobody is held back.
    var patience: Int64? { starting.isEmpty ? nil : Self.patience }

    /// Makes the process of a run; true when it executes its program by now.
    mutating func start(_ spec: RunSpec) throws(SystemFailure) -> (Child, isRunning: Bool) {
        let command = spec.command
        let standard =
            command.output == .discard
            ? StandardDescriptors(null: null, output: null) : StandardDescriptors(null: null)
        let child = try spawner.start(
            SpawnSpec(
                candidates: command.programs.map(\.bytes), arguments: command.argv,
                environment: command.environment, variables: spec.variables,
                directory: command.workingDirectory?.bytes,
                identity: ProcessIdentity(
                    user: command.identity.user, group: command.identity.group,
                    groups: command.identity.groups),
                changesIdentity: changesIdentity, umask: command.umask),
            standard, patience: starting.isEmpty ? Self.patience : Self.shortPatience)
        byRun[spec.number] = child
        switch try child.settle(within: 0) {
        case .running: return (child, true)
        case .starting: starting.append(spec.number)
        // Told when it is reaped.
        case .failed, .killed: break
        }
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
        }
        starting = held
        return started
    }

    func child(of run: RunNumber) -> Child? { byRun[run] }

    /// Reaps the process of a run; nil while it lives.
    mutating func reap(_ run: RunNumber) throws(SystemFailure) -> Ending? {
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
        guard let child = byRun.values.first(where: { $0.pid == process }) else { return }
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
