import Foundation
import Testing

/// What an action asks for its run's process besides the identity, seen from inside; in a process that
/// was made ahead and in one that was not.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct ProcessSettingsTests {
    /// A daemon with one action, which was touched once, and what that came to.
    private struct Life {
        let scratch: Scratch
        let daemon: TouchmonProcess
        /// The event that told how the run began or why it did not.
        let event: [String: Any]
        let report: ProbeReport

        /// `settings` are the action's keys besides `argv` and `user`; `owner` owns the action file.
        init(
            _ user: User, _ settings: [String: Any], arguments: [String] = [],
            in scratch: Scratch? = nil, owner: User? = nil, start: [String] = [], isAhead: Bool
        ) throws {
            let scratch = try scratch ?? Scratch()
            self.scratch = scratch
            let program = try ProbeReport.install(in: scratch)
            let stamp = try scratch.write("stamp")
            let action: [String: Any] = ["argv": [program] + arguments, "user": user.name]
            let file = try scratch.actions([stamp: action.merging(settings) { $1 }])
            if let owner { chown(file, owner.id, owner.group) }
            daemon = try TouchmonProcess.daemon([file], prefix: start)
            let ahead = try daemon.processAhead()
            if !isAhead {
                kill(ahead, SIGKILL)
                let isGone = eventually { [daemon] in daemon.children.isEmpty }
                try #require(isGone)
            }
            try Command.run(["touch", stamp])
            let isOver = eventually { [daemon] in
                daemon.count("run_ended") + daemon.count("run_not_started") > 0
            }
            try #require(isOver, "\(daemon.text)")
            let events = daemon.events("run_not_started") + daemon.events("run_started")
            event = try #require(events.first)
            let printed = try? String(contentsOfFile: daemon.output(of: 1), encoding: .utf8)
            report = ProbeReport(printed ?? "")
            #expect(daemon.stop() == 0)
        }

        /// Makes sure that nothing was executed, and returns what the log says.
        func refusal(at step: String) throws -> String {
            #expect(event["event"] as? String == "run_not_started", "\(daemon.text)")
            #expect(event["step"] as? String == step)
            #expect(report.status.isEmpty && report.may.isEmpty)
            return try #require(event["message"] as? String)
        }
    }

    private static var lower: [String: Any] {
        [
            "limits": [
                "open_files": 100, "processes": 500, "memory": "1G", "cpu_time": "1m",
                "file_size": "1M", "core": "0",
            ],
            "nice": 5, "io_class": "best_effort:7", "no_new_privileges": true,
        ]
    }
    private static let lowerLimits = [
        7: "100 100", 6: "500 500", 9: "1073741824 1073741824", 0: "60 60", 1: "1048576 1048576",
        4: "0 0",
    ]

    @Test(arguments: [true, false])
    func `every setting reaches the run, and no other changes`(isAhead: Bool) throws {
        let plain = try Life(Users.bob, [:], isAhead: isAhead).report
        #expect(plain.limits.count == 16)
        #expect(plain.status["NoNewPrivs"] == "0")
        var wanted = plain.limits
        for (number, limit) in Self.lowerLimits { wanted[number] = limit }
        let asRoot = try Life(Users.bob, Self.lower, isAhead: isAhead)
        let asOwner = try Life(Users.bob, Self.lower, owner: Users.bob, isAhead: isAhead)
        let asBob = try Life(Users.bob, Self.lower, start: Users.bob.prefix, isAhead: isAhead)
        for life in [asRoot, asOwner, asBob] {
            #expect(life.report.limits == wanted, "\(life.daemon.text)")
            #expect(life.report.scheduling == ["nice": "5", "io": "2:7"])
            #expect(life.report.status["NoNewPrivs"] == "1")
            #expect(life.report.status["Uid"]?.hasPrefix("\(Users.bob.id) ") == true)
        }
    }

    @Test(arguments: [true, false])
    func `root's action file can put a run before others`(isAhead: Bool) throws {
        let life = try Life(
            Users.alice, ["nice": -7, "io_class": "realtime"], isAhead: isAhead)
        #expect(life.report.scheduling == ["nice": "-7", "io": "1:4"])
    }

    @Test(arguments: [true, false])
    func `a user's action file, or daemon, can't`(isAhead: Bool) throws {
        let raised: [(String, [String: Any], String)] = [
            ("nice", ["nice": -1], "unable to set its nice value: permission denied; ask for"),
            (
                "io_class", ["io_class": "realtime:0"],
                "unable to set its I/O class: operation not permitted; choose `best_effort`"
            ),
            (
                "limits", ["limits": ["core": 0, "open_files": 2_000_000_000]],
                "unable to set its limit `open_files`: operation not permitted; ask for no more"
            ),
        ]
        for (step, settings, words) in raised {
            let asOwner = try Life(
                Users.alice, settings, owner: Users.alice, isAhead: isAhead)
            let asAlice = try Life(
                Users.alice, settings, start: Users.alice.prefix, isAhead: isAhead)
            for life in [asOwner, asAlice] {
                #expect(try life.refusal(at: step).contains(words), "\(life.event)")
            }
        }
    }

    // MARK: The sandbox

    @Test(.enabled(if: Landlock.isThere, Landlock.reason), arguments: [true, false])
    func `a run in a sandbox can do there what it may, and nothing outside`(isAhead: Bool) throws {
        let scratch = try Scratch()
        let user = Users.alice
        for name in ["read", "write", "none"] {
            let path = scratch(name)
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            for file in ["file", "old"] {
                try scratch.write("\(name)/\(file)")
                chmod("\(path)/\(file)", 0o666)
            }
            try FileManager.default.copyItem(atPath: "/bin/true", toPath: "\(path)/program")
            chown(path, user.id, user.group)
        }
        let sandbox = [
            "execute": Landlock.system + [scratch("probe")], "read": [scratch("read")],
            "write": [scratch("write")],
        ]
        let places = ["read", "write", "none"].map { scratch($0) }
        let life = try Life(
            user, ["sandbox": sandbox], arguments: ["--try"] + places, in: scratch,
            isAhead: isAhead)
        let may = ["read": ["list", "read"], "write": ["write", "truncate", "make", "remove"]]
        var wanted: [String: String] = [:]
        for name in ["read", "write", "none"] {
            for what in ["list", "read", "write", "truncate", "make", "remove", "execute"] {
                let isAllowed = may[name]?.contains(what) == true
                wanted["\(what) \(scratch(name))"] = isAllowed ? "yes" : "EACCES"
            }
        }
        #expect(life.report.may == wanted, "\(life.daemon.text)")
    }

    @Test(.enabled(if: Landlock.isThere, Landlock.reason), arguments: [true, false])
    func `an ordinary user's daemon can have a sandbox`(isAhead: Bool) throws {
        let scratch = try Scratch()
        let life = try Life(
            Users.alice, ["sandbox": ["execute": Landlock.system + [scratch("probe")]]],
            arguments: ["--try", "/etc"], in: scratch, start: Users.alice.prefix, isAhead: isAhead)
        #expect(life.report.may["list /etc"] == "EACCES", "\(life.daemon.text)")
    }

    @Test(.enabled(if: Landlock.isThere, Landlock.reason), arguments: [true, false])
    func `a path that is not there is named, and nothing is executed`(isAhead: Bool) throws {
        let scratch = try Scratch()
        let sandbox = [
            "execute": Landlock.system + [scratch("probe")], "read": [scratch("not there")],
        ]
        let life = try Life(Users.alice, ["sandbox": sandbox], in: scratch, isAhead: isAhead)
        #expect(
            try life.refusal(at: "sandbox").hasSuffix(
                "unable to allow \(scratch("not there")) in its sandbox: no such file or directory; "
                    + "make it where the run's user can reach it, or take it out of `sandbox`"))
    }

    @Test(.enabled(if: Landlock.isThere, Landlock.reason), arguments: [true, false])
    func `a program that is not in its sandbox is not executed`(isAhead: Bool) throws {
        let life = try Life(
            Users.alice, ["sandbox": ["execute": Landlock.system]], isAhead: isAhead)
        let message = try life.refusal(at: "execute")
        #expect(message.contains("permission denied; list the program, the interpreter"))
    }
}
