/// How a touch walks through the fleet.
package struct RollingPolicy: Hashable, Sendable {
    /// How many hosts run at a time.
    package let maxParallel: Int
    /// With more failures than this no other host begins; nil: they don't matter.
    package let maxFailures: Int?

    package init(maxParallel: Int, maxFailures: Int?) {
        self.maxParallel = maxParallel
        self.maxFailures = maxFailures
    }

    /// Whether a host may not begin any more, with what the others say of the same touch.
    package func holdsBack(revision: Int64, outcomes: some Sequence<Outcome>) -> Bool {
        guard let maxFailures else { return false }
        // Who was held back is no failure of its own, or one failure would count for all.
        let failures = outcomes.filter {
            $0.revision == revision && $0.failed && $0.state != .heldBack
        }
        return failures.count > maxFailures
    }

    /// What to do about the slots.
    package enum Step: Hashable, Sendable {
        /// It is ours from before a restart.
        case renew(Int)
        /// It is free: try to take it.
        case take(Int)
        /// All are taken: wait until one is free.
        case wait
    }

    /// `taken` is who holds which slot. `random` spreads those who look at the same time.
    package func next(taken: [Int: String], host: HostName, random: Int) -> Step {
        if let own = taken.first(where: { $0.value == host.text && $0.key < maxParallel }) {
            return .renew(own.key)
        }
        let free = (0..<maxParallel).filter { taken[$0] == nil }
        return free.isEmpty ? .wait : .take(free[Int(random.magnitude % UInt(free.count))])
    }
}
