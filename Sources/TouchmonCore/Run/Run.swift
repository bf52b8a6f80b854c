/// The number of a run: counted upwards, never used twice by one daemon.
package struct RunNumber: Hashable, Comparable, Sendable {
    package var value: UInt64

    package init(_ value: UInt64) {
        self.value = value
    }

    package static func < (left: RunNumber, right: RunNumber) -> Bool { left.value < right.value }

    package func _rawHashValue(seed: Int) -> Int {
        OwnNumber.hash(Int(truncatingIfNeeded: value), seed)
    }
}

/// Why a run is due; the value of `TOUCHMON_REASON`.
package enum RunReason: String, Hashable, Sendable {
    case touch
    /// Touched while nobody looked.
    case catchUp = "catch-up"
    /// The last run of it was cut off.
    case interrupted
    /// The last run of it failed.
    case retry
    /// The daemon started.
    case start
    /// Another run failed, and is not repeated: this one is told of it.
    case failure
    /// Somebody asked for it: `touchmon trigger`.
    case manual
}

/// How the process of a run ended, wait(2).
package enum RunOutcome: Hashable, Sendable {
    case exited(status: Int32)
    case signalled(signal: Int32)
    /// It is gone, and the kernel does not tell how: it was another daemon's child.
    case unknown

    /// Whether the command says that it did its work.
    package var isSuccess: Bool { self == .exited(status: 0) }
    /// Whether it is known that it did not.
    package var isFailure: Bool { !isSuccess && self != .unknown }
}

/// What the child does between clone and exec, in this order; where a start can fail.
package enum StartStep: String, Hashable, Sendable, CaseIterable {
    /// Making the process itself, before there is a child.
    case clone
    case session
    /// Into a control group of its own.
    case cgroup
    case descriptors, nice
    case ioClass = "io_class"
    case limits, groups, group, user, capabilities, verify
    case noNewPrivileges = "no_new_privileges"
    case sandbox, directory, execute
}

/// Why a run executed nothing.
package struct StartFailure: Error, Hashable, Sendable {
    package var step: StartStep
    package var error: ErrorNumber
    /// Which of several limits or paths of the settings it was, in their order; nil where it was none.
    package var item: Int?
    /// What `item` stands for, in words; nil before `settings` told.
    private(set) var subject: String?
    /// Whether the run was to have a sandbox.
    private(set) var isSandboxed = false

    /// Whether the system was short of something that it may have again later, or could not reach it:
    /// a disk, another machine, a program that is just being written.
    package var isPassing: Bool {
        // A control group that somebody removed before the child was in it is made anew.
        error.isPassing || error == .textBusy || (step == .cgroup && error == .noDevice)
    }

    package init(step: StartStep, error: ErrorNumber, item: Int? = nil) {
        self.step = step
        self.error = error
        self.item = item
    }

    /// The same, of a run with these settings.
    package func explained(by settings: ProcessSettings) -> StartFailure {
        var failure = self
        failure.isSandboxed = !settings.sandbox.isEmpty
        guard let item else { return failure }
        switch step {
        case .limits where settings.limits.indices.contains(item):
            failure.subject = settings.limits[item].resource.rawValue
        case .sandbox where settings.sandbox.indices.contains(item):
            failure.subject = TerminalText.escaped(settings.sandbox[item].path.bytes)
        default: break
        }
        return failure
    }
}
