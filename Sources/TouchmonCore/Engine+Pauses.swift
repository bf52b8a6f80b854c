/// Actions that are to begin no runs for a while. Whatever happens at their paths is seen as ever, and
/// becomes a due run, which waits.
extension Engine {
    /// Pauses the action of a path; a pause that there is already gets the new reason and end.
    package mutating func pause(_ pause: Pause, at now: Instant) throws(ControlProblem) {
        guard let (id, action) = asked(pause.path) else { throw .notWatched(pause.path) }
        var pause = pause
        pause.path = action.path
        pauses[pause.path] = pause
        runs.pause(id)
        ledger.pausesChanged()
        log(
            .paused(
                pause.path, for: pause.until.map { $0.elapsed(since: now) }, reason: pause.reason,
                user: pause.user), at: now)
    }

    /// Lets the action of a path begin runs again, at once for what was touched meanwhile. False where it was
    /// not paused.
    package mutating func resume(_ path: RawPath, at now: Instant) throws(ControlProblem) -> Bool {
        let key = pauses[path] == nil ? asked(path)?.action.path : path
        guard let key else { throw .notWatched(path) }
        guard pauses[key] != nil else { return false }
        endPause(key, isOver: false, at: now)
        return true
    }

    /// Ends the pauses whose time has come.
    mutating func endPauses(at now: Instant) {
        for path in pauses.due(at: now) { endPause(path, isOver: true, at: now) }
    }

    private mutating func endPause(_ path: RawPath, isOver: Bool, at now: Instant) {
        pauses[path] = nil
        ledger.pausesChanged()
        let id = actions.place(of: path).flatMap { actions.present($0) == nil ? nil : $0 }
        let waiting = id.map { runs.resume($0) } ?? []
        log(.resumed(path, isOver: isOver, runs: !waiting.isEmpty), at: now)
        // Whatever waited meets a run that is still under way only now.
        for action in waiting where runs.isBusy(action) {
            guard !isTaken(byRunsOf: action, by: runs.waitingToucher(action), at: now) else {
                continue
            }
            runs.withdraw(action)
            passOver(action, at: now)
        }
    }

    /// The pauses that an earlier daemon left and that were not known when this one began.
    mutating func take(pauses found: [Pause]) {
        guard !found.isEmpty else { return }
        for pause in found where pauses[pause.path] == nil {
            pauses[pause.path] = pause
            if let id = actions.place(of: pause.path), actions.present(id) != nil { runs.pause(id) }
        }
        ledger.pausesChanged()
    }
}
