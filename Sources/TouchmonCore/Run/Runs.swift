/// The run stage: due runs in, starts and stops out; at most one run of an action at a time.
///
/// A due run starts only after the event queue was read once more (`eventsDrained`), so that
/// whatever happened before the start and led to it, or came with it, is covered by it: one run for
/// all the events of one save, and one for all the touches that came while the last run was busy.
package struct Runs {
    /// A run that is due and has not started.
    package struct Due: Hashable, Sendable {
        package var reason: RunReason
        /// The modification time that the touch left; nil where nothing was touched.
        package var modified: FileTime?
    }

    /// A run whose process has not ended.
    package struct Active: Hashable, Sendable {
        package var number: RunNumber
        package var action: ActionID
        package var started: Instant
        /// The process; nil until the kernel made it.
        package var process: Int32?
        package var due: Due
    }

    private struct Waiting {
        var due: Due
        /// How many times the queue had been drained when the run became due.
        var drains: Int
    }

    private var waiting: [ActionID: Waiting] = [:]
    /// The waiting actions whose last run has ended, in the order in which they became startable.
    private var startable = Queue<ActionID>()
    /// The waiting actions that the system could not start, and when they are tried again; kept until
    /// a run of theirs started.
    private var delays: [ActionID: (backOff: BackOff, until: Instant?)] = [:]
    private var busy: [ActionID: RunNumber] = [:]
    private var active: [RunNumber: Active] = [:]
    private var drains = 0
    /// The number of the last run.
    package private(set) var last: RunNumber

    /// Whether no new run starts any more.
    package var isStopping = false

    package init(lastNumber: RunNumber = RunNumber(0)) {
        last = lastNumber
    }

    /// The runs whose processes have not ended, in the order of their numbers.
    package var activeRuns: [Active] { active.values.sorted { $0.number < $1.number } }

    package var hasActiveRuns: Bool { !active.isEmpty }

    /// How many actions have a run that is due and has not started.
    package var waitingCount: Int { waiting.count }

    package func isBusy(_ action: ActionID) -> Bool { busy[action] != nil }

    package func run(_ number: RunNumber) -> Active? { active[number] }

    /// Takes a due run; joins it to the one that waits already.
    package mutating func request(_ action: ActionID, _ due: Due) {
        guard waiting[action] == nil else {
            waiting[action]?.due.modified = due.modified
            return
        }
        waiting[action] = Waiting(due: due, drains: drains)
        if busy[action] == nil, delays[action]?.until == nil { startable.append(action) }
    }

    /// Whether a run of the action can't begin now, if one becomes due.
    package func isHeldBack(_ action: ActionID) -> Bool {
        isStopping || busy[action] != nil || delays[action]?.until != nil
    }

    /// Goes on with a run that an earlier daemon began.
    package mutating func adopt(_ run: Active) {
        active[run.number] = run
        busy[run.action] = run.number
    }

    /// Goes on counting after `number`.
    package mutating func skip(to number: RunNumber) {
        last = max(last, number)
    }

    /// Whether a run of the action is due and has not started.
    package func isWaiting(_ action: ActionID) -> Bool { waiting[action] != nil }

    /// The actions of which a run is due and has not started.
    package var waitingActions: [ActionID] { Array(waiting.keys) }

    /// Why a run of the action is due that has not started; nil where none is.
    package func waitingReason(_ action: ActionID) -> RunReason? { waiting[action]?.due.reason }

    /// Drops the run of an action that waits.
    package mutating func remove(_ action: ActionID) {
        waiting[action] = nil
        delays[action] = nil
    }

    /// The event queue was read to its end.
    package mutating func eventsDrained() {
        drains += 1
    }

    /// Whether a run waits for nothing but the queue to be drained.
    package mutating func needsDrain() -> Bool {
        skipStale()
        return !isStopping && !startable.isEmpty
    }

    /// Takes the next run that may start now, and makes its action busy.
    package mutating func takeStart(at now: Instant) -> Active? {
        skipStale()
        guard !isStopping, let action = startable.first else { return nil }
        guard let next = waiting[action], next.drains < drains else { return nil }
        _ = startable.popFirst()
        waiting[action] = nil
        last.value += 1
        let run = Active(number: last, action: action, started: now, due: next.due)
        active[last] = run
        busy[action] = last
        return run
    }

    /// Leaves out actions that were removed, and those that are busy: their turn comes again when
    /// their run ends.
    private mutating func skipStale() {
        while let next = startable.first, waiting[next] == nil || busy[next] != nil {
            _ = startable.popFirst()
        }
    }

    /// The kernel made the process of a run.
    package mutating func made(_ number: RunNumber, process: Int32) {
        active[number]?.process = process
    }

    /// The process of a run executes its program: the system has what it was short of.
    package mutating func started(_ number: RunNumber) {
        guard !delays.isEmpty, let run = active[number] else { return }
        delays[run.action] = nil
    }

    /// The system was short of something that the run needs: its action is tried again later. Returns
    /// how long after, the first time in a row.
    package mutating func postpone(_ number: RunNumber, at now: Instant) -> Duration? {
        guard let run = active.removeValue(forKey: number) else { return nil }
        busy[run.action] = nil
        var delay = delays[run.action] ?? (BackOff(), nil)
        let isFirst = delays[run.action] == nil
        let wait = delay.backOff.failed()
        delay.until = now.advanced(by: wait)
        delays[run.action] = delay
        waiting[run.action] = waiting[run.action] ?? Waiting(due: run.due, drains: drains)
        return isFirst ? wait : nil
    }

    /// When `timePassed` is to be called next.
    package var deadline: Instant? {
        delays.isEmpty ? nil : delays.values.compactMap(\.until).min()
    }

    /// Lets the actions go on whose time to be tried again has come.
    package mutating func timePassed(at now: Instant) {
        guard let deadline, deadline <= now else { return }
        for (action, delay) in delays {
            guard let until = delay.until, until <= now else { continue }
            delays[action]?.until = nil
            if waiting[action] != nil, busy[action] == nil {
                waiting[action]?.drains = drains
                startable.append(action)
            }
        }
    }

    /// The run is over: its process ended, or never executed anything.
    package mutating func ended(_ number: RunNumber) -> Active? {
        guard let run = active.removeValue(forKey: number) else { return nil }
        busy[run.action] = nil
        if waiting[run.action] != nil {
            // It waited for this run, and for the touches that came until now.
            waiting[run.action]?.drains = drains
            startable.append(run.action)
        }
        return run
    }
}
