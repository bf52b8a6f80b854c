package import RelayCore

/// Reads what a fleet has made of a key, once or until all have ended.
package struct FleetReading: Sendable {
    private let etcd: Etcd
    private let keys: KeySpace
    private let key: TouchKey
    private let expectation: FleetStatus.Expectation

    package init(
        _ etcd: Etcd, _ keys: KeySpace, _ key: TouchKey, _ expectation: FleetStatus.Expectation
    ) {
        self.etcd = etcd
        self.keys = keys
        self.key = key
        self.expectation = expectation
    }

    /// As it is now.
    package func now(
        until deadline: ContinuousClock.Instant
    ) async throws(EtcdFailure) -> FleetStatus {
        let reading = self
        return try await etcd.persistently(until: deadline) { () async throws(EtcdFailure) in
            try await reading.read().0
        }
    }

    /// As it is when all have ended, or when the time is over. Without etcd it waits for `patience`.
    package func settled(
        until deadline: ContinuousClock.Instant?, patience: Duration
    ) async throws(EtcdFailure) -> FleetStatus {
        while true {
            let reading = self
            let (fleet, revision) = try await etcd.persistently(until: .now + patience) {
                () async throws(EtcdFailure) in try await reading.read()
            }
            if fleet.isSettled { return fleet }
            if let deadline, ContinuousClock.now >= deadline { return fleet }
            try await change(after: revision, until: deadline)
        }
    }

    private func read() async throws(EtcdFailure) -> (FleetStatus, revision: Int64) {
        // What is said of a touch is there after the touch.
        let listing = try await etcd.list(keys.outcomes(key))
        let (touch, _) = try await etcd.entry(keys.touch(key))
        var outcomes: [HostName: Outcome?] = [:]
        var alive: Set<HostName> = []
        for entry in listing.entries {
            guard let name = entry.name, let said = keys.outcomeName(name, of: key) else {
                continue
            }
            if said.alive {
                alive.insert(said.host)
            } else {
                outcomes[said.host] = .some(RelayJSON.value(Outcome.self, entry.value))
            }
        }
        let fleet = FleetStatus(
            key: key, revision: touch?.revision, outcomes: outcomes, alive: alive,
            expectation: expectation)
        return (fleet, listing.revision)
    }

    /// Returns when a host has said something, or after a while, or when the time is over.
    private func change(
        after revision: Int64, until deadline: ContinuousClock.Instant?
    ) async throws(EtcdFailure) {
        let (etcd, outcomes) = (etcd, keys.outcomes(key))
        // The touch itself is not heard of here: of a newer one its hosts have something to say.
        let longest = ContinuousClock.now + .seconds(2)
        let end = min(deadline ?? longest, longest)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await etcd.watch(outcomes, from: revision + 1) { news in
                        switch news {
                        case .put, .deleted: false
                        case .begun, .progress: true
                        }
                    }
                } catch {
                    // Reading again tells what is wrong.
                    try? await Task.sleep(for: .milliseconds(300))
                }
            }
            group.addTask { try? await Task.sleep(until: end) }
            await group.next()
            group.cancelAll()
        }
        if Task.isCancelled { throw .cancelled }
        // Many hosts say something at the same time.
        try? await Task.sleep(for: .milliseconds(50))
    }
}
