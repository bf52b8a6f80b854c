import Foundation
import Testing

/// `touch --follow`: whoever may write a stamp sees the run that his touch causes, and gets its status.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct FollowTests {
    private static func shell(_ script: String, _ more: [String: Any] = [:]) -> [String: Any] {
        ["argv": ["sh", "-c", script], "follow": "output"].merging(more) { $1 }
    }

    @Test func `an ordinary user sees what the run prints, and ends as it does`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell("echo one; echo two >&2; exit 7")])
        let answer = try place.command(["touch", "stamp", "--follow"], as: Users.alice)
        #expect(answer.status == 7)
        #expect(answer.output == "one\ntwo\n")
        #expect(answer.errors == "touchmon: run 1\n")
        let row = try #require(try place.objects(["history", "--json"]).first)
        #expect((row["touched_by"] as? [String: Any])?["user"] as? String == Users.alice.name)
        #expect(place.daemon.stop() == 0)
    }

    @Test func `a signal that ends the run is 128 and its number`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell("kill -TERM $$")])
        #expect(
            try place.command(["touch", "stamp", "--follow"], as: Users.alice).status == 128 + 15)
        #expect(place.daemon.stop() == 0)
    }

    @Test(arguments: ["status", "none"])
    func `what may be seen is what the action says`(level: String) throws {
        let place = try ControlledDaemon(["stamp": Self.shell("echo secret", ["follow": level])])
        let answer = try place.command(["touch", "stamp", "--follow"], as: Users.alice)
        #expect(answer.output.isEmpty)
        #expect(answer.status == (level == "none" ? 77 : 0))
        // It is touched in any case.
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        // Whoever may do everything sees everything.
        #expect(try place.command(["touch", "stamp", "--follow"]).output == "secret\n")
        #expect(place.daemon.stop() == 0)
    }

    @Test func `who may not write the file can't follow it`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell("true")])
        chmod(place.scratch("stamp"), 0o664)
        let answer = try place.command(["touch", "stamp", "--follow"], as: Users.bob)
        #expect(answer.status == 77)
        #expect(answer.errors.contains("Permission denied"))
        #expect(try place.objects(["history", "--json"]).isEmpty)
        #expect(place.daemon.stop() == 0)
    }

    /// What is passed over the socket by somebody who does not use our command.
    @Test(arguments: [
        ("nothing", "pass", "nothing shows that you may write it"),
        ("another file", "f = open('other', 'w')", "another file is there by now"),
        ("one open for reading", "f = open('stamp')", "you may not write it"),
        ("one open for nothing", "f = os.open('stamp', os.O_PATH)", "you may not write it"),
        (
            "a file that was replaced since",
            "f = open('old', 'r+'); os.rename('next', 'old')", "another file is there by now"
        ),
        ("the file", "f = open('stamp', 'r+')", nil),
        ("a hard link", "f = open('link', 'r+')", nil),
    ])
    func `the right is shown by what the kernel opened`(
        what: String, script: String, problem: String?
    ) throws {
        let place = try ControlledDaemon([
            "stamp": Self.shell("true"), "old": Self.shell("true"),
        ])
        for name in ["other", "next"] {
            chmod(try place.scratch.write(name), 0o666)
        }
        chmod(place.scratch.path, 0o777)
        #expect(link(place.scratch("stamp"), place.scratch("link")) == 0)
        let name = script.contains("'old'") ? "old" : "stamp"
        let answer = try Command.run(
            Users.alice.prefix + [
                "/usr/bin/python3", "-c",
                """
                import array, json, os, socket
                f = None
                \(script)
                fd = f if isinstance(f, int) or f is None else f.fileno()
                s = socket.socket(socket.AF_UNIX)
                s.connect("state/control")
                line = json.dumps({"request": "follow", "path": "\(place.scratch(name))"})
                passed = [] if fd is None else [
                    (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
                s.sendmsg([line.encode() + b"\\n"], passed)
                print(s.recv(65536).decode(), end="")
                """,
            ], in: place.scratch.path)
        if let problem {
            #expect(answer.output.contains(problem), "\(what): \(answer.output)")
        } else {
            #expect(answer.output.hasPrefix("{\"event\":\"following\""), "\(answer.output)")
        }
        #expect(place.daemon.stop() == 0)
    }

    @Test func `a touch that comes during a run waits for the next`() throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            ["stamp": Self.shell("read line < \(scratch("gate")); echo $TOUCHMON_RUN")],
            at: scratch)
        place.touch("stamp")
        #expect(place.daemon.wait(for: "run_started", count: 1))
        let follower = try place.begin(["touch", "stamp", "--follow"], as: Users.alice)
        #expect(eventually { follower.errors.contains("waiting for another run of it to end") })
        gate.open()
        gate.open()
        #expect(follower.status() == 0)
        #expect(follower.output == "2\n")
        #expect(place.daemon.stop() == 0)
    }

    @Test func `a run that is tried again is followed to the last attempt`() throws {
        let place = try ControlledDaemon([
            "stamp": Self.shell(
                "echo ${TOUCHMON_ATTEMPT:-1}; [ ${TOUCHMON_ATTEMPT:-1} = 12 ]",
                // So short that the next begins while it is asked what the last one has printed.
                ["retry": ["attempts": 12, "delay": "1ms", "max_delay": "1ms"]])
        ])
        let answer = try place.command(["touch", "stamp", "--follow"], as: Users.alice)
        #expect(answer.status == 0)
        #expect(answer.output == (1...12).map { "\($0)\n" }.joined())
        #expect(answer.errors.contains("run 1: status 1; it is tried again"))
        #expect(place.daemon.stop() == 0)
    }

    @Test func `a touch that waits for quiet, or for its turn, is followed`() throws {
        let place = try ControlledDaemon([
            "settles": Self.shell("echo ran", ["settle": "100ms"]),
            "limited": Self.shell("echo ran", ["rate_limit": ["runs": 1, "per": "300ms"]]),
        ])
        for name in ["settles", "limited", "limited"] {
            let answer = try place.command(["touch", name, "--follow"], as: Users.alice)
            #expect(answer.status == 0 && answer.output == "ran\n")
        }
        #expect(place.daemon.stop() == 0)
    }

    @Test func `a touch that runs nothing says why`() throws {
        let place = try ControlledDaemon([
            "guarded": Self.shell("true", ["touched_by": ["users": ["root"]]]),
            "same": Self.shell("true", ["compare": "content"]),
        ])
        let guarded = try place.command(["touch", "guarded", "--follow"], as: Users.alice)
        #expect(guarded.status == 75)
        #expect(guarded.errors.contains("its action lets others touch it, and not you"))
        // As long as the file is young, a touch counts.
        let isSaid = try eventually {
            try place.command(["touch", "same", "--follow"], as: Users.alice).errors
                .contains("its bytes are as they were")
        }
        #expect(isSaid)
        #expect(place.daemon.stop() == 0)
    }

    @Test func `who stops waiting leaves the run alone`() throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            ["stamp": Self.shell("read line < \(scratch("gate"))")], at: scratch)
        let late = try place.command(
            ["touch", "stamp", "--follow", "--timeout", "200ms"], as: Users.alice)
        #expect(late.status == 75)
        #expect(late.errors.contains("unable to wait any longer"))
        let other = try place.begin(["touch", "stamp", "--follow"], as: Users.alice)
        #expect(eventually { other.errors.contains("waiting") })
        other.signal(SIGINT)
        #expect(other.status() != nil)
        gate.open()
        gate.open()
        #expect(place.daemon.wait(for: "run_ended", count: 2))
        #expect(
            place.daemon.values("status", of: "run_ended", as: Int.self) == [0, 0])
        #expect(place.daemon.stop() == 0)
    }

    @Test func `200 follow at once, each the run of his own touch`() throws {
        let place = try ControlledDaemon([
            "stamp": Self.shell("echo $TOUCHMON_RUN; exit 5")
        ])
        let followers = try (0..<200).map { index in
            try place.begin(
                ["touch", "stamp", "--follow"],
                as: [Users.alice, Users.bob, Users.carol][index % 3])
        }
        for follower in followers {
            #expect(follower.status(within: 300) == 5, "\(follower.errors)")
            #expect(follower.output.split(separator: "\n").count == 1)
        }
        // The last run began after the last touch; many touches have one run together.
        let last = try #require(followers.compactMap { Int($0.output.dropLast()) }.max())
        #expect(try place.objects(["history", "--json", "-n", "1"])[0]["run"] as? Int == last)
        #expect(place.daemon.stop() == 0)
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `a daemon that is started again goes on`(signal: Int32) throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            ["stamp": Self.shell("echo begun; read line < \(scratch("gate")); echo over; exit 9")],
            at: scratch)
        let first = try place.begin(["touch", "stamp", "--follow"], as: Users.alice)
        #expect(eventually { first.errors.contains("run 1") })
        // The second waits behind the first, and is the next daemon's.
        let second = try place.begin(["touch", "stamp", "--follow"], as: Users.bob)
        #expect(eventually { second.errors.contains("waiting") })
        if signal == SIGTERM {
            place.daemon.signal(SIGTERM)
            gate.open()
            #expect(eventually { !place.daemon.isRunning })
        } else {
            place.daemon.stop(with: SIGKILL)
        }
        #expect(eventually { second.errors.contains("waiting for the next one") })
        let next = try place.restarted()
        if signal == SIGKILL { gate.open() }
        gate.open()
        #expect(second.status() == 9, "\(second.errors)")
        #expect(second.output == "begun\nover\n")
        // Whom the kernel does not tell how an adopted run ended, nobody can tell.
        #expect(first.status() == (signal == SIGTERM ? 9 : 71), "\(first.errors)")
        #expect(next.stop() == 0)
    }

    @Test func `a file that is made by touching it, and one of a tree`() throws {
        let scratch = try Scratch()
        mkdir(scratch("d"), 0o777)
        chmod(scratch("d"), 0o777)
        mkdir(scratch("t"), 0o777)
        chmod(scratch("t"), 0o777)
        let place = try ControlledDaemon(
            [
                "d/new": Self.shell("echo ran"),
                "t/": Self.shell("cat", ["recursive": true, "stdin": "changes"]),
            ], at: scratch, isMade: false)
        let made = try place.command(["touch", "d/new", "--follow"], as: Users.alice)
        #expect(made.status == 0 && made.output == "ran\n", "\(made.errors)")
        for name in ["t/a", "t/a", "t/b"] {
            let answer = try place.command(["touch", name, "--follow"], as: Users.alice)
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output.contains("\"path\":\"\(scratch(name))\""))
        }
        #expect(place.daemon.stop() == 0)
    }

    @Test func `files of a tree that have runs of their own`() throws {
        let scratch = try Scratch()
        mkdir(scratch("t"), 0o777)
        chmod(scratch("t"), 0o777)
        let place = try ControlledDaemon(
            ["t/": ["argv": ["echo", "{path}"], "each": "file", "follow": "output"]], at: scratch)
        for name in ["t/a", "t/a", "t/b"] {
            let answer = try place.command(["touch", name, "--follow"], as: Users.alice)
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output == "\(scratch(name))\n")
        }
        #expect(place.daemon.stop() == 0)
    }

    @Test func `what was touched already is followed, before and after its run has ended`() throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            [
                "stamp": Self.shell(
                    "read line < \(scratch("gate")); cat \(scratch("stamp")); exit 7")
            ], at: scratch)
        // As who puts a file there that is complete.
        func replace(_ text: String) throws {
            chmod(try scratch.write("next", text), 0o666)
            #expect(rename(scratch("next"), scratch("stamp")) == 0)
        }
        try replace("one\n")
        #expect(place.daemon.wait(for: "run_started", count: 1))
        let during = try place.begin(["follow", "stamp"], as: Users.alice)
        #expect(eventually { during.errors.contains("run 1") })
        gate.open()
        #expect(during.status() == 7 && during.output == "one\n", "\(during.errors)")
        let after = try place.command(["follow", "stamp"], as: Users.alice)
        #expect(after.status == 7 && after.output == "one\n", "\(after.errors)")
        // Of an earlier file's runs nothing is said.
        try replace("two\n")
        let second = try place.begin(["follow", "stamp"], as: Users.alice)
        gate.open()
        #expect(second.status() == 7 && second.output == "two\n", "\(second.errors)")
        // The next daemon knows it as well.
        #expect(place.daemon.stop() == 0)
        let next = try place.restarted()
        let late = try place.command(["follow", "stamp"], as: Users.alice)
        #expect(late.status == 7 && late.output == "two\n", "\(late.errors)")
        #expect(next.count("run_started") == 0)
        #expect(next.stop() == 0)
    }

    /// A daemon that looks at a path for the first time takes whoever has it open for writing for somebody who
    /// writes: its close would be a touch.
    @Test(arguments: [nil, Users.alice])
    func `what was touched already is opened only when a daemon has looked at it`(user: User?)
        throws
    {
        let place = try ControlledDaemon(["stamp": Self.shell("exit 3")])
        let (stamp, trace) = (place.scratch("stamp"), try place.scratch.write("trace"))
        chmod(trace, 0o666)
        utimes(stamp, nil)
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        let tracing = [
            "strace", "-s", "512", "-o", trace, "-e", "trace=openat,recvfrom,recvmsg,read",
        ]
        let answer = try Answer.of(
            ["follow", "--state-directory", place.state, stamp], in: place.scratch.path,
            prefix: (user?.prefix ?? []) + tracing)
        #expect(answer.status == 3, "\(answer.errors)")
        let calls = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
        let open = calls.firstIndex { $0.contains("\(stamp)\"") && $0.contains("O_WRONLY") }
        let answered = calls.firstIndex { $0.contains("nothing shows") }
        // Root need not show anything.
        #expect((open == nil) == (user == nil))
        if let open { #expect(answered.map { $0 < open } == true, "\(calls)") }
        #expect(place.daemon.count("run_started") == 1)
        #expect(place.daemon.stop() == 0)
    }

    @Test
    func `a change that was no touch has led to nothing, and what is not there can't be followed`()
        throws
    {
        let place = try ControlledDaemon(["stamp": Self.shell("echo ran")])
        #expect(try place.command(["touch", "stamp", "--follow"], as: Users.alice).status == 0)
        chmod(place.scratch("stamp"), 0o622)
        let answer = try place.command(["follow", "stamp"], as: Users.alice)
        #expect(answer.status == 75 && answer.output.isEmpty, "\(answer.output)")
        let absent = try place.command(["follow", "absent"], as: Users.alice)
        #expect(absent.status == 66, "\(absent.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.scratch("absent")))
        #expect(place.daemon.stop() == 0)
    }

    @Test func `programs get a line of JSON for each news`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell(#"printf 'a\n\377b'; exit 3"#)])
        for command in [["touch", "stamp", "--follow", "--json"], ["follow", "stamp", "--json"]] {
            let answer = try place.command(command, as: Users.alice)
            #expect(answer.status == 3)
            #expect(answer.errors.isEmpty)
            let lines = try answer.output.split(separator: "\n").map {
                try #require(
                    JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }.filter { $0["event"] as? String != "waiting" }
            #expect(lines.map { $0["event"] as? String } == ["run", "output", "ended"])
            #expect(lines.first?["run"] as? Int == 1)
            #expect(lines.first?["shared"] as? Bool == false)
            let printed = lines.dropFirst().first?["base64"] as? String
            #expect(printed.flatMap { Data(base64Encoded: $0) } == Data([0x61, 0x0A, 0xFF, 0x62]))
            #expect(lines.last?["outcome"] as? String == "failure")
            #expect(lines.last?["status"] as? Int == 3)
        }
        #expect(place.daemon.stop() == 0)
    }

    @Test func `without a daemon nothing is touched`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        utimes(stamp, [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)])
        let answer = try Answer.of([
            "touch", "--state-directory", scratch("state"), stamp, "--follow",
        ])
        #expect(answer.status == 69)
        var status = stat()
        stat(stamp, &status)
        #expect(status.st_mtim.tv_sec == 1)
    }
}
