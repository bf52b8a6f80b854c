import Foundation
import Testing

/// What can be seen of a daemon, and what it can be asked to do.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct ControlTests {
    private static func shell(_ script: String) -> [String: Any] {
        ["argv": ["sh", "-c", script]]
    }

    @Test func `the state of every action, and all about one`() throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            [
                "busy": Self.shell("read line < \(scratch("gate"))"), "idle": Self.shell("true"),
                "failing": Self.shell("exit 3"),
            ], at: scratch)
        place.touch("busy")
        place.touch("failing")
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        #expect(place.daemon.wait(for: "run_started", count: 2))
        let status = try #require(try place.objects(["status", "--json"]).first)
        #expect(status["name"] as? String == "default")
        #expect(status["pid"] as? Int32 == place.daemon.pid)
        #expect(status["degraded"] as? [String] == [])
        let actions = try #require(status["actions"] as? [[String: Any]])
        #expect(
            actions.map { $0["path"] as? String }
                == ["busy", "failing", "idle"].map { scratch($0) })
        #expect(actions.map { $0["state"] as? String } == ["running", "idle", "idle"])
        #expect(Set(actions.map { $0["mechanism"] as? String }) == ["inotify"])
        let last = try #require(actions[1]["last_run"] as? [String: Any])
        #expect(last["outcome"] as? String == "failure" && last["status"] as? Int == 3)
        #expect(actions[2]["last_run"] == nil)
        let one = try place.command(["status", "failing"])
        #expect(one.output.contains("it:          status 3, "))
        #expect(try place.command(["status", "other"]).status == 66)
        let table = try Answer.of(
            ["status", "--state-directory", place.state], prefix: ["COLUMNS=40"])
        #expect(table.output.split(separator: "\n").count == 4)
        gate.open()
        #expect(place.daemon.stop() == 0)
    }

    @Test func `the runs that were, and what they printed`() throws {
        let place = try ControlledDaemon([
            "good": Self.shell("printf 'a\\377'"), "bad": Self.shell("echo no; exit 1"),
        ])
        for (index, name) in ["good", "bad", "good"].enumerated() {
            place.touch(name)
            #expect(place.daemon.wait(for: "run_ended", count: index + 1))
        }
        let all = try place.objects(["history", "--json"])
        #expect(all.map { $0["run"] as? Int } == [1, 2, 3])
        #expect(all.map { $0["outcome"] as? String } == ["success", "failure", "success"])
        #expect(all.allSatisfy { $0["reason"] as? String == "touch" })
        func runs(_ arguments: [String]) throws -> [Int?] {
            try place.objects(["history", "--json"] + arguments).map { $0["run"] as? Int }
        }
        #expect(try runs(["--failed"]) == [2])
        #expect(try runs(["good"]) == [1, 3])
        #expect(try runs(["-n", "2"]) == [2, 3])
        #expect(try runs(["--since", "1h"]) == [1, 2, 3])
        #expect(try runs(["--user", "\(getuid())"]) == [1, 2, 3])
        #expect(try runs(["--user", "4242"]).isEmpty)
        #expect(try place.command(["output", "2"]).output == "no\n")
        #expect(try place.command(["output", "99"]).status == 66)
        // Byte for byte.
        let raw = try Command.run([
            "sh", "-c", "\"$0\" output 1 --state-directory \"$1\" | od -An -tx1",
            try #require(Binary.path), place.state,
        ])
        #expect(raw.output == " 61 ff\n")
        let text = try place.command(["history"])
        #expect(text.output.contains("status 1"))
        #expect(place.daemon.stop() == 0)
    }

    @Test func `a run is asked for, and asked to stop`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell("exec sleep 60")])
        #expect(try place.command(["trigger", "stamp"]).status == 0)
        #expect(place.daemon.wait(for: "run_started", count: 1))
        #expect(try place.command(["stop-run", "1"]).status == 0)
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        #expect(try place.command(["stop-run", "1"]).status == 66)
        #expect(try place.command(["trigger", "other"]).status == 66)
        let row = try #require(try place.objects(["history", "--json"]).first)
        #expect(row["reason"] as? String == "manual" && row["signal"] as? String == "SIGTERM")
        #expect(place.daemon.stop() == 0)
    }

    @Test func `action files are read again, and refused with an error in them`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell("true")])
        try place.rewrite("{")
        let refused = try place.command(["reload"])
        #expect(refused.status == 65)
        #expect(refused.errors.contains("there is 1 error in the action files"))
        try place.rewrite("{}")
        #expect(try place.command(["reload"]).status == 0)
        #expect(try place.command(["status", "stamp"]).status == 66)
        #expect(place.daemon.stop() == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `others see nothing and do nothing`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell("true")])
        for command in [
            ["status"], ["history"], ["output", "1"], ["trigger", "stamp"], ["stop-run", "1"],
            ["reload"],
        ] {
            let answer = try place.command(command, as: Users.alice)
            #expect(answer.status == 77, "\(command): \(answer)")
        }
        #expect(place.daemon.count("run_started") == 0)
        #expect(place.daemon.stop() == 0)
    }

    /// Whoever is connected, and whatever he sends, touches run what they should.
    @Test func `clients that send garbage, half a request, or never read`() throws {
        let place = try ControlledDaemon(["stamp": Self.shell("true")])
        let before = place.daemon.residentKilobytes
        let hostile = try RunningCommand(
            [
                "/usr/bin/python3", "-c",
                """
                import os, socket, sys
                def connect():
                    s = socket.socket(socket.AF_UNIX)
                    s.connect(sys.argv[1])
                    return s
                held = []
                for _ in range(100):
                    held.append(connect())
                garbage = connect()
                garbage.sendall(os.urandom(4096) + b"\\n")
                half = connect()
                half.sendall(b'{"request": "sta')
                long = connect()
                try:
                    long.sendall(b"x" * (1 << 20))
                except OSError:
                    pass
                many = connect()
                many.setblocking(False)
                line = b'{"request": "status"}\\n'
                sent = 0
                try:
                    for _ in range(10000):
                        sent += many.send(line)
                except BlockingIOError:
                    pass
                print("there", flush=True)
                import signal
                signal.pause()
                """, "\(place.state)/control",
            ], in: place.scratch)
        #expect(eventually { hostile.output == "there\n" })
        for count in 1...20 {
            place.touch("stamp")
            #expect(place.daemon.wait(for: "run_ended", count: count))
        }
        #expect(try place.command(["status"]).status == 0)
        #expect(place.daemon.residentKilobytes < before + 4096)
        hostile.signal(SIGKILL)
        #expect(hostile.status() != nil)
        #expect(place.daemon.stop() == 0)
    }
}
