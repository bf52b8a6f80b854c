/// The rights that a run has, and the words for them.
package struct RunIdentity: Hashable, Sendable {
    package var name: String
    package var user: UInt32
    package var group: UInt32
    /// Ascending, without repetition.
    package var groups: [UInt32]

    package init(name: String, user: UInt32, group: UInt32, groups: [UInt32]) {
        self.name = name
        self.user = user
        self.group = group
        self.groups = Set(groups).sorted()
    }
}

/// An action with everything looked up that a run needs: what the daemon carries out.
///
/// Two planned actions are equal when their runs would be; where they are defined does not matter.
package struct PlannedAction: Hashable, Sendable {
    package var path: RawPath
    package var argv: [[UInt8]]
    /// The files that may be the program, in the order in which they are tried.
    package var programs: [RawPath]
    package var identity: RunIdentity
    /// Without what differs from run to run.
    package var environment: [EnvironmentVariable]
    /// nil: the daemon's own.
    package var workingDirectory: RawPath?
    package var umask: UInt16
    package var settle: SettlePolicy
    package var output: OutputPolicy
    /// The user whose right to read the path every touch of it needs: the owner of an action file
    /// that is not root's. nil: nobody's.
    package var reader: RunIdentity?

    package init(
        path: RawPath, argv: [[UInt8]], programs: [RawPath], identity: RunIdentity,
        environment: [EnvironmentVariable] = [], workingDirectory: RawPath? = nil,
        umask: UInt16 = 0o022, settle: SettlePolicy = SettlePolicy(quiet: .zero),
        output: OutputPolicy = .record, reader: RunIdentity? = nil
    ) {
        self.path = path
        self.argv = argv
        self.programs = programs
        self.identity = identity
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.umask = umask
        self.settle = settle
        self.output = output
        self.reader = reader
    }
}

/// One run, ready to be started.
package struct RunSpec: Hashable, Sendable {
    package var number: RunNumber
    package var action: ActionID
    package var argv: [[UInt8]]
    package var programs: [RawPath]
    package var identity: RunIdentity
    package var environment: [EnvironmentVariable]
    package var workingDirectory: RawPath?
    package var umask: UInt16
    package var output: OutputPolicy
}

extension PlannedAction {
    /// The run of this action that is started now.
    package func spec(_ run: Runs.Active, _ due: Runs.Due) -> RunSpec {
        var variables = environment
        func add(_ name: String, _ value: some Collection<UInt8>) {
            variables.append(EnvironmentVariable(name: Array(name.utf8), value: Array(value)))
        }
        add("TOUCHMON_ACTION", path.bytes)
        add("TOUCHMON_PATH", path.bytes)
        add("TOUCHMON_REASON", due.reason.rawValue.utf8)
        add("TOUCHMON_RUN", String(run.number.value).utf8)
        if let modified = due.modified {
            add("TOUCHMON_MTIME_NS", modified.nanosecondsSinceEpoch.utf8)
        }
        return RunSpec(
            number: run.number, action: run.action, argv: argv, programs: programs,
            identity: identity, environment: variables, workingDirectory: workingDirectory,
            umask: umask, output: output)
    }
}
