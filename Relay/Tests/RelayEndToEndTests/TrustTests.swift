import Foundation
import RelayCore
import RelayEtcd
import Testing

/// Certificates, users and roles: what is wrong is refused, and the message says what to do.
@Suite(.timeLimit(.minutes(2))) struct TrustTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func relay(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> (status: Int32, errors: String) {
        let program = try RunningProgram(
            Fleet.relay, arguments + ["--command-timeout", "3s"], scratch: scratch,
            name: "relay\(Int.random(in: 0...1 << 40))", environment: environment)
        return (try await program.status(), program.standardError)
    }

    private func server(
        _ identity: (String, String), _ options: [String] = []
    ) async throws -> EtcdServer {
        let server = try EtcdServer(
            scratch: Scratch(), scheme: "https",
            options: ["--cert-file=\(identity.0)", "--key-file=\(identity.1)"] + options)
        try await eventually("etcd listens") {
            try await relay(["status", "k", "--endpoints", server.url]).errors
                .contains("connection refused") == false
        }
        return server
    }

    @Test func certificates() async throws {
        let authority = try await Authority("authority", scratch)
        let stranger = try await Authority("stranger", scratch)
        let good = try await server(
            try await authority.sign("good", "IP:127.0.0.1,DNS:localhost"))
        let trusted = ["publish", "k", "--cacert", authority.certificate, "--endpoints"]
        #expect(try await relay(trusted + [good.url]).status == 0)
        #expect(try await relay(trusted + ["127.0.0.1:\(good.port)"]).status == 0)
        #expect(try await relay(trusted + ["https://localhost:\(good.port)"]).status == 0)

        let byStranger = try await relay(
            ["publish", "k", "--cacert", stranger.certificate, "--endpoints", good.url])
        #expect(byStranger.status == 69)
        #expect(byStranger.errors.contains("Name the authority's certificate with --cacert."))
        let plain = try await relay([
            "publish", "k", "--endpoints", "http://127.0.0.1:\(good.port)",
        ])
        #expect(plain.status == 69)
        #expect(plain.errors.contains("Write https://"), "\(plain.errors)")

        let expired = try await server(
            try await authority.sign("expired", "IP:127.0.0.1", days: -1))
        let tooLate = try await relay(trusted + [expired.url])
        #expect(tooLate.status == 69)
        #expect(tooLate.errors.contains("its certificate has expired, or"))

        let elsewhere = try await server(
            try await authority.sign("elsewhere", "DNS:elsewhere.example.org"))
        let misnamed = try await relay(trusted + [elsewhere.url])
        #expect(misnamed.status == 69)
        #expect(misnamed.errors.contains("for another name"), "\(misnamed.errors)")
    }

    @Test func certificatesOfOurs() async throws {
        let authority = try await Authority("authority", scratch)
        let stranger = try await Authority("stranger", scratch)
        let server = try await server(
            try await authority.sign("server", "IP:127.0.0.1"),
            ["--client-cert-auth", "--trusted-ca-file=\(authority.certificate)"])
        let ours = try await authority.sign("ours", "DNS:web1")
        let others = try await stranger.sign("others", "DNS:web1")
        let common = ["publish", "k", "--cacert", authority.certificate, "--endpoints", server.url]
        #expect(try await relay(common + ["--cert", ours.0, "--key", ours.1]).status == 0)
        let fromEnvironment = try await relay(
            ["publish", "k"],
            [
                "ETCDCTL_ENDPOINTS": server.url, "ETCDCTL_CACERT": authority.certificate,
                "ETCDCTL_CERT": ours.0, "ETCDCTL_KEY": ours.1,
            ])
        #expect(fromEnvironment.status == 0)
        for wrong in [[], ["--cert", others.0, "--key", others.1]] {
            let refused = try await relay(common + wrong)
            #expect(refused.status == 69)
            #expect(refused.errors.contains("with --cert and --key"), "\(refused.errors)")
        }
        let mixed = try await relay(common + ["--cert", ours.0, "--key", others.1])
        #expect(mixed.errors.contains("the last two belong together"), "\(mixed.errors)")
    }

    /// A host that has what the guide grants can follow and report, and nothing else.
    @Test func theRolesOfTheGuide() async throws {
        let fleet = try await Fleet()
        let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(
                path: "docs/fleet.md")
        let blocks = try String(contentsOf: guide, encoding: .utf8).components(separatedBy: "```")
        // What only elections and rolling deploys need is granted to nobody here.
        let grants = blocks.filter { !$0.contains("/claims/") }
            .flatMap { $0.split(separator: "\n") }
            .filter { $0.hasPrefix("etcdctl role") }.map { String($0.dropFirst("etcdctl ".count)) }
        #expect(grants.count == 7)
        try await govern(
            fleet,
            grants + [
                "user add root:r", "user grant-role root root", "user add web1:w",
                "user grant-role web1 web1", "user add bastion:b",
                "user grant-role bastion bastion", "auth enable",
            ])
        let web1 = ["ETCDCTL_USER": "web1:w"], bastion = ["ETCDCTL_USER": "bastion:b"]
        let password = try fleet.scratch.file("password", "w\n", mode: 0o600)
        let relay = try await fleet.follow(
            "web1", ["site/deploy", "--user", "web1", "--password-file", password])
        let touched = try await fleet.command(
            ["publish", "site/deploy", "--value", "ok"], environment: bastion)
        #expect(touched.status == 0, "\(touched)")
        let status = try await fleet.command(
            ["status", "site/deploy", "--wait", "--timeout", "20s", "--hosts", "web1"],
            environment: bastion)
        #expect(status.status == 0, "\(status)")
        #expect(
            try await fleet.command(["publish", "site/deploy"], environment: web1).status == 77)
        for command in ["put /touchmon/outcomes/site/deploy/web2 x", "get /touchmon/claims/x"] {
            await #expect(throws: Failure.self) { try await govern(fleet, [command], as: web1) }
        }
        withExtendedLifetime(relay) {}
    }

    /// Runs etcdctl; throws where it is refused.
    private func govern(
        _ fleet: Fleet, _ commands: [String], as user: [String: String] = [:]
    ) async throws {
        for command in commands {
            let program = try RunningProgram(
                "/usr/bin/etcdctl", command.split(separator: " ").map(String.init),
                scratch: fleet.scratch, name: "etcdctl",
                environment: user.merging([
                    "ETCDCTL_API": "3", "ETCDCTL_ENDPOINTS": fleet.server.url,
                ]) { $1 })
            guard try await program.status() == 0 else {
                throw Failure("\(command): \(program.standardError)")
            }
        }
    }

    @Test func usersAndRoles() async throws {
        let fleet = try await Fleet()
        try await govern(
            fleet,
            [
                "user add root:rootpass", "user grant-role root root", "user add web1:secret",
                "role add host", "role grant-permission host --prefix=true read /touchmon/touches/",
                "role grant-permission host --prefix=true readwrite /touchmon/outcomes/",
                "user grant-role web1 host", "auth enable",
            ])
        let password = try fleet.scratch.file("password", "secret\n", mode: 0o600)
        let asHost = ["--user", "web1", "--password-file", password]

        let nobody = try await fleet.command(["publish", "k"])
        #expect(nobody.status == 77)
        #expect(nobody.errors.contains("Say who you are with --user"), "\(nobody.errors)")
        let wrong = try await fleet.command(
            ["publish", "k", "--user", "web1"], environment: ["ETCDCTL_PASSWORD": "guess"])
        #expect(wrong.status == 77)
        #expect(wrong.errors.contains("does not know this user with this password"))
        #expect(!wrong.errors.contains("guess"))
        let mayNot = try await fleet.command(["publish", "k"] + asHost)
        #expect(mayNot.status == 77)
        #expect(mayNot.errors.contains("etcdctl role grant-permission"), "\(mayNot.errors)")
        #expect(try await fleet.command(["status", "k"] + asHost).status == 0)

        let relay = try await fleet.follow("web1", asHost)
        let touched = try await fleet.command(
            ["publish", "k", "--value", "ok"], environment: ["ETCDCTL_USER": "root:rootpass"])
        #expect(touched.status == 0, "\(touched)")
        let status = try await fleet.command(
            ["status", "k", "--wait", "--timeout", "20s"] + asHost)
        #expect(status.status == 0, "\(status)")
        #expect(!relay.standardError.contains("secret"))

        let elects = try await fleet.follow("web2", ["--elect"] + asHost)
        _ = try await fleet.command(
            ["publish", "k", "--value", "ok"], environment: ["ETCDCTL_USER": "root:rootpass"])
        try await eventually("what is missing is said: \(elects.standardError)") {
            elects.standardError.contains("etcd does not permit it to this user")
        }
    }
}
