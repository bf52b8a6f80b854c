internal import RelayCore
internal import RelayEtcd

/// Whether this host may run a touch.
enum Permission: Hashable, Sendable {
    /// Everybody may.
    case free
    /// This host is the one.
    case claimed(attempt: Int)
    /// It has this slot.
    case slot(Int)
    /// Another host has run it.
    case elsewhere
    /// Too many have failed.
    case heldBack

    /// Which host this is that begins.
    var attempt: Int { if case .claimed(let attempt) = self { attempt } else { 1 } }
}

/// The turn of a host to run one touch: an election, or a slot among those who run at a time.
struct Turn: Sendable {
    private let key: TouchKey
    private let revision: Int64
    private let follower: FollowerContext

    init(_ key: TouchKey, _ revision: Int64, _ follower: FollowerContext) {
        self.key = key
        self.revision = revision
        self.follower = follower
    }

    private var etcd: Etcd { follower.etcd }
    private var keys: KeySpace { follower.options.keys }
    private var host: HostName { follower.options.host }
    private var claim: String { keys.claim(key, revision) }

    /// Somebody has to be asked.
    var isNeeded: Bool { follower.options.elects || follower.options.rolling != nil }

    /// Waits for the turn. `begun` is the attempt in which the value was placed before a restart: then nothing
    /// is waited for.
    func permission(begun: Int?) async throws(EtcdFailure) -> Permission {
        let (turn, elects, rolling) = (self, follower.options.elects, follower.options.rolling)
        while true {
            let permission = try await etcd.persistently { () async throws(EtcdFailure) in
                if elects { return try await turn.stand(begun: begun) }
                if let rolling { return try await turn.takeSlot(rolling, begun: begun) }
                return .free
            }
            if let permission { return permission }
        }
    }

    /// The run has ended; others hear of it.
    func end(_ outcome: Outcome) async {
        if follower.options.elects { await endClaim(outcome) }
        if let rolling = follower.options.rolling { await freeSlot(rolling) }
    }

    /// A newer touch has come before this one was placed.
    func giveUp() async {
        await follower.leases.release(claim)
        if let rolling = follower.options.rolling { await freeSlot(rolling) }
    }

    // MARK: One of all

    /// Nil: try again.
    private func stand(begun: Int?) async throws(EtcdFailure) -> Permission? {
        let (found, now) = try await etcd.entry(claim)
        let (counted, _) = try await etcd.entry(keys.attempts(key, revision))
        let attempts = counted.flatMap { Int(String(decoding: $0.value, as: UTF8.self)) } ?? 0
        let claim = found.map {
            RelayJSON.value(Claim.self, $0.value) ?? Claim(host: host, attempt: attempts)
        }
        switch ElectionStep.next(claim: claim, attempts: attempts, begun: begun, host: host) {
        case .claim(let attempt):
            let requirements: [Requirement] = [
                .created(self.claim, at: 0),
                .unchanged(keys.attempts(key, revision), since: counted?.revision ?? 0),
            ]
            return try await take(attempt, if: requirements)
        case .renew(let attempt):
            return try await take(
                attempt, if: [.unchanged(self.claim, since: found?.revision ?? 0)])
        case .standBy:
            try await waitForClaim(after: now)
            return nil
        case .done, .overtaken: return .elsewhere
        }
    }

    private func take(
        _ attempt: Int, if requirements: [Requirement]
    ) async throws(EtcdFailure) -> Permission? {
        let value = RelayJSON.bytes(Claim(host: host, attempt: attempt))
        let lease = try await follower.leases.current()
        let isOurs = try await etcd.transact(
            if: requirements,
            [
                .put(claim, value, lease: lease),
                .put(keys.attempts(key, revision), Array(String(attempt).utf8)),
            ])
        guard isOurs else { return nil }
        await follower.leases.holdsExclusively(claim, value)
        return .claimed(attempt: attempt)
    }

    /// Returns when the claim is gone or its run has ended.
    private func waitForClaim(after revision: Int64) async throws(EtcdFailure) {
        let claim = Array(claim.utf8)
        do {
            try await etcd.watch(self.claim, from: revision + 1) { news in
                switch news {
                case .put(let entry), .deleted(let entry): entry.key != claim
                case .begun, .progress: true
                }
            }
        } catch {
            if case .compacted = error { return }
            throw error
        }
    }

    private func endClaim(_ outcome: Outcome) async {
        await follower.leases.release(claim)
        let ended = Claim(host: host, attempt: outcome.attempt, ended: outcome.state)
        let (turn, etcd, key, keys, revision) = (self, etcd, key, keys, revision)
        do {
            try await etcd.persistently { () async throws(EtcdFailure) in
                while try await !turn.write(ended) {}
                // The claims of older touches are of no use any more.
                let old = try await etcd.list(keys.claims(key), keysOnly: true, limit: 100)
                let names = old.entries.compactMap(\.name).filter {
                    (keys.claimedRevision($0, of: key) ?? revision) < revision
                }
                if !names.isEmpty {
                    _ = try await etcd.transact(if: [], names.prefix(100).map { .delete($0) })
                }
            }
        } catch {
            turn.complain("say that the elected run has ended", error)
        }
    }

