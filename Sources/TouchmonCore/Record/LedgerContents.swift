/// What the state directory holds when a daemon starts, as it was read.
package struct LedgerContents: Sendable {
    /// A row of the paths.
    package struct Path: Hashable, Sendable {
        package var path: RawPath
        /// `HandledState` in bytes; empty where there was no file.
        package var state: [UInt8]
        /// Why a run is due that has not begun, in `RunReason`'s numbers plus one; 0: none is.
        package var due: UInt8

        package init(path: RawPath, state: [UInt8], due: UInt8) {
            self.path = path
            self.state = state
            self.due = due
        }
    }

    /// A row of the runs: one that had not ended at the last save.
    package struct Run: Hashable, Sendable {
        package var number: UInt64
        package var path: RawPath
        package var reason: UInt8
        package var started: Instant
        package var witness: JournalRecord.Witness
        /// `FailedRun` in bytes; empty for a run of an action.
        package var failed: [UInt8]

        package init(
            number: UInt64, path: RawPath, reason: UInt8, started: Instant,
            witness: JournalRecord.Witness, failed: [UInt8] = []
        ) {
            self.number = number
            self.path = path
            self.reason = reason
            self.started = started
            self.witness = witness
            self.failed = failed
        }
    }

    package var paths: [Path] = []
    package var unfinished: [Run] = []
    package var pauses: [Pause] = []
    package var lastRun: UInt64 = 0
    /// The generation of the journal that the last save followed, and how much of it is in it.
    package var generation: UInt64 = 0
    package var savedLength = 0
    /// The boot of the machine at the last save.
    package var boot: [UInt8] = []
    package var journal: [UInt8] = []

    package init() {}
}
