internal import TouchmonCore
internal import TouchmonSystem

/// What the daemon answers to its commands.
extension Daemon {
    /// Answers those who wait for it, for a moment, and tells those who follow paths what is new.
    mutating func serve() {
        let began = Clock.monotonic()
        guard control != nil, began >= servesFrom else { return }
        while let (client, connection, line) = control?.next(since: began) {
            var answer: [UInt8] = []
            do throws(ControlProblem) {
                answer = try self.answer(ControlRequest(line), client, connection)
            } catch {
                answer = error.json + [UInt8(ascii: "\n")]
            }
            connection.passed = nil
            // Whatever the system refuses meanwhile: who waits is answered.
            do { try perform() } catch { say(error) }
            tell(client, answer)
        }
        engine.tellFollowers(at: now)
        while let (client, json) = engine.nextAnswer() { tell(client, json + [UInt8(ascii: "\n")]) }
    }

    private mutating func tell(_ client: ControlClientID, _ lines: [UInt8]) {
        if let gone = control?.answer(client, lines, poller) { engine.unfollow(gone) }
    }

    private mutating func answer(
        _ request: ControlRequest, _ client: ControlClientID,
        _ connection: ControlServer.Connection
    ) throws(ControlProblem) -> [UInt8] {
        let isOwner = connection.peer.isOwner
        switch request {
        case .follow(let path, let after, let touched):
            try follow(path, after, touched, client, connection)
            return []
        case .touched(let time):
            engine.touched(client, at: time)
            return []
        case .reload where isOwner:
            try reload(for: client)
            return []
        case .output(let run, let offset) where isOwner || engine.mayRead(run, client):
            return try output(run, from: offset)
        default:
            guard isOwner else {
                throw ControlProblem(
                    .notPermitted, "do that for you: the daemon is another user's",
                    "be root or the daemon's user; with `touch --follow` others see the run that "
                        + "they ask for")
            }
            return try answer(request, connection.peer.user)
        }
    }

    /// Of the daemon's own user, and of root.
    private mutating func answer(
        _ request: ControlRequest, _ user: UInt32
    ) throws(ControlProblem) -> [UInt8] {
        switch request {
        case .status(nil, let place): return try status(from: place)
        case .status(let path?, _):
            guard var row = engine.status(of: path, calendar: Self.calendar) else {
                throw ControlProblem(
                    .notFound, "find an action for \(TerminalText.quoted(path.bytes))",
                    "see what is watched with touchmon status")
            }
            try bringUpToDate()
            row.last = try lastRun(of: row.path)
            return Self.rows(RowBytes.bytes(of: [row])) + Self.end
        case .history(let query):
            try bringUpToDate()
            guard let state else { throw Self.noLedger }
            var query = query
            if let path = query.path { (query.path, query.withFiles) = engine.runs(of: path) }
            return Self.rows(RowBytes.bytes(of: try state.runs(query))) + Self.end
        case .explain(let path): return try explanation(of: path)
        case .files: return fileNames()
        case .trigger(let path):
            try engine.trigger(path, at: now)
            return Self.done
        case .stopRun(let run):
            try engine.stopRun(run, at: now)
            return Self.done
        case .pause(let path, let duration, let reason):
            let now = now
            try engine.pause(
                Pause(
                    path: path, since: now, until: duration.map(now.advanced(by:)),
                    reason: Array(reason.prefix(Pause.longestReason)), user: user), at: now)
            return keptAnswer()
        case .resume(let path):
            guard try engine.resume(path, at: now) else {
                throw ControlProblem(
                    .notFound,
                    "resume \(TerminalText.quoted(path.bytes)): it is not paused",
                    "see what is with touchmon status")
            }
            return keptAnswer()
        case .metrics: return metrics()
        case .output, .follow, .touched, .reload:
            preconditionFailure("these are anybody's, or answered later")
        }
    }

    private static let done = Array("{\"done\":true}\n".utf8)
    /// After the last of several lines.
    private static let end = Array("{\"end\":true}\n".utf8)

    private static let noLedger = ControlProblem(
        .system, "read the ledger: there is none",
        "see what the daemon's log says of its state directory")

