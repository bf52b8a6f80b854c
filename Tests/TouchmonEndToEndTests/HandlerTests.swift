import Foundation
import Testing

/// `on_failure`, as the command that is told sees it.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct HandlerTests {
    /// A watched path whose runs do what a script says, and a command that writes down what it is told.
    private final class Scene {
        let scratch: Scratch
        let path: String
        let files: String
        /// What is told waits here when it is to.
        let gate: Gate
        private var started: [TouchmonProcess] = []

        /// `script` is what a run does, `more` are further keys of its action; `told` is what the command
        /// does after it wrote down what it was told, `how` further keys of it.
        init(
            _ script: String, _ more: [String: Any] = [:], told: String = "",
            how: [String: Any] = [:]
        ) throws {
            scratch = try Scratch()
            path = try scratch.write("stamp")
            gate = try Gate(scratch("gate"))
            try scratch.write("told")
            chmod(scratch("told"), 0o666)
            try scratch.write("runs")
            let tell =
                "echo reason=$TOUCHMON_REASON path=$TOUCHMON_PATH action=$TOUCHMON_ACTION "
                + "run=$TOUCHMON_RUN attempt=$TOUCHMON_ATTEMPT status=$TOUCHMON_STATUS "
                + "signal=$TOUCHMON_SIGNAL output=$TOUCHMON_OUTPUT mtime=$TOUCHMON_MTIME_NS user=$(id -un) "
                + "umask=$(umask) >> \(scratch("told")); gate=\(scratch("gate")); \(told)"
            let handler: [String: Any] = ["argv": ["sh", "-c", tell]]
            let run = "echo $TOUCHMON_RUN $$ >> \(scratch("runs")); \(script)"
            let action: [String: Any] = [
                "argv": ["sh", "-c", run], "user": NSUserName(),
                "on_failure": handler.merging(how) { $1 },
            ]
            files = try scratch.actions([path: action.merging(more) { $1 }])
        }

        func start() throws -> TouchmonProcess {
            let daemon = try TouchmonProcess.daemon([files], state: scratch("state"))
            started.append(daemon)
            return daemon
        }

        func touch() { utimes(path, nil) }

        /// Each of those that were told: what it was told, by name.
        var told: [[String: String]] {
            ((try? String(contentsOfFile: scratch("told"), encoding: .utf8)) ?? "")
                .split(separator: "\n").map { line in
                    Dictionary(
                        uniqueKeysWithValues: line.split(separator: " ").map { word in
                            let parts = word.split(
                                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                            return (String(parts[0]), String(parts[1]))
                        })
                }
        }

        /// The runs of the action until now.
        var runs: Int {
            ((try? String(contentsOfFile: scratch("runs"), encoding: .utf8)) ?? "")
                .split(separator: "\n").count
        }

        /// Waits until so many were told, and returns what the last one was.
        func told(_ count: Int, _ daemon: TouchmonProcess) throws -> [String: String] {
            let isTold = eventually { told.count >= count }
            try #require(isTold && told.count == count, "\(daemon.text)")
            return told[count - 1]
        }
    }

    @Test func `it is told of the run, of its status, and where`() throws {
        let scene = try Scene("exit 3")
        let daemon = try scene.start()
        scene.touch()
        let told = try scene.told(1, daemon)
        #expect(
            told == [
                "reason": "failure", "path": scene.path, "action": scene.path, "run": "1",
                "attempt": "1", "status": "3", "signal": "", "output": "", "mtime": "",
                "user": NSUserName(),
                "umask": "0022",
            ])
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(daemon.values("run", of: "run_ended", as: Int.self) == [1, 2])
        #expect(daemon.values("handler", of: "on_failure", as: Int.self) == [2])
        #expect(daemon.stop() == 0)
        #expect(scene.told.count == 1 && scene.runs == 1)
    }

    @Test func `of a run that took too long it learns the signal`() throws {
        let scene = try Scene("sleep 1000", ["timeout": "200ms"], how: ["umask": "027"])
        let daemon = try scene.start()
        scene.touch()
        let told = try scene.told(1, daemon)
        #expect(told["signal"] == "TERM" && told["status"] == "")
        #expect(told["umask"] == "0027")
        #expect(daemon.stop() == 0)
    }

    @Test func `of a run that did not start it learns neither`() throws {
        let scene = try Scene("", ["argv": ["/does/not/exist"]])
        let daemon = try scene.start()
        scene.touch()
        let told = try scene.told(1, daemon)
        #expect(told["signal"] == "" && told["status"] == "" && told["attempt"] == "1")
        // What is logged may be read after what the handler wrote.
        #expect(daemon.wait(for: "run_not_started", count: 1))
        #expect(daemon.stop() == 0)
        #expect(daemon.count("run_not_started") == 1)
    }

    @Test func `it comes after the last attempt`() throws {
        let retry: [String: Any] = ["attempts": 3, "delay": "10ms"]
        let scene = try Scene("exit 9", ["retry": retry])
        let daemon = try scene.start()
        scene.touch()
        let told = try scene.told(1, daemon)
        #expect(told["run"] == "3" && told["attempt"] == "3" && told["status"] == "9")
        #expect(scene.runs == 3)
        #expect(daemon.stop() == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `it is somebody else, if its action says so`() throws {
        let scene = try Scene("exit 1", ["user": "root"], how: ["user": Users.bob.name])
        let daemon = try scene.start()
        scene.touch()
        #expect(try scene.told(1, daemon)["user"] == Users.bob.name)
        #expect(daemon.stop() == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `in a user's file it is the user`() throws {
        let alice = Users.alice
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        func check(_ user: String) throws -> Answer {
            let file = try scratch.actions([
                stamp: [
                    "argv": ["true"], "user": alice.name,
                    "on_failure": ["argv": ["true"], "user": user] as [String: Any],
                ]
            ])
            chown(file, alice.id, alice.group)
            return try Answer.of(["check", file])
        }
        #expect(try check(alice.name).status == 0)
        let answer = try check(Users.bob.name)
        #expect(answer.status == 65)
        #expect(answer.errors.contains("so its actions can't run as `\(Users.bob.name)`"))
    }

    @Test func `the action goes on beside it, and of the failures meanwhile the last is told`()
        throws
    {
        let scene = try Scene("exit 1", told: "read line < $gate")
        let daemon = try scene.start()
        scene.touch()
        #expect(try scene.told(1, daemon)["run"] == "1")
        for count in 2...4 {
            scene.touch()
            #expect(daemon.wait(for: "on_failure", count: count))
        }
        #expect(scene.runs == 4 && scene.told.count == 1)
        scene.gate.open()
        let told = try scene.told(2, daemon)
        #expect(
            told["run"]
                == daemon.values("run", of: "on_failure", as: Int.self).last.map(String.init))
        scene.gate.open()
        #expect(daemon.wait(for: "run_ended", count: 6))
        #expect(daemon.stop() == 0)
        #expect(scene.told.count == 2)
    }

    @Test func `its own failure leads to nothing`() throws {
        let scene = try Scene("exit 1", told: "exit 7")
        let daemon = try scene.start()
        scene.touch()
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(daemon.values("status", of: "run_ended", as: Int.self) == [1, 7])
        #expect(daemon.stop() == 0)
        #expect(scene.told.count == 1 && daemon.count("on_failure") == 1)
    }

    @Test func `a daemon that stops waits for it`() throws {
        let scene = try Scene("exit 1", told: "read line < $gate; exit 5")
        let daemon = try scene.start()
        scene.touch()
        _ = try scene.told(1, daemon)
        daemon.signal(SIGTERM)
        #expect(daemon.wait(for: "draining", count: 1))
        scene.gate.open()
        #expect(daemon.exitStatus() == 0)
        #expect(daemon.values("status", of: "run_ended", as: Int.self) == [1, 5])
    }

    @Test func `a killed daemon's is waited for by the next one, with what was owed`() throws {
        let scene = try Scene("exit 1", told: "read line < $gate")
        let daemon = try scene.start()
        scene.touch()
        _ = try scene.told(1, daemon)
        scene.touch()
        #expect(daemon.wait(for: "on_failure", count: 2))
        // A pass of the loop later it is written down: the next run has begun and ended after it.
        scene.touch()
        #expect(daemon.wait(for: "on_failure", count: 3))
        daemon.stop(with: SIGKILL)
        let next = try scene.start()
        #expect(next.count("run_adopted") == 1)
        #expect(scene.told.count == 1)
        scene.gate.open()
        let told = try scene.told(2, next)
        #expect(Int(told["run"] ?? "").map { $0 > 1 } == true)
        scene.gate.open()
        #expect(next.wait(for: "run_ended", count: 2))
        #expect(next.stop() == 0)
        let last = try scene.start()
        #expect(last.stop() == 0)
        #expect(scene.told.count == 2)
    }

    @Test func `one that was cut off is told again`() throws {
        let scene = try Scene(
            "exit 1", told: "test -e $gate.again || { : > $gate.again; kill -9 $PPID $$; }")
        let daemon = try scene.start()
        scene.touch()
        #expect(eventually { !daemon.process.isRunning })
        let next = try scene.start()
        let told = try scene.told(2, next)
        #expect(told["run"] == "1" && told["status"] == "1")
        #expect(next.values("reruns", of: "run_interrupted", as: Bool.self) == [true])
        #expect(next.wait(for: "run_ended", count: 1))
        #expect(next.stop() == 0)
        #expect(scene.runs == 1)
    }

    @Test func `it is told where to find what the run has printed, all of it`() throws {
        let scene = try Scene(
            "seq 100000; exit 1", told: "tail -n 1 \"$TOUCHMON_OUTPUT\" >> $TOUCHMON_PATH.last")
        let daemon = try scene.start()
        scene.touch()
        let told = try scene.told(1, daemon)
        #expect(told["output"] == daemon.output(of: 1))
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(try String(contentsOfFile: "\(scene.path).last", encoding: .utf8) == "100000\n")
        #expect(daemon.stop() == 0)
    }
}
