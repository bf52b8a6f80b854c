/// Touches of which the kernel could not tell yet whether the owner of the action file may read what
/// was touched: they are asked about again.
struct OpenQuestions {
    private static let interval = Duration.seconds(1)

    private var questions: [ActionID: (status: FileStatus, due: Instant)] = [:]

    /// Notes a touch that is to be asked about again.
    mutating func add(_ action: ActionID, _ status: FileStatus, at now: Instant) {
        questions[action] = (status, now.advanced(by: Self.interval))
    }

    /// Forgets what was open of an action.
    mutating func remove(_ action: ActionID) {
        questions[action] = nil
    }

    /// Whether something is open of an action.
    func contains(_ action: ActionID) -> Bool { questions[action] != nil }

    /// When `takeDue` is to be called next.
    var deadline: Instant? { questions.isEmpty ? nil : questions.values.map(\.due).min() }

    /// Takes a touch whose time to be asked about has come.
    mutating func takeDue(at now: Instant) -> (ActionID, FileStatus)? {
        guard let (action, question) = questions.first(where: { $1.due <= now }) else { return nil }
        questions[action] = nil
        return (action, question.status)
    }
}
