internal import TouchmonCore
internal import TouchmonSystem

/// The processes of runs, from clone to reaping.
struct Children: ~Copyable {
    /// What a process that ended was.
    enum Ending {
        case ended(RunOutcome)
        /// It executed nothing.
        case notStarted(StartFailure)
    }

    private var spawner = Spawner()
    private var byRun: [RunNumber: Child] = [:]
    /// Those of which it is not known yet whether they execute their program.
    private var starting: [RunNumber] = []
    private let changesIdentity: Bool
    private let null: OwnedDescriptor

    /// How long starts are waited for before the loop goes on: far more than any exec takes, but a
    /// user may hold his own child back for as long as he likes.
    private static let startLimit: Int64 = 50_000_000
    /// How many starts may be under way at a time; each has a stack of its own.
    private static let mostStarts = 16

    init(changesIdentity: Bool) throws(SystemFailure) {
        self.changesIdentity = changesIdentity
        null = try OwnedDescriptor.null()
    }

    /// How long to wait at most before `settle` is called again; nil when nothing is under way.
    var patience: Int64? { starting.isEmpty ? nil : Self.startLimit }

    mutating func start(_ spec: RunSpec) throws(SystemFailure) -> Child {
        // A stack is free again as soon as its child has left it, so a burst needs only a few.
        if starting.count >= Self.mostStarts, let child = byRun[starting[0]] {
            _ = try child.settle(within: Self.startLimit)
        }
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
            standard)
        byRun[spec.number] = child
        starting.append(spec.number)
        return child
    }

    /// Waits for the starts that are under way, not longer than the limit for all of them together;
    /// returns the runs that now execute their programs.
    mutating func settle() throws(SystemFailure) -> [RunNumber] {
        guard !starting.isEmpty else { return [] }
        let deadline = Clock.monotonic() + Self.startLimit
        var started: [RunNumber] = []
        var stuck: [RunNumber] = []
        for run in starting {
            guard let child = byRun[run] else { continue }
            switch try child.settle(within: max(0, deadline - Clock.monotonic())) {
            case .running: started.append(run)
            case .starting: stuck.append(run)
            // Told when it is reaped.
            case .failed, .killed: break
            }
        }
        starting = stuck
        return started
    }

    func pidfd(of run: RunNumber) -> Child? { byRun[run] }

    /// Reaps the process of a run; nil while it lives.
    mutating func reap(_ run: RunNumber) throws(SystemFailure) -> Ending? {
        guard let child = byRun[run], let (outcome, _) = try child.reap() else { return nil }
        byRun[run] = nil
        starting.removeAll { $0 == run }
        if case .failed(let step, let errno) = try child.settle(within: 0) {
            return .notStarted(
                StartFailure(step: StartStep(step), error: ErrorNumber(errno.code)))
        }
        return switch outcome {
        case .exited(let status): .ended(.exited(status: status))
        case .signaled(let signal, _): .ended(.signalled(signal: signal))
        }
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