    private static func lines(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        body(&writer)
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// Says how many bytes follow that are no line, and what they are.
    private static func rows(_ bytes: [UInt8]) -> [UInt8] {
        lines { $0.object { $0.member("rows", bytes.count) } } + bytes
    }

    /// Saves what the ledger's database does not have yet.
    ///
    /// Where runs come and go, each question would lead to another save, and runs would wait for it: so the
    /// next question is taken only after ten times as long as this took.
    private mutating func bringUpToDate() throws(ControlProblem) {
        guard let change = engine.changeToSave() else { return }
        let began = Clock.monotonic()
        save(change)
        let ended = Clock.monotonic()
        servesFrom = ended + min(10 * (ended - began), Self.longestRest)
    }

    private static let longestRest: Int64 = 100_000_000

    /// What the engine knows of a path: its state, what is in its way, and its touches without a run.
    private mutating func explanation(of path: RawPath) throws(ControlProblem) -> [UInt8] {
        guard var row = engine.status(of: path, calendar: Self.calendar) else {
            throw ControlProblem(
                .notFound, "find an action for \(TerminalText.quoted(path.bytes))",
                "see what is watched with touchmon status")
        }
        try bringUpToDate()
        row.last = try lastRun(of: row.path)
        var answer = Self.rows(RowBytes.bytes(of: [row]))
        for obstacle in engine.obstacles(to: row.path, at: now) {
            answer += Self.lines { obstacle.write(to: &$0) }
        }
        // What this daemon has refused itself, it knows as a touch without a run.
        let refused = try state?.refusals(of: row.path, before: begun) ?? []
        for touch in refused + engine.unrunTouches(of: row.path, calendar: Self.calendar) {
            answer += Self.lines { touch.write(to: &$0) }
        }
        return answer + Self.end
    }

    private func fileNames() -> [UInt8] {
        let (files, read) = (files, filesRead)
        return Self.lines {
            $0.object {
                $0.key("done")
                $0.boolean(true)
                $0.member("directory", files?.directory ?? RawPath("/"))
                $0.key("files")
                $0.list { for file in files?.arguments ?? [] { $0.string(file) } }
                $0.member("read", time: read)
            }
        }
    }

    private func lastRun(of path: RawPath) throws(ControlProblem) -> HistoryRow? {
        var query = HistoryQuery(limit: 1)
        (query.path, query.withFiles) = engine.runs(of: path)
        return try state?.runs(query).first
    }

    /// So many actions are answered at once, in a millisecond or two; who wants more asks again.
    private static let mostActions = 500

    private mutating func status(from place: Int) throws(ControlProblem) -> [UInt8] {
        try bringUpToDate()
        var (rows, next) = engine.status(
            from: place, atMost: Self.mostActions, calendar: Self.calendar)
        let last = try state?.lastRuns(of: rows.map(\.path.bytes))
        for index in rows.indices {
            rows[index].last = last?[index]
            guard last?[index] == nil else { continue }
            let path = rows[index].path
            if engine.runs(of: path).withFiles { rows[index].last = try lastRun(of: path) }
        }
        let (begun, degradations, count) = (begun, engine.degradations, engine.actionCount)
        return Self.rows(RowBytes.bytes(of: rows))
            + Self.lines {
                $0.object {
                    $0.key("end")
                    $0.boolean(true)
                    if let next { $0.member("next", next) }
                    $0.member("pid", CurrentProcess.pid)
                    $0.member("since", time: begun)
                    $0.member("actions", count)
                    $0.key("degraded")
                    $0.list { for word in degradations { $0.string(word) } }
                }
            }
    }

    /// Done, and whether it outlasts the daemon.
    private mutating func keptAnswer() -> [UInt8] {
        // It is on disk before anybody is told.
        do { try perform() } catch { say(error) }
        let isKept = engine.keepsLedger
        return Self.lines {
            $0.object {
                $0.key("done")
                $0.boolean(true)
                $0.key("kept")
                $0.boolean(isKept)
            }
        }
    }

    /// The realtime clock minus the monotonic one.
    private static var calendar: Int64 { Clock.realtime() - Clock.monotonic() }

    /// Has the action files read, and answers when that is done.
    private mutating func reload(for client: ControlClientID) throws(ControlProblem) {
        engine.signalled(.hangUp, at: now)
        guard engine.isReloadAsked else { throw Self.isEnding }
        nextReloadClients.append(client)
    }

    private static let isEnding = ControlProblem(
        .tryAgain, "reload: the daemon is about to end", "try again later")

    /// The action files were read, and have so many errors; nil: the daemon ends first.
    mutating func answer(_ clients: [ControlClientID], problems: Int?) {
        let answer =
            switch problems {
            case nil: Self.isEnding.json + [UInt8(ascii: "\n")]
            case 0: Self.done
            case let count?:
                ControlProblem(
                    .invalid,
                    "reload: there \(count == 1 ? "is" : "are") \(count) "
                        + "error\(count == 1 ? "" : "s") in the action files; nothing has changed",
                    "see the daemon's log, or touchmon check"
                ).json + [UInt8(ascii: "\n")]
            }
        for client in clients { tell(client, answer) }
    }

    private func metrics() -> [UInt8] {
        var text = MetricsText()
        text.metric(
            "start_time_seconds", .gauge, "When the daemon began, in seconds since 1970.")
        text.sample("start_time_seconds", MetricsText.seconds(UInt64(max(0, begun))))
        engine.writeMetrics(to: &text)
        return Self.lines {
            $0.object {
                $0.key("text")
                $0.string(text.bytes)
            }
        }
    }

    /// How much of what a run prints is sent at once.
    private static let mostOutput = 65536

    private func output(_ run: RunNumber, from offset: Int64) throws(ControlProblem) -> [UInt8] {
        let isActive = engine.isActive(run)
        let piece = state?.outputs.read(run, from: offset, atMost: Self.mostOutput)
        guard piece != nil || isActive else {
            throw ControlProblem(
                .notFound, "show what run \(run.value) has printed: nothing of it is kept",
                "see what is with touchmon history")
        }
        return Self.lines {
            $0.object {
                $0.member("run", run.value)
                $0.member("start", piece?.start ?? offset)
                $0.member("size", piece?.size ?? 0)
                $0.key("running")
                $0.boolean(isActive)
                $0.key("bytes")
                $0.string(piece?.bytes ?? [])
            }
        }
    }

    private mutating func follow(
        _ path: RawPath, _ after: RunNumber?, _ touched: Instant?, _ client: ControlClientID,
        _ connection: ControlServer.Connection
    ) throws(ControlProblem) {
        let isOwner = connection.peer.isOwner
        if !isOwner { try Self.check(connection.passed.take(), path) }
        var earlier: [Engine.EarlierRun] = []
        if let touched, let key = engine.keyOfRuns(touching: path)?.key {
            var query = HistoryQuery(limit: 8)
            query.path = key
            query.after = after
            earlier = engine.unsavedRuns(of: key).filter { run in
                after.map { run.run > $0 } ?? true
            }
            let calendar = Self.calendar
            for row in try state?.runs(query) ?? []
            where !engine.isActive(row.run) && !earlier.contains(where: { $0.run == row.run }) {
                earlier.append(
                    Engine.EarlierRun(
                        run: row.run, started: Instant(nanoseconds: row.started - calendar),
                        ending: row.ending))
            }
            // Who names no run before his touch means none that began before it.
            if after == nil { earlier.removeAll { $0.started < touched } }
        }
        try engine.follow(
            client, path, isOwner: isOwner, touched: touched, earlier: earlier, at: now)
    }

    private static func check(
        _ passed: consuming OwnedDescriptor?, _ path: RawPath
    ) throws(ControlProblem) {
        let subject = TerminalText.quoted(path.bytes)
        guard let passed else {
            throw ControlProblem(
                .notPermitted, "follow \(subject): nothing shows that you may write it",
                "use touchmon touch --follow, as a user who may write the file")
        }
        let proof = (try? TouchProof(passed, for: CPath(path.bytes))) ?? .otherFile
        switch proof {
        case .given: return
        case .notWritable:
            throw ControlProblem(
                .notPermitted, "follow \(subject): you may not write it",
                "ask for the right to write the file")
        case .otherFile:
            throw ControlProblem(
                .notPermitted, "follow \(subject): another file is there by now",
                "touch the file again")
        }
    }
}
