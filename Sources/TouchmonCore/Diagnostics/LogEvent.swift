/// How much an event matters, with the priorities of syslog(3).
package enum LogLevel: String, Hashable, Comparable, CaseIterable, Sendable {
    case error, warning, notice, info, debug

    /// The priority, as sd-daemon(3) writes it before a line.
    package var priority: Int {
        switch self {
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug: 7
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.priority < right.priority
    }
}

/// Something that an operator cares about: one line of the log.
package enum LogEvent: Equatable, Sendable {
    case ready(actions: Int, elapsed: Duration)
    /// With who touched, where that is known.
    case touched(RawPath, by: Toucher? = nil)
    /// A touch that left the file's bytes as they were.
    case unchanged(RawPath, by: Toucher?)
    /// A touch that a run of the action made itself.
    case ownChange(RawPath, by: Toucher)
    /// A touch of somebody who is not among those whose touches count, or of whom nothing is known.
    case toucherRefused(RawPath, by: Toucher?)
    case started(RunNumber, RawPath, RunIdentity, process: Int32)
    /// What would have been executed, where nothing is.
    case wouldRun(RawPath, RunIdentity, argv: PackedStrings, RunReason)
    case ended(RunNumber, RawPath, RunOutcome, elapsed: Duration)
    /// A line that a run printed.
    case output(RunNumber, RawPath, [UInt8])
    /// The log has `logged` bytes of what a run prints, and no more.
    case outputCut(RunNumber, RawPath, logged: Int64, file: RawPath)
    /// A run printed more than is kept of it.
    case outputShortened(RunNumber, RawPath, printed: Int64, kept: Int64, file: RawPath)
    /// What runs print can't be kept.
    case outputDegraded(LedgerFailure)
    /// No command can reach the daemon.
    case controlDegraded(LedgerFailure)
    case outputRestored
    case notStarted(RunNumber, RawPath, RunIdentity, program: RawPath, StartFailure)
    /// The system was short of something; the run is tried again, later every time.
    case postponed(
        RunNumber, RawPath, RunIdentity, program: RawPath, StartFailure, retry: Duration)
    /// A run is asked to stop, with a signal.
    case stoppingRun(RunNumber, RawPath, StopCause, signal: Int32)
    /// A run has not stopped in the time that it had, and is killed.
    case killingRun(RunNumber, RawPath)
    /// A touch came while a run was under way, which its action does not care for.
    case skipped(RawPath)
    /// A touch came while a run was under way, which is told.
    case signalledRun(RunNumber, RawPath, signal: Int32)
    /// As many runs have begun as may for now.
    case throttled(RawPath, wait: Duration)
    /// An action is to begin no runs for a while; nil: until somebody resumes it.
    case paused(RawPath, for: Duration?, reason: [UInt8], user: UInt32)
    /// An action begins runs again, as somebody says or as the time is over, and whether one is due.
    case resumed(RawPath, isOver: Bool, runs: Bool)
    /// A run failed, and is repeated.
    case retrying(RunNumber, RawPath, attempt: Int, of: Int, wait: Duration)
    /// A run failed, as all before it, and is not repeated any more.
    case exhausted(RunNumber, RawPath, attempts: Int)
    /// A run failed and is not repeated; another is told of it; nil unless that was to be told of
    /// an earlier failure.
    case handling(RunNumber, RawPath, handler: RunNumber, insteadOf: RunNumber?)
    /// A touch from before the start, and whether it leads to a run.
    case caughtUp(RawPath, runs: Bool)
    /// A run that an earlier daemon began is still alive.
    case adopted(RunNumber, RawPath, process: Int32)
    /// A run that an earlier daemon began is gone without having been seen to end.
    case interrupted(RunNumber, RawPath, reruns: Bool)
    case ledgerDegraded(LedgerFailure)
    case ledgerRestored
    /// The ledger could not be read; its files were kept under another name.
    case ledgerSetAside(RawPath, reason: String)
    /// A touch of a path that the owner of its action file may not read.
    case refused(RawPath, reader: RunIdentity)
    case polled(RawPath, Polling)
    /// How it is known what happens in a part of a tree, and why not better.
    case treeWatched(RawPath, part: RawPath, TreeMechanism, ErrorNumber?)
    case overflowed
    /// The system refused something that the daemon can do without for a while: what, after "unable
    /// to". It is tried again.
    case troubled(String, ErrorNumber)
    case reloading
    case reloaded(actions: Int, added: Int, changed: Int, removed: Int)
    case reloadRefused(problems: Int)
    case draining(runs: Int, within: Duration)
    case stopping(runs: Int)
    case killing(runs: Int)
    /// The daemon ends and its runs go on, for its successor.
    case handingOver(runs: Int)
    case stopped(waiting: Int)

    package var level: LogLevel {
        switch self {
        case .ready, .adopted, .ledgerRestored, .outputRestored, .outputCut, .outputShortened,
            .reloaded, .reloading, .draining, .handingOver, .stopped, .paused,
            .resumed:
            .notice
        case .polled(_, let polling): polling.isLimited ? .warning : .notice
        case .treeWatched(_, _, let mechanism, let error):
            mechanism == .poll && error != nil ? .warning : .info
        case .touched, .unchanged, .ownChange, .caughtUp, .started, .output, .skipped,
            .signalledRun, .wouldRun:
            .info
        case .throttled, .retrying, .handling: .warning
        case .stoppingRun(_, _, let cause, _): cause == .restart ? .info : .warning
        case .ended(_, _, let outcome, _): outcome.isSuccess ? .info : .warning
        case .interrupted, .postponed, .overflowed, .stopping, .killing, .killingRun, .refused,
            .toucherRefused, .troubled:
            .warning
        case .notStarted, .exhausted, .reloadRefused, .ledgerDegraded, .ledgerSetAside,
            .outputDegraded, .controlDegraded:
            .error
        }
    }

    /// The event's name in JSON.
    package var name: String {
        switch self {
        case .ready: "ready"
        case .touched: "touched"
        case .unchanged: "unchanged"
        case .ownChange: "own_change"
        case .toucherRefused: "toucher_refused"
        case .started: "run_started"
        case .wouldRun: "would_run"
        case .ended: "run_ended"
        case .output: "output"
        case .outputCut: "output_cut"
        case .outputShortened: "output_shortened"
        case .outputDegraded: "output_degraded"
        case .controlDegraded: "control_degraded"
        case .outputRestored: "output_restored"
        case .notStarted: "run_not_started"
        case .postponed: "run_postponed"
        case .stoppingRun: "run_stopping"
        case .killingRun: "run_killed"
        case .skipped: "skipped"
        case .signalledRun: "run_signalled"
        case .throttled: "throttled"
        case .paused: "paused"
        case .resumed: "resumed"
        case .retrying: "run_retried"
        case .exhausted: "run_exhausted"
        case .handling: "on_failure"
        case .caughtUp: "caught_up"
        case .adopted: "run_adopted"
        case .interrupted: "run_interrupted"
        case .ledgerDegraded: "ledger_degraded"
        case .ledgerRestored: "ledger_restored"
        case .ledgerSetAside: "ledger_set_aside"
        case .refused: "refused"
        case .polled: "polled"
        case .treeWatched: "tree_watched"
        case .overflowed: "overflow"
        case .troubled: "trouble"
        case .reloading: "reloading"
        case .reloaded: "reloaded"
        case .reloadRefused: "reload_refused"
        case .draining: "draining"
        case .stopping: "stopping"
        case .killing: "killing"
        case .handingOver: "handing_over"
        case .stopped: "stopped"
        }
    }
}
