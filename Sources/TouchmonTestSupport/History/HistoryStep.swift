package import TouchmonCore

/// One thing that happens in a history; as text, one line.
package enum HistoryStep: Hashable, Sendable {
    /// A tool begins a save at a path: the number of its action, and the tool's name.
    case use(Int, String)
    /// The tool makes its next system call.
    case call
    /// The tool's process dies; the kernel closes what it had open.
    case abandon
    /// The daemon does so many things, if there are as many.
    case work(Int)
    /// Time passes, in microseconds, while the daemon does nothing.
    case wait(Int)
    /// Time passes, in microseconds, and the daemon does all that there is to do.
    case pass(Int)
    case kill
    /// The daemon is killed between the transaction of its next save and the journal's new beginning.
    case killInSave
    /// Power fails: see `SimulatedState.PowerLoss`.
    case powerLoss(SimulatedState.PowerLoss)
    /// A daemon starts, unless there is one.
    case start
    case signal(Engine.Signal)
    /// The action files are read again, if the daemon has asked for it.
    case reload
    /// The same, and there is an error in them.
    case refuse
    /// The action files are changed; the next daemon or reload reads it.
    case change(Int, ActionChange)
    /// The event queue holds so many events.
    case queue(Int)
    case fail(FaultPlan.Call, ordinal: Int, FaultPlan.Extent, ErrorNumber)
    /// The state directory fails, or works again.
    case ledger(LedgerFailure.Kind?)
    /// Runs can't be started, or can again.
    case starts(StartFailure?)
    /// The clock is set: by so many hours, forward or back.
    case clock(Int)
    /// How long runs take that begin from now on, in microseconds.
    case runsTake(Int)
    /// How runs end that begin from now on.
    case runsEnd(RunOutcome)
    /// Whether runs that begin from now on go on after SIGTERM.
    case runsIgnoreSignals(Bool)

    /// What is changed of an action.
    package enum ActionChange: Hashable, Sendable {
        case removed, added
        /// Quiet time in microseconds.
        case settle(Int)
        case argument(Int)
    }
}

extension HistoryStep {
    /// The step as a line of a history's text.
    package var text: String {
        switch self {
        case .use(let action, let tool): "use \(action) \(tool)"
        case .call: "call"
        case .abandon: "abandon"
        case .work(let count): "work \(count)"
        case .wait(let time): "wait \(time)"
        case .pass(let time): "pass \(time)"
        case .kill: "kill"
        case .killInSave: "kill-in-save"
        case .powerLoss(let loss): "power-loss \(loss.text)"
        case .start: "start"
        case .signal(let signal): "signal \(signal == .hangUp ? "HUP" : "TERM")"
        case .reload: "reload"
        case .refuse: "refuse"
        case .change(let action, .removed): "remove \(action)"
        case .change(let action, .added): "add \(action)"
        case .change(let action, .settle(let time)): "settle \(action) \(time)"
        case .change(let action, .argument(let value)): "argument \(action) \(value)"
        case .queue(let limit): "queue \(limit)"
        case .fail(let call, let ordinal, let extent, let error):
            "fail \(call) \(ordinal) \(extent) \(error.code)"
        case .ledger(let kind): "ledger \(kind.map { "\($0)" } ?? "works")"
        case .starts(nil): "starts work"
        case .starts(let failure?): "starts fail \(failure.step) \(failure.error.code)"
        case .clock(let hours): "clock \(hours)"
        case .runsTake(let time): "runs-take \(time)"
        case .runsEnd(.exited(let status)): "runs-exit \(status)"
        case .runsEnd(.signalled(let signal)): "runs-die \(signal)"
        case .runsEnd(.unknown): "runs-exit 0"
        case .runsIgnoreSignals(let ignores): "runs-\(ignores ? "ignore" : "obey")"
        }
    }

    /// Reads a line of a history's text; nil where it says nothing that can happen.
    package init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard let verb = words.first else { return nil }
        func number(_ index: Int) -> Int? { index < words.count ? Int(words[index]) : nil }
        func word(_ index: Int) -> String? { index < words.count ? words[index] : nil }
        let value: HistoryStep?
        switch verb {
        case "use":
            value = number(1).map { .use($0, words.dropFirst(2).joined(separator: " ")) }
        case "work": value = number(1).map { .work($0) }
        case "wait": value = number(1).map { .wait($0) }
        case "pass": value = number(1).map { .pass($0) }
        case "power-loss":
            value = SimulatedState.PowerLoss(words.dropFirst().joined(separator: " "))
                .map { .powerLoss($0) }
        case "signal": value = .signal(word(1) == "HUP" ? .hangUp : .terminate)
        case "remove": value = number(1).map { .change($0, .removed) }
        case "add": value = number(1).map { .change($0, .added) }
        case "settle", "argument":
            guard let action = number(1), let new = number(2) else { return nil }
            value = .change(action, verb == "settle" ? .settle(new) : .argument(new))
        case "queue": value = number(1).map { .queue($0) }
        case "fail":
            guard let call = FaultPlan.Call.allCases.first(where: { "\($0)" == word(1) }),
                let ordinal = number(2), let code = number(4)
            else { return nil }
            value = .fail(
                call, ordinal: ordinal, word(3) == "once" ? .once : .forever,
                ErrorNumber(Int32(code)))
        case "ledger":
            value = .ledger(LedgerFailure.Kind.allCases.first { "\($0)" == word(1) })
        case "starts":
            let step = StartStep.allCases.first { "\($0)" == word(2) }
            value = .starts(
                step.flatMap { step in
                    number(3).map { StartFailure(step: step, error: ErrorNumber(Int32($0))) }
                })
        case "clock": value = number(1).map { .clock($0) }
        case "runs-take": value = number(1).map { .runsTake($0) }
        case "runs-exit": value = number(1).map { .runsEnd(.exited(status: Int32($0))) }
        case "runs-die": value = number(1).map { .runsEnd(.signalled(signal: Int32($0))) }
        default:
            let plain: [HistoryStep] = [
                .call, .abandon, .kill, .killInSave, .start, .reload, .refuse,
                .runsIgnoreSignals(true), .runsIgnoreSignals(false),
            ]
            value = plain.first { $0.text == text }
        }
        guard let value else { return nil }
        self = value
    }
}
