/// What the daemon has done since it began, in numbers that only grow.
///
/// Most of it is what the log says: each number is counted where its line is written, whatever level is
/// shown. Only touches have no line each, as those that join a run that is due already are no news.
struct Metrics {
    /// How many took how long, in nanoseconds.
    struct Histogram {
        /// The upper ends of the parts, without the last one, which has none.
        let bounds: [Int64]
        private(set) var counts: [UInt64]
        private(set) var sum: UInt64 = 0

        init(_ bounds: [Duration]) {
            self.bounds = bounds.map(\.nanoseconds)
            counts = Array(repeating: 0, count: bounds.count + 1)
        }

        mutating func add(_ duration: Duration) {
            let nanoseconds = max(0, duration.nanoseconds)
            counts[bounds.firstIndex { nanoseconds <= $0 } ?? bounds.count] += 1
            sum &+= UInt64(nanoseconds)
        }
    }

    /// What became of a touch.
    enum TouchResult: String, CaseIterable {
        case counted
        /// Found at the start, made while no daemon was there.
        case caughtUp = "caught_up"
        /// Of somebody whose touches do not count, or of a file that its action's owner may not read.
        case refused
        /// It left the bytes as they were.
        case unchanged
        /// A run of the same action made it.
        case own
        /// It came during a run, and `busy` is `skip`, or `signal`.
        case skipped, signalled
    }

    private(set) var touches: [TouchResult: UInt64] = [:]
    /// By the words of the history.
    private(set) var outcomes: [String: UInt64] = [:]
    private(set) var started: UInt64 = 0
    private(set) var retried: UInt64 = 0
    private(set) var overflows: UInt64 = 0
    private(set) var durations = Histogram([
        .milliseconds(10), .milliseconds(100), .seconds(1), .seconds(10), .seconds(60),
        .seconds(600), .seconds(3600),
    ])
    /// From the first touch that a run is for to its start.
    private(set) var latencies = Histogram([
        .milliseconds(1), .milliseconds(5), .milliseconds(25), .milliseconds(100), .seconds(1),
        .seconds(10), .seconds(60), .seconds(600),
    ])
    /// When the first touch came for which no run has begun.
    private var waiting: [ActionID: Instant] = [:]

    static let outcomeWords = [
        "success", "failure", "signal", "unknown", "not-started", "interrupted",
    ]

    /// A touch counts.
    mutating func touched(_ action: ActionID, isCatchUp: Bool, at now: Instant) {
        touches[isCatchUp ? .caughtUp : .counted, default: 0] += 1
        if waiting[action] == nil { waiting[action] = now }
    }

    /// A run begins.
    mutating func began(_ action: ActionID, at now: Instant) {
        started += 1
        guard let touch = waiting.removeValue(forKey: action) else { return }
        latencies.add(now.elapsed(since: touch))
    }

    /// No run is due for what was touched, or there is no such action any more.
    mutating func forget(_ action: ActionID) {
        waiting[action] = nil
    }

    mutating func note(_ event: LogEvent) {
        switch event {
        case .refused, .toucherRefused: touches[.refused, default: 0] += 1
        case .unchanged: touches[.unchanged, default: 0] += 1
        case .ownChange: touches[.own, default: 0] += 1
        case .skipped: touches[.skipped, default: 0] += 1
        case .signalledRun: touches[.signalled, default: 0] += 1
        case .ended(_, _, let outcome, let elapsed):
            outcomes[RunEnding.ended(outcome).word, default: 0] += 1
            durations.add(elapsed)
        case .notStarted: outcomes[RunEnding.notStarted.word, default: 0] += 1
        case .interrupted: outcomes[RunEnding.interrupted.word, default: 0] += 1
        case .retrying: retried += 1
        case .overflowed: overflows += 1
        default: break
        }
    }
}
