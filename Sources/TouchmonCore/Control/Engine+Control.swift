/// What is asked for over the control socket.
extension Engine {
    /// Runs the action of a path, as if it had been touched.
    package mutating func trigger(_ path: RawPath, at now: Instant) throws(ControlProblem) {
        guard let (id, action) = asked(path) else { throw .notWatched(path) }
        guard pauses[action.path] == nil else {
            throw ControlProblem(
                .tryAgain,
                "run the action of \(TerminalText.quoted(path.bytes)): it is paused",
                "see why with touchmon status, and resume it with touchmon resume")
        }
        if let tree = action.command.tree?.value {
            guard tree.each == .batch else {
                throw ControlProblem(
                    .usage,
                    "run the action of \(TerminalText.quoted(path.bytes)): each of its runs "
                        + "is for one file", "touch the file that it is to run for")
            }
            treeRuns.owed[id] = .manual
            return
        }
        if runs.isBusy(id), [.skip, .signal].contains(policy(id).busy) {
            throw ControlProblem(
                .tryAgain,
                "run the action of \(TerminalText.quoted(path.bytes)): a run of it is "
                    + "under way, and its `busy` lets no other follow",
                "wait until that run has ended")
        }
        request(id, .manual, at: now)
    }

    /// The action that somebody means by a path: of a directory the slash at its end need not be said.
    package func asked(_ path: RawPath) -> (id: ActionID, action: PlannedAction)? {
        let slash = UInt8(ascii: "/")
        for path in [path, RawPath(bytes: path.bytes + [slash])] {
            if let id = actions.place(of: path), let action = actions.present(id) {
                return (id, action)
            }
        }
        return nil
    }

    /// The runs that somebody means by a path: those of its action, and of its files' own.
    package func runs(of path: RawPath) -> (key: RawPath, withFiles: Bool) {
        guard let (_, action) = asked(path) else { return (path, false) }
        return (action.path, action.command.tree?.value.each == .file)
    }

    /// Asks a run to stop, as its action says how.
    package mutating func stopRun(_ run: RunNumber, at now: Instant) throws(ControlProblem) {
        guard let active = runs.run(run) else {
            throw ControlProblem(
                .notFound, "stop run \(run.value): it is not under way",
                "see what is with touchmon status")
        }
        stop(active, .request, at: now)
    }

    // MARK: Following

    /// A run of an earlier time, for somebody who has followed a path before.
    package struct EarlierRun: Sendable {
        package var run: RunNumber
        package var started: Instant
        package var ending: RunEnding?

        package init(run: RunNumber, started: Instant, ending: RunEnding?) {
            self.run = run
            self.started = started
            self.ending = ending
        }
    }

    /// The path whose runs a touch of `path` leads to; nil where it is not watched.
    package func keyOfRuns(touching path: RawPath) -> (key: RawPath, level: FollowLevel)? {
        if let id = actions.place(of: path), let action = actions.present(id) {
            if action.command.tree == nil { return (path, action.command.policy.follow) }
        }
        for id in trees.actions {
            guard let action = actions.present(id), let tree = action.command.tree?.value,
                path.isWithin(tree.selection.base), path != tree.selection.base
            else { continue }
            let base = tree.selection.base.bytes
            let inner = Array(path.bytes[(base.count == 1 ? 1 : base.count + 1)...])
            guard inner.withUnsafeBytes(tree.selection.selects) else { continue }
            return (
                tree.each == .batch ? action.path : RawPath(action: action.path, file: path),
                action.command.policy.follow
            )
        }
        return nil
    }

    /// Whether a run has not ended.
    package func isActive(_ run: RunNumber) -> Bool { runs.run(run) != nil }

    /// What the ledger's database does not have yet, for somebody who reads there; nil where it has all, and
    /// where nothing can be written.
    package mutating func changeToSave() -> LedgerChange? {
        ledger.isKept && ledger.isBehind ? change() : nil
    }

    /// The runs of a path that have ended since the database was written.
    package func unsavedRuns(of key: RawPath) -> [EarlierRun] {
        ledger.endedRuns.filter { $0.path == key }.map {
            EarlierRun(run: $0.number, started: $0.started, ending: $0.ending)
        }
    }

    /// Somebody who may touch a path follows it. `touched`: he has touched it before, and `earlier` are the
    /// runs since that may be what he waits for.
    package mutating func follow(
        _ client: ControlClientID, _ path: RawPath, isOwner: Bool, touched: Instant?,
        earlier: [EarlierRun], at now: Instant
    ) throws(ControlProblem) {
        guard let (key, level) = keyOfRuns(touching: path) else { throw .notWatched(path) }
        guard isOwner || level != .none else {
            throw ControlProblem(
                .notPermitted,
                "tell of the runs of \(TerminalText.quoted(path.bytes)): `follow` of "
                    + "its action is `none`", "ask who wrote the action file")
        }
        var follower = Followers.Follower(key: key, level: isOwner ? .output : level)
        if let touched {
            follower.touched = touched
            follower.seen = earlier.map {
                Followers.Seen(run: $0.run, started: $0.started, ending: $0.ending)
            }
            for run in runs.activeRuns
            where !run.isHandler && self.path(run) == key
                && !follower.seen.contains(where: { $0.run == run.number })
            {
                follower.seen.append(Followers.Seen(run: run.number, started: run.started))
            }
            follower.seen.sort { $0.run < $1.run }
            // What was cut off with the last daemon is repeated by this one, unless its action says no.
            for index in follower.seen.indices where follower.seen[index].ending == .interrupted {
                follower.seen[index].isRepeated =
                    index + 1 < follower.seen.count || waits(key) != nil
            }
            hear(&follower)
        }
        followers[client] = follower
        let last = runs.last.value
        say(client) {
            $0.member("event", "following")
            $0.member("path", path)
            $0.member("follow", follower.level.rawValue)
            $0.member("last_run", last)
        }
    }

