/// Who a process is: what credentials(7) calls its user, group and supplementary groups.
package struct ProcessIdentity: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32
    /// Supplementary groups, ascending.
    package var groups: [UInt32]

    package init(user: UInt32, group: UInt32, groups: [UInt32]) {
        self.user = user
        self.group = group
        self.groups = groups
    }
}

/// A list of strings for a child, in one piece: NUL after each.
package struct SpawnStrings: Sendable {
    package let bytes: [UInt8]
    package let count: Int

    /// Traps when the bytes are not `count` strings.
    package init(bytes: [UInt8], count: Int) {
        precondition(bytes.isEmpty ? count == 0 : bytes[bytes.count - 1] == 0)
        self.bytes = bytes
        self.count = count
    }
}

/// Everything about a child, decided before it starts.
package struct SpawnSpec: Sendable {
    /// The paths of the program, tried in order as the child's user until one can be executed.
    package var candidates: SpawnStrings
    /// The program's arguments, its name first.
    package var arguments: SpawnStrings
    /// The environment: `NAME=value` each.
    package var environment: SpawnStrings
    /// More of it: `NAME=value` each, and NUL after each.
    package var variables: [UInt8]
    /// Entered as the child's user; nil for the daemon's directory.
    package var directory: [UInt8]?
    package var identity: ProcessIdentity
    /// False where the daemon is an ordinary user's: the child then fails unless `identity` is
    /// already the daemon's own. Never a way to run as somebody else.
    package var changesIdentity: Bool
    /// File mode creation mask, umask(2).
    package var umask: UInt16
    /// nil: nothing is written.
    package var record: SpawnRecord?
    /// nil: all as it is inherited.
    package var settings: SpawnSettings?

    package init(
        candidates: SpawnStrings, arguments: SpawnStrings, environment: SpawnStrings,
        variables: [UInt8] = [], directory: [UInt8]? = nil, identity: ProcessIdentity,
        changesIdentity: Bool,
        umask: UInt16 = 0o022, record: SpawnRecord? = nil, settings: SpawnSettings? = nil
    ) {
        self.candidates = candidates
        self.arguments = arguments
        self.environment = environment
        self.variables = variables
        self.directory = directory
        self.identity = identity
        self.changesIdentity = changesIdentity
        self.umask = umask
        self.record = record
        self.settings = settings
    }
}

/// What a child writes into a journal before it becomes its user, with its process number and the
/// time since boot in nanoseconds filled in.
package struct SpawnRecord: Sendable {
    package var bytes: [UInt8]
    /// Where the number goes, 4 bytes, and the time, 8 bytes.
    package var processOffset: Int
    package var timeOffset: Int

    package init(bytes: [UInt8], processOffset: Int, timeOffset: Int) {
        precondition(processOffset + 4 <= bytes.count && timeOffset + 8 <= bytes.count)
        self.bytes = bytes
        self.processOffset = processOffset
        self.timeOffset = timeOffset
    }
}

/// A child's standard descriptors, borrowed for the time of the start. They must be above 2.
package struct StandardDescriptors: Sendable {
    var raw: (Int32, Int32, Int32)
    /// Where the child's record goes; -1 where there is none.
    private(set) var journal: Int32 = -1
    /// What a child that is made ahead can have for its output and error; -1 where that is nothing.
    private(set) var spare: Int32 = -1
    /// The control group that the child enters; -1 where that is the daemon's.
    private(set) var group: Int32 = -1
    /// Whether the input is another than the one that all children have.
    private(set) var hasOwnInput = false

    /// Input from `null`, output and error as the daemon's own.
    package init(null: borrowing OwnedDescriptor) {
        raw = (Self.checked(null), -1, -1)
    }

    /// Input from `null`, output and error to `output`.
    package init(null: borrowing OwnedDescriptor, output: borrowing OwnedDescriptor) {
        let output = Self.checked(output)
        raw = (Self.checked(null), output, output)
    }

    /// Sets output and error to `output`.
    package mutating func setOutput(_ output: borrowing OwnedDescriptor) {
        raw.1 = Self.checked(output)
        raw.2 = raw.1
    }

    /// Sets the input to `input`, for one run alone: no child that is made ahead has it.
    package mutating func setInput(_ input: borrowing OwnedDescriptor) {
        raw.0 = Self.checked(input)
        hasOwnInput = true
    }

    /// Lets a child that is made ahead keep `output`, for the case that this is to be its output and
    /// error. As long as there is that child it must stay open.
    package mutating func setSpare(_ output: borrowing OwnedDescriptor) {
        spare = Self.checked(output)
    }

    /// Adds the journal that the child's record goes into; it must be open for appending.
    package mutating func setJournal(_ journal: borrowing OwnedDescriptor) {
        self.journal = Self.checked(journal)
    }

    /// Adds a control group that the child enters: its `cgroup.procs`, opened for writing.
    package mutating func setGroup(_ members: borrowing OwnedDescriptor) {
        group = Self.checked(members)
    }

    /// Whether a child that was made with `earlier` can have these: it has closed all others.
    func canFollow(_ earlier: StandardDescriptors) -> Bool {
        raw.0 == earlier.raw.0 && journal == earlier.journal
            && [raw.1, raw.2].allSatisfy { $0 == -1 || $0 == raw.0 || $0 == earlier.spare }
    }

    // A source at 0, 1 or 2 could be overwritten before it is copied.
    private static func checked(_ descriptor: borrowing OwnedDescriptor) -> Int32 {
        precondition(descriptor.raw > 2, "the daemon's own standard descriptors were not open")
        return descriptor.raw
    }
}

/// What a child was at when it failed, in the order of the child. The numbers are `enum tm_step`.
package enum SpawnStep: UInt32, CaseIterable, Sendable, CustomStringConvertible {
    case clone, session, controlGroup, standardDescriptors, closeDescriptors, nice, ioClass, limits
    case groups, group, user, capabilities, verifyIdentity, noNewPrivileges, sandbox
    case directory, execute

    /// To be read after "unable to".
    package var description: String {
        switch self {
        case .clone: "start a process"
        case .session: "start a session"
        case .controlGroup: "enter a control group"
        case .standardDescriptors: "set up standard input and output"
        case .closeDescriptors: "close other descriptors"
        case .nice: "set the nice value"
        case .ioClass: "set the I/O class"
        case .limits: "set a limit"
        case .groups: "set the supplementary groups"
        case .group: "become the group"
        case .user: "become the user"
        case .capabilities: "drop capabilities"
        case .verifyIdentity: "verify the identity"
        case .noNewPrivileges: "give up new privileges"
        case .sandbox: "set up the sandbox"
        case .directory: "enter the working directory"
        case .execute: "execute the program"
        }
    }
}
