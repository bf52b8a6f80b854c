/// The run stage: due runs in, starts out; as many runs of an action at a time as it allows: one,
/// as a rule.
///
/// A due run starts only after the event queue was read once more (`eventsDrained`), so that
/// whatever happened before the start and led to it, or came with it, is covered by it: one run for
/// all the events of one save, and one for all the touches that came while the last run was busy.
package struct Runs {
    /// A run that is due and has not started.
    package struct Due: Equatable, Sendable {
        package var reason: RunReason
        /// The modification time that the touch left; nil where nothing was touched.
        package var modified: FileTime?
        /// Who touched last, where that is known.
        package var toucher: Toucher?
        /// Which try it is, from 1.
        package var attempt = 1
    }

    /// A run whose process has not ended.
    package struct Active: Equatable, Sendable {
        package var number: RunNumber
        package var action: ActionID
        package var started: Instant
        /// The process; nil until the kernel made it.
        package var process: Int32?
        package var due: Due

        /// Whether it is told of a failure: then it is beside the runs of its action, and `action` says
        /// nothing.
        package var isHandler: Bool { due.reason == .failure }
    }

    private struct Waiting {
        var due: Due
        /// How many times the queue had been drained when the run became due.
        var drains: Int
    }

    /// What holds a waiting run back though its action is not busy.
    private struct Hold {
        var until: Instant
        /// Whether it waits to be tried again because its last run failed.
        var isRetry: Bool
    }

    private var waiting: [ActionID: Waiting] = [:]
    /// The waiting actions that may begin a run, in the order in which they became startable.
    private var startable = Queue<ActionID>()
    private var holds: [ActionID: Hold] = [:]
    /// The actions that the system could not start; kept until a run of theirs started.
    private var backOffs: [ActionID: BackOff] = [:]
    /// How many runs of an action there are, where there are any.
    private var busy: [ActionID: Int] = [:]
    private var active: [RunNumber: Active] = [:]
    /// How often the event queue was read to its end.
    private(set) var drains = 0
    /// The number of the last run.
    package private(set) var last: RunNumber

    /// How many runs of an action there may be, where that is not one.
    private var limits: [ActionID: Int] = [:]
    private var rates: [ActionID: Rate] = [:]

    /// How often runs of an action may begin, and when the last ones did.
    private struct Rate {
        var limit: RateLimit
        var starts: [Instant]

        /// When the next run may begin.
        mutating func next(at now: Instant) -> Instant {
            starts.removeAll { $0.advanced(by: limit.per) <= now }
            guard starts.count >= limit.runs else { return now }
            return starts[starts.count - limit.runs].advanced(by: limit.per)
        }
    }

    /// Actions that share a number of runs and how often they begin: the files of one tree.
    private struct Pool {
        var limit: Int
        var busy = 0
        var rate: Rate?
        /// Those that would begin a run if there were room.
        var waiting = Queue<ActionID>()
    }

    /// By the tree's action.
    private var pools: [ActionID: Pool] = [:]
    private var members: [ActionID: ActionID] = [:]
    /// The actions that begin no run for now; a tree stands for its files.
    private var paused: Set<ActionID> = []

    /// Whether no new run starts any more.
    package var isStopping = false

    package init(lastNumber: RunNumber = RunNumber(0)) {
        last = lastNumber
    }

    /// The runs whose processes have not ended, in the order of their numbers.
    package var activeRuns: [Active] { active.values.sorted { $0.number < $1.number } }

    package var hasActiveRuns: Bool { !active.isEmpty }

    package var activeCount: Int { active.count }

    /// How many actions have a run that is due and has not started.
    package var waitingCount: Int { waiting.count }

    /// Whether a run of the action has not ended.
    package func isBusy(_ action: ActionID) -> Bool { busy[action] != nil }

    package func run(_ number: RunNumber) -> Active? { active[number] }

    /// Sets how many runs of an action there may be, and how often they may begin.
    package mutating func setPolicy(_ action: ActionID, _ policy: RunPolicy) {
        limits[action] = policy.limit == 1 ? nil : policy.limit
        let starts = rates[action]?.starts ?? []
        rates[action] = policy.rateLimit.map { Rate(limit: $0, starts: starts) }
    }

    /// Sets how many runs the files of a tree may have at once, and how often they may begin.
    package mutating func setPool(_ tree: ActionID, limit: Int, rate: RateLimit?) {
        let starts = pools[tree]?.rate?.starts ?? []
        pools[tree, default: Pool(limit: limit)].limit = limit
        pools[tree]?.rate = rate.map { Rate(limit: $0, starts: starts) }
        // There may be room for more now.
        while let next = pools[tree]?.waiting.popFirst() { startable.append(next) }
    }

    /// An action is that of a file of a tree.
    package mutating func join(_ file: ActionID, to tree: ActionID) { members[file] = tree }

    private func isFull(_ action: ActionID) -> Bool {
        guard let count = busy[action] else { return false }
        return limits.isEmpty || count >= limits[action] ?? 1
    }

    /// Lets an action, and the files of a tree, begin no run any more.
    package mutating func pause(_ action: ActionID) { paused.insert(action) }

    /// Lets them begin runs again; returns those of which one is due.
    package mutating func resume(_ action: ActionID) -> [ActionID] {
        guard paused.remove(action) != nil else { return [] }
        let due = waiting.keys.filter { $0 == action || members[$0] == action }.sorted {
            $0.index < $1.index
        }
        for action in due { goOn(action) }
        return due
    }

    /// Whether an action begins no run because somebody has paused it.
    package func isPaused(_ action: ActionID) -> Bool {
        guard !paused.isEmpty else { return false }
        return paused.contains(action) || members[action].map(paused.contains) ?? false
    }

    /// Takes a due run; joins it to the one that waits already. What is touched anew does not wait to
    /// be tried again.
    package mutating func request(_ action: ActionID, _ due: Due) {
        guard let old = waiting[action] else {
            waiting[action] = Waiting(due: due, drains: drains)
            return queue(action)
        }
        guard old.due.reason == .retry else {
            waiting[action]?.due.modified = due.modified
            waiting[action]?.due.toucher = due.toucher
            return
        }
        waiting[action] = Waiting(due: due, drains: drains)
        if holds[action]?.isRetry == true {
            holds[action] = nil
            queue(action)
        }
    }

    private mutating func queue(_ action: ActionID) {
        if !isFull(action), holds[action] == nil, !isPaused(action) { startable.append(action) }
    }

    /// A run failed: one more is due `until` then, unless one waits already.
    package mutating func retry(_ action: ActionID, _ due: Due, until: Instant) {
        waiting[action] = Waiting(due: due, drains: drains)
        holds[action] = Hold(until: until, isRetry: true)
    }

    /// Whether a run of the action can't begin now, if one becomes due.
    package func isHeldBack(_ action: ActionID) -> Bool {
        isStopping || isFull(action) || holds[action] != nil || isPaused(action)
    }

    /// Goes on with a run that an earlier daemon began.
    package mutating func adopt(_ run: Active) {
        active[run.number] = run
        guard !run.isHandler else { return }
        busy[run.action, default: 0] += 1
        if let tree = members[run.action] { pools[tree]?.busy += 1 }
    }

    /// The number of a run that begins some time.
    package mutating func takeNumber() -> RunNumber {
        last.value += 1
        return last
    }

    /// Begins a run that is told of a failure.
    package mutating func beginHandler(_ number: RunNumber, at now: Instant) -> Active {
        let run = Active(
            number: number, action: ActionID(0), started: now, due: Due(reason: .failure))
        active[number] = run
        return run
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

    /// Who touched last what a run is due for; nil where nobody knows.
    package func waitingToucher(_ action: ActionID) -> Toucher? { waiting[action]?.due.toucher }

    /// Why a due run may not begin before a time, though its action is not busy.
    package enum HoldReason: Hashable, Sendable {
        /// Its last run failed, as `retry` says; as many have begun as may, as `rate_limit` says; the
        /// system could not start it.
        case retry, rateLimit, shortage
    }

    /// What holds an action back for now; nil where nothing does.
    package func hold(_ action: ActionID) -> (until: Instant, reason: HoldReason)? {
        guard let hold = holds[action] else { return nil }
        return (
            hold.until,
            hold.isRetry ? .retry : backOffs[action] == nil ? .rateLimit : .shortage
        )
    }

    /// Drops the run of an action that waits, and what was set for it.
    package mutating func remove(_ action: ActionID) {
        waiting[action] = nil
        holds[action] = nil
        backOffs[action] = nil
        limits[action] = nil
        rates[action] = nil
        paused.remove(action)
        if pools.isEmpty { return }
        pools[action] = nil
        // Of one that still runs, the others of its tree wait for the end.
        if busy[action] == nil { members[action] = nil }
    }

    /// Drops the run of an action that waits: what it was for is over.
    package mutating func withdraw(_ action: ActionID) {
        waiting[action] = nil
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

    /// Takes an action that has begun as many runs as it may for now, and how long its next one waits.
    package mutating func takeThrottled(at now: Instant) -> (ActionID, Duration)? {
        guard !rates.isEmpty || !pools.isEmpty else { return nil }
        skipStale()
        guard let action = startable.first, let next = nextTurn(action, at: now), next > now
        else { return nil }
        _ = startable.popFirst()
        holds[action] = Hold(until: next, isRetry: false)
        return (action, next.elapsed(since: now))
    }

    private mutating func nextTurn(_ action: ActionID, at now: Instant) -> Instant? {
        if let tree = members[action] { return pools[tree]?.rate?.next(at: now) }
        return rates[action]?.next(at: now)
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
        busy[action] = (busy[action] ?? 0) + 1
        if !rates.isEmpty { rates[action]?.starts.append(now) }
        if let tree = members[action] {
            pools[tree]?.busy += 1
            pools[tree]?.rate?.starts.append(now)
        }
        return run
    }

    /// Leaves out actions that were removed, and those that are busy or paused: their turn comes again
    /// when their run ends, or they are resumed.
    private mutating func skipStale() {
        while let next = startable.first {
            if waiting[next] != nil, !isFull(next), !isPaused(next) {
                guard let tree = members[next], let pool = pools[tree], pool.busy >= pool.limit
                else { return }
                pools[tree]?.waiting.append(next)
            }
            _ = startable.popFirst()
        }
    }

    /// The kernel made the process of a run.
    package mutating func made(_ number: RunNumber, process: Int32) {
        // Not in place: that would take memory for each access, and this is done for every run.
        guard var run = active[number] else { return }
        run.process = process
        active[number] = run
    }

    /// The process of a run executes its program: the system has what it was short of.
    package mutating func started(_ number: RunNumber) {
        guard !backOffs.isEmpty, let run = active[number], !run.isHandler else { return }
        backOffs[run.action] = nil
    }

    /// The system was short of something that the run needs: its action is tried again later. Returns
    /// how long after, the first time in a row.
    package mutating func postpone(_ number: RunNumber, at now: Instant) -> Duration? {
        guard let run = leave(number) else { return nil }
        let isFirst = backOffs[run.action] == nil
        let wait = backOffs[run.action, default: BackOff()].failed()
        holds[run.action] = Hold(until: now.advanced(by: wait), isRetry: false)
        waiting[run.action] = waiting[run.action] ?? Waiting(due: run.due, drains: drains)
        return isFirst ? wait : nil
    }

    private mutating func leave(_ number: RunNumber) -> Active? {
        guard let run = active.removeValue(forKey: number) else { return nil }
        if run.isHandler { return run }
        let count = busy[run.action] ?? 0
        busy[run.action] = count > 1 ? count - 1 : nil
        if let tree = members[run.action] {
            pools[tree]?.busy -= 1
            if let next = pools[tree]?.waiting.popFirst() { startable.append(next) }
        }
        return run
    }

    /// When `timePassed` is to be called next.
    package var deadline: Instant? {
        holds.isEmpty ? nil : holds.values.map(\.until).min()
    }

    /// Lets the actions go on whose time to be tried again has come.
    package mutating func timePassed(at now: Instant) {
        guard let deadline, deadline <= now else { return }
        for (action, hold) in holds where hold.until <= now {
            holds[action] = nil
            goOn(action)
        }
    }

    /// A waiting run may begin, for the touches that came until now.
    private mutating func goOn(_ action: ActionID) {
        guard waiting[action] != nil, !isFull(action), holds[action] == nil, !isPaused(action)
        else { return }
        waiting[action]?.drains = drains
        startable.append(action)
    }

    /// The run is over: its process ended, or never executed anything.
    package mutating func ended(_ number: RunNumber) -> Active? {
        guard let run = leave(number) else { return nil }
        if !run.isHandler { goOn(run.action) }
        return run
    }
}
