/// What a person who watches a command at a terminal has to know of what the log would say: what went
/// wrong, without times and numbers. What they have asked for themselves, they know.
package struct TerminalLog: Sendable {
    /// The runs that were asked to stop.
    private var stopped: Set<RunNumber> = []

    /// Whether it is told how runs end; not where the exit status tells.
    private let tellsEnds: Bool

    package init(tellsEnds: Bool = true) {
        self.tellsEnds = tellsEnds
    }

    /// The line of an event, with its newline; nil where it is nobody's business.
    package mutating func line(_ event: LogEvent) -> [UInt8]? {
        text(event).map { Array("touchmon: \($0)\n".utf8) }
    }

    private mutating func text(_ event: LogEvent) -> String? {
        switch event {
        case .stoppingRun(let run, _, _, _):
            stopped.insert(run)
            return nil
        case .killingRun: return "the command did not stop in time; killing it"
        case .ended(let run, _, let outcome, _):
            guard stopped.remove(run) == nil, tellsEnds else { return nil }
            switch outcome {
            case .exited(let status): return status == 0 ? nil : "exit status \(status)"
            case .signalled(let signal): return "ended by \(SignalName.of(signal))"
            case .unknown: return nil
            }
        case .notStarted(_, _, let identity, let program, let failure):
            return event.words(failure, identity, program) + "\n" + Self.remedy(failure)
        case .postponed(_, _, let identity, let program, let failure, _):
            return event.words(failure, identity, program) + "; trying again"
        case .polled, .treeWatched, .troubled:
            return event.level <= .warning ? event.message : nil
        default: return nil
        }
    }

    private static func remedy(_ failure: StartFailure) -> String {
        switch (failure.step, failure.error) {
        case (.execute, .noSuchFile):
            "install the program, or write its path; a text for the shell needs -s"
        case (.execute, .permissionDenied): "make it executable (chmod +x), or name its interpreter"
        case (.execute, ErrorNumber(8)): "begin the script with #! and its interpreter"
        case (.execute, ErrorNumber(7)): "pass fewer or shorter arguments"
        default: "see what the system is short of, or does not permit"
        }
    }
}
