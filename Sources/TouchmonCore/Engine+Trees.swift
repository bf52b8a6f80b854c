/// Actions of directories and patterns: from the changes of their files to runs.
///
/// Where an action runs once for all that changed, it has one place in the engine's tables, as any other.
/// Where it runs once for each file, each that changed is an action by itself, with the same command, until
/// its runs are over; only so many at once, so that a tree that is unpacked does not fill the memory.
extension Engine {
    // MARK: Plan

    /// `wall`: when a reload read the action files; nil at the start.
    mutating func place(
        tree id: ActionID, _ action: PlannedAction, _ placement: ActionTable.Placement,
        _ recovered: Recovered?, reloadedAt wall: FileTime?
    ) -> ActionTable.Placement {
        guard let policy = action.command.tree?.value else { return placement }
        let command = action.command
        // It takes a moment until all of it is watched: what is touched until then is found.
        var handled = wall.map { KnownTree(until: $0) }
        switch placement {
        case .same: return placement
        case .added:
            watcher.add(tree: id, base: policy.selection.base)
        case .changed:
            for file in treeRuns.files(of: id) {
                _ = actions.putFile(PlannedAction(path: actions[file].action.path, action.shared))
                runs.setPolicy(file, filePolicy(command.policy))
            }
            guard trees.isChanged(id, policy.selection, command.touch.on, command.poll) else {
                setPool(id, command)
                return placement
            }
            handled = trees.handled(id)
            trees.remove(id)
        }
        setPool(id, command)
        trees.add(
            id, policy.selection, kinds: command.touch.on, interval: command.poll,
            known: handled
                ?? (command.catchUp ? recovered.flatMap { known(action.path, policy, $0) } : nil))
        if placement == .changed { watcher.tell(tree: id, base: policy.selection.base) }
        if placement == .added { added(id, action.path, recovered) }
        return placement
    }

    /// How many runs there may be at once, and how often they begin, is for all files together.
    private mutating func setPool(_ id: ActionID, _ command: RunCommand) {
        guard command.tree?.value.each == .file else { return }
        runs.setPool(id, limit: command.policy.maxParallel, rate: command.policy.rateLimit)
    }

    private func filePolicy(_ policy: RunPolicy) -> RunPolicy {
        var policy = policy
        policy.rateLimit = nil
        return policy
    }

    mutating func retire(tree id: ActionID, _ policy: TreePolicy) {
        watcher.remove(tree: id, base: policy.selection.base)
        trees.remove(id)
        treeRuns.remove(id)
    }

    /// What an earlier daemon handled of a tree.
    func known(
        _ path: RawPath, _ policy: TreePolicy, _ recovered: Recovered
    ) -> KnownTree? {
        guard let progress = recovered.paths[path]?.handled?.progress?.value else { return nil }
        let isInterrupted = recovered.unfinished.contains {
            !$0.isAlive && $0.path == path && !$0.hasSuccessor
        }
        var known = KnownTree(until: progress.until, progress)
        // What a run was for that was cut off has to be found again.
        if isInterrupted, actions.action(at: path)?.command.interrupted == .rerun {
            known = KnownTree(until: progress.before, progress)
            known.marks = []
        }
        guard policy.each == .file else { return known }
        let base = policy.selection.base
        let start = base.bytes.count == 1 ? 1 : base.bytes.count + 1
        for (file, row) in recovered.paths {
            guard let pair = file.fileOfAction, pair.action == path, pair.file.isWithin(base),
                let status = row.handled?.status, row.handled?.isBeingWritten == false
            else { continue }
            known.marks.insert(
                pair.file.bytes[start...].withUnsafeBytes { TreeProgress.mark($0, status.changed) })
        }
        return known
    }

    // MARK: Changes

    /// The queue of whole file systems was read once, because something came or because a rest ended.
    package mutating func marksRead(isEmptied: Bool, at now: Instant) {
        // Who touched is often gone a moment later, and where that decides there is no rest.
        guard trees.traffic.read(isEmptied: isEmptied, at: now),
            trees.trees.keys.allSatisfy({ !actions[$0].action.command.asksWho })
        else { return }
        trees.traffic.rest(at: now)
    }

