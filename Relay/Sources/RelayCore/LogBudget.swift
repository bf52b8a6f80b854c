/// How often something may be logged: who causes it does not get to fill the disk, nor to hide what comes
/// after it for ever.
package struct LogBudget: Sendable {
    /// What to do with one more.
    package enum Verdict: Sendable {
        case log
        /// Nothing more is logged until the period is over.
        case logAsLast
        case drop
    }

    private let limit: Int
    private let period: Duration
    private var began: ContinuousClock.Instant?
    private var used = 0

    package init(_ limit: Int, per period: Duration) {
        self.limit = limit
        self.period = period
    }

    /// One more has happened.
    package mutating func spend(at now: ContinuousClock.Instant) -> Verdict {
        if began.map({ now - $0 >= period }) ?? true {
            began = now
            used = 0
        }
        guard used < limit else { return .drop }
        used += 1
        return used == limit ? .logAsLast : .log
    }
}
