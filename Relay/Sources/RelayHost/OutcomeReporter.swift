internal import RelayCore
internal import RelayEtcd

/// Tells etcd what became of the touches of one key. Only the newest matters, and that is told until etcd
/// takes it.
actor OutcomeReporter {
    private let name: String
    private let key: TouchKey
    private let etcd: Etcd
    private let log: RelayLog
    private let metrics: MetricsFile
    private var next: Outcome?
    private var telling: Task<Void, Never>?
    /// Gives a state that is about to be overtaken the time for it, so that it costs no call.
    private var pause: Task<Void, Never>?
    private var finishing = 0
    private var isEnded = false

    init(_ key: TouchKey, _ name: String, etcd: Etcd, log: RelayLog, metrics: MetricsFile) {
        self.key = key
        self.name = name
        self.etcd = etcd
        self.log = log
        self.metrics = metrics
    }

    /// Does not wait.
    func report(_ outcome: Outcome) {
        guard !isEnded else { return }
        next = outcome
        if outcome.isFinal { pause?.cancel() }
        if telling == nil { telling = Task { await tell() } }
    }

    /// Waits until all is told, or can't be.
    func finish() async {
        finishing += 1
        pause?.cancel()
        while let telling { await telling.value }
        finishing -= 1
    }

    /// Tells no more: the next relay does.
    func end() {
        isEnded = true
        pause?.cancel()
        telling?.cancel()
    }

    private func tell() async {
        let (etcd, log, name, key) = (etcd, log, name, key)
        while next != nil, !Task.isCancelled {
            await waitForNewer()
            do {
                try await etcd.persistently(
                    trouble: { failure in
                        log.write(
                            LogRecord(
                                .warning, "not_reported",
                                "\(failure.problem("report the outcome yet"))",
                                key: key))
                    },
                    { () async throws(EtcdFailure) in
                        // There may be a newer one since the last attempt.
                        guard let outcome = await self.next else { return }
                        try await etcd.put(name, RelayJSON.bytes(outcome))
                        await self.told(outcome)
                    })
            } catch {
                next = nil
                guard error != .cancelled else { break }
                log.write(
                    LogRecord(
                        .error, "not_reported", "\(error.problem("report the outcome"))", key: key))
            }
        }
        telling = nil
    }

    private func waitForNewer() async {
        guard finishing == 0, !isEnded, next?.isFinal == false else { return }
        let pause = Task { _ = try? await Task.sleep(for: .milliseconds(100)) }
        self.pause = pause
        await pause.value
        self.pause = nil
    }

    private func told(_ outcome: Outcome) {
        if next == outcome { next = nil }
        metrics.count(.reported)
    }
}
