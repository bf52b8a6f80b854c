import HeapModule

/// The trigger stage: touches in, due runs out, after the quiet time that their action asks for.
package struct Trigger {
    private struct Settling {
        var reason: RunReason
        /// Who touched last.
        var toucher: Toucher?
        var policy: SettlePolicy
        var first: Instant
        var last: Instant
        /// The time of its element in `deadlines`; a further touch does not move that.
        var queued: Instant?

        /// When the run is due if no further touch comes.
        var deadline: Instant {
            let quiet = last.advanced(by: policy.quiet)
            guard let max = policy.max else { return quiet }
            return min(quiet, first.advanced(by: max))
        }
    }

    private struct Deadline: Comparable {
        var time: Instant
        var action: ActionID
        static func < (left: Deadline, right: Deadline) -> Bool { left.time < right.time }
    }

    private var settling: [ActionID: Settling] = [:]
    private var deadlines = Heap<Deadline>()

    package init() {}

    /// Takes a touch; true when its run is due at once.
    package mutating func touched(
        _ action: ActionID, _ reason: RunReason, _ policy: SettlePolicy,
        by toucher: Toucher? = nil, at now: Instant
    ) -> Bool {
        guard policy.quiet > .zero else {
            // A reload may have taken the quiet time away; what settled until now is covered.
            settling[action] = nil
            return true
        }
        var state =
            settling[action]
            ?? Settling(
                reason: reason, policy: policy, first: now, last: now)
        state.policy = policy
        state.last = now
        state.toucher = toucher
        // One element however many touches come: whoever may touch must not fill the memory.
        if state.queued.map({ state.deadline < $0 }) ?? true {
            state.queued = state.deadline
            deadlines.insert(Deadline(time: state.deadline, action: action))
        }
        settling[action] = state
        return false
    }

    /// How many deadlines are kept, those included that have become another's or nobody's.
    var deadlineCount: Int { deadlines.count }

    /// Whether the action waits for quiet.
    package func isSettling(_ action: ActionID) -> Bool { settling[action] != nil }

    /// Why a run will be due when the action is quiet; nil where none will.
    package func settlingReason(_ action: ActionID) -> RunReason? { settling[action]?.reason }

    /// How many actions wait for quiet.
    package var settlingCount: Int { settling.count }

    /// Forgets the touches of an action.
    package mutating func remove(_ action: ActionID) {
        settling[action] = nil
    }

    /// When `takeDue` is to be called next, if no touch comes before.
    package mutating func nextDeadline() -> Instant? { next()?.time }

    /// The action that settles first, with its state.
    private mutating func next() -> (action: ActionID, time: Instant, state: Settling)? {
        while let next = deadlines.min {
            guard let state = settling[next.action], state.queued == next.time else {
                deadlines.removeMin()
                continue
            }
            guard state.deadline > next.time else { return (next.action, next.time, state) }
            settling[next.action]?.queued = state.deadline
            deadlines.replaceMin(with: Deadline(time: state.deadline, action: next.action))
        }
        return nil
    }

    /// Takes an action that has settled.
    package mutating func takeDue(
        at now: Instant
    ) -> (action: ActionID, reason: RunReason, toucher: Toucher?)? {
        guard let (action, time, state) = next(), time <= now else { return nil }
        // Its element in `deadlines` is nobody's from now on.
        settling[action] = nil
        return (action, state.reason, state.toucher)
    }
}