    /// Says at the claim that its run has ended, unless another host has begun since; false: it was changed
    /// meanwhile. A claim that was lost with the lease is made again, or others would run what is over.
    private func write(_ ended: Claim) async throws(EtcdFailure) -> Bool {
        let value = RelayJSON.bytes(ended)
        guard let entry = try await etcd.entry(claim).0 else {
            let name = keys.attempts(key, revision)
            guard let counted = try await etcd.entry(name).0,
                counted.value == Array(String(ended.attempt).utf8)
            else { return true }
            return try await etcd.transact(
                if: [.created(claim, at: 0), .unchanged(name, since: counted.revision)],
                [.put(claim, value)])
        }
        guard let now = RelayJSON.value(Claim.self, entry.value), now.ended == nil,
            now.host == ended.host, now.attempt == ended.attempt
        else { return true }
        return try await etcd.transact(
            if: [.unchanged(claim, since: entry.revision)], [.put(claim, value)])
    }

    // MARK: Some at a time

    /// Nil: try again.
    private func takeSlot(
        _ rolling: RollingPolicy, begun: Int?
    ) async throws(EtcdFailure) -> Permission? {
        let start = keys.slots(key, revision)
        let listing = try await etcd.list(start)
        var taken: [Int: (host: String, revision: Int64)] = [:]
        for entry in listing.entries {
            guard let name = entry.name, let number = keys.slotNumber(name, of: key, revision)
            else {
                continue
            }
            taken[number] = (String(decoding: entry.value, as: UTF8.self), entry.revision)
        }
        switch rolling.next(
            taken: taken.mapValues(\.host), host: host, random: .random(in: 0...Int.max))
        {
        case .renew(let number):
            return try await take(rolling, number, since: taken[number]?.revision ?? 0)
        case .take(let number):
            // The value is in its place already: what this was about has happened.
            guard begun == nil else { return .free }
            return try await take(rolling, number, since: 0)
        case .wait:
            guard begun == nil else { return .free }
            if try await holdsBack(rolling) { return .heldBack }
            try await waitForSlot(start, after: listing.revision)
            return nil
        }
    }

    private func take(
        _ rolling: RollingPolicy, _ number: Int, since: Int64
    ) async throws(EtcdFailure) -> Permission? {
        let slot = keys.slots(key, revision) + String(number)
        let value = Array(host.text.utf8)
        let lease = try await follower.leases.current()
        guard
            try await etcd.transact(
                if: [.unchanged(slot, since: since)], [.put(slot, value, lease: lease)])
        else { return nil }
        await follower.leases.holdsExclusively(slot, value)
        guard try await holdsBack(rolling) else { return .slot(number) }
        await freeSlot(rolling)
        return .heldBack
    }

    private func holdsBack(_ rolling: RollingPolicy) async throws(EtcdFailure) -> Bool {
        guard rolling.maxFailures != nil else { return false }
        let listing = try await etcd.list(keys.outcomes(key))
        let outcomes = listing.entries.compactMap { entry -> Outcome? in
            guard let name = entry.name, let of = keys.outcomeName(name, of: key), !of.alive else {
                return nil
            }
            return RelayJSON.value(Outcome.self, entry.value)
        }
        return rolling.holdsBack(revision: revision, outcomes: outcomes)
    }

    private func waitForSlot(_ start: String, after revision: Int64) async throws(EtcdFailure) {
        do {
            try await etcd.watch(start, from: revision + 1) { news in
                if case .deleted = news { false } else { true }
            }
        } catch {
            if case .compacted = error { return }
            throw error
        }
        // All who wait hear of it at once.
        do { try await Task.sleep(for: .milliseconds(Int.random(in: 0...50))) } catch {
            throw .cancelled
        }
    }

    private func freeSlot(_ rolling: RollingPolicy) async {
        for number in 0..<rolling.maxParallel {
            let slot = keys.slots(key, revision) + String(number)
            guard await follower.leases.holds(slot) else { continue }
            await follower.leases.release(slot)
            let (etcd, value) = (etcd, Array(host.text.utf8))
            do {
                try await etcd.persistently { () async throws(EtcdFailure) in
                    try await etcd.delete(slot, ifStill: value)
                }
            } catch {
                complain("free the slot \(slot)", error)
            }
        }
    }

    private func complain(_ action: String, _ failure: EtcdFailure) {
        guard failure != .cancelled else { return }
        follower.log.write(
            LogRecord(
                .warning, "turn_trouble", "\(failure.problem(action))", key: key, revision: revision
            ))
    }
}
