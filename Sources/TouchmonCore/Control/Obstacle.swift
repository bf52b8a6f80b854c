/// What stands between a touch of a path and a run of its action, or will.
package struct Obstacle: Hashable, Sendable {
    /// For programs: one of few.
    package var word: String
    /// For people: a sentence without its full stop.
    package var text: String

    package init(_ word: String, _ text: String) {
        self.word = word
        self.text = text
    }

    package func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("obstacle", word)
            $0.member("text", text)
        }
    }
}

extension Obstacle {
    /// What an action says of touches and runs, whatever is going on.
    package static func of(_ command: RunCommand, name: (UInt32) -> String?) -> [Obstacle] {
        var found: [Obstacle] = []
        func words(_ ids: [UInt32]) -> String {
            ids.map { name($0) ?? "\($0)" }.joined(separator: ", ")
        }
        if let guardian = command.guardian {
            let users = guardian.users.isEmpty ? nil : "user \(words(guardian.users))"
            let groups =
                guardian.groups.isEmpty
                ? nil : "group \(guardian.groups.map(String.init).joined(separator: ", "))"
            let whose = [users, groups].compactMap { $0 }.joined(separator: " and ")
            found.append(
                Obstacle("touched_by", "only touches of \(whose) count, as `touched_by` says"))
        }
        if let reader = command.reader {
            found.append(
                Obstacle(
                    "reader",
                    "\(reader.name), who owns the action file, has to be able to read the path"))
        }
        if command.touch.on != .touch {
            found.append(Obstacle("on", "not every touch counts, only what `on` lists"))
        }
        if command.touch.compare == .content {
            found.append(
                Obstacle("compare", "a touch that leaves the bytes as they were runs nothing"))
        }
        if command.touch.ownChanges == .ignore {
            found.append(Obstacle("own_changes", "what its own runs touch runs nothing"))
        }
        if command.settle.quiet > .zero {
            found.append(
                Obstacle(
                    "settle",
                    "a run waits until the path was quiet for "
                        + "\(ControlText.duration(command.settle.quiet.nanoseconds))"))
        }
        if let limit = command.policy.rateLimit {
            found.append(
                Obstacle(
                    "rate_limit",
                    "at most \(limit.runs) run\(limit.runs == 1 ? "" : "s") in "
                        + ControlText.duration(limit.per.nanoseconds)))
        }
        return found
    }
}

extension Obstacle {
    fileprivate static func held(_ reason: Runs.HoldReason, for wait: String) -> Obstacle {
        switch reason {
        case .retry: Obstacle("retry", "the next attempt is in \(wait)")
        case .rateLimit:
            Obstacle("throttled", "the next run begins in \(wait), as `rate_limit` says")
        case .shortage:
            Obstacle("shortage", "the system is short of something; next try in \(wait)")
        }
    }
}

extension Engine {
    /// What stands in the way of an action's runs now.
    package func obstacles(to path: RawPath, at now: Instant) -> [Obstacle] {
        guard let (id, action) = asked(path) else { return [] }
        var found: [Obstacle] = []
        if isStopping {
            found.append(Obstacle("stopping", "the daemon is about to end and begins no more runs"))
        }
        if let pause = pauses[action.path] {
            let end = pause.until.map { "for \(Self.words($0.elapsed(since: now))) more" }
            let reason = pause.reason.isEmpty ? "" : ": \(TerminalText.escaped(pause.reason))"
            found.append(
                Obstacle("paused", "it is paused \(end ?? "until somebody resumes it")\(reason)"))
        }
        let active = runs.activeRuns.filter { $0.action == id && !$0.isHandler }
        if let first = active.first {
            found.append(
                Obstacle("busy", "run \(first.number.value) is under way; a touch now \(busy(id))"))
        }
        if trigger.isSettling(id) {
            found.append(
                Obstacle("settling", "it was touched, and waits until the path is quiet"))
        }
        if let hold = runs.hold(id) {
            found.append(.held(hold.reason, for: Self.words(hold.until.elapsed(since: now))))
        }
        if questions.contains(id) {
            found.append(
                Obstacle("question", "the kernel has not told yet whether the last touch counts"))
        }
        if let polling = trees.contains(id) ? nil : watcher.polling(id) {
            found.append(Obstacle("polled", LogEvent.polled(action.path, polling).message))
        }
        return found
    }

    private static func words(_ duration: Duration) -> String {
        ControlText.duration(duration.nanoseconds)
    }

    /// What a touch does while a run is under way.
    private func busy(_ id: ActionID) -> String {
        switch policy(id).busy {
        case .queue: "is for one more run after it"
        case .parallel: "begins another beside it, up to \(policy(id).limit) at a time"
        case .restart: "stops it and begins another"
        case .skip: "runs nothing, as `busy` says"
        case .signal: "sends it \(SignalName.of(policy(id).busySignal)) and runs nothing"
        }
    }
}
