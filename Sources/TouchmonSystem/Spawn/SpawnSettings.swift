/// What a child gets besides its identity: scheduling, limits, and what it may do no more.
package struct SpawnSettings: Sendable {
    /// -20 to 19, setpriority(2); nil: the daemon's own.
    package var nice: Int8?
    /// nil: the daemon's own.
    package var ioPriority: SpawnIOPriority?
    package var limits: [SpawnLimit]
    /// PR_SET_NO_NEW_PRIVS of prctl(2).
    package var noNewPrivileges: Bool
    /// What alone the child may read, write and execute; empty: all that its user may. Implies
    /// `noNewPrivileges`. Nothing is executed where the kernel has no Landlock of version 3.
    package var sandbox: [SpawnAllowed]
    /// Whether scheduling and limits may go no further than the child's user could: otherwise they
    /// are set with the daemon's rights.
    package var asUser: Bool

    package init(
        nice: Int8? = nil, ioPriority: SpawnIOPriority? = nil, limits: [SpawnLimit] = [],
        noNewPrivileges: Bool = false, sandbox: [SpawnAllowed] = [], asUser: Bool = false
    ) {
        self.nice = nice
        self.ioPriority = ioPriority
        self.limits = limits
        self.noNewPrivileges = noNewPrivileges
        self.sandbox = sandbox
        self.asUser = asUser
    }
}

/// When a process's reads and writes are served, ioprio_set(2).
package struct SpawnIOPriority: Hashable, Sendable {
    /// The numbers are the kernel's.
    package enum Kind: UInt8, Sendable {
        case realtime = 1
        case bestEffort, idle
    }

    package var kind: Kind
    /// 0 (first) to 7; of no account for `idle`.
    package var level: UInt8

    package init(_ kind: Kind, level: UInt8) {
        self.kind = kind
        self.level = level
    }
}

/// A resource and how much of it a process may use: the soft and the hard limit, getrlimit(2).
package struct SpawnLimit: Hashable, Sendable {
    /// The numbers are those of Linux on x86-64 and ARM64.
    package enum Resource: UInt32, Sendable {
        /// Seconds.
        case processorTime = 0
        /// Bytes.
        case fileSize = 1
        /// Bytes.
        case core = 4
        case processes = 6
        case openFiles = 7
        /// Bytes.
        case addressSpace = 9
    }

    package var resource: Resource
    package var value: UInt64

    package init(_ resource: Resource, _ value: UInt64) {
        self.resource = resource
        self.value = value
    }
}

/// What a child with a sandbox may do at a path and below it, landlock(7).
package struct SpawnAllowed: Hashable, Sendable {
    /// The numbers are `enum tm_access`.
    package enum Access: UInt32, Sendable {
        case read = 1
        case write = 2
        /// And read.
        case execute = 4
    }

    package var path: [UInt8]
    package var access: Access

    package init(_ path: [UInt8], _ access: Access) {
        self.path = path
        self.access = access
    }
}
