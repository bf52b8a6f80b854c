import Foundation
import RelayCore
import RelayEtcd
import Testing

@Suite(.timeLimit(.minutes(2))) struct TurnTests {
    @Test func oneOfAllRuns() async throws {
        let fleet = try await Fleet()
        let relays = [
            try await fleet.follow("a", ["--elect"]), try await fleet.follow("b", ["--elect"]),
            try await fleet.follow("c", ["--elect"]),
        ]
        for round in 1...5 {
            let revision = try await fleet.publish("k", "ok")
            let status = try await fleet.command(["status", "k", "--wait", "--timeout", "20s"])
            #expect(status.status == 0, "\(status)")
            #expect(fleet.calls.count == round, "\(fleet.calls)")
            try await eventually("the others stand by") {
                var standing = 0
                for host in ["a", "b", "c"] {
                    let said = try await fleet.outcome("k", host)
                    if said?.revision == revision, said?.state == .following { standing += 1 }
                }
                return standing == 2
            }
        }
        withExtendedLifetime(relays) {}
    }

    @Test func anotherTakesOverFromTheDead() async throws {
        let fleet = try await Fleet()
        var relays: [String: RunningProgram] = [:]
        for host in ["a", "b"] { relays[host] = try await fleet.follow(host, ["--elect"]) }
        let revision = try await fleet.publish("k", "hang")
        try await eventually("one runs") { fleet.calls.count == 1 }
        let first = try #require(fleet.calls.first?.prefix(1).description)
        let other = first == "a" ? "b" : "a"
        _ = try await fleet.outcome("k", first, revision, .running)
        relays[first]?.signal(SIGKILL)
        let taken = try await fleet.outcome("k", other, revision, .running)
        #expect(taken.attempt == 2)
        try fleet.openGate()
        let ended = try await fleet.outcome("k", other, revision, .ended)
        #expect(ended.attempt == 2)
        let status = try await fleet.command(["status", "k", "--wait", "--timeout", "20s"])
        #expect(status.status == 0)
        #expect(status.output.contains("ended (2)"))
    }

    @Test func aRestartKeepsTheClaim() async throws {
        let fleet = try await Fleet()
        let a = try await fleet.follow("a", ["--elect", "--lease-time", "20s"])
        let revision = try await fleet.publish("k", "hang")
        _ = try await fleet.outcome("k", "a", revision, .running)
        let b = try await fleet.follow("b", ["--elect"])
        a.signal(SIGKILL)
        _ = try await a.status()
        let again = try await fleet.follow("a", ["--elect"])
        try await eventually("it is followed again") { fleet.calls == ["a hang", "a hang"] }
        try fleet.openGate()
        let ended = try await fleet.outcome("k", "a", revision, .ended)
        #expect(ended.attempt == 1)
        #expect(fleet.calls == ["a hang", "a hang"])
        withExtendedLifetime((b, again)) {}
    }

    /// etcd was away for longer than the lease: the claim went with that.
    @Test func whatIsOverIsNotRunAgainWithoutItsClaim() async throws {
        let fleet = try await Fleet()
        let a = try await fleet.follow("a", ["--elect"])
        let revision = try await fleet.publish("k", "hang")
        _ = try await fleet.outcome("k", "a", revision, .running)
        let claim = fleet.keys.claim(try TouchKey("k"), revision)
        #expect(try await fleet.etcd.transact(if: [], [.delete(claim)]))
        try fleet.openGate()
        _ = try await fleet.outcome("k", "a", revision, .ended)
        try await eventually("the claim says so") {
            let value = try await fleet.etcd.entry(claim).0?.value ?? []
            return String(decoding: value, as: UTF8.self).contains("ended")
        }
        let b = try await fleet.follow("b", ["--elect", "--from-the-beginning"])
        _ = try await fleet.outcome("k", "b", revision, .following)
        #expect(fleet.calls == ["a hang"])
        withExtendedLifetime((a, b)) {}
    }

    @Test func soManyAtATime() async throws {
        let fleet = try await Fleet()
        let hosts = ["a", "b", "c", "d"]
        var relays: [RunningProgram] = []
        for host in hosts { relays.append(try await fleet.follow(host, ["--max-parallel", "2"])) }
        let revision = try await fleet.publish("k", "hang")
        func hanging() -> Int {
            hosts.filter {
                FileManager.default.fileExists(atPath: "\(fleet.scratch.path)/\($0).hangs")
            }
            .count
        }
        try await eventually("two run") { hanging() == 2 }
        try await eventually("two wait") {
            var waiting = 0
            for host in hosts where try await fleet.outcome("k", host)?.state == .waiting {
                waiting += 1
            }
            return waiting == 2
        }
        #expect(hanging() == 2)
        try fleet.openGate()
        for host in hosts { _ = try await fleet.outcome("k", host, revision, .ended) }
        // A host says first that its run has ended.
        try await eventually("all slots are free") {
            try await fleet.etcd.list("/touchmon/slots/").entries.isEmpty
        }
        withExtendedLifetime(relays) {}
    }

    @Test func tooManyFailuresStopTheRest() async throws {
        let fleet = try await Fleet()
        let hosts = ["a", "b", "c", "d", "e"]
        var relays: [RunningProgram] = []
        for host in hosts {
            relays.append(
                try await fleet.follow(host, ["--max-parallel", "1", "--max-failures", "1"]))
        }
        try await fleet.publish("k", "fail")
        let status = try await fleet.command(
            ["status", "k", "--wait", "--timeout", "30s", "--hosts", "a,b,c,d,e"])
        #expect(status.status == 1)
        #expect(status.output.contains("5 hosts: 3 held back, 2 failed"), "\(status.output)")
        #expect(fleet.calls.count == 2)
        withExtendedLifetime(relays) {}
    }
}
