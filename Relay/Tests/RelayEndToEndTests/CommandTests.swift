import Foundation
import RelayCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct CommandTests {
    @Test func wrongUsage() async throws {
        let fleet = try await Fleet()
        let password = try await fleet.command(["publish", "k", "--user", "me:secret"])
        #expect(password.status == 64)
        #expect(password.errors.contains("everybody on this host can read command lines"))
        #expect(!password.errors.contains("secret"))
        #expect(try await fleet.command(["publish", "../k"]).status == 64)
        #expect(try await fleet.command(["publish", "k", "--cert", "/etc/hostname"]).status == 64)
        #expect(
            try await fleet.command(["publish", "k", "--value", "x", "--file", "y"]).status == 64)
        #expect(try await fleet.command(["publish", "k", "--file", "/nowhere"]).status == 64)
        #expect(try await fleet.command(["nonsense"]).status == 64)
        #expect(
            try await fleet.command(["follow", "--into", "/tmp", "--elect", "--max-parallel", "1"])
                .status == 64)
    }

    @Test func noEtcd() async throws {
        let fleet = try await Fleet()
        try await fleet.server.stop()
        let answer = try await fleet.command(["publish", "k", "--command-timeout", "1s"])
        #expect(answer.status == 69)
        #expect(answer.errors.contains("unable to publish k"))
        #expect(answer.errors.contains("connection refused"), "\(answer.errors)")
    }

    @Test func theNextEndpointDoes() async throws {
        let fleet = try await Fleet()
        let dead = try EtcdServer.freePort()
        for _ in 0..<4 {
            let answer = try await fleet.command(
                ["status", "k"], environment: [:])
            #expect(answer.status == 0)
        }
        let program = try RunningProgram(
            Fleet.relay,
            ["publish", "k", "--endpoints", "http://127.0.0.1:\(dead),\(fleet.server.url)"],
            scratch: fleet.scratch, name: "failover")
        #expect(try await program.status() == 0, "\(program.standardError)")
    }

    @Test func timeIsOver() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a")
        try await fleet.publish("k", "hang")
        let status = try await fleet.command(["status", "k", "--wait", "--timeout", "1s"])
        #expect(status.status == 75, "\(status)")
        try fleet.openGate()
        #expect(try await fleet.command(["status", "k", "--wait", "--timeout", "20s"]).status == 0)
        withExtendedLifetime(relay) {}
    }

    @Test func twoRelaysNeverShareTheirState() async throws {
        let fleet = try await Fleet()
        let relay = try await fleet.follow("a")
        let second = try await fleet.startFollowing("a")
        #expect(try await second.status() == 75)
        #expect(second.standardError.contains("another relay works with it"))
        withExtendedLifetime(relay) {}
    }

    @Test func metricsAndJSONLog() async throws {
        let fleet = try await Fleet()
        let file = fleet.scratch.path + "/relay.prom"
        let relay = try await fleet.startFollowing(
            "a", ["--log-format", "json", "--metrics-file", file])
        try await eventually("it is ready") { relay.standardError.contains(#""event":"ready""#) }
        let revision = try await fleet.publish("k", "ok")
        _ = try await fleet.outcome("k", "a", revision, .ended)
        relay.signal(SIGTERM)
        #expect(try await relay.status() == 0)
        let metrics = try #require(content(file))
        #expect(metrics.contains("touchmon_relay_touches_placed_total 1\n"))
        #expect(metrics.contains("touchmon_relay_runs_succeeded_total 1\n"))
        for line in relay.standardError.split(separator: "\n") {
            #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
    }
}
