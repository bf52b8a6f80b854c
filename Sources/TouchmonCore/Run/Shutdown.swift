/// The order in which a daemon ends: no new runs; running ones may finish; then they are stopped, each
/// as its action says. Every further signal goes on to the next step at once; the last kills them. Or it
/// hands over: the runs go on, for its successor.
package struct Shutdown {
    package enum Step: Hashable, Sendable {
        /// Running runs may finish.
        case draining
        /// They are being stopped.
        case stopping
        /// They were killed.
        case killing
        /// They are left to the daemon that comes next.
        case handingOver
    }

    private let drain: Duration
    package private(set) var step: Step?
    /// When the next step is due.
    package private(set) var deadline: Instant?

    package init(drain: Duration) {
        self.drain = drain
    }

    /// SIGINT or SIGTERM came; returns the step that begins, or nil after the last.
    package mutating func signalled(at now: Instant) -> Step? {
        advance(at: now)
    }

    /// The runs are to be left to a successor; returns whether that is news.
    package mutating func handsOver() -> Bool {
        defer {
            step = .handingOver
            deadline = nil
        }
        return step != .handingOver
    }

    /// Returns the step that begins when a deadline has passed.
    package mutating func timePassed(at now: Instant) -> Step? {
        guard let deadline, deadline <= now else { return nil }
        return advance(at: now)
    }

    private mutating func advance(at now: Instant) -> Step? {
        switch step {
        case nil:
            step = .draining
            deadline = now.advanced(by: drain)
        case .draining:
            step = .stopping
            deadline = nil
        case .stopping:
            step = .killing
        case .killing, .handingOver:
            return nil
        }
        return step
    }
}
