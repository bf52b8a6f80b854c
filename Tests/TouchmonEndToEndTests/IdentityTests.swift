import Foundation
import Testing

/// Whom a run can become: exactly its user, or nothing is executed.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct IdentityTests {
    /// Touches a path once whose run can't start, and returns what the log says of it.
    private func failure(startedWith prefix: [String]) throws -> [String: Any] {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("open"), withIntermediateDirectories: false)
        chmod(scratch("open"), 0o777)
        let stamp = try scratch.write("stamp")
        let file = try scratch.actions([
            stamp: (["touch", scratch("open/executed")], Users.alice.name)
        ])
        let daemon = try TouchmonProcess.daemon([file], prefix: prefix)
        try Command.run(["touch", stamp])
        #expect(daemon.wait(for: "run_not_started", count: 1))
        // The daemon goes on, and tries again with the next touch.
        try Command.run(["touch", stamp])
        #expect(daemon.wait(for: "run_not_started", count: 2))
        #expect(daemon.stop() == 0)
        #expect(daemon.count("run_started") == 0)
        #expect(!FileManager.default.fileExists(atPath: scratch("open/executed")))
        let event = try #require(daemon.events("run_not_started").first)
        #expect(event["level"] as? String == "error")
        #expect(event["path"] as? String == stamp)
        #expect(event["user"] as? String == Users.alice.name)
        return event
    }

    @Test func `without the right to change groups nothing is executed`() throws {
        let event = try failure(startedWith: ["setpriv", "--bounding-set=-setgid"])
        #expect(event["step"] as? String == "groups")
        #expect(event["errno"] as? Int == 1)
        let message = try #require(event["message"] as? String)
        #expect(
            message.hasSuffix(
                ": unable to take the groups of tm-alice: operation not permitted; nothing was "
                    + "executed; run touchmon as root with all of its capabilities"), "\(message)")
    }

    @Test func `without the right to change users nothing is executed`() throws {
        let event = try failure(startedWith: ["setpriv", "--bounding-set=-setuid"])
        #expect(event["step"] as? String == "user")
        #expect(event["errno"] as? Int == 1)
        let message = try #require(event["message"] as? String)
        #expect(
            message.hasSuffix(
                ": unable to become tm-alice: operation not permitted; nothing was "
                    + "executed; run touchmon as root with all of its capabilities"), "\(message)")
    }

    @Test func `a user with too many processes gets no further one`() throws {
        // The kernel counts the processes that the user has before the run's own, setresuid(2).
        let sleeper = Process()
        sleeper.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        sleeper.arguments = Users.alice.prefix + ["sleep", "600"]
        sleeper.standardOutput = FileHandle.nullDevice
        sleeper.standardError = FileHandle.nullDevice
        try sleeper.run()
        let id = sleeper.processIdentifier
        // A thread of the tests blocks other signals, and its processes inherit that.
        defer { kill(id, SIGKILL) }
        #expect(
            eventually {
                var status = stat()
                return stat("/proc/\(id)", &status) == 0 && status.st_uid == Users.alice.id
            })
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("open"), withIntermediateDirectories: false)
        chmod(scratch("open"), 0o777)
        let stamp = try scratch.write("stamp")
        let file = try scratch.actions([
            stamp: (["touch", scratch("open/executed")], Users.alice.name)
        ])
        let daemon = try TouchmonProcess.daemon([file], prefix: ["prlimit", "--nproc=0:"])
        defer { daemon.stop() }
        try Command.run(["touch", stamp])
        #expect(daemon.wait(for: "run_postponed", count: 1))
        let event = try #require(daemon.events("run_postponed").first)
        #expect(event["level"] as? String == "warning")
        #expect(event["user"] as? String == Users.alice.name)
        #expect(event["step"] as? String == "execute")
        #expect(event["errno"] as? Int == 11)
        let message = try #require(event["message"] as? String)
        #expect(message.contains("the run's user has too many processes"), "\(message)")
        #expect(!FileManager.default.fileExists(atPath: scratch("open/executed")))
        // With the limit gone the run is made, without another touch.
        try Command.run(["prlimit", "--pid", String(daemon.pid), "--nproc=64:"])
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(FileManager.default.fileExists(atPath: scratch("open/executed")))
        #expect(daemon.count("run_started") == 1)
        #expect(daemon.count("run_postponed") == 1)
    }

    @Test(arguments: [
        #""user": "tm-bob""#, #""user": "root""#, #""user": 0"#,
        #""user": "tm-alice", "group": "tm-one""#, #""supplementary_groups": ["tm-one"]"#,
    ])
    func `an ordinary user's daemon does not start for rights of others`(rights: String) throws {
        let scratch = try Scratch()
        let file = try scratch.write(
            "actions.json",
            #"{"\#(scratch("stamp"))": {"argv": ["touch", "executed"], \#(rights)}}"#)
        for command in ["run", "check"] {
            let answer = try Answer.of([command, file], prefix: Users.alice.prefix)
            #expect(answer.status == 77)
            #expect(answer.output == "")
            #expect(
                answer.errors.contains("touchmon can't run commands as `")
                    || answer.errors.contains("only root can change the groups of a run"),
                "\(answer.errors)")
            #expect(answer.errors.contains("as root"), "no remedy: \(answer.errors)")
        }
    }

    @Test func `what an ordinary user's daemon can't do is said at its place`() throws {
        let scratch = try Scratch()
        try scratch.write(
            "actions.json",
            """
            {
                "own": {"argv": ["true"], "user": "tm-alice"},
                "other": {"argv": ["true"], "user": "tm-bob"}
            }

            """)
        #expect(
            try Answer.of(
                ["run", "actions.json"], in: scratch.path, prefix: Users.alice.prefix)
                == Answer(
                    status: 77, output: "",
                    errors: """
                        actions.json:3:41: error: running as `tm-alice`, touchmon can't run \
                        commands as `tm-bob`
                            "other": {"argv": ["true"], "user": "tm-bob"}
                                                                ^
                          run touchmon as root, or let the action run as `tm-alice`

                        """))
    }

    /// Ways in which one user changes a file that another user's daemon watches.
    static let changes = [
        "touch \"$1\"", "touch -c \"$1\"", "echo x >>\"$1\"", "echo x >\"$1\"",
        "echo x >\"$1.new\"; mv \"$1.new\" \"$1\"", "rm -f \"$1\"; touch \"$1\"",
        "echo x >\"$1.$$\"; ln -sfn \"$1.$$\" \"$1\"",
        // Not readable for anybody else, so its inode can't be watched.
        "umask 077; echo x >\"$1.new\"; mv \"$1.new\" \"$1\"",
        "umask 077; rm -f \"$1\"; echo >\"$1\"",
    ]

    @Test(arguments: changes)
    func `an ordinary user's daemon sees what others touch`(change: String) throws {
        let scratch = try Scratch()
        let shared = scratch("shared")
        try FileManager.default.createDirectory(
            atPath: shared, withIntermediateDirectories: false)
        chmod(shared, 0o777)
        let stamp = "\(shared)/stamp"
        try Users.bob.run(["sh", "-c", "umask 0; echo >\"$1\"", "sh", stamp])
        let file = try scratch.write(
            "actions.json", #"{"\#(stamp)": {"argv": ["true"]}}"#)
        let daemon = try TouchmonProcess.daemon([file], prefix: Users.alice.prefix)
        for round in 1...10 {
            #expect(
                try Users.bob.run(["sh", "-c", change, "sh", stamp]).output == "")
            try #require(daemon.wait(for: "run_ended", count: round), "round \(round)")
        }
        #expect(daemon.stop() == 0)
        #expect(daemon.count("run_started") == 10)
        #expect(daemon.values("user", of: "run_started").allSatisfy { $0 == "tm-alice" })
    }
}
