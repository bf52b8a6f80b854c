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

/// What a run executes, as whom and how, with everything looked up.
package struct RunCommand: Hashable, Sendable {
    package var argv: PackedStrings
    /// The files that may be the program, in the order in which they are tried.
    package var programs: PackedStrings
    package var identity: RunIdentity
    /// `NAME=value` each, without what differs from run to run.
    package var environment: PackedStrings
    /// nil: the daemon's own.
    package var workingDirectory: RawPath?
    package var umask: UInt16
    package var process: ProcessSettings
    /// Which changes of the path count.
    package var touch: TouchPolicy
    /// Whose; nil: anybody's.
    package var guardian: ToucherGuard?
    package var settle: SettlePolicy
    /// Which files below a directory it is about; nil: its path.
    package var tree: Shared<TreePolicy>?
    /// How often the path is looked at whatever is heard of it; nil: only where not all is heard.
    package var poll: Duration?
    package var output: OutputPolicy
    /// How many bytes of what a run prints are kept.
    package var outputLimit: Int64
    /// Whether touches that came while no daemon looked lead to a run.
    package var catchUp: Bool
    package var interrupted: InterruptedPolicy
    /// When its runs begin and how they end.
    package var policy: RunPolicy
    /// The user whose right to read the path every touch of it needs: the owner of an action file
    /// that is not root's. nil: nobody's.
    package var reader: RunIdentity?
    /// What runs when a run failed and is not repeated: of this, only what says how a command runs is of
    /// account.
    package var onFailure: Shared<RunCommand>?

    /// Whether anything is to be found out of a touch before it counts.
    var asksAboutTouches: Bool {
        asksWho || reader != nil || touch.compare == .content
    }

    /// Whether it has to be known who touched.
    var asksWho: Bool { guardian != nil || touch.ownChanges == .ignore }

    package init(
        argv: [[UInt8]], programs: [RawPath], identity: RunIdentity,
        environment: [[UInt8]] = [], workingDirectory: RawPath? = nil,
        umask: UInt16 = 0o022, process: ProcessSettings = ProcessSettings(),
        touch: TouchPolicy = .standard, guardian: ToucherGuard? = nil,
        settle: SettlePolicy = SettlePolicy(quiet: .zero), tree: Shared<TreePolicy>? = nil,
        poll: Duration? = nil,
        output: OutputPolicy = .record, outputLimit: Int64 = OutputPolicy.usualLimit,
        catchUp: Bool = true,
        interrupted: InterruptedPolicy = .rerun, policy: RunPolicy = .standard,
        reader: RunIdentity? = nil, onFailure: Shared<RunCommand>? = nil
    ) {
        self.argv = PackedStrings(argv)
        self.programs = PackedStrings(programs.map(\.bytes))
        self.identity = identity
        self.environment = PackedStrings(environment)
        self.workingDirectory = workingDirectory
        self.umask = umask
        self.process = process
        self.touch = touch
        self.guardian = guardian
        self.settle = settle
        self.tree = tree
        self.poll = poll
        self.output = output
        self.outputLimit = outputLimit
        self.catchUp = catchUp
        self.interrupted = interrupted
        self.policy = policy
        self.reader = reader
        self.onFailure = onFailure
    }
}

/// A value that is kept in memory once, however many hold it; equal to another of equal content.
package final class Shared<Value: Equatable & Sendable>: Equatable, Sendable {
    package let value: Value

    package init(_ value: Value) {
        self.value = value
    }

    package static func == (left: Shared, right: Shared) -> Bool {
        left === right || left.value == right.value
    }
}

extension Shared: Hashable where Value: Hashable {
    package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// An action as the daemon carries it out.
///
/// Two are equal when their runs would be; where they are defined does not matter. Thousands of
/// paths often run one command: it is kept once.
package struct PlannedAction: Equatable, Sendable {
    package var path: RawPath
    package var shared: Shared<RunCommand>

    package var command: RunCommand { shared.value }

    package init(path: RawPath, _ command: Shared<RunCommand>) {
        self.path = path
        shared = command
    }
}

/// One run, ready to be started.
package struct RunSpec: Equatable, Sendable {
    package var number: RunNumber
    package var action: ActionID
    package var shared: Shared<RunCommand>
    /// What is only this run's in its environment: `NAME=value` each, and NUL after each.
    package var variables: [UInt8]
    /// What its process writes into the journal before it executes anything; empty where there is no
    /// journal.
    package var record: [UInt8]
    /// Its arguments, where they are not the command's: NUL after each.
    package var argv: PackedStrings?
    /// What changed, as lines of JSON, for the run of a tree's action.
    package var changes: [UInt8]?

    package var command: RunCommand { shared.value }
}

extension PlannedAction {
    /// Stands for an action that no action file has any more, and whose run has not ended.
    static func gone(_ path: RawPath) -> PlannedAction {
        PlannedAction(
            path: path,
            Shared(
                RunCommand(
                    argv: [[]], programs: [],
                    identity: RunIdentity(name: "", user: 0, group: 0, groups: []))))
    }

    /// The run of this action that is started now; with `failed`, one that is told of it, and of the file
    /// that it has printed into.
    package func spec(
        _ run: Runs.Active, after failed: FailedRun? = nil, output: RawPath? = nil,
        record: [UInt8] = []
    ) -> RunSpec {
        let due = run.due
        // All names and numbers together take less than 512.
        let texts = (due.toucher?.name?.utf8.count ?? 0) + (output?.bytes.count ?? 0)
        let capacity = 2 * path.bytes.count + texts + 512
        let variables = ByteWriter.bytes(capacity: capacity) { writer in
            func add(_ name: StaticString, _ writeValue: (inout ByteWriter) -> Void) {
                writer.raw(name)
                writeValue(&writer)
                writer.number(UInt8(0))
            }
            let ofTree = shared.value.tree == nil ? nil : path.fileOfAction
            add("TOUCHMON_ACTION=") { $0.raw((ofTree?.action ?? path).bytes) }
            add("TOUCHMON_PATH=") { $0.raw((ofTree?.file ?? path).bytes) }
            add("TOUCHMON_REASON=") { $0.raw(due.reason.rawValue) }
            if let failed {
                if let output { add("TOUCHMON_OUTPUT=") { $0.raw(output.bytes) } }
                return failed.addVariables(add)
            }
            add("TOUCHMON_RUN=") { $0.decimal(run.number.value) }
            if due.attempt > 1 {
                add("TOUCHMON_ATTEMPT=") { $0.decimal(UInt64(due.attempt)) }
            }
            if let modified = due.modified {
                add("TOUCHMON_MTIME_NS=") { $0.nanoseconds(modified) }
            }
            if let toucher = due.toucher {
                add("TOUCHMON_TOUCHED_BY_PID=") { $0.decimal(UInt64(toucher.process)) }
                add("TOUCHMON_TOUCHED_BY_UID=") { $0.decimal(UInt64(toucher.user)) }
                if let name = toucher.name { add("TOUCHMON_TOUCHED_BY_USER=") { $0.raw(name) } }
            }
        }
        return RunSpec(
            number: run.number, action: run.action, shared: shared, variables: variables,
            record: record)
    }
}
