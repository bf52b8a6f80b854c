/// Which actions there are: at the start, and when the action files were read again.
extension Engine {
    /// The action files were read again, and something is wrong with them: nothing changes.
    package mutating func reloadRefused(problems: Int, at now: Instant) {
        isReloading = false
        log(.reloadRefused(problems: problems), at: now)
        if isReloadAsked { log(.reloading, at: now) }
    }

    /// Compares an action that the files have now with the present plan.
    package func compare(_ action: PlannedAction, with change: inout PlanChange) {
        change.ask(for: action.command)
        guard let id = actions.place(of: action.path), let present = actions.present(id) else {
            return change.actions.append(action)
        }
        change.keep(id)
        if !change.isSame(present.shared, action.shared) { change.actions.append(action) }
    }

    /// The action files were read again. Actions that stay keep their watches, their running and
    /// their waiting runs; a run that has started keeps what it was started with. `change` has been compared
    /// with all that the files have, and no other since the last reload was. `wall` is what the kernel's
    /// realtime clock says.
    package mutating func reload(_ change: PlanChange, at now: Instant, wall: FileTime) {
        isReloading = false
        var (added, changed, removed) = (0, 0, 0)
        for id in actions.presentPlaces(where: { !change.keeps($0) }) {
            guard let path = actions.present(id)?.path else { continue }
            for file in treeRuns.files(of: id) { retireFile(file, at: now) }
            retire(id, path, at: now)
            removed += 1
        }
        for action in change.actions {
            switch place(action, nil, reloadedAt: wall) {
            case .added: added += 1
            case .changed: changed += 1
            case .same: break
            }
        }
        log(
            .reloaded(actions: actions.count, added: added, changed: changed, removed: removed),
            at: now)
        if isReloadAsked { log(.reloading, at: now) }
    }

    /// The same, with the whole plan at once.
    package mutating func reload(_ plan: Plan, at now: Instant, wall: FileTime) {
        var change = PlanChange()
        for item in plan.items { compare(item.action, with: &change) }
        reload(change, at: now, wall: wall)
    }

    /// Begins to carry out an action, or goes on with it as it is now. A path that was not seen
    /// before has its present state as the handled one; of others the ledger tells.
    @discardableResult
    mutating func place(
        _ action: PlannedAction, _ recovered: Recovered?, reloadedAt wall: FileTime? = nil
    ) -> ActionTable.Placement {
        let (id, placement) = actions.put(action)
        runs.setPolicy(id, action.command.policy)
        if pauses[action.path] != nil { runs.pause(id) }
        if action.command.tree != nil {
            return place(tree: id, action, placement, recovered, reloadedAt: wall)
        }
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
        if placement == .added { added(id, action.path, recovered) }
        return placement
    }

    mutating func added(_ id: ActionID, _ path: RawPath, _ recovered: Recovered?) {
        // After another boot the database has old device numbers under the new boot's name.
        let isSaved = recovered.map { $0.isSameBoot && $0.paths[path]?.isSaved == true }
        ledger.added(id, path, isSaved: isSaved ?? false)
    }

    mutating func retire(_ id: ActionID, _ path: RawPath, at now: Instant) {
        if let tree = actions[id].action.command.tree {
            retire(tree: id, tree.value)
        } else {
            watcher.remove(id)
        }
        trigger.remove(id)
        questions.remove(id)
        // Its place may be another's when it is asked.
        effects.removeAll { $0.isQuestion(about: id) }
        contents.remove(id)
        levels.down(id)
        ownSessions.remove(id)
        metrics.forget(id)
        unrun.forget(id)
        runs.remove(id)
        if let handler = handlers.drop(path) {
            ledger.ended(row(handler), .notStarted, at: now)
        }
        ledger.removed(id, path, at: now)
        actions.retire(id)
        if !runs.isBusy(id) { actions.forget(id) }
    }
}
