/// The sessions of runs that ended a moment ago, for the actions that ignore what their own runs
/// change: the change may be heard of later than the end.
///
/// A session bears the number of its first process, which nobody else can have while anybody is in it.
struct OwnSessions {
    private static let span = Duration.seconds(2)

    private var sessions: [ActionID: [(process: Int32, until: Instant)]] = [:]

    /// A run of the action has ended.
    mutating func ended(_ action: ActionID, process: Int32, at now: Instant) {
        let known = sessions[action, default: []].filter { now < $0.until }
        sessions[action] = known + [(process, now.advanced(by: Self.span))]
    }

    /// Whether it was a run of the action.
    func contains(_ action: ActionID, session: Int32, at now: Instant) -> Bool {
        sessions[action]?.contains { $0.process == session && now < $0.until } ?? false
    }

    mutating func remove(_ action: ActionID) {
        sessions[action] = nil
    }
}
