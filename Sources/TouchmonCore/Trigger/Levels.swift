/// The actions whose runs are due as long as their paths are in some state.
///
/// A level that is up when the action is free asks for a run. One that is still up when the run has
/// ended asks for the next: at once where anything happened at the path since the run began, and else
/// after a pause that grows, because the run does nothing about it.
struct Levels {
    private static let firstPause = Duration.seconds(1), longestPause = Duration.seconds(60)

    private struct Pause {
        enum State {
            /// The path was not looked at since the run ended.
            case unseen
            case until(Instant)
            /// The next look leads to a run.
            case over
        }

        var length: Duration
        var state = State.unseen

        var deadline: Instant? { if case .until(let deadline) = state { deadline } else { nil } }
    }

    /// The actions that had a run for their level that left it up.
    private var pauses: [ActionID: Pause] = [:]
    /// The busy actions at whose paths something happened since their runs began.
    private var news: Set<ActionID> = []

    /// The level is up. Whether a run is due now; `isBusy`: whether one is already, or under way.
    mutating func up(_ action: ActionID, isNews: Bool, isBusy: Bool, at now: Instant) -> Bool {
        guard !isBusy else {
            if isNews { news.insert(action) }
            return false
        }
        if isNews || news.contains(action) { pauses[action] = nil }
        news.remove(action)
        guard let pause = pauses[action] else { return true }
        switch pause.state {
        case .unseen: pauses[action]?.state = .until(now.advanced(by: pause.length))
        case .until: break
        case .over: return true
        }
        return false
    }

    /// The level is down, or the action is not there any more.
    mutating func down(_ action: ActionID) {
        pauses[action] = nil
        news.remove(action)
    }

    /// A run of the action has ended; the path is to be looked at again.
    mutating func ended(_ action: ActionID) {
        let last = pauses[action]?.length
        let length = last.map { min($0 * 2, Self.longestPause) } ?? Self.firstPause
        pauses[action] = Pause(length: length)
    }

    /// When `takeDue` is to be called next.
    var deadline: Instant? { pauses.isEmpty ? nil : pauses.values.compactMap(\.deadline).min() }

    /// Takes the actions whose pauses have passed: their paths are to be looked at again.
    mutating func takeDue(at now: Instant) -> [ActionID] {
        guard let deadline, deadline <= now else { return [] }
        let due = pauses.filter { $1.deadline.map { $0 <= now } ?? false }.keys
        for action in due { pauses[action]?.state = .over }
        return due.sorted { $0.index < $1.index }
    }
}
