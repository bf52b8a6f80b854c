/// What one save writes into the database, all or nothing.
package struct LedgerChange: Equatable, Sendable {
    /// A run, over or not.
    package struct Run: Hashable, Sendable {
        package var number: RunNumber
        package var path: RawPath
        package var reason: RunReason
        package var process: Int32
        package var started: Instant
        package var ended: Instant?
        /// nil while it runs.
        package var ending: RunEnding?
        /// Who touched, where that is known.
        package var toucher: Toucher?
        /// As whom it runs, and which try it is; nil where that is not known any more.
        package var user: UInt32?
        package var attempt: Int?
        /// The failure that it is told of; nil for a run of an action.
        package var failed: FailedRun?

        /// A process and its real user.
        package struct Toucher: Hashable, Sendable {
            package var process: Int32
            package var user: UInt32

            package init(process: Int32, user: UInt32) {
                self.process = process
                self.user = user
            }

            init(_ toucher: TouchmonCore.Toucher) {
                self.init(process: toucher.process, user: toucher.user)
            }
        }
    }

    /// A touch that led to no run because of who touched, or because of who may not know of it.
    package struct Refusal: Hashable, Sendable {
        /// What refused it; the number is the ledger's.
        package enum Reason: UInt8, Hashable, Sendable {
            /// The owner of the action file could not read the path.
            case reader = 0
            /// `touched_by`.
            case toucher = 1

            /// As `explain` says it.
            package var word: String {
                switch self {
                case .reader: NothingReason.reader.rawValue
                case .toucher: NothingReason.toucher.rawValue
                }
            }
        }

        package var path: RawPath
        package var time: Instant
        package var reason: Reason
        package var toucher: Run.Toucher?
    }

    package var paths: [LedgerContents.Path]
    package var removedPaths: [RawPath]
    package var runs: [Run]
    package var refusals: [Refusal]
    /// All that there are; nil where the database has them already.
    package var pauses: [Pause]?
    package var lastRun: RunNumber
    /// The generation of the journal that follows this save.
    package var nextGeneration: UInt64
    /// Whether it has to outlast a power loss from now on: a path is in there for the first time, or was
    /// paused or resumed. Any other change that is lost lets a run be repeated; the loss of a path's first state would let
    /// its next touch be taken for its first state.
    package var mustLast: Bool
}
