/// What the ledger holds, as it is read and written.
extension LedgerStore {
    /// A path and what the ledger says of it; what the bytes mean is the caller's affair.
    package struct Path: Hashable, Sendable {
        package var path: [UInt8]
        package var state: [UInt8]
        package var due: UInt8

        package init(path: [UInt8], state: [UInt8], due: UInt8) {
            self.path = path
            self.state = state
            self.due = due
        }
    }

    /// A run. Times are nanoseconds since 1970, but `witnessed`, which is nanoseconds since boot.
    package struct Run: Hashable, Sendable {
        package var number: Int64
        package var path: [UInt8]
        package var reason: UInt8
        package var process: Int32
        /// A moment at which the process existed.
        package var witnessed: Int64
        package var started: Int64
        /// nil while it has not ended.
        package var ended: Int64?
        /// How it ended, with its status or signal; nil while it has not.
        package var ending: UInt8?
        package var value: Int32
        /// Who touched; nil where nobody knows.
        package var toucher: Toucher?
        /// As whom it ran, and which try it was; nil where that was not written down.
        package var user: UInt32?
        package var attempt: Int64?

        /// A process and its real user.
        package struct Toucher: Hashable, Sendable {
            package var process: Int32
            package var user: UInt32

            package init(process: Int32, user: UInt32) {
                self.process = process
                self.user = user
            }
        }

        /// The failure that it is told of; what the bytes mean is the caller's affair. Empty where it is
        /// told of none.
        package var failed: [UInt8]

        package init(
            number: Int64, path: [UInt8], reason: UInt8, process: Int32, witnessed: Int64,
            started: Int64, ended: Int64?, ending: UInt8?, value: Int32, toucher: Toucher? = nil,
            user: UInt32? = nil, attempt: Int64? = nil, failed: [UInt8] = []
        ) {
            self.number = number
            self.path = path
            self.reason = reason
            self.process = process
            self.witnessed = witnessed
            self.started = started
            self.ended = ended
            self.ending = ending
            self.value = value
            self.toucher = toucher
            self.user = user
            self.attempt = attempt
            self.failed = failed
        }
    }

    /// A touch that led to no run. `time` is nanoseconds since 1970.
    package struct Refusal: Hashable, Sendable {
        package var path: [UInt8]
        package var time: Int64
        package var reason: UInt8
        package var toucher: Run.Toucher?

        package init(path: [UInt8], time: Int64, reason: UInt8, toucher: Run.Toucher?) {
            self.path = path
            self.time = time
            self.reason = reason
            self.toucher = toucher
        }
    }

    /// A path whose action somebody has paused. Times are nanoseconds since 1970.
    package struct Pause: Hashable, Sendable {
        package var path: [UInt8]
        package var since: Int64
        /// nil where it has no end of its own.
        package var until: Int64?
        package var reason: [UInt8]
        package var user: UInt32

        package init(
            path: [UInt8], since: Int64, until: Int64?, reason: [UInt8], user: UInt32
        ) {
            self.path = path
            self.since = since
            self.until = until
            self.reason = reason
            self.user = user
        }
    }

    /// What one row holds about the whole.
    package struct Summary: Hashable, Sendable {
        package var lastRun: Int64
        /// The journal that was saved, and how much of it.
        package var generation: Int64
        package var savedLength: Int64
        package var boot: [UInt8]

        package init(lastRun: Int64, generation: Int64, savedLength: Int64, boot: [UInt8]) {
            self.lastRun = lastRun
            self.generation = generation
            self.savedLength = savedLength
            self.boot = boot
        }
    }

    /// All that a daemon needs to go on.
    package struct Contents: Sendable {
        package var summary = Summary(lastRun: 0, generation: 0, savedLength: 0, boot: [])
        package var paths: [Path] = []
        /// Those that have not ended.
        package var runs: [Run] = []
        package var pauses: [Pause] = []

        package init() {}
    }

    /// What one save changes.
    package struct Change: Sendable {
        package var summary: Summary
        package var paths: [Path]
        package var removedPaths: [[UInt8]]
        package var runs: [Run]
        package var refusals: [Refusal]
        /// In the place of all that are there; nil: those stay.
        package var pauses: [Pause]?
        /// So many runs stay, the last ones; nil: all.
        package var keptRuns: Int64?
        /// Only runs that ended since stay, in nanoseconds since 1970; nil: whenever they ended.
        package var keptSince: Int64?
        /// Whether it is on the disk, and not only on its way there, when the save returns.
        package var mustLast: Bool

        package init(
            summary: Summary, paths: [Path], removedPaths: [[UInt8]], runs: [Run],
            refusals: [Refusal], pauses: [Pause]? = nil, keptRuns: Int64? = nil,
            keptSince: Int64? = nil, mustLast: Bool
        ) {
            self.summary = summary
            self.paths = paths
            self.removedPaths = removedPaths
            self.runs = runs
            self.refusals = refusals
            self.pauses = pauses
            self.keptRuns = keptRuns
            self.keptSince = keptSince
            self.mustLast = mustLast
        }
    }
}
