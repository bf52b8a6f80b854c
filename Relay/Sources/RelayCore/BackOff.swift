/// How long to wait before something is tried again: twice as long each time, at random in the upper half,
/// so that a fleet that lost its server does not come back all at once.
package struct BackOff: Hashable, Sendable {
    package let first: Duration
    package let longest: Duration
    private var step = 0

    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// `random` is from 0 to 1.
    package mutating func next(random: Double) -> Duration {
        let whole = min(first * (1 << min(step, 20)), longest)
        step += 1
        return whole * (0.5 + 0.5 * random)
    }

    /// It worked.
    package mutating func reset() { step = 0 }
}
