internal import RelayCore
internal import RelayEtcd

/// Carries touches from etcd to files, and tells etcd what became of them.
package actor Follower {
    private let context: FollowerContext
    private var ready: (@Sendable () -> Void)?
    private var workers: [TouchKey: KeyWorker] = [:]
    /// What a predecessor had begun is not resumed yet.
    private var isFirst = true
    private var refusals = LogBudget(100, per: .seconds(3600))
    /// From where a watch goes on.
    private var next: Int64 = 0

    /// `ready` is called once, when the watch is in force.
    package init(_ context: FollowerContext, ready: @Sendable @escaping () -> Void) {
        self.context = context
        self.ready = ready
    }

    private var keys: KeySpace { context.options.keys }
    private var watched: String { keys.touches + context.options.selection.commonPrefix }

    /// Until the task is cancelled. Throws what does not get better.
    package func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [context] in try await context.leases.run() }
                group.addTask { try await self.follow() }
                group.addTask { try await self.writeMetrics() }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is CancellationError {
        } catch EtcdFailure.cancelled {
        }
        for worker in workers.values { await worker.end() }
        for worker in workers.values { await worker.finish() }
        await context.leases.end()
        try? context.metrics.write()
    }

    /// Lists what is there, then hears of all that changes: after trouble from the last news on, and where
    /// the news in between are gone, from a new listing on.
    private func follow() async throws {
        var backOff = BackOff(first: .milliseconds(100), longest: .seconds(5))
        try await list()
        while true {
            let start = next
            do {
                context.metrics.count(.watches)
                try await context.etcd.watch(watched, from: start) { news in
                    await self.hear(news)
                    return true
                }
            } catch EtcdFailure.compacted(let revision) {
                say(.warning, "compacted", "revisions before \(revision) are gone; listing all")
                try await list()
            } catch {
                guard error.isTransient, !Task.isCancelled else { throw error }
                say(.warning, "disconnected", "\(error.problem("hear of touches"))")
            }
            context.metrics.update { $0.isConnected = false }
            if next > start { backOff.reset() }
            try await Task.sleep(for: backOff.next(random: .random(in: 0...1)))
        }
    }

    private func list() async throws {
        let (etcd, watched, context) = (context.etcd, watched, context)
        let listing = try await etcd.persistently(
            trouble: { failure in
                context.log.write(
                    LogRecord(.warning, "disconnected", "\(failure.problem("list touches"))"))
            },
            { () async throws(EtcdFailure) in
                try await etcd.list(watched, keysOnly: true, limit: 200_000)
            })
        context.metrics.count(.listings)
        let touches = listing.entries.compactMap { entry in
            key(entry).map { TouchIntake.Listed(key: $0, revision: entry.revision) }
        }
        let plan = try await context.records.listed(
            touches, cluster: listing.cluster, revision: listing.revision,
            fromBeginning: context.options.fromBeginning, first: isFirst)
        if plan.startsAnew {
            say(
                .warning, "other_cluster",
                "etcd counts from elsewhere than before: it is another cluster, or an older copy. "
                    + "What is there now is taken note of and not run")
        }
        await begin(plan)
        isFirst = false
        next = listing.revision + 1
    }

    private func begin(_ plan: TouchIntake.Plan) async {
        for key in plan.resume {
            guard let record = await context.records.record(of: key) else { continue }
            await worker(for: key).resume(record)
        }
        for touch in plan.noted {
            say(.info, "noted", "touched before this host came", touch.key, touch.revision)
            await worker(for: touch.key).join(revision: touch.revision)
        }
        for touch in plan.run {
            context.metrics.count(.heard)
            await worker(for: touch.key).touch(HeardTouch(revision: touch.revision, value: nil))
        }
        guard isFirst else { return }
        for key in context.options.selection.keys where workers[key] == nil {
            let revision = await context.records.record(of: key)?.revision ?? 0
            await worker(for: key).join(revision: revision)
        }
        for key in await context.records.keys { _ = await worker(for: key) }
    }

    private func hear(_ news: WatchNews) async {
        switch news {
        case .begun:
            context.metrics.update { $0.isConnected = true }
            ready?()
            ready = nil
        case .put(let entry): await hear(entry)
        case .deleted: break
        case .progress(let revision):
            next = max(next, revision + 1)
            await context.records.progressed(to: revision)
            context.metrics.update { $0.revision = revision }
        }
    }

    private func hear(_ entry: Entry) async {
        guard let key = key(entry) else { return }
        guard entry.value.count <= FollowerOptions.largestValue else {
            return refuse("the value of \(key) has more than 1 MiB")
        }
        guard await context.records.heard(key, entry.revision) else { return }
        context.metrics.count(.heard)
        // Many keys with large values would take much memory: they are asked for when their turn comes.
        let value = entry.value.count <= 4096 ? entry.value : nil
        await worker(for: key).touch(HeardTouch(revision: entry.revision, value: value))
    }

    /// The key of a touch, if it is one and is followed.
    private func key(_ entry: Entry) -> TouchKey? {
        guard let name = entry.name, name.hasPrefix(keys.touches) else {
            refuse("a key is not text")
            return nil
        }
        do {
            let key = try TouchKey(String(name.dropFirst(keys.touches.count)))
            return context.options.selection.contains(key) ? key : nil
        } catch {
            refuse("\(FleetTable.printable(name, longest: 100)) is no key: \(error.rawValue)")
            return nil
        }
    }

    private func refuse(_ reason: String) {
        context.metrics.count(.refused)
        switch refusals.spend(at: .now) {
        case .log: say(.warning, "refused", reason)
        case .logAsLast:
            say(.warning, "refused", reason + "; no more of this is logged within the hour")
        case .drop: break
        }
    }

    private func worker(for key: TouchKey) async -> KeyWorker {
        if let worker = workers[key] { return worker }
        let worker = KeyWorker(key, context)
        workers[key] = worker
        let leases = context.leases
        let alive = keys.alive(key, context.options.host)
        Task { await leases.hold(alive) }
        return worker
    }

    private func writeMetrics() async throws {
        var isTroubled = false
        while true {
            do {
                try context.metrics.write()
                isTroubled = false
            } catch {
                if !isTroubled { say(.warning, "metrics_not_written", "\(error)") }
                isTroubled = true
            }
            try await Task.sleep(for: .seconds(5))
        }
    }

    private func say(
        _ level: LogRecord.Level, _ event: String, _ text: String, _ key: TouchKey? = nil,
        _ revision: Int64? = nil
    ) {
        context.log.write(LogRecord(level, event, text, key: key, revision: revision))
    }
}
