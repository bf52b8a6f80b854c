/// What a run's process gets before it executes its program, besides its identity.
package struct ProcessSettings: Hashable, Sendable {
    /// In the order of `ResourceLimit.Resource`, each at most once.
    package var limits: [ResourceLimit] = []
    /// -20 (runs first) to 19, setpriority(2); nil: the daemon's own.
    package var nice: Int8?
    /// nil: the daemon's own.
    package var ioClass: IOClass?
    /// prctl(2); nil where nothing is said of it, which is `false` unless there is a sandbox.
    package var noNewPrivileges: Bool?
    /// What alone may be read, written and executed, in the order of `SandboxPath.Access`; empty:
    /// there is no sandbox.
    package var sandbox: [SandboxPath] = []

    package init() {}
}

/// How much of something a process may use: both its soft and its hard limit, getrlimit(2).
package struct ResourceLimit: Hashable, Sendable {
    package enum Resource: String, Hashable, Sendable, CaseIterable {
        case openFiles = "open_files"
        case processes
        case memory
        case cpuTime = "cpu_time"
        case fileSize = "file_size"
        case core
    }

    package var resource: Resource
    /// A count, bytes, or whole seconds; never negative.
    package var value: Int64

    package init(_ resource: Resource, _ value: Int64) {
        self.resource = resource
        self.value = value
    }
}

extension ResourceLimit.Resource {
    package enum Unit { case count, bytes, seconds }

    /// What its value counts.
    package var unit: Unit {
        switch self {
        case .openFiles, .processes: .count
        case .memory, .fileSize, .core: .bytes
        case .cpuTime: .seconds
        }
    }

    /// What others call it.
    var aliases: [String] {
        switch self {
        case .openFiles: ["nofile", "LimitNOFILE"]
        case .processes: ["nproc", "LimitNPROC", "tasks"]
        case .memory: ["as", "LimitAS", "address_space"]
        case .cpuTime: ["cpu", "LimitCPU"]
        case .fileSize: ["fsize", "LimitFSIZE"]
        case .core: ["LimitCORE", "core_size"]
        }
    }

    /// With less no program can run at all: a process has its standard descriptors, is one itself, and
    /// needs memory; 0 seconds are 1 for the kernel.
    package var least: (value: Int64, text: String) {
        switch self {
        case .openFiles: (3, "3")
        case .processes: (1, "1")
        case .memory: (1 << 20, "\"1M\"")
        case .cpuTime: (1, "\"1s\"")
        case .fileSize, .core: (0, "0")
        }
    }
}

/// When a process's reads and writes are served, ioprio_set(2): a class, and a level within it.
package struct IOClass: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case realtime
        case bestEffort = "best_effort"
        case idle
    }

    package var kind: Kind
    /// 0 (first) to 7. As for systemd, 4 where none is written; `idle` has none.
    package var level: UInt8

    package init(_ kind: Kind, level: UInt8 = 4) {
        self.kind = kind
        self.level = level
    }

    /// As an action file spells it.
    package var text: String { kind == .idle ? kind.rawValue : "\(kind.rawValue):\(level)" }

    /// What `text` spells; nil where that is nothing.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.init(kind)
        guard parts.count == 2 else { return }
        guard kind != .idle, parts[1].utf8.count == 1, let level = UInt8(parts[1]), level <= 7
        else { return nil }
        self.level = level
    }

    /// How it is spelled, for a remedy.
    static let form =
        "`\"realtime\"`, `\"best_effort\"` or `\"idle\"`; the first two may have a level from 0 "
        + "(first) to 7, as in `\"best_effort:7\"`"
}

/// What a sandbox allows at a path and below it, landlock(7).
package struct SandboxPath: Hashable, Sendable {
    package enum Access: String, Hashable, Sendable, CaseIterable {
        case read
        /// Not read.
        case write
        /// And read: the kernel reads what it executes.
        case execute
    }

    /// Absolute.
    package var path: RawPath
    package var access: Access

    package init(_ path: RawPath, _ access: Access) {
        self.path = path
        self.access = access
    }
}