    mutating func take(_ output: TreeWatcher.Output, at now: Instant) {
        switch output {
        case .overflowed: log(.overflowed, at: now)
        case .watched(let id, let path, let mechanism, let error):
            log(.treeWatched(actions[id].action.path, part: path, mechanism, error), at: now)
        case .changed(let id, let change): changed(id, change, at: now)
        case .left(let id, let path): treeRuns.left(id, path)
        case .writing(let id, let path):
            let action = actions[id].action
            guard action.command.tree?.value.each == .file,
                let file = actions.place(of: RawPath(action: action.path, file: path))
            else { return }
            treeRuns.writing(file, path)
        // Its files have the times that they had: nobody finds them who does not know that it came.
        case .arrived(let id): ledger.changed(id, at: now)
        }
    }

    private mutating func changed(_ id: ActionID, _ change: TreeChange, at now: Instant) {
        var touch = PendingTouch(action: id, status: change.status)
        touch.change = change
        touch.isCatchUp = change.isCaughtUp
        identified(touch, Touchers.Found(change.touchers), at: now)
    }

    /// A change counts.
    mutating func count(
        _ id: ActionID, _ action: PlannedAction, _ change: TreeChange, isCatchUp: Bool,
        at now: Instant
    ) {
        guard let policy = action.command.tree?.value else { return }
        let reason = isCatchUp ? RunReason.catchUp : .touch
        guard policy.each == .file else {
            // Of many that are for one run, the first is news.
            if !treeRuns.isPending(id) { say(change, isCatchUp, at: now) }
            metrics.touched(id, isCatchUp: isCatchUp, at: now)
            treeRuns.add(id, change, drains: runs.drains)
            return settle(id, action, reason, by: change.touchers.last, at: now)
        }
        let path = RawPath(action: action.path, file: change.path)
        if actions.place(of: path) == nil,
            !treeRuns.hasRoom(id, atOnce: action.command.policy.maxParallel)
        {
            return treeRuns.wait(id, change)
        }
        begin(id, action, path, change, reason, at: now)
    }

    private mutating func begin(
        _ id: ActionID, _ action: PlannedAction, _ path: RawPath, _ change: TreeChange,
        _ reason: RunReason, at now: Instant
    ) {
        let file = place(file: path, of: id, action)
        if !runs.isWaiting(file) { say(change, reason == .catchUp, at: now) }
        metrics.touched(file, isCatchUp: reason == .catchUp, at: now)
        treeRuns.add(file, change, drains: runs.drains)
        settle(file, actions[file].action, reason, by: change.touchers.last, at: now)
        forgetIfOver(file, at: now)
    }

    private mutating func say(_ change: TreeChange, _ isCatchUp: Bool, at now: Instant) {
        if isCatchUp {
            log(.caughtUp(change.path, runs: true), at: now)
        } else {
            log(.touched(change.path, by: change.touchers.last), at: now)
        }
    }

    /// The action of a file.
    private mutating func place(
        file path: RawPath, of id: ActionID, _ action: PlannedAction
    ) -> ActionID {
        if let file = actions.place(of: path), actions.present(file) != nil { return file }
        let file = actions.putFile(PlannedAction(path: path, action.shared))
        treeRuns.addFile(file, of: id)
        runs.setPolicy(file, filePolicy(action.command.policy))
        runs.join(file, to: id)
        ledger.addedFile(file)
        return file
    }

    /// The place of a path in what an earlier daemon left: also of a file, which becomes an action.
    mutating func recoveredPlace(_ path: RawPath) -> ActionID? {
        if let id = actions.place(of: path) { return id }
        guard actions.action(at: path) != nil, let pair = path.fileOfAction,
            let id = actions.place(of: pair.action)
        else { return nil }
        return place(file: path, of: id, actions[id].action)
    }

    /// A run of a file is due again that an earlier daemon owed.
    mutating func owe(_ file: ActionID, _ recovered: Recovered) {
        guard treeRuns.tree(of: file) != nil,
            let pair = actions[file].action.path.fileOfAction
        else { return }
        let state = recovered.paths[actions[file].action.path]?.handled
        treeRuns.add(
            file,
            TreeChange(
                path: pair.file, kind: .touch, status: state?.status, isCaughtUp: true,
                isBeingWritten: state?.isBeingWritten ?? false, since: trees.heardUntil),
            drains: runs.drains)
    }

