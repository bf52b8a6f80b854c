/// What the ledger is told, and what an earlier daemon left in it.
extension Engine {
    /// What an earlier daemon left is taken up: runs that are still alive, runs that were cut off,
    /// and runs that were due.
    ///
    /// What `ran` since needs no run for what was before.
    mutating func take(_ recovered: Recovered, ran: Set<ActionID>, at now: Instant) {
        runs.skip(to: recovered.lastRun)
        outputs.found(recovered.outputs, last: recovered.lastRun, at: now)
        for run in recovered.finished { ledger.found(run, at: now) }
        for (path, row) in recovered.paths {
            // A row of a file that nothing is due for only says what was handled.
            let isOwed = row.due != nil || path.fileOfAction == nil
            guard isOwed, let id = recoveredPlace(path), let action = actions.present(id) else {
                ledger.leftOver(path, at: now)
                continue
            }
            guard !ran.contains(id) else { continue }
            if trees.contains(id) {
                if let due = row.due { treeRuns.owed[id] = due }
                continue
            }
            owe(id, recovered)
            switch row.due {
            case nil, .failure: break
            case .interrupted: rerun(id, at: now)
            case .retry: request(id, .retry, at: now)
            case .start: request(id, .start, at: now)
            case .manual: request(id, .manual, at: now)
            case .touch, .catchUp: catchUp(id, action, at: now)
            }
        }
        for run in recovered.unfinished { take(run, recovered, ran: ran, at: now) }
    }

    mutating func take(
        _ run: Recovered.Run, _ recovered: Recovered, ran: Set<ActionID>, at now: Instant
    ) {
        if run.reason == .failure { return takeHandler(run, ran: ran, at: now) }
        let id = recoveredPlace(run.path)
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
            if let id, let tree = trees.contains(id) ? id : treeRuns.tree(of: id) {
                treeRuns.adopt(run.number, of: tree, since: trees.heardUntil)
            }
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
            guard reruns, let id else { return }
            owe(id, recovered)
            rerun(id, at: now)
        }
    }

    mutating func rerun(_ id: ActionID, at now: Instant) {
        if trees.contains(id) { return treeRuns.owed[id] = .interrupted }
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
            if let policy = action.command.tree?.value {
                if let known = known(path, policy, recovered) { trees.know(id, known) }
                continue
            }
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
        take(pauses: recovered.pauses)
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

    func spec(_ run: Runs.Active, _ action: PlannedAction) -> RunSpec {
        var spec = action.spec(
            run,
            record: record(
                run, action.path,
                state(beginning: run)))
        if action.shared.value.tree != nil { addChanges(to: &spec, run, action) }
        return spec
    }

    /// What is handled when a run has begun.
    private func state(beginning run: Runs.Active) -> HandledState? {
        if trees.contains(run.action) { return recorded(tree: run.action) }
        if treeRuns.tree(of: run.action) != nil {
            return treeRuns.batch(run.number).changes.last?.state
        }
        return watcher.handled(run.action)?.holding(contents.digest(run.action))
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

    mutating func takeRecords() -> [UInt8]? {
        guard ledger.hasRecords else { return nil }
        var states: [UInt8] = []
        while let id = ledger.takeUnwritten() {
            guard let (path, state, due) = present(id) else { continue }
            let record: JournalRecord =
                due.map { .due(path, $0, state: state) } ?? .handled(path, state: state)
            states += record.bytes
        }
        return ledger.takeRecords(after: states)
    }

    /// What is to be written down of an action; nil where that is not known yet.
    private func present(
        _ id: ActionID
    ) -> (path: RawPath, state: HandledState?, due: RunReason?)? {
        guard let path = actions.present(id)?.path else { return nil }
        let due = runs.waitingReason(id) ?? trigger.settlingReason(id)
        if trees.contains(id) { return (path, recorded(tree: id), due ?? treeRuns.owed[id]) }
        if treeRuns.tree(of: id) != nil {
            // The tree's own state says what was handled.
            return due.map { (path, treeRuns.last(id)?.state, $0) }
        }
        // As long as it is not known whether a touch counts, the next daemon has to find it.
        guard !questions.contains(id), let state = watcher.recorded(id) else { return nil }
        return (path, state?.holding(contents.digest(id)), due)
    }

    mutating func change() -> LedgerChange {
        // They say until when all was handled, which nothing but time moves on.
        for id in trees.actions { ledger.saves(id) }
        return present
    }

    /// All that is to be saved. In what changes the engine, each row would be made of a copy of it.
    private var present: LedgerChange {
        let active = runs.activeRuns.map { row($0) } + handlers.waiting.map { row($0) }
        return ledger.change(lastRun: runs.last, active: active, pauses: pauses, row: row)
    }

    private func row(_ id: ActionID) -> LedgerContents.Path? {
        guard let (path, state, due) = present(id) else { return nil }
        return LedgerContents.Path(
            path: path, state: HandledState.bytes(of: state), due: due.map { $0.code + 1 } ?? 0)
    }

    /// Whether what happens is written down.
    package var keepsLedger: Bool { ledger.isKept }

    /// `path` is given of a run that is over, and whose action may be gone.
    func row(_ run: Runs.Active, _ path: RawPath? = nil) -> LedgerChange.Run {
        LedgerChange.Run(
            number: run.number, path: path ?? self.path(run), reason: run.due.reason,
            process: run.process ?? 0, started: run.started,
            toucher: run.due.toucher.map(LedgerChange.Run.Toucher.init),
            user: path == nil ? user(of: run) : nil, attempt: path == nil ? run.due.attempt : nil,
            failed: handlers.handler(run.number)?.failed)
    }

    /// As whom a run runs; nil where its action was gone before this daemon began.
    private func user(of run: Runs.Active) -> UInt32? {
        let command = command(run)
        return command.identity.name.isEmpty ? nil : command.identity.user
    }
}
