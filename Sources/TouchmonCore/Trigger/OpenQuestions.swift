/// Touches of which it is not known yet whether they count: the kernel could not tell, and is asked
/// again, or it is about to answer.
struct OpenQuestions {
    private struct Key: Hashable {
        var action: ActionID
        /// The file of a tree.
        var file: RawPath?
        var question: PendingTouch.Question

        init(action: ActionID, question: PendingTouch.Question) {
            self.action = action
            self.question = question
        }

        init(_ touch: PendingTouch) {
            self.init(action: touch.action, question: touch.question)
            file = touch.change?.path
        }
    }

    private struct Open {
        var touch: PendingTouch
        /// When it is asked again; nil: the answer is on its way.
        var due: Instant?
    }

    private var questions: [Key: Open] = [:]

    /// Notes a touch whose question is to be asked again.
    mutating func add(_ touch: PendingTouch, until due: Instant) {
        questions[Key(touch)] = Open(touch: touch, due: due)
    }

    /// Notes a touch whose question was asked and will be answered.
    mutating func ask(_ touch: PendingTouch) {
        questions[Key(touch)] = Open(touch: touch)
    }

    /// Forgets a question of an action, which was answered; false where it was not open.
    @discardableResult
    mutating func remove(_ action: ActionID, _ question: PendingTouch.Question) -> Bool {
        guard !questions.isEmpty else { return false }
        return questions.removeValue(forKey: Key(action: action, question: question)) != nil
    }

    /// Forgets the question of a touch, which was answered.
    mutating func remove(_ touch: PendingTouch) {
        if !questions.isEmpty { questions[Key(touch)] = nil }
    }

    /// Forgets what was open of an action.
    mutating func remove(_ action: ActionID) {
        guard !questions.isEmpty else { return }
        questions = questions.filter { $0.key.action != action }
    }

    /// Whether something is open of an action.
    func contains(_ action: ActionID) -> Bool {
        !questions.isEmpty && PendingTouch.Question.allCases.contains { contains(action, $0) }
    }

    /// Whether a question is open of an action.
    func contains(_ action: ActionID, _ question: PendingTouch.Question) -> Bool {
        !questions.isEmpty && questions[Key(action: action, question: question)] != nil
    }

    /// Until when all had been heard of a tree before the first change that is asked about.
    func oldest(_ tree: ActionID) -> FileTime? {
        guard !questions.isEmpty else { return nil }
        return questions.values.lazy.filter { $0.touch.action == tree }
            .compactMap { $0.touch.change?.since }.min()
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
