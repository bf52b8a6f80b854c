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
        /// Read the inotify descriptor to its end, `read` for each part; then `eventsDrained`.
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
        /// Read the action files again; answered by `reload` or `reloadRefused`.
        case readActionFiles
        /// End the daemon; there are no runs left.
        case exit
    }

    /// The signals that the daemon listens to.
    package enum Signal: Hashable, Sendable {
        case interrupt, terminate, hangUp
    }

    private var mounts = MountPoints()
    var watcher: Watcher
    var trigger = Trigger()
    var runs = Runs()
    var handlers = Handlers()
    var ledger: Ledger
    private var shutdown: Shutdown
    var stops = Stops()
    var outputs = Outputs()
    /// Where the files are that runs print into.
    package var outputDirectory = RawPath("/")
    private let drain: Duration
    private let begun: Instant

    /// Whether the kernel tells who touches.
    let tellsTouchers: Bool
    var questions = OpenQuestions()
    var touchers = Touchers()
    var contents = Contents()
    var levels = Levels()
    var ownSessions = OwnSessions()
    var actions = ActionTable()
    var effects = Queue<Effect>()
    private var logs = Queue<(event: LogEvent, time: Instant)>()
    private(set) var isReady = false
    /// Whether the event queue was emptied since a deadline passed.
    private var isHeard = false
    private var isReloading = false
    private var hasStopped = false
    private var hasTriedLastSave = false
    /// Whether the log has said that what runs print can't be kept.
    private var isOutputDegraded = false
    /// Whether the log has ever said that the ledger can't be kept.
    private var isDegradationKnown = false

    private static let kill: Int32 = 9

    /// Begins with a plan; `drain` is how long running runs may go on after SIGINT or SIGTERM.
    ///
    /// Without root's rights the kernel tells less of other users' files, so more is listened to.
    /// `tellsTouchers`: whether the kernel says who touches. `recovered` is what an earlier daemon left; nil where that can't be told, which `ledgerFailed`
    /// then says.
    package init(
        plan: Plan, isRoot: Bool, tellsTouchers: Bool = false, drain: Duration,
        recovered: Recovered? = Recovered(), at now: Instant
    ) {
        self.tellsTouchers = tellsTouchers
        watcher = Watcher(listensByName: !isRoot)
        ledger = Ledger(after: recovered?.generation, at: now)
        shutdown = Shutdown(drain: drain)
        self.drain = drain
        begun = now
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
            if let request = watcher.nextRequest() { return .watch(request) }
            while let output = watcher.nextOutput() { take(output, at: now) }
            guard effects.isEmpty else { continue }
            if ledger.needsOpening(at: now) { return .openLedger }
            if ledger.needsUrgentSave { return .save(change()) }
            if !isReady {
                isReady = true
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
                return .start(spec(run, actions[run.action].action))
            }
            // Before a run starts, and before a restored time is taken for granted, whatever is in
            // the queue by now must have been heard.
            if runs.needsDrain() || watcher.needsDrain { return .readEvents }
            if let records = takeRecords() { return .append(records) }
            // That a run failed is written down before the one begins that is told of it.
            if let run = takeHandler(at: now) { return .start(run) }
            if ledger.needsSave(at: now) { return .save(change()) }
            if let request = outputs.nextRequest() { return .output(request) }
            guard shutdown.step != nil, !runs.hasActiveRuns, outputs.unfinished == 0 else {
                return nil
            }
            if ledger.isBehind, !hasTriedLastSave {
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
        if let settled = trigger.nextDeadline() { next = min(next ?? settled, settled) }
        for deadline in [
            shutdown.deadline, stops.deadline, runs.deadline, ledger.deadline,
            questions.deadline, levels.deadline, outputs.deadline,
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

    /// The inotify descriptor had nothing more to read.
    package mutating func eventsDrained() {
        watcher.eventsDrained()
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
        case .draining, nil: break
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
        // Before there was a process there was nobody to write that the run began.
        if failure.step != .clone || active.isHandler {
            ledger.ended(row(active), .notStarted, at: active.started)
        }
        if failure.isPassing, !isLast {
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
            if !isLast { usedUp(active, .notStarted, at: now) }
        }
    }

    /// The process of a run ended.
    package mutating func ended(_ run: RunNumber, _ outcome: RunOutcome, at now: Instant) {
        guard let active = runs.run(run) else { return }
        let cause = stops.ended(run)
        let path = path(active)
        let (isLast, slot) = (isRetired(active), slot(active))
        ledger.ended(row(active), .ended(outcome), at: now)
        outputs.ended(run, at: now)
        end(active)
        noteEnd(active, slot, at: now)
        log(.ended(run, path, outcome, elapsed: now.elapsed(since: active.started)), at: now)
        if !isLast, outcome.isFailure, cause == nil || cause == .timeout {
            failed(active, outcome, at: now)
        }
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

    /// What the end of a run means for the touches of its path.
    private mutating func noteEnd(
        _ run: Runs.Active, _ slot: ActionTable.Slot?, at now: Instant
    ) {
        guard let slot, !slot.isRetired else { return }
        let touch = slot.action.command.touch
        if touch.ownChanges == .ignore, let process = run.process {
            ownSessions.ended(run.action, process: process, at: now)
        }
        if !touch.on.isDisjoint(with: .levels) {
            levels.ended(run.action)
            watcher.lookAgain(run.action)
        }
    }

    /// The action that a run is of; nil for one that is told of a failure.
    private func slot(_ run: Runs.Active) -> ActionTable.Slot? {
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

    private func policy(_ action: ActionID) -> RunPolicy { actions[action].action.command.policy }

    /// Asks a run to stop, unless it was asked before.
    private mutating func stop(_ run: Runs.Active, _ cause: StopCause, at now: Instant) {
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
            guard shutdown.step == nil, !isReloading else { return }
            isReloading = true
            log(.reloading, at: now)
            effects.append(.readActionFiles)
        case .interrupt, .terminate:
            runs.isStopping = true
            // They begin no more; the next daemon has to know.
            for action in runs.waitingActions { ledger.changed(action, at: now) }
            if let step = shutdown.signalled(at: now) { begin(step, at: now) }
        }
    }

    /// A deadline passed.
    package mutating func timePassed(at now: Instant) {
        watcher.timePassed(at: now)
        runs.timePassed(at: now)
        outputs.timePassed(at: now)
        isHeard = false
        while let touch = questions.takeDue(at: now) { askAgain(touch, at: now) }
        for action in levels.takeDue(at: now) { watcher.lookAgain(action) }
        if let step = shutdown.timePassed(at: now) { begin(step, at: now) }
        for run in stops.takeOverdue(at: now).compactMap(runs.run) { stop(run, .timeout, at: now) }
        for run in stops.takeKills(at: now).compactMap(runs.run) {
            log(.killingRun(run.number, path(run)), at: now)
            stop(run, with: Self.kill)
        }
    }

    // MARK: Reload

    /// The action files were read again, and something is wrong with them: nothing changes.
    package mutating func reloadRefused(problems: Int, at now: Instant) {
        isReloading = false
        log(.reloadRefused(problems: problems), at: now)
    }

    /// The action files were read again. Actions that stay keep their watches, their running and
    /// their waiting runs; a run that has started keeps what it was started with.
    package mutating func reload(_ plan: Plan, at now: Instant) {
        isReloading = false
        let kept = Set(plan.items.map(\.action.path))
        var (added, changed, removed) = (0, 0, 0)
        for id in actions.presentPlaces {
            guard let path = actions.present(id)?.path, !kept.contains(path) else { continue }
            retire(id, path, at: now)
            removed += 1
        }
        for item in plan.items {
            switch place(item.action, nil) {
            case .added: added += 1
            case .changed: changed += 1
            case .same: break
            }
        }
        log(
            .reloaded(actions: actions.count, added: added, changed: changed, removed: removed),
            at: now)
    }

    /// Begins to carry out an action, or goes on with it as it is now. A path that was not seen
    /// before has its present state as the handled one; of others the ledger tells.
    @discardableResult
    private mutating func place(
        _ action: PlannedAction, _ recovered: Recovered?
    ) -> ActionTable.Placement {
        let (id, placement) = actions.put(action)
        runs.setPolicy(id, action.command.policy)
        let known = recovered?.known(action.path)
        if placement == .added {
            watcher.add(id, path: action.path, poll: action.command.poll, known: known)
        } else {
            watcher.setInterval(id, action.command.poll)
        }
        watcher.setKinds(id, action.command.touch.on)
        if action.command.touch.compare == .content {
            contents.add(id, known: known?.handled?.content)
        } else {
            contents.remove(id)
        }
        guard placement == .added else { return placement }
        // After another boot the database has old device numbers under the new boot's name.
        let isSaved = recovered.map { $0.isSameBoot && $0.paths[action.path]?.isSaved == true }
        ledger.added(id, action.path, isSaved: isSaved ?? false)
        return .added
    }

    private mutating func retire(_ id: ActionID, _ path: RawPath, at now: Instant) {
        watcher.remove(id)
        trigger.remove(id)
        questions.remove(id)
        // Its place may be another's when it is asked.
        effects.removeAll { $0.isQuestion(about: id) }
        contents.remove(id)
        levels.down(id)
        ownSessions.remove(id)
        runs.remove(id)
        if let handler = handlers.drop(path) {
            ledger.ended(row(handler), .notStarted, at: now)
        }
        ledger.removed(id, path, at: now)
        actions.retire(id)
        if !runs.isBusy(id) { actions.forget(id) }
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
        if !runs.isWaiting(id), !trigger.isSettling(id) {
            log(.caughtUp(action.path, runs: action.command.catchUp), at: now)
        }
        if action.command.catchUp, runs.isWaiting(id) {
            // A run that was cut off is due again, and is for this as well.
            request(id, .catchUp, at: now)
        } else if action.command.catchUp {
            settle(id, action, .catchUp, at: now)
        } else {
            ledger.changed(id, at: now)
        }
    }

    private mutating func request(
        _ id: ActionID, _ reason: RunReason, by toucher: Toucher? = nil, at now: Instant
    ) {
        if runs.isBusy(id), !isTaken(byRunsOf: id, at: now) { return ledger.changed(id, at: now) }
        let isNews = !runs.isWaiting(id)
        runs.request(
            id, Runs.Due(reason: reason, modified: watcher.modified(id), toucher: toucher))
        // One that begins at once writes that down itself.
        if isNews, runs.isHeldBack(id) { ledger.changed(id, at: now) }
    }

    /// Does what the action says of a touch that comes while it is busy; whether one more run is due.
    private mutating func isTaken(byRunsOf id: ActionID, at now: Instant) -> Bool {
        let (path, policy) = (actions[id].action.path, policy(id))
        let active = runs.activeRuns.filter { $0.action == id && !$0.isHandler }
        switch policy.busy {
        case .queue, .parallel: return true
        case .restart:
            for run in active { stop(run, .restart, at: now) }
            return true
        case .skip:
            log(.skipped(path), at: now)
        case .signal:
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

    // MARK: Record

    /// What an earlier daemon left is taken up: runs that are still alive, runs that were cut off,
    /// and runs that were due.
    ///
    /// What `ran` since needs no run for what was before.
    private mutating func take(_ recovered: Recovered, ran: Set<ActionID>, at now: Instant) {
        runs.skip(to: recovered.lastRun)
        outputs.found(recovered.outputs, last: recovered.lastRun)
        for run in recovered.finished { ledger.found(run, at: now) }
        for (path, row) in recovered.paths {
            guard let id = actions.place(of: path), let action = actions.present(id) else {
                ledger.leftOver(path, at: now)
                continue
            }
            guard !ran.contains(id) else { continue }
            switch row.due {
            case nil, .failure: break
            case .interrupted: rerun(id, at: now)
            case .retry: request(id, .retry, at: now)
            case .start: request(id, .start, at: now)
            case .touch, .catchUp: catchUp(id, action, at: now)
            }
        }
        for run in recovered.unfinished { take(run, ran: ran, at: now) }
    }

    private mutating func take(_ run: Recovered.Run, ran: Set<ActionID>, at now: Instant) {
        if run.reason == .failure { return takeHandler(run, ran: ran, at: now) }
        let id = actions.place(of: run.path)
        var active = Runs.Active(
            number: run.number, action: id ?? ActionID(0), started: run.started,
            process: run.witness.process, due: Runs.Due(reason: run.reason))
        active.due.toucher = run.toucher.map(Toucher.init)
        if run.isAlive {
            // A daemon that could not read the ledger may have begun one by now, with the same number.
            let isTaken = id.map { runs.isBusy($0) && policy($0).limit == 1 } ?? false
            guard !isTaken, runs.run(run.number) == nil else { return }
            active.action = id ?? actions.putRetired(.gone(run.path))
            runs.adopt(active)
            stops.began(run.number, timeout: policy(active.action).timeout, at: run.started)
            outputs.adopted(run.number, run.path, limit: command(active).outputLimit)
            log(.adopted(run.number, run.path, process: run.witness.process), at: now)
            return
        }
        let limit = id.map { actions[$0].action.command.outputLimit } ?? OutputPolicy.usualLimit
        outputs.interrupted(run.number, run.path, limit: limit, at: now)
        if run.hasSuccessor {
            ledger.ended(row(active, run.path), .ended(.unknown), at: now)
        } else {
            let action = id.flatMap { actions.present($0) }
            let isCovered = id.map(ran.contains) ?? false
            let reruns = action?.command.interrupted == .rerun && !isCovered
            ledger.ended(row(active, run.path), .interrupted, at: now)
            log(.interrupted(run.number, run.path, reruns: reruns), at: now)
            if reruns, let id { rerun(id, at: now) }
        }
    }

    private mutating func rerun(_ id: ActionID, at now: Instant) {
        // It is also for a touch that was found, and waits for quiet.
        trigger.remove(id)
        request(id, .interrupted, at: now)
        // That the last run is over is written down before this one begins.
        ledger.changed(id, at: now)
    }

    /// The state directory was not usable before: what is in it is taken up late. Touches from before
    /// the start are caught up, except where a run has begun since.
    package mutating func opened(_ recovered: Recovered, at now: Instant) {
        let ran = ledger.opened(after: recovered.generation, at: now)
        for (path, row) in recovered.paths {
            guard let id = actions.place(of: path), let action = actions.present(id),
                !ran.contains(id), row.due == nil
            else { continue }
            guard watcher.isKnown(id) else {
                if let known = recovered.known(path) { watcher.know(id, known) }
                continue
            }
            guard
                TouchJudge(handled: row.handled, isSameBoot: recovered.isSameBoot)
                    .isOutdated(by: watcher.handled(id))
            else { continue }
            catchUp(id, action, at: now)
        }
        take(recovered, ran: ran, at: now)
    }

    /// The state directory can't be opened or written to, with the reason; `failed` follows where it
    /// was an answer.
    package mutating func ledgerFailed(_ failure: LedgerFailure, at now: Instant) {
        let isFirst = ledger.failed(at: now)
        if isFirst || !isDegradationKnown { log(.ledgerDegraded(failure), at: now) }
        isDegradationKnown = true
    }

    /// The answer to `.append`.
    package mutating func appended(_ failure: LedgerFailure?, at now: Instant) {
        if let failure { ledgerFailed(failure, at: now) }
    }

    /// The answer to `.save`.
    package mutating func saved(at now: Instant) {
        if ledger.saved() { log(.ledgerRestored, at: now) }
    }

    /// The answer to `.save` while a process is about to write to the journal.
    package mutating func savePostponed(at now: Instant) {
        ledger.postponed(at: now)
    }

    private func spec(_ run: Runs.Active, _ action: PlannedAction) -> RunSpec {
        action.spec(
            run,
            record: record(
                run, action.path,
                watcher.handled(run.action)?.holding(contents.digest(run.action))))
    }

    /// What the process of a run that begins writes down.
    func record(
        _ run: Runs.Active, _ path: RawPath, _ state: @autoclosure () -> HandledState?
    ) -> [UInt8] {
        guard ledger.isKept else { return [] }
        return JournalRecord.began(
            JournalRecord.Beginning(
                number: run.number, reason: run.due.reason, path: path, state: state(),
                started: run.started, toucher: run.due.toucher.map(LedgerChange.Run.Toucher.init))
        ).bytes
    }

    private static func due(_ id: ActionID, _ runs: Runs, _ trigger: Trigger) -> RunReason? {
        runs.waitingReason(id) ?? trigger.settlingReason(id)
    }

    private mutating func takeRecords() -> [UInt8]? {
        guard ledger.hasRecords else { return nil }
        let (actions, watcher, runs, trigger) = (actions, watcher, runs, trigger)
        let (questions, contents) = (questions, contents)
        return ledger.takeRecords { id in
            guard let path = actions.present(id)?.path, !questions.contains(id),
                let state = watcher.recorded(id).map({ $0?.holding(contents.digest(id)) })
            else { return nil }
            return Self.due(id, runs, trigger).map { .due(path, $0, state: state) }
                ?? .handled(path, state: state)
        }
    }

    private func change() -> LedgerChange {
        let active = runs.activeRuns.map { row($0) } + handlers.waiting.map { row($0) }
        return ledger.change(lastRun: runs.last, active: active) { id in
            // As long as it is not known whether a touch counts, the next daemon has to find it.
            guard let path = actions.present(id)?.path, !questions.contains(id),
                let state = watcher.recorded(id).map({ $0?.holding(contents.digest(id)) })
            else { return nil }
            return LedgerContents.Path(
                path: path, state: HandledState.bytes(of: state),
                due: Self.due(id, runs, trigger).map { $0.code + 1 } ?? 0)
        }
    }

    /// Whether what happens is written down.
    package var keepsLedger: Bool { ledger.isKept }

    func row(_ run: Runs.Active, _ path: RawPath? = nil) -> LedgerChange.Run {
        LedgerChange.Run(
            number: run.number, path: path ?? self.path(run), reason: run.due.reason,
            process: run.process ?? 0, started: run.started,
            toucher: run.due.toucher.map(LedgerChange.Run.Toucher.init),
            failed: handlers.handler(run.number)?.failed)
    }

    // MARK: Output

    /// The number of the run that begins next.
    package var nextRun: RunNumber { RunNumber(runs.last.value + 1) }

    /// Whether there is an action whose runs' output is kept.
    package var recordsOutput: Bool { actions.contains { $0.command.output == .record } }

    /// The file of a run that has ended; nil where it has printed nothing, or that was not kept.
    func keptOutput(of run: RunNumber) -> RawPath? {
        outputs.isKept(run) ? outputFile(of: run) : nil
    }

    /// The file that a run prints into, if it has one.
    package func outputFile(of run: RunNumber) -> RawPath {
        RawPath(bytes: outputDirectory.bytes + Array("/\(run.value)".utf8))
    }

    private mutating func record(_ run: Runs.Active) {
        outputs.began(run.number, path(run), limit: command(run).outputLimit)
        guard isOutputDegraded else { return }
        isOutputDegraded = false
        log(.outputRestored, at: run.started)
    }

    /// What a run prints is to be kept, and can't be.
    package mutating func outputNotKept(_ failure: LedgerFailure, at now: Instant) {
        guard !isOutputDegraded else { return }
        isOutputDegraded = true
        log(.outputDegraded(failure), at: now)
    }

    /// A look found a run's file of this size; nil where nobody wants to know any more.
    package mutating func foundOutput(
        _ run: RunNumber, size: Int64, at now: Instant
    ) -> OutputFollow.Part? {
        outputs.found(run, size: size, at: now)
    }

    /// Holes can't be made in a run's file: all from here on was cut off. `tookOutput` follows.
    package mutating func outputWasCutOff(_ run: RunNumber, at end: Int64) {
        outputs.wasCutOff(run, at: end)
    }

    /// What a look read of a run's file.
    package mutating func tookOutput(_ run: RunNumber, _ bytes: [UInt8], at now: Instant) {
        for event in outputs.took(run, bytes, file: outputFile(of: run), at: now) {
            log(event, at: now)
        }
    }

    /// The log's reader had to be waited for, for so many nanoseconds.
    package mutating func logIsSlow(by nanoseconds: Int64, at now: Instant) {
        outputs.logIsSlow(by: nanoseconds, at: now)
    }

    /// A run's file can't be looked at, for now or, where it `isGone`, for ever.
    package mutating func lostOutput(_ run: RunNumber, isGone: Bool, at now: Instant) {
        outputs.lost(run, isGone: isGone, at: now)
        tookOutput(run, [], at: now)
    }

    /// The answer to a request to listen: false where nobody can.
    package mutating func listensToOutput(_ run: RunNumber, _ isHeard: Bool, at now: Instant) {
        outputs.listens(run, isHeard, at: now)
    }

    /// A run that was listened to has printed something.
    package mutating func outputChanged(_ run: RunNumber) { outputs.changed(run) }

    // MARK: The end

    private mutating func begin(_ step: Shutdown.Step, at now: Instant) {
        let active = runs.activeRuns
        switch step {
        case .draining: log(.draining(runs: active.count, within: drain), at: now)
        case .stopping: log(.stopping(runs: active.count), at: now)
        case .killing: log(.killing(runs: active.count), at: now)
        }
        for run in active {
            switch step {
            case .draining: break
            case .stopping: stop(run, .shutdown, at: now)
            case .killing: stop(run, with: Self.kill)
            }
        }
    }

    mutating func log(_ event: LogEvent, at now: Instant) {
        logs.append((event, now))
    }
}

extension Engine.Effect {
    /// Whether it asks something about a touch of an action.
    fileprivate func isQuestion(about action: ActionID) -> Bool {
        switch self {
        case .findToucher(let touch, _), .checkReader(let touch, _, _): touch.action == action
        case .readContent(action, _, _): true
        default: false
        }
    }
}
