import Foundation
import RelayCore
import RelayEtcd
import RelayHost
import Testing

/// How often etcd was told of a run.
private actor PutCount {
    private(set) var count = 0

    func add() { count += 1 }
}

/// Whole relays with a real etcd.
@Suite(.timeLimit(.minutes(2))) struct FollowTests {
    @Test func aTouchRunsOnEveryHost() async throws {
        let fleet = try await Fleet()
        let relays = [try await fleet.follow("a"), try await fleet.follow("b")]
        let revision = try await fleet.publish("web/deploy", "ok")
        let status = try await fleet.command(
            ["status", "web/deploy", "--wait", "--timeout", "20s", "--hosts", "a,b"])
        #expect(status.status == 0, "\(status)")
        #expect(status.output.contains("web/deploy at revision \(revision): 2 hosts: 2 ended"))
        #expect(content(fleet.directory("a") + "/web/deploy") == "ok")
        #expect(content(fleet.directory("b") + "/web/deploy") == "ok")
        let outcome = try await fleet.outcome("web/deploy", "a", revision, .ended)
        #expect(outcome.tail == Data("hello\n".utf8))
        #expect(outcome.run == 1)
        for relay in relays {
            relay.signal(SIGTERM)
            #expect(try await relay.status() == 0)
        }
        #expect(fleet.calls.sorted() == ["a ok", "b ok"])
    }

    @Test func aFailureIsSeen() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a")
        try await fleet.publish("k", "fail")
        let status = try await fleet.command([
            "status", "k", "--wait", "--timeout", "20s", "--json",
        ])
        #expect(status.status == 1)
        #expect(status.output.contains(#""status":3"#))
        #expect(status.output.contains(#""state":"failed""#))
        let unknown = try await fleet.publish("k", "nonsense")
        let outcome = try await fleet.outcome("k", "a", unknown, .failedToStart)
        #expect(outcome.reason == "touchmon: unable to follow: what is nonsense")
        withExtendedLifetime(relay) {}
    }

    @Test func nothingIsLostWhileTheRelayIsDown() async throws {
        let fleet = try await Fleet()
        let first = try await fleet.follow("a")
        let before = try await fleet.publish("k", "ok")
        // Before that a restart would follow the same run again, to report it once more.
        try await eventually("it is noted as done") {
            first.standardError.contains("ended: status 0")
        }
        _ = try await fleet.outcome("k", "a", before, .ended)
        first.signal(SIGKILL)
        _ = try await first.status()
        try await fleet.publish("k", "fail")
        let latest = try await fleet.publish("k", "ok")
        let new = try await fleet.publish("other", "ok")
        let second = try await fleet.follow("a")
        _ = try await fleet.outcome("k", "a", latest, .ended)
        _ = try await fleet.outcome("other", "a", new, .ended)
        #expect(fleet.calls == ["a ok", "a ok", "a ok"])
        withExtendedLifetime(second) {}
    }

    @Test func compactionWhileAway() async throws {
        let fleet = try await Fleet()
        let first = try await fleet.follow("a")
        let before = try await fleet.publish("k", "ok")
        _ = try await fleet.outcome("k", "a", before, .ended)
        // It sleeps, and its connection with it.
        first.signal(SIGSTOP)
        try await fleet.server.stop()
        try fleet.server.start()
        for _ in 0..<5 { try await fleet.publish("k", "fail") }
        let latest = try await fleet.publish("k", "ok")
        try await fleet.etcd.persistently { () async throws(EtcdFailure) in
            try await fleet.etcd.compact(latest)
        }
        first.signal(SIGCONT)
        _ = try await fleet.outcome("k", "a", latest, .ended)
        #expect(first.standardError.contains("are gone; listing all"))
        #expect(fleet.calls == ["a ok", "a ok"])
    }

    @Test func aNewHostTakesNoteOnly() async throws {
        let fleet = try await Fleet()
        let before = try await fleet.publish("k", "ok")
        let a = try await fleet.follow("a")
        let noted = try await fleet.outcome("k", "a", before, .following)
        #expect(noted.run == nil)
        #expect(content(fleet.directory("a") + "/k") == nil)
        let b = try await fleet.follow("b", ["--from-the-beginning"])
        _ = try await fleet.outcome("k", "b", before, .ended)
        #expect(fleet.calls == ["b ok"])
        withExtendedLifetime((a, b)) {}
    }

    @Test func aRunIsResumedAfterARestart() async throws {
        let fleet = try await Fleet()
        let first = try await fleet.follow("a")
        let revision = try await fleet.publish("k", "hang")
        _ = try await fleet.outcome("k", "a", revision, .running)
        let file = fleet.directory("a") + "/k"
        let inode =
            try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? UInt64
        first.signal(SIGKILL)
        _ = try await first.status()
        let second = try await fleet.follow("a")
        try await eventually("it is followed again") { fleet.calls == ["a hang", "a hang"] }
        try fleet.openGate()
        _ = try await fleet.outcome("k", "a", revision, .ended)
        let now =
            try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? UInt64
        #expect(inode == now, "the value was placed again: another run")
        withExtendedLifetime(second) {}
    }

    @Test func touchesMeanwhileAreOneAndTheLatest() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a")
        let first = try await fleet.publish("k", "hang")
        _ = try await fleet.outcome("k", "a", first, .running)
        for _ in 0..<3 { try await fleet.publish("k", "fail") }
        let latest = try await fleet.publish("k", "ok")
        // Another key does not wait.
        let other = try await fleet.publish("other", "ok")
        _ = try await fleet.outcome("other", "a", other, .ended)
        try fleet.openGate()
        _ = try await fleet.outcome("k", "a", latest, .ended)
        #expect(fleet.calls == ["a hang", "a ok", "a ok"])
        withExtendedLifetime(relay) {}
    }

    @Test func etcdIsAwayForAWhile() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a")
        let before = try await fleet.publish("k", "hang")
        _ = try await fleet.outcome("k", "a", before, .running)
        try await fleet.server.stop()
        try fleet.openGate()
        try await eventually("the relay notices") { relay.standardError.contains("unable to hear") }
        try fleet.server.start()
        _ = try await fleet.outcome("k", "a", before, .ended)
        let after = try await fleet.publish("k", "ok")
        _ = try await fleet.outcome("k", "a", after, .ended)
        withExtendedLifetime(relay) {}
    }

    @Test func aDaemonThatIsAwayIsWaitedFor() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a")
        let revision = try await fleet.publish("k", "gone")
        let waits = try await fleet.outcome("k", "a", revision, .waiting)
        #expect(waits.reason == "waiting for touchmon")
        try fleet.openGate()
        _ = try await fleet.outcome("k", "a", revision, .ended)
        withExtendedLifetime(relay) {}
    }

    @Test func withoutADaemonValuesAreWritten() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a", ["k", "--only-write"])
        _ = try await fleet.outcome("k", "a", 0, .following)
        try await fleet.publish("other", "ok")
        let revision = try await fleet.publish("k", "anything")
        _ = try await fleet.outcome("k", "a", revision, .written)
        #expect(content(fleet.directory("a") + "/other") == nil)
        #expect(fleet.calls.isEmpty)
        let status = try await fleet.command(["status", "k", "--wait", "--timeout", "10s"])
        #expect(status.status == 0)
        withExtendedLifetime(relay) {}
    }

    @Test(arguments: [[], ["--elect"]]) func itEndsAtOnceAlsoWithoutEtcd(_ options: [String])
        async throws
    {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a", options)
        let revision = try await fleet.publish("k", "hang")
        _ = try await fleet.outcome("k", "a", revision, .running)
        try await fleet.server.stop()
        try await eventually("the relay notices") { relay.standardError.contains("unable to hear") }
        relay.signal(SIGTERM)
        #expect(try await relay.status(within: 5) == 0)
        let early = try await fleet.startFollowing("a", options)
        try await eventually("it waits for etcd") { early.standardError.contains("unable to list") }
        try fleet.server.start()
        try fleet.openGate()
        _ = try await fleet.outcome("k", "a", revision, .ended)
        #expect(fleet.calls == ["a hang", "a hang"])
        withExtendedLifetime(early) {}
    }

    @Test func whoHasStoppedIsSilent() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a", ["k"])
        try await eventually("it is alive") {
            try await fleet.command(["status", "k"]).output.contains("following")
        }
        relay.signal(SIGTERM)
        #expect(try await relay.status() == 0)
        #expect(try await fleet.command(["status", "k"]).output.contains("silent"))
    }

    @Test func statesThatAreOvertakenCostNoCall() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a")
        let name = "/touchmon/outcomes/k/a"
        var fewest = Int.max
        // On a busy machine a run takes longer than the relay waits: one that does not is enough.
        for _ in 0..<10 where fewest > 1 {
            let revision = try await fleet.publish("k", "ok")
            _ = try await fleet.outcome("k", "a", revision, .ended)
            let puts = PutCount()
            try await fleet.etcd.watch(name, from: revision) { news in
                guard case .put(let entry) = news, entry.name == name,
                    let outcome = RelayJSON.value(Outcome.self, entry.value)
                else { return true }
                await puts.add()
                return outcome.state != .ended
            }
            fewest = min(fewest, await puts.count)
        }
        #expect(fewest == 1)
        withExtendedLifetime(relay) {}
    }
}