    /// A file's action goes when nothing is due of it; then another file's may come.
    mutating func forgetIfOver(_ file: ActionID, at now: Instant) {
        guard let tree = treeRuns.tree(of: file), !actions[file].isRetired, !runs.isBusy(file),
            !runs.isWaiting(file),
            !trigger.isSettling(file), !questions.contains(file)
        else { return }
        retireFile(file, at: now)
        let action = actions[tree].action
        guard !actions[tree].isRetired,
            treeRuns.hasRoom(tree, atOnce: action.command.policy.maxParallel),
            let change = treeRuns.takeWaiting(tree)
        else { return }
        begin(
            tree, action, RawPath(action: action.path, file: change.path), change,
            change.isCaughtUp ? .catchUp : .touch, at: now)
    }

    mutating func retireFile(_ file: ActionID, at now: Instant) {
        trigger.remove(file)
        questions.remove(file)
        metrics.forget(file)
        runs.remove(file)
        treeRuns.removeFile(file)
        ledger.removedFile(file, actions[file].action.path, at: now)
        actions.retire(file)
        if !runs.isBusy(file) { actions.forget(file) }
    }

    // MARK: Runs

    /// What a run of a tree's action is given beside its command.
    mutating func begin(tree run: Runs.Active, _ action: PlannedAction) {
        guard let policy = action.command.tree?.value else { return }
        treeRuns.begin(
            run.number, of: run.action, listsPaths: policy.listsPaths,
            onlyStaying: policy.leavesOutPassing, drains: runs.drains)
        guard treeRuns.isPending(run.action) else { return }
        // Not all of them have room on one command line, or were heard to the end.
        runs.request(
            run.action, Runs.Due(reason: run.due.reason, toucher: run.due.toucher))
    }

    func addChanges(to spec: inout RunSpec, _ run: Runs.Active, _ action: PlannedAction) {
        guard let policy = action.command.tree?.value else { return }
        let batch = treeRuns.batch(run.number)
        var lines: [UInt8] = []
        for change in batch.changes { change.write(to: &lines) }
        spec.changes = lines
        let paths = batch.changes.map(\.path.bytes)
        let file = action.path.fileOfAction?.file.bytes
        spec.argv = policy.arguments(action.command.argv, file: file, paths: paths)
    }

    /// Does again at once what an earlier daemon owed, when all was found that it is for.
    mutating func settleOwed(at now: Instant) {
        for (id, reason) in treeRuns.owed {
            treeRuns.owed[id] = nil
            guard actions.present(id) != nil else { continue }
            // What was found is for it as well.
            trigger.remove(id)
            runs.request(id, Runs.Due(reason: reason))
            ledger.changed(id, at: now)
        }
    }

    // MARK: The kernel

    /// The kernel's answer to `.tree`.
    package mutating func reply(_ reply: TreeReply, at now: Instant) {
        trees.reply(reply, at: now)
    }

    /// One entry of a directory, before the answer to `.list`. `status` where it was asked for.
    package mutating func entry(
        _ name: UnsafeRawBufferPointer, _ kind: FileKind, _ status: FileStatus?, at now: Instant
    ) {
        trees.entry(name, kind, status, at: now)
    }

    // MARK: The ledger

    /// How far a tree has been handled. For a run that begins, `run`, that is for all that it is for.
    func recorded(tree id: ActionID) -> HandledState {
        let oldest = treeRuns.oldest(id)
        var until = trees.handledUntil(id)
        if let waiting = oldest.waiting { until = min(until, waiting) }
        if let asked = questions.oldest(id) { until = min(until, asked) }
        var before = until
        if let busy = oldest.busy { before = min(before, busy) }
        let waiting = Set(treeRuns.waiting(id).map(\.path))
        return HandledState(
            TreeProgress(
                until: until, before: before,
                marks: trees.marks(of: id, from: until, except: waiting),
                arrivals: trees.arrivals(of: id, since: before)))
    }
}
