/// When the runs of an action begin and how they end.
package struct RunPolicy: Hashable, Sendable {
    package var busy = BusyPolicy.queue
    /// How many runs of the action there may be at a time, with `BusyPolicy.parallel`.
    package var maxParallel = 4
    /// What the run gets, with `BusyPolicy.signal`.
    package var busySignal: Int32 = 1
    /// How long a run may take; nil: as long as it likes.
    package var timeout: Duration?
    /// What a run is asked to stop with.
    package var stopSignal: Int32 = 15
    /// How long it may take to stop before it is killed.
    package var stopTimeout = Duration.seconds(10)
    /// Whom stopping a run reaches.
    package var kill = KillScope.group
    /// nil: a run that failed is not repeated.
    package var retry: RetryPolicy?
    /// nil: runs begin as often as they are due.
    package var rateLimit: RateLimit?
    /// Whether there is a run when the daemon starts.
    package var runAtStart = false
    /// What somebody who may touch the path may see of its runs.
    package var follow = FollowLevel.status

    /// What an action has that says nothing of this.
    package static let standard = RunPolicy()

    package init() {}

    /// How many runs there may be at a time.
    package var limit: Int { busy == .parallel ? maxParallel : 1 }
}

/// What somebody who may touch a path may see of its runs, each more than the one before.
package enum FollowLevel: String, Hashable, Sendable, CaseIterable {
    case none
    /// When they begin and how they end.
    case status
    /// What they print as well.
    case output
}

/// What becomes of a touch that comes while a run is under way.
package enum BusyPolicy: String, Hashable, Sendable, CaseIterable {
    /// One more run follows, for all of them.
    case queue
    /// Nothing.
    case skip
    /// The run is stopped, and another follows.
    case restart
    /// Another run begins beside it.
    case parallel
    /// The run is told with a signal.
    case signal
}

/// Whom stopping a run reaches.
package enum KillScope: String, Hashable, Sendable, CaseIterable {
    /// Its process group.
    case group
    /// All that it has started, whatever that did to get away: its own control group.
    case all
}

/// How often and how long after it a run that failed is repeated.
package struct RetryPolicy: Hashable, Sendable {
    /// How many runs there are at the most, the first included.
    package var attempts: Int
    /// How long after the first failure the second run begins.
    package var delay = Duration.seconds(1)
    /// How many times as long the wait is after each further failure; at least 1.
    package var backOff = 2.0
    package var maxDelay = Duration.seconds(300)

    package init(attempts: Int) {
        self.attempts = attempts
    }

    /// How long to wait before the run that is the `attempt`th, counted from 1. Up to a tenth less
    /// than it says, by `salt`: what failed together shall not come back together.
    package func wait(before attempt: Int, salt: UInt64) -> Duration {
        var wait = min(Double(delay.nanoseconds), Double(maxDelay.nanoseconds))
        for _ in 2..<max(2, attempt) where wait < Double(maxDelay.nanoseconds) { wait *= backOff }
        wait = min(wait, Double(maxDelay.nanoseconds))
        // Fibonacci hashing: neighbours lie far apart.
        let share = Double((salt &* 0x9E37_79B9_7F4A_7C15) >> 32) / Double(1 << 32 as UInt64)
        return .nanoseconds(Int64(wait * (1 - share / 10)))
    }
}

/// How many runs of an action may begin within a time. Those past it wait.
package struct RateLimit: Hashable, Sendable {
    package var runs: Int
    package var per: Duration

    package init(runs: Int, per: Duration) {
        self.runs = runs
        self.per = per
    }
}
