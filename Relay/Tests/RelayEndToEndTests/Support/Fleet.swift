import Foundation
import RelayCore
import RelayEtcd

/// An etcd, and hosts that follow it with a touchmon that is played: what a value says is what its run does.
final class Fleet: @unchecked Sendable {
    let scratch: Scratch
    let server: EtcdServer
    let etcd: Etcd
    let keys = KeySpace(prefix: "/touchmon/")

    /// Does what the file says: `ok`, `fail`, `hang` until the file GATE is there, `gone` as if no daemon ran.
    /// Every call is noted.
    private static let touchmon = """
        #!/bin/sh
        # follow PATH --json --name HOST
        read -r word <"$2"
        echo "$5 $word" >>"$RELAY_TEST_PLACE/calls"
        run() { printf '{"event":"run","run":%s,"shared":false}\\n' "$1"; }
        case $word in
        ok) run 1; printf '{"event":"output","base64":"aGVsbG8K"}\\n'
            printf '{"event":"ended","run":1,"outcome":"success","status":0}\\n' ;;
        fail) run 2; printf '{"event":"ended","run":2,"outcome":"failure","status":3}\\n'; exit 3 ;;
        hang) run 3; touch "$RELAY_TEST_PLACE/$5.hangs"
            while [ ! -e "$RELAY_TEST_PLACE/gate" ]; do sleep 0.05; done
            printf '{"event":"ended","run":3,"outcome":"success","status":0}\\n' ;;
        gone) [ -e "$RELAY_TEST_PLACE/gate" ] || exit 69
            run 4; printf '{"event":"ended","run":4,"outcome":"success","status":0}\\n' ;;
        *) echo "touchmon: unable to follow: what is $word" >&2; exit 66 ;;
        esac
        """

    init() async throws {
        scratch = try Scratch()
        server = try EtcdServer(scratch: scratch)
        etcd = try await server.client()
        try scratch.file("touchmon", Self.touchmon, mode: 0o755)
    }

    /// Opens what hangs.
    func openGate() throws { try scratch.file("gate", "") }

    /// Which host was asked to follow what, so far.
    var calls: [String] {
        (content("\(scratch.path)/calls") ?? "").split(separator: "\n").map(String.init)
    }

    func directory(_ host: String) -> String { "\(scratch.path)/\(host).files" }

    private var starts = 0

    /// A relay, when it follows.
    func follow(_ host: String, _ options: [String] = []) async throws -> RunningProgram {
        let relay = try await startFollowing(host, options)
        try await eventually("\(host) follows: \(relay.standardError)") {
            relay.standardError.contains("following touches")
        }
        return relay
    }

    func startFollowing(_ host: String, _ options: [String] = []) async throws -> RunningProgram {
        starts += 1
        _ = try scratch.directory("\(host).files")
        return try RunningProgram(
            Self.relay,
            [
                "follow", "--into", directory(host), "--host", host, "--endpoints", server.url,
                "--state-directory", "\(scratch.path)/\(host).state", "--touchmon",
                "\(scratch.path)/touchmon", "--daemon-name", host, "--lease-time", "2s",
            ] + options, scratch: scratch, name: "\(host)\(starts)",
            environment: ["RELAY_TEST_PLACE": scratch.path])
    }

    /// Runs a command of the relay's to its end.
    func command(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        starts += 1
        let program = try RunningProgram(
            Self.relay, arguments + ["--endpoints", server.url], scratch: scratch,
            name: "command\(starts)", environment: environment)
        let status = try await program.status()
        return (status, program.standardOutput, program.standardError)
    }

    @discardableResult
    func publish(_ key: String, _ value: String) async throws -> Int64 {
        let answer = try await command(["publish", key, "--value", value])
        guard answer.status == 0, let revision = Int64(answer.output.dropLast()) else {
            throw Failure("publish: \(answer)")
        }
        return revision
    }

    /// What a host says of a key.
    func outcome(_ key: String, _ host: String) async throws -> Outcome? {
        let name = keys.outcome(try TouchKey(key), try HostName(host))
        let etcd = etcd
        let entry = try await etcd.persistently(until: .now + .seconds(10)) {
            () async throws(EtcdFailure) in try await etcd.entry(name).0
        }
        return entry.flatMap { RelayJSON.value(Outcome.self, $0.value) }
    }

    /// Waits until a host says this of a revision.
    func outcome(
        _ key: String, _ host: String, _ revision: Int64, _ state: Outcome.State
    ) async throws -> Outcome {
        var said: Outcome?
        try await eventually("\(host): \(state) at \(revision)") {
            said = try await outcome(key, host)
            return said?.revision == revision && said?.state == state
        }
        guard let said else { throw Failure("nothing said") }
        return said
    }

    /// The program: RELAY_BINARY, or what was built with the tests.
    static let relay =
        ProcessInfo.processInfo.environment["RELAY_BINARY"]
        ?? Bundle.main.executableURL?.deletingLastPathComponent()
        .appendingPathComponent("touchmon-relay").path ?? "touchmon-relay"
}
