internal import RelayCore
package import RelayEtcd

/// Keeps the host's lease alive, and under it what says so: that the host follows a key, what it has
/// claimed, which slots it has. When etcd has given up the lease, all of it is put under a new one.
package actor LeaseKeeper {
    private struct Holding {
        let value: [UInt8]
        /// It is ours only if nobody else has it.
        let isExclusive: Bool
    }

    private let etcd: Etcd
    private let seconds: Int64
    private let log: RelayLog
    private var lease: Int64?
    private var holdings: [String: Holding] = [:]
    /// What is not under the lease yet, because etcd was away.
    private var missing: Set<String> = []

    package init(etcd: Etcd, seconds: Int64, log: RelayLog) {
        self.etcd = etcd
        self.seconds = seconds
        self.log = log
    }

    /// Until the task is cancelled. Throws what does not get better.
    package func run() async throws(EtcdFailure) {
        while true {
            let lease = try await granted()
            self.lease = lease
            await put(holdings.keys.sorted(), under: lease)
            try await keep(lease)
            self.lease = nil
            log.write(
                LogRecord(
                    .warning, "lease_lost",
                    "etcd has given up this host's lease; others may have taken it for silent"))
        }
    }

    /// The lease, as soon as there is one.
    package func current() async throws(EtcdFailure) -> Int64 {
        while true {
            if let lease { return lease }
            do { try await Task.sleep(for: .milliseconds(50)) } catch { throw .cancelled }
        }
    }

    /// Says that this host is there, under the lease, now and after a new one.
    package func hold(_ name: String) async {
        holdings[name] = Holding(value: [], isExclusive: false)
        if let lease { await put([name], under: lease) }
    }

    /// What was taken in a transaction is to be taken again after a new lease.
    package func holdsExclusively(_ name: String, _ value: [UInt8]) {
        holdings[name] = Holding(value: value, isExclusive: true)
    }

    /// Whether it was taken and not released.
    package func holds(_ name: String) -> Bool { holdings[name] != nil }

    /// No more.
    package func release(_ name: String) { holdings[name] = nil }

    /// Ends the lease at once where nothing depends on it: a host that has stopped is silent then. What it
    /// has claimed stays for a while, for its successor.
    package func end() async {
        guard let lease, !holdings.values.contains(where: \.isExclusive) else { return }
        let etcd = etcd
        // The relay's own task is cancelled by now. Where etcd does not answer, time does the same.
        await Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await etcd.revokeLease(lease) }
                group.addTask { try? await Task.sleep(for: .seconds(1)) }
                await group.next()
                group.cancelAll()
            }
        }.value
    }

    private func granted() async throws(EtcdFailure) -> Int64 {
        let (etcd, seconds) = (etcd, seconds)
        return try await etcd.persistently { () async throws(EtcdFailure) in
            try await etcd.grantLease(seconds: seconds)
        }
    }

    /// Returns when the lease is gone.
    private func keep(_ lease: Int64) async throws(EtcdFailure) {
        while true {
            do { try await Task.sleep(for: .seconds(seconds) / 3) } catch { throw .cancelled }
            let etcd = etcd
            let lives = try await etcd.persistently { () async throws(EtcdFailure) in
                try await etcd.renewLease(lease)
            }
            if !lives { return }
            await put(missing.sorted(), under: lease)
        }
    }

    /// Puts them one by one; where etcd is away, the rest is for later, so that the lease does not wait.
    private func put(_ names: [String], under lease: Int64) async {
        missing.formUnion(names)
        for name in names {
            guard await put(name, under: lease) else { return }
        }
    }

    /// False: etcd is away.
    private func put(_ name: String, under lease: Int64) async -> Bool {
        guard let holding = holdings[name] else {
            missing.remove(name)
            return true
        }
        let requirements: [Requirement] = holding.isExclusive ? [.created(name, at: 0)] : []
        let etcd = etcd
        do {
            _ = try await etcd.persistently(until: .now + .seconds(1)) {
                () async throws(EtcdFailure) in
                try await etcd.transact(
                    if: requirements, [.put(name, holding.value, lease: lease)])
            }
            missing.remove(name)
            if holding.isExclusive, holdings[name] == nil {
                await withdraw(name, holding.value)
            }
            return true
        } catch {
            guard !error.isTransient, error != .cancelled else { return false }
            missing.remove(name)
            log.write(
                LogRecord(
                    .warning, "not_held",
                    "\(error.problem("say at \(name) that this host is there"))"))
            return true
        }
    }

    /// Takes back what was released while it was being put: nobody would ever do that again.
    private func withdraw(_ name: String, _ value: [UInt8]) async {
        let etcd = etcd
        try? await etcd.persistently(until: .now + .seconds(1)) { () async throws(EtcdFailure) in
            try await etcd.delete(name, ifStill: value)
        }
    }
}