    /// Somebody who follows a path has touched it, and that was over at `time`.
    package mutating func touched(_ client: ControlClientID, at time: Instant) {
        guard var follower = followers[client], follower.touched == nil else { return }
        follower.touched = time
        follower.isJoined = actions.place(of: follower.key).map(runs.isWaiting) ?? false
        hear(&follower)
        followers[client] = follower
    }

    /// Whatever the kernel has to say of the touch is in the queues by now.
    private mutating func hear(_ follower: inout Followers.Follower) {
        follower.drains = runs.drains + 1
        effects.append(.readEvents)
    }

    /// Nobody is there any more who followed a path.
    package mutating func unfollow(_ client: ControlClientID) { followers[client] = nil }

    /// Whether somebody may read what a run prints: he follows it, and its action says so.
    package func mayRead(_ run: RunNumber, _ client: ControlClientID) -> Bool {
        guard let follower = followers[client], follower.level == .output else { return false }
        return (follower.told.contains(run) || follower.seen.contains { $0.run == run })
            && follower.touched != nil
    }

    /// Tells those who follow paths what is known by now; to be called when nothing is left to do.
    package mutating func tellFollowers(at now: Instant) {
        guard !followers.isEmpty else { return }
        for client in followers.clients {
            guard var follower = followers[client], !follower.isOver, follower.touched != nil,
                runs.drains >= follower.drains
            else { continue }
            if follower.run == nil { find(&follower, client) }
            if let run = follower.run, let seen = follower.seen.first(where: { $0.run == run }),
                let ending = seen.ending
            {
                tell(client, ending, of: seen, &follower)
            }
            followers[client] = follower
        }
    }

    /// Finds the run that a touch has caused, or that there is none.
    private mutating func find(_ follower: inout Followers.Follower, _ client: ControlClientID) {
        let waits = waits(follower.key)
        let cause = follower.cause(isPending: waits != nil)
        let isLater =
            follower.repeated != nil
            || follower.seen.contains { $0.run == cause && $0.isAfter(follower.touched) }
        if let cause, isLater || follower.reason == nil {
            follower.run = cause
            follower.tell(cause)
            let isShared =
                follower.isJoined
                || followers.clients.contains {
                    $0 != client && followers[$0]?.run == cause
                }
            say(client) {
                $0.member("event", "run")
                $0.member("run", cause.value)
                $0.key("shared")
                $0.boolean(isShared)
            }
        } else if let waits {
            say(client, &follower, waiting: waits)
        } else {
            let isThere = actions.action(at: follower.key) != nil
            nothing(
                client, &follower, isThere ? follower.reason?.rawValue ?? "nothing" : "removed")
        }
    }

    /// What the next run of a path waits for, if one may still come.
    private func waits(_ key: RawPath) -> String? {
        // What happens to a file of a tree, the tree is told: the file has no watch of its own.
        let tree = key.fileOfAction.flatMap { actions.place(of: $0.action) }
        let isTreePending = tree.map(trees.isPending) ?? false
        guard let id = actions.place(of: key), actions.present(id) != nil else {
            // One that has had no run yet.
            return isTreePending ? "events" : nil
        }
        if runs.isWaiting(id) {
            if runs.isPaused(id) { return "pause" }
            return runs.isBusy(id) ? "busy" : runs.waitingReason(id) == .retry ? "retry" : "turn"
        }
        if trigger.isSettling(id) { return "settle" }
        if questions.contains(id) { return "question" }
        if trees.contains(id) {
            return trees.isPending(id) || treeRuns.isPending(id) || treeRuns.owed[id] != nil
                ? "events" : nil
        }
        if tree != nil { return isTreePending ? "events" : nil }
        return watcher.isPending(id) ? "close" : nil
    }

    private mutating func tell(
        _ client: ControlClientID, _ ending: RunEnding, of seen: Followers.Seen,
        _ follower: inout Followers.Follower
    ) {
        say(client) {
            $0.member("event", seen.isRepeated ? "repeat" : "ended")
            $0.member("run", seen.run.value)
            $0.ending(ending)
        }
        if seen.isRepeated {
            (follower.run, follower.repeated) = (nil, seen.run)
        } else {
            follower.isOver = true
        }
    }

    private mutating func nothing(
        _ client: ControlClientID, _ follower: inout Followers.Follower, _ reason: String
    ) {
        say(client) {
            $0.member("event", "nothing")
            $0.member("reason", reason)
        }
        follower.isOver = true
    }

    private mutating func say(
        _ client: ControlClientID, _ follower: inout Followers.Follower, waiting what: String
    ) {
        guard follower.said != what else { return }
        follower.said = what
        say(client) {
            $0.member("event", "waiting")
            $0.member("for", what)
        }
    }

    private mutating func say(_ client: ControlClientID, _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.object(body)
        answers.append((client, writer.bytes))
    }

    /// What is to be said next to somebody who follows a path: one JSON object.
    package mutating func nextAnswer() -> (client: ControlClientID, json: [UInt8])? {
        answers.popFirst()
    }
}

extension ControlProblem {
    static func notWatched(_ path: RawPath) -> ControlProblem {
        ControlProblem(
            .notFound, "find an action for \(TerminalText.quoted(path.bytes)): it is not watched",
            "see what is with touchmon status")
    }
}
