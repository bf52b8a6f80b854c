internal import RelayCore
internal import RelayEtcd

/// A touch that was heard of.
struct HeardTouch: Sendable {
    let revision: Int64
    /// Nil where it has to be asked for.
    let value: [UInt8]?
}

/// Carries the touches of one key to its file, one after the other and always the newest.
actor KeyWorker {
    let key: TouchKey
    let follower: FollowerContext
    let reporter: OutcomeReporter
    private var wanted: HeardTouch?
    private var working: Task<Void, Never>?
    /// What waits for its turn, and may be given up for a newer touch.
    private var waiting: Task<Permission, any Error>?
    private var isEnded = false

    init(_ key: TouchKey, _ follower: FollowerContext) {
        self.key = key
        self.follower = follower
        reporter = OutcomeReporter(
            key, follower.options.keys.outcome(key, follower.options.host), etcd: follower.etcd,
            log: follower.log, metrics: follower.metrics)
    }

    /// This is the newest touch. `joins`: as the first thing, the fleet hears of this host.
    func touch(_ touch: HeardTouch) {
        guard touch.revision > wanted?.revision ?? 0 else { return }
        if wanted != nil { follower.metrics.count(.skipped) }
        wanted = touch
        waiting?.cancel()
        work {}
    }

    /// Goes on with what a predecessor had begun.
    func resume(_ record: HandledTouches.Record) {
        work { await self.resumeRun(record) }
    }

    /// Says that this host follows the key and has run nothing of it, if it has not said anything of this
    /// revision or a newer one.
    func join(revision: Int64) {
        work { await self.sayFollowing(revision) }
    }

    func end() {
        isEnded = true
        waiting?.cancel()
        working?.cancel()
    }

    /// Waits until nothing is under way.
    func finish() async {
        await reporter.end()
        await working?.value
    }

    private func work(_ first: @Sendable @escaping () async -> Void) {
        let before = working
        guard !isEnded else { return }
        working = Task {
            await before?.value
            await first()
            while !Task.isCancelled, let touch = take() { await handle(touch) }
        }
    }

    private func take() -> HeardTouch? {
        defer { wanted = nil }
        return wanted
    }

    private func handle(_ touch: HeardTouch) async {
        do {
            // A value is not kept while the host waits for its turn.
            guard let permission = try await permission(touch.revision) else { return }
            try await run(touch, permission)
        } catch {
            guard !Task.isCancelled, !(error is CancellationError) else { return }
            let reason = (error as? EtcdFailure)?.problem("run the touch").description ?? "\(error)"
            follower.log.write(
                LogRecord(.error, "not_handled", reason, key: key, revision: touch.revision))
            // Not noted as done: a restart tries again, with the role that is missing now.
            await reporter.report(outcome(touch.revision, .failedToStart, reason))
        }
    }

    /// What came of an attempt to put a value in its place.
    private enum Placing { case placed, overtaken, gone, tooLarge }

    private func place(_ touch: HeardTouch, _ attempt: Int) async throws -> Placing {
        var value = touch.value
        if value == nil {
            let (etcd, name) = (follower.etcd, follower.options.keys.touch(key))
            let (entry, _) = try await etcd.persistently { () async throws(EtcdFailure) in
                try await etcd.entry(name)
            }
            guard let entry, entry.revision >= touch.revision else { return .gone }
            // The watch tells of the newer one.
            guard entry.revision == touch.revision else { return .overtaken }
            guard entry.value.count <= FollowerOptions.largestValue else { return .tooLarge }
            value = entry.value
        }
        let prepared = try follower.directory.prepare(key, revision: touch.revision, value ?? [])
        try await follower.placing(key, touch.revision, attempt, prepared.identity)
        try follower.directory.place(prepared)
        return .placed
    }

    /// Waits until this host may run the touch; nil where it will not, or a newer one has come.
    private func permission(_ revision: Int64) async throws -> Permission? {
        let turn = Turn(key, revision, follower)
        guard turn.isNeeded else { return .free }
        let reporter = reporter
        var waits = outcome(revision, .waiting)
        waits.reason = follower.options.elects ? "waiting for the election" : "waiting for its turn"
        await reporter.report(waits)
        let waiting = Task { try await turn.permission(begun: nil) }
        self.waiting = waiting
        defer { self.waiting = nil }
        let permission: Permission
        do {
            permission = try await withTaskCancellationHandler {
                try await waiting.value
            } onCancel: {
                waiting.cancel()
            }
        } catch {
            guard wanted != nil || Task.isCancelled else { throw error }
            await turn.giveUp()
            return nil
        }
        switch permission {
        case .free, .claimed, .slot:
            // Before anything is placed it is not too late for a newer one.
            guard wanted == nil else {
                await turn.giveUp()
                return nil
            }
            return permission
        case .elsewhere:
            await conclude(outcome(revision, .following), nil)
            return nil
        case .heldBack:
            await conclude(
                outcome(revision, .heldBack, "more hosts have failed than --max-failures"), nil)
            return nil
        }
    }

    /// Puts the value in its place and follows the run to its end.
    private func run(_ touch: HeardTouch, _ permission: Permission) async throws {
        let (revision, turn) = (touch.revision, Turn(key, touch.revision, follower))
        var outcome = outcome(revision, .waiting)
        outcome.attempt = permission.attempt
        outcome.reason = "waiting for touchmon"
        var backOff = BackOff(first: .seconds(1), longest: .seconds(30))
        placing: while true {
            do {
                let placing = try await follower.gate.pass {
                    try await self.place(touch, permission.attempt)
                }
                switch placing {
                case .placed: break placing
                case .overtaken: return await turn.giveUp()
                case .gone:
                    await turn.giveUp()
                    let gone = self.outcome(revision, .following, "the touch has been deleted")
                    return await conclude(gone, nil)
                case .tooLarge:
                    follower.metrics.count(.refused)
                    outcome.state = .failedToStart
                    outcome.reason = "the value has more than 1 MiB"
                    return await conclude(outcome, turn)
                }
            } catch let error as SystemFailure {
                outcome.reason = error.description
                follower.directory.discard(key, revision: revision)
                guard error.isTransient else {
                    outcome.state = .failedToStart
                    return await conclude(outcome, turn)
                }
                await reporter.report(outcome)
                try await Task.sleep(for: backOff.next(random: .random(in: 0...1)))
                if wanted != nil { return await turn.giveUp() }
            }
        }
        follower.metrics.count(.placed)
        follower.log.write(
            LogRecord(.info, "placed", "the value is in its place", key: key, revision: revision))
        await followRun(outcome)
    }

    private func followRun(_ start: Outcome) async {
        var outcome = start
        if let program = follower.options.program {
            outcome = await RunFollowing(program, follower.directory.path(of: key), reporter)
                .follow(start)
        } else {
            outcome.state = .written
            outcome.reason = nil
            outcome.started = WallClock.text
        }
        guard outcome.isFinal, !Task.isCancelled else { return }
        await conclude(outcome, Turn(key, outcome.revision, follower))
    }

    private func resumeRun(_ record: HandledTouches.Record) async {
        guard let device = record.device, let inode = record.inode else { return }
        follower.directory.discard(key, revision: record.revision)
        guard follower.directory.isPlaced(key, .init(device: device, inode: inode)) else {
            // It never took its place; who listed the touches has it as a new one, if it is there.
            return touch(HeardTouch(revision: record.revision, value: nil))
        }
        follower.log.write(
            LogRecord(
                .info, "resumed", "the value was in its place before the restart", key: key,
                revision: record.revision))
        let turn = Turn(key, record.revision, follower)
        if turn.isNeeded { _ = try? await turn.permission(begun: record.attempt) }
        guard !Task.isCancelled else { return }
        var outcome = outcome(record.revision, .waiting)
        outcome.attempt = record.attempt
        outcome.reason = "waiting for touchmon"
        await followRun(outcome)
    }

    private func sayFollowing(_ revision: Int64) async {
        let (etcd, keys, host) = (follower.etcd, follower.options.keys, follower.options.host)
        let name = keys.outcome(key, host)
        let said = try? await etcd.persistently { () async throws(EtcdFailure) in
            try await etcd.entry(name)
        }
        guard let said else { return }
        let outcome = said.0.flatMap { RelayJSON.value(Outcome.self, $0.value) }
        guard outcome?.revision ?? -1 < revision else { return }
        await reporter.report(self.outcome(revision, .following))
        await reporter.finish()
    }

    /// The last word on a touch: etcd has it before the disk says that nothing is left to do.
    private func conclude(_ outcome: Outcome, _ turn: Turn?) async {
        await reporter.report(outcome)
        await reporter.finish()
        guard !Task.isCancelled else { return }
        await turn?.end(outcome)
        await follower.done(key, outcome.revision, outcome.attempt)
        guard outcome.isFinal else { return }
        follower.metrics.count(outcome.succeeded ? .succeeded : .failed)
        let end =
            outcome.signal ?? outcome.status.map { "status \($0)" } ?? outcome.reason
            ?? outcome.state.rawValue
        follower.log.write(
            LogRecord(
                outcome.succeeded ? .info : .warning, "ended", "ended: \(end)", key: key,
                revision: outcome.revision))
    }

    private func outcome(
        _ revision: Int64, _ state: Outcome.State, _ reason: String? = nil
    ) -> Outcome {
        var outcome = Outcome(
            host: follower.options.host, revision: revision, state: state,
            elected: follower.options.elects)
        outcome.reason = reason
        return outcome
    }
}
