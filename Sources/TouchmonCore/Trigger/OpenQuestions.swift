/// Touches of which it is not known yet whether they count: the kernel could not tell, and is asked
/// again, or it is about to answer.
struct OpenQuestions {
    private struct Key: Hashable {
        var action: ActionID
        var question: PendingTouch.Question
    }

    private struct Open {
        var touch: PendingTouch
        /// When it is asked again; nil: the answer is on its way.
        var due: Instant?
    }

    private var questions: [Key: Open] = [:]

    /// Notes a touch whose question is to be asked again.
    mutating func add(_ touch: PendingTouch, until due: Instant) {
        questions[Key(action: touch.action, question: touch.question)] = Open(
            touch: touch, due: due)
    }

    /// Notes a touch whose question was asked and will be answered.
    mutating func ask(_ touch: PendingTouch) {
        questions[Key(action: touch.action, question: touch.question)] = Open(touch: touch)
    }

    /// Forgets a question of an action, which was answered; false where it was not open.
    @discardableResult
    mutating func remove(_ action: ActionID, _ question: PendingTouch.Question) -> Bool {
        guard !questions.isEmpty else { return false }
        return questions.removeValue(forKey: Key(action: action, question: question)) != nil
    }

    /// Forgets what was open of an action.
    mutating func remove(_ action: ActionID) {
        for question in PendingTouch.Question.allCases { remove(action, question) }
    }

    /// Whether something is open of an action.
    func contains(_ action: ActionID) -> Bool {
        !questions.isEmpty && PendingTouch.Question.allCases.contains { contains(action, $0) }
    }

    /// Whether a question is open of an action.
    func contains(_ action: ActionID, _ question: PendingTouch.Question) -> Bool {
        !questions.isEmpty && questions[Key(action: action, question: question)] != nil
    }

    /// When `takeDue` is to be called next.
    var deadline: Instant? {
        questions.isEmpty ? nil : questions.values.compactMap(\.due).min()
    }

    /// Takes a touch whose time to be asked about has come.
    mutating func takeDue(at now: Instant) -> PendingTouch? {
        let due = questions.first { $1.due.map { $0 <= now } ?? false }
        guard let due else { return nil }
        questions[due.key] = nil
        return due.value.touch
    }
}
