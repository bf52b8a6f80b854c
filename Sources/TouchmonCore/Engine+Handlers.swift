/// Runs that are told of failures, `on_failure`.
extension Engine {
    /// Tries a run again later. Returns how long after, the first time in a row.
    mutating func postpone(_ run: Runs.Active, at now: Instant) -> Duration? {
        guard let handler = handlers.handler(run.number) else {
            defer { ledger.changed(run.action, at: now) }
            return runs.postpone(run.number, at: now)
        }
        end(run)
        // A later failure may wait by now.
        if handlers.waiting(at: handler.path) == nil {
            owe(handler.path, handler.failed, runs.takeNumber(), at: now)
        }
        return handlers.hold(handler.path, at: now)
    }

    /// A run failed, and no attempt is left: another is told of it, if its action says so.
    mutating func usedUp(_ run: Runs.Active, _ ending: RunEnding, at now: Instant) {
        guard !run.isHandler, actions[run.action].action.command.onFailure != nil else { return }
        let path = path(run)
        let failed = FailedRun(number: run.number, attempt: run.due.attempt, ending: ending)
        // One that waits is for this failure from now on.
        let before = handlers.waiting(at: path)
        let number = before?.number ?? runs.takeNumber()
        log(
            .handling(run.number, path, handler: number, insteadOf: before?.failed.number), at: now)
        owe(path, failed, number, at: now)
    }

    mutating func owe(
        _ path: RawPath, _ failed: FailedRun, _ number: RunNumber, at now: Instant
    ) {
        let handler = Handlers.Handler(number: number, path: path, failed: failed, since: now)
        handlers.owe(handler)
        ledger.owes(row(handler), failed, at: now)
    }

    /// The next run that is told of a failure and may begin.
    mutating func takeHandler(at now: Instant) -> RunSpec? {
        // What a run has printed is all there before another is told of it.
        while !runs.isStopping,
            let handler = handlers.takeNext(at: now, unless: { outputs.isUnfinished($0) })
        {
            guard let command = handlerCommand(handler.path) else {
                // A reload took it out of the action.
                ledger.ended(row(handler), .notStarted, at: now)
                continue
            }
            handlers.began(handler, command)
            let run = runs.beginHandler(handler.number, at: now)
            return PlannedAction(path: handler.path, command)
                .spec(
                    run, after: handler.failed, output: keptOutput(of: handler.failed.number),
                    record: record(run, handler.path, nil))
        }
        return nil
    }

    func handlerCommand(_ path: RawPath) -> Shared<RunCommand>? {
        actions.action(at: path)?.command.onFailure
    }

    /// What an earlier daemon began to tell of a failure, or owed.
    ///
    /// Of what `ran` since nobody is told what was before.
    mutating func takeHandler(_ run: Recovered.Run, ran: Set<ActionID>, at now: Instant) {
        let failed =
            run.failed
            ?? FailedRun(number: run.number, attempt: 1, ending: .ended(.unknown))
        let handler = Handlers.Handler(
            number: run.number, path: run.path, failed: failed, since: run.started)
        let process = run.witness.process
        if run.isAlive {
            guard runs.run(run.number) == nil else { return }
            handlers.began(handler, handlerCommand(run.path) ?? PlannedAction.gone(run.path).shared)
            let active = Runs.Active(
                number: run.number, action: ActionID(0), started: run.started, process: process,
                due: Runs.Due(reason: .failure))
            runs.adopt(active)
            stops.began(run.number, timeout: command(active).policy.timeout, at: run.started)
            outputs.adopted(run.number, run.path, limit: command(active).outputLimit)
            return log(.adopted(run.number, run.path, process: process), at: now)
        }
        let hasBegun = process != 0
        if hasBegun {
            let limit = handlerCommand(run.path)?.value.outputLimit ?? OutputPolicy.usualLimit
            outputs.interrupted(run.number, run.path, limit: limit, at: now)
        }
        let place = actions.place(of: run.path)
        let action = actions.action(at: run.path)
        let reruns =
            action?.command.onFailure != nil && run.failed != nil
            && (!hasBegun || action?.command.interrupted == .rerun)
            && place.map(ran.contains) != true
        var row = row(handler)
        row.process = process
        ledger.ended(row, hasBegun ? .interrupted : .notStarted, at: now)
        if hasBegun { log(.interrupted(run.number, run.path, reruns: reruns), at: now) }
        // They come in the order of the failures, and the latest counts. Its run has a new number: a
        // daemon that could not read the ledger may have used the old one.
        guard reruns else { return }
        let waiting = handlers.waiting(at: run.path)
        owe(run.path, failed, waiting?.number ?? runs.takeNumber(), at: now)
    }

    /// One that has not begun has no process.
    func row(_ handler: Handlers.Handler) -> LedgerChange.Run {
        LedgerChange.Run(
            number: handler.number, path: handler.path, reason: .failure, process: 0,
            started: handler.since, failed: handler.failed)
    }
}
