/// Every decision of the daemon, in the order in which data flows: events → watch → trigger → run →
/// record.
///
/// The daemon tells what happened, then performs effects until `nextEffect` has none left, and
/// waits until `nextDeadline` at the latest. Nothing in here reads a clock or calls the kernel, so
/// tests play the kernel, the clock and the children.
package struct Engine {
    /// What the daemon is to do; each says how it is answered.
    package enum Effect: Sendable {
        /// Answered by `reply`.
        case watch(WatchRequest)
        /// Answered by `reply`, its entries by `entry` before.
        case tree(TreeRequest)
        /// Read the queues of events to their ends, `read` or `heard` for each part; then
        /// `eventsDrained`.
        case readEvents
        /// Who touched the path: what the kernel tells by now of who touches is to be read, `heard` for
        /// each, and then `findToucher` answers with the numbers of all that may have been touched.
        indirect case findToucher(PendingTouch, path: RawPath)
        /// Whether `reader` may read the path; answered by `checkedReader`.
        indirect case checkReader(PendingTouch, path: RawPath, reader: RunIdentity)
        /// Read the bytes of the action's file, a piece at a time, beginning anew where that is under
        /// way; answered by `readContent`. For no touch: what it holds before there was any.
        indirect case readContent(ActionID, PendingTouch?, path: RawPath)
        /// Answered by `made`, then `started` or `notStarted`, and in the end by `ended`; or at
        /// once by `notStarted` where there was no process.
        case start(RunSpec)
        /// kill(2) the process group of a run.
        case signal(process: Int32, signal: Int32)
        /// The same for a run that is being stopped: everybody whom `kill` of its action reached when it
        /// was started.
        case stop(RunNumber, process: Int32, signal: Int32)
        /// Append bytes to the journal with one write; answered by `appended`.
        case append([UInt8])
        /// Save into the database and begin the journal anew; answered by `saved`.
        case save(LedgerChange)
        /// Open the state directory, which was not usable before; answered by `opened`, or by
        /// `ledgerFailed`.
        case openLedger
        case output(OutputRequest)
        /// Read the action files again, from the beginning and in pieces; answered by `reload` or
        /// `reloadRefused`.
        case readActionFiles
        /// End the daemon; there are no runs left.
        case exit
    }

    /// The signals that the daemon listens to.
    package enum Signal: Hashable, Sendable {
        case interrupt, terminate, hangUp
        /// End at once, and leave the runs to the daemon that comes next.
        case handOver
    }

    private var mounts = MountPoints()
    var watcher: Watcher
    package var trees: TreeWatcher
    var treeRuns = TreeRuns()
    var trigger = Trigger()
    var runs = Runs()
    var handlers = Handlers()
    var ledger: Ledger
    private var shutdown: Shutdown
    var stops = Stops()
    var pauses: Pauses
    var outputs: Outputs
    var followers = Followers()
    /// What is to be said to those who follow paths.
    var answers = Queue<(client: ControlClientID, json: [UInt8])>()
    /// Where the files are that runs print into.
    package var outputDirectory = RawPath("/")
    private let drain: Duration
    private let begun: Instant
    /// Whether the daemon ends with the first run that ends by itself.
    package var endsWithRun = false
    /// How that ended; nil before.
    package private(set) var lastEnding: RunEnding?

    /// Whether the kernel tells who touches.
    let tellsTouchers: Bool
    var questions = OpenQuestions()
    var touchers = Touchers()
    var contents = Contents()
    var levels = Levels()
    var ownSessions = OwnSessions()
    var metrics = Metrics()
    var unrun = UnrunTouches()
    var actions = ActionTable()
    var effects = Queue<Effect>()
    private var logs = Queue<(event: LogEvent, time: Instant)>()
    private(set) var isReady = false
    /// Whether the event queue was emptied since a deadline passed.
    private var isHeard = false
    /// Whether the action files are being read again.
    var isReloading = false
    /// Whether they are to be read again, after that where it is under way: they may have been changed since
    /// it began.
    package var isReloadAsked = false
    private var hasStopped = false
    private var hasTriedLastSave = false
    /// Whether the queues were read when no run was left.
    private var hasHeardLast = false
    /// Whether the log has said that what runs print can't be kept.
    var isOutputDegraded = false
    /// Whether the log has ever said that the ledger can't be kept.
    var isDegradationKnown = false

    private static let kill: Int32 = 9

    /// Whether no run begins any more.
    package var isStopping: Bool { shutdown.step != nil }

    /// When the last run will have been killed, as far as that is known; nil while the daemon does not end,
    /// or where nothing is waited for.
    var endsBy: Instant? {
        switch shutdown.step {
        case .draining:
            // Then each run is asked to stop, and has the time that its action gives it.
            let longest = runs.activeRuns.map { command($0).policy.stopTimeout }.max()
            return longest.flatMap { shutdown.deadline?.advanced(by: $0) }
        case .stopping: return stops.lastKill
        case .killing, .handingOver, nil: return nil
        }
    }

    /// Begins with a plan; `drain` is how long running runs may go on after SIGINT or SIGTERM.
    ///
    /// Without root's rights the kernel tells less of other users' files, so more is listened to.
    /// `tellsTouchers`: whether the kernel says who touches. `recovered` is what an earlier daemon left; nil where that can't be told, which `ledgerFailed`
    /// then says.
    package init(
        plan: Plan, isRoot: Bool, tellsTouchers: Bool = false, drain: Duration,
        recovered: Recovered? = Recovered(), retention: Retention = Retention(), at now: Instant,
        wall: FileTime = FileTime(seconds: 0)
    ) {
        self.tellsTouchers = tellsTouchers
        watcher = Watcher(listensByName: !isRoot)
        trees = TreeWatcher(wall: wall)
        ledger = Ledger(after: recovered?.generation, at: now)
        shutdown = Shutdown(drain: drain)
        self.drain = drain
        outputs = Outputs(retention)
        begun = now
        pauses = Pauses(recovered?.pauses ?? [])
        actions.reserve(plan.items.count)
        for item in plan.items { place(item.action, recovered) }
        if let recovered { take(recovered, ran: [], at: now) }
        for id in actions.presentPlaces where actions[id].action.command.policy.runAtStart {
            if !runs.isWaiting(id) { runs.request(id, Runs.Due(reason: .start)) }
        }
    }

    // MARK: What is to be done

    /// The next effect; nil when there is nothing to do but wait.
    package mutating func nextEffect(at now: Instant) -> Effect? {
        while true {
            if let effect = effects.popFirst() { return effect }
            if isReloadAsked, !isReloading, shutdown.step == nil {
                (isReloadAsked, isReloading) = (false, true)
                return .readActionFiles
            }
            if let request = watcher.nextRequest() { return .watch(request) }
            if let request = trees.nextRequest(at: now) { return .tree(request) }
            while let output = watcher.nextOutput() { take(output, at: now) }
            while let output = trees.nextOutput() { take(output, at: now) }
            guard !trees.hasUrgent else { continue }
            guard effects.isEmpty else { continue }
            if ledger.needsOpening(at: now) { return .openLedger }
            if ledger.needsUrgentSave { return .save(change()) }
            if !isReady {
                isReady = true
                trees.becomeReady()
                log(.ready(actions: actions.count, elapsed: now.elapsed(since: begun)), at: now)
                continue
            }
            if let action = contents.takeWanted() {
                // What is read for a touch tells the same, and is not to be given up for this.
                guard !questions.contains(action, .content) else { continue }
                contents.ask(action)
                let path = actions[action].action.path
                return .readContent(action, nil, path: path)
            }
            // A path is not quiet before whatever is in the queue by now was heard.
            if let settled = trigger.nextDeadline(), settled <= now {
                guard isHeard else { return .readEvents }
                while let due = trigger.takeDue(at: now) {
                    request(due.action, due.reason, by: due.toucher, at: now)
                }
                continue
            }
            if let (action, wait) = runs.takeThrottled(at: now) {
                log(.throttled(actions[action].action.path, wait: wait), at: now)
                ledger.changed(action, at: now)
                continue
            }
            if let run = runs.takeStart(at: now) {
                ledger.began(run.action, at: now)
                metrics.began(run.action, at: now)
                followers.began(run.number, actions[run.action].action.path, at: now)
                if actions[run.action].action.shared.value.tree != nil {
                    begin(tree: run, actions[run.action].action)
                }
                return .start(spec(run, actions[run.action].action))
            }
            // Before a run starts, and before a restored time is taken for granted, whatever is in
            // the queue by now must have been heard.
            if runs.needsDrain() || watcher.needsDrain || trees.needsDrain { return .readEvents }
            if let records = takeRecords() { return .append(records) }
            // That a run failed is written down before the one begins that is told of it.
            if let run = takeHandler(at: now) { return .start(run) }
            if ledger.needsSave(at: now) { return .save(change()) }
            if !treeRuns.owed.isEmpty, !trees.isScanning {
                settleOwed(at: now)
                continue
            }
            if let request = outputs.nextRequest() { return .output(request) }
            guard shutdown.step != nil, shutdown.step == .handingOver || !runs.hasActiveRuns,
                outputs.unfinished == 0
            else { return nil }
            // What came until now is the next daemon's, which is to be told until when all was heard.
            if !trees.isEmpty, !hasHeardLast {
                hasHeardLast = true
                return .readEvents
            }
            if ledger.isBehind || !trees.isEmpty, !hasTriedLastSave {
                hasTriedLastSave = true
                return .save(change())
            }
            guard !hasStopped else { return .exit }
            hasStopped = true
            log(.stopped(waiting: runs.waitingCount + trigger.settlingCount), at: now)
        }
    }

    /// What the log is to say next, and when it happened. There is no hurry: no run waits for words.
    /// A run's end comes after all that it printed: until that was read, there is nothing.
    package mutating func nextLog() -> (event: LogEvent, time: Instant)? {
        guard outputs.isBusyWithEnds, case .ended(let run, _, _, _) = logs.first?.event else {
            return logs.popFirst()
        }
        if let word = outputs.nextLastWord(run) { return word }
        return outputs.isUnfinished(run) ? nil : logs.popFirst()
    }

    /// Since when the log has something to say; nil where it has nothing.
    package var oldestLog: Instant? { logs.first?.time }

    /// When `timePassed` is to be called, if nothing else happens before.
    package mutating func nextDeadline() -> Instant? {
        var next = watcher.nextDeadline()
        if !trees.isEmpty, let tree = trees.nextDeadline() { next = min(next ?? tree, tree) }
        if let settled = trigger.nextDeadline() { next = min(next ?? settled, settled) }
        for deadline in [
            shutdown.deadline, stops.deadline, runs.deadline, ledger.deadline,
            questions.deadline, levels.deadline, outputs.deadline, pauses.deadline,
            runs.isStopping ? nil : handlers.deadline,
        ] {
            if let deadline { next = min(next ?? deadline, deadline) }
        }
        return next
    }

    // MARK: What happened

    /// The bytes of one read of the inotify descriptor.
    package mutating func read(_ events: RawSpan) {
        watcher.read(events)
    }

    /// The queues had nothing more to read. `wall` is what the kernel's realtime clock said before they
    /// were read; nil where no tree is watched.
    package mutating func eventsDrained(wall: FileTime? = nil) {
        watcher.eventsDrained()
        if let wall { trees.eventsDrained(wall: wall) }
        runs.eventsDrained()
        isHeard = true
    }

    /// The kernel's answer to `.watch`.
    package mutating func reply(_ reply: WatchReply, at now: Instant) {
        watcher.reply(reply, at: now)
    }

    /// The text of /proc/self/mountinfo: at the start, and whenever it changed.
    package mutating func readMounts(_ text: [UInt8]) {
        let points = mounts.update(text)
        if !points.isEmpty { watcher.mountsChanged(at: points) }
        if isReady ? !points.isEmpty : true { trees.mountsChanged(mounts.all) }
    }

    /// The kernel made the process of a run; whether it executes its program is not known yet.
    /// `isRecorded` says whether it has a file to print into.
    package mutating func made(_ run: RunNumber, process: Int32, isRecorded: Bool = false) {
        runs.made(run, process: process)
        guard let active = runs.run(run) else { return }
        if isRecorded { record(active) }
        stops.began(run, timeout: command(active).policy.timeout, at: active.started)
        // A run that was made while the others were being stopped must not outlive them.
        switch shutdown.step {
        case .stopping: stop(active, .shutdown, at: active.started)
        case .killing: stop(active, with: Self.kill)
        case .draining, .handingOver, nil: break
        }
    }

    /// Whether a run is being stopped: what its first process leaves behind of its group is to be killed.
    package func isBeingStopped(_ run: RunNumber) -> Bool { stops.contains(run) }

    /// The process of a run executes its program.
    package mutating func started(_ run: RunNumber) {
        // Its end may be known already.
        guard let active = runs.run(run), let process = active.process else { return }
        runs.started(run)
        outputs.started(run)
        handlers.started(run)
        log(
            .started(run, path(active), command(active).identity, process: process),
            at: active.started)
    }

    /// A run executed nothing.
    package mutating func notStarted(_ run: RunNumber, _ failure: StartFailure, at now: Instant) {
        guard let active = runs.run(run) else { return }
        let (path, command, isLast) = (path(active), command(active), isRetired(active))
        let slot = slot(active)
        outputs.ended(run, at: now)
        let program = RawPath(bytes: command.argv.first)
        let failure = failure.explained(by: command.process)
        defer { isOver(active, at: now) }
        // Before there was a process there was nobody to write that the run began.
        if failure.step != .clone || active.isHandler {
            ledger.ended(row(active), .notStarted, at: active.started)
        }
        if failure.isPassing, !isLast {
            treeRuns.putBack(run, to: active.action)
            if let wait = postpone(active, at: now) {
                log(
                    .postponed(
                        run, path, command.identity, program: program, failure, retry: wait),
                    at: now)
            }
        } else {
            end(active)
            noteEnd(active, slot, at: now)
            log(.notStarted(run, path, command.identity, program: program, failure), at: now)
            endWithRun(.notStarted, nil, at: now)
            if !isLast { usedUp(active, .notStarted, at: now) }
        }
        followers.ended(run, path, .notStarted, isRepeated: failure.isPassing && !isLast)
    }

    /// The process of a run ended.
    package mutating func ended(_ run: RunNumber, _ outcome: RunOutcome, at now: Instant) {
        guard let active = runs.run(run) else { return }
        let cause = stops.ended(run)
        let path = path(active)
        let (isLast, slot) = (isRetired(active), slot(active))
        defer { isOver(active, at: now) }
        // The run that follows is for what this one was for as well.
        if cause == .restart, !isLast { treeRuns.putBack(run, to: active.action) }
        ledger.ended(row(active), .ended(outcome), at: now)
        outputs.ended(run, at: now)
        end(active)
        noteEnd(active, slot, at: now)
        log(.ended(run, path, outcome, elapsed: now.elapsed(since: active.started)), at: now)
        endWithRun(.ended(outcome), cause, at: now)
        if !isLast, outcome.isFailure, cause == nil || cause == .timeout {
            failed(active, outcome, at: now)
        }
        guard !followers.isEmpty, !active.isHandler else { return }
        let isRepeated =
            !isLast && runs.isWaiting(active.action)
            && (cause == .restart
                || (outcome.isFailure && command(active).policy.retry != nil && cause != .request))
        followers.ended(run, path, .ended(outcome), isRepeated: isRepeated)
    }

    /// Ends the daemon with a run, if it is to, unless another is to take that one's place.
    private mutating func endWithRun(_ ending: RunEnding, _ cause: StopCause?, at now: Instant) {
        guard endsWithRun, shutdown.step == nil, cause != .restart else { return }
        lastEnding = ending
        signalled(.terminate, at: now)
    }

    /// A run failed by itself, or took too long: it is repeated if its action says so, unless the path
    /// was touched meanwhile.
    private mutating func failed(
        _ run: Runs.Active, _ outcome: RunOutcome, at now: Instant
    ) {
        // What is told of a failure is not repeated.
        guard !run.isHandler else { return }
        let action = actions[run.action].action
        let isWaiting = runs.isWaiting(run.action)
        guard let retry = action.command.policy.retry, run.due.attempt < retry.attempts else {
            if action.command.policy.retry != nil, !isWaiting {
                log(.exhausted(run.number, action.path, attempts: run.due.attempt), at: now)
            }
            return usedUp(run, .ended(outcome), at: now)
        }
        treeRuns.putBack(run.number, to: run.action)
        guard !isWaiting else { return }
        var due = run.due
        due.reason = .retry
        due.attempt += 1
        let wait = retry.wait(before: due.attempt, salt: run.number.value)
        runs.retry(run.action, due, until: now.advanced(by: wait))
        log(
            .retrying(
                run.number, action.path, attempt: due.attempt, of: retry.attempts, wait: wait),
            at: now)
        ledger.changed(run.action, at: now)
    }

    /// Nothing more is to be done for the end of a run.
    mutating func isOver(_ run: Runs.Active, at now: Instant) {
        guard !trees.isEmpty, !run.isHandler else { return }
        treeRuns.end(run.number)
        forgetIfOver(run.action, at: now)
    }

    /// What the end of a run means for the touches of its path.
    mutating func noteEnd(
        _ run: Runs.Active, _ slot: ActionTable.Slot?, at now: Instant
    ) {
        guard let slot, !slot.isRetired else { return }
        let touch = slot.action.command.touch
        if touch.ownChanges == .ignore, let process = run.process {
            // What a file's run does is the tree's own.
            ownSessions.ended(
                treeRuns.tree(of: run.action) ?? run.action, process: process, at: now)
        }
        if !touch.on.isDisjoint(with: .levels) {
            levels.ended(run.action)
            watcher.lookAgain(run.action)
        }
    }

    /// The action that a run is of; nil for one that is told of a failure.
    func slot(_ run: Runs.Active) -> ActionTable.Slot? {
        run.isHandler ? nil : actions[run.action]
    }

    func command(_ run: Runs.Active) -> RunCommand {
        handlers.command(run.number)?.value ?? actions[run.action].action.command
    }

    func path(_ run: Runs.Active) -> RawPath {
        handlers.handler(run.number)?.path ?? actions[run.action].action.path
    }

    /// Whether nothing follows from how a run ends: no action file has its action any more.
    private func isRetired(_ run: Runs.Active) -> Bool {
        run.isHandler ? handlerCommand(path(run)) == nil : actions[run.action].isRetired
    }

    func policy(_ action: ActionID) -> RunPolicy { actions[action].action.command.policy }

    /// Asks a run to stop, unless it was asked before.
    mutating func stop(_ run: Runs.Active, _ cause: StopCause, at now: Instant) {
        let policy = command(run).policy
        // One that has no process yet is asked as soon as it has.
        guard run.process != nil, stops.stop(run.number, cause, within: policy.stopTimeout, at: now)
        else { return }
        log(.stoppingRun(run.number, path(run), cause, signal: policy.stopSignal), at: now)
        stop(run, with: policy.stopSignal)
    }

    private mutating func stop(_ run: Runs.Active, with signal: Int32) {
        guard let process = run.process else { return }
        effects.append(.stop(run.number, process: process, signal: signal))
    }

    private mutating func signal(_ run: Runs.Active, _ signal: Int32) {
        guard let process = run.process else { return }
        effects.append(.signal(process: process, signal: signal))
    }

    /// A signal came.
    package mutating func signalled(_ signal: Signal, at now: Instant) {
        switch signal {
        case .hangUp:
            guard shutdown.step == nil, !isReloadAsked else { return }
            isReloadAsked = true
            if !isReloading { log(.reloading, at: now) }
        case .interrupt, .terminate:
            runs.isStopping = true
            // They begin no more; the next daemon has to know.
            for action in runs.waitingActions { ledger.changed(action, at: now) }
            if let step = shutdown.signalled(at: now) { begin(step, at: now) }
        case .handOver:
            // A successor learns of runs from the ledger alone.
            guard ledger.isKept else { return signalled(.terminate, at: now) }
            runs.isStopping = true
            for action in runs.waitingActions { ledger.changed(action, at: now) }
            if shutdown.handsOver() { begin(.handingOver, at: now) }
        }
    }

    /// A deadline passed.
    package mutating func timePassed(at now: Instant) {
        watcher.timePassed(at: now)
        runs.timePassed(at: now)
        if !trees.isEmpty { trees.timePassed(at: now) }
        outputs.timePassed(at: now)
        isHeard = false
        endPauses(at: now)
        while let touch = questions.takeDue(at: now) { askAgain(touch, at: now) }
        for action in levels.takeDue(at: now) { watcher.lookAgain(action) }
        if let step = shutdown.timePassed(at: now) { begin(step, at: now) }
        for run in stops.takeOverdue(at: now).compactMap(runs.run) { stop(run, .timeout, at: now) }
        for run in stops.takeKills(at: now).compactMap(runs.run) {
            log(.killingRun(run.number, path(run)), at: now)
            stop(run, with: Self.kill)
        }
    }

    // MARK: Stages

    private mutating func take(_ output: Watcher.Output, at now: Instant) {
        switch output {
        case .overflowed:
            log(.overflowed, at: now)
        case .polled(let id, let polling):
            guard polling.reason != .asked else { return }
            log(.polled(actions[id].action.path, polling), at: now)
        case .handled(let id):
            ledger.changed(id, at: now)
        case .placed(let id, let path, let isMounted):
            trees.setPlace(id, path, !isReady ? .start : isMounted ? .mounted : .new)
        case .touched(let id, let status, let number):
            touched(id, status, number: number, at: now)
        case .untouched(_, let number):
            _ = touchers.take(number, at: now)
            watcher.knowsTouchers = touchers.count > 0
        case .level(let id, let isUp, let isNews):
            level(id, isUp: isUp, isNews: isNews, at: now)
        }
    }

    mutating func settle(
        _ id: ActionID, _ action: PlannedAction, _ reason: RunReason, by toucher: Toucher? = nil,
        at now: Instant
    ) {
        let isNew = !trigger.isSettling(id)
        if trigger.touched(id, reason, action.command.settle, by: toucher, at: now) {
            request(id, reason, by: toucher, at: now)
        } else if isNew {
            ledger.changed(id, at: now)
        }
    }

    mutating func catchUp(_ id: ActionID, _ action: PlannedAction, at now: Instant) {
        metrics.touched(id, isCatchUp: true, at: now)
        if !runs.isWaiting(id), !trigger.isSettling(id) {
            log(.caughtUp(action.path, runs: action.command.catchUp), at: now)
        }
        if action.command.catchUp, runs.isWaiting(id) {
            // A run that was cut off is due again, and is for this as well.
            request(id, .catchUp, at: now)
        } else if action.command.catchUp {
            settle(id, action, .catchUp, at: now)
        } else {
            metrics.forget(id)
            ledger.changed(id, at: now)
        }
    }

    mutating func request(
        _ id: ActionID, _ reason: RunReason, by toucher: Toucher? = nil, at now: Instant
    ) {
        if runs.isBusy(id), !runs.isPaused(id), !isTaken(byRunsOf: id, by: toucher, at: now) {
            return passOver(id, at: now)
        }
        let isNews = !runs.isWaiting(id)
        runs.request(id, Runs.Due(reason: reason, modified: modified(id), toucher: toucher))
        // One that begins at once writes that down itself.
        if isNews, runs.isHeldBack(id) { ledger.changed(id, at: now) }
    }

    /// No run is due for what was touched.
    mutating func passOver(_ id: ActionID, at now: Instant) {
        treeRuns.drop(id)
        metrics.forget(id)
        ledger.changed(id, at: now)
    }

    /// The modification time of what an action's run is for, where that is one file.
    private func modified(_ id: ActionID) -> FileTime? {
        guard actions[id].action.shared.value.tree != nil else { return watcher.modified(id) }
        return treeRuns.last(id)?.status?.modified
    }

    /// Does what the action says of a touch that comes while it is busy; whether one more run is due.
    mutating func isTaken(
        byRunsOf id: ActionID, by toucher: Toucher?, at now: Instant
    ) -> Bool {
        let (path, policy) = (actions[id].action.path, policy(id))
        let active = runs.activeRuns.filter { $0.action == id && !$0.isHandler }
        switch policy.busy {
        case .queue, .parallel: return true
        case .restart:
            for run in active { stop(run, .restart, at: now) }
            return true
        case .skip:
            ledToNothing(id, .skipped, by: toucher, at: now)
            log(.skipped(path), at: now)
        case .signal:
            ledToNothing(id, .signalled, by: toucher, at: now)
            for run in active {
                log(.signalledRun(run.number, path, signal: policy.busySignal), at: now)
                signal(run, policy.busySignal)
            }
        }
        return false
    }

    mutating func end(_ run: Runs.Active) {
        _ = runs.ended(run.number)
        handlers.ended(run.number)
        if !run.isHandler, actions[run.action].isRetired { actions.forget(run.action) }
    }

    // MARK: The end

    private mutating func begin(_ step: Shutdown.Step, at now: Instant) {
        let active = runs.activeRuns
        switch step {
        case .draining: log(.draining(runs: active.count, within: drain), at: now)
        case .stopping: log(.stopping(runs: active.count), at: now)
        case .killing: log(.killing(runs: active.count), at: now)
        case .handingOver: log(.handingOver(runs: active.count), at: now)
        }
        for run in active {
            switch step {
            case .draining, .handingOver: break
            case .stopping: stop(run, .shutdown, at: now)
            case .killing: stop(run, with: Self.kill)
            }
        }
    }

    mutating func log(_ event: LogEvent, at now: Instant) {
        metrics.note(event)
        logs.append((event, now))
    }
}

extension Engine.Effect {
    /// Whether it asks something about a touch of an action.
    func isQuestion(about action: ActionID) -> Bool {
        switch self {
        case .findToucher(let touch, _), .checkReader(let touch, _, _): touch.action == action
        case .readContent(action, _, _): true
        default: false
        }
    }
}
