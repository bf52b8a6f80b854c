import Foundation
import Testing

/// `kill`: whom stopping a run reaches.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, "needs root, to mount"),
    .enabled(if: GroupPlace.isThere, GroupPlace.reason)
)
struct ControlGroupTests {
    /// Whether a process does nothing any more: orphans are reaped when it suits their new parent.
    private static func isGone(_ process: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return true }
        return ["Z", "X"].contains(text[end...].split(separator: " ")[1])
    }

    private static func numbers(_ file: String) -> [Int32] {
        ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "")
            .split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    }

    /// Starts a process that has left the run's process group and session, and obeys no signal but
    /// SIGKILL, and waits until it is there.
    private static let escape =
        "(setsid sh -c 'trap \"\" TERM HUP; echo $$ >> $PIDS; while :; do sleep 0.05; done' &); "
        + "until test -s $PIDS; do sleep 0.01; done; "

    @Test func `all: what escaped from group and session is gone as well`() throws {
        let place = try GroupPlace()
        let watched = try Watched(
            ": >> $PIDS; \(Self.escape) sleep 1000", extra: ["timeout": "1s", "kill": "all"],
            with: "PIDS")
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(eventually { Self.numbers(watched.file("PIDS")).count == 1 })
        #expect(place.runs == ["touchmon-state-run-1"])
        // The shell, its sleep, the escaped shell and mostly its sleep.
        #expect(eventually { place.count(in: "touchmon-state-run-1") >= 3 })
        #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        // It ended when nobody was left.
        #expect(Self.numbers(watched.file("PIDS")).allSatisfy(Self.isGone))
        #expect(watched.processes.allSatisfy(Self.isGone))
        #expect(eventually { place.runs.isEmpty })
        #expect(daemon.events("run_ended").first?["signal"] as? String == "SIGTERM")
        #expect(daemon.stop() == 0)
    }

    @Test func `group: it survives`() throws {
        let place = try GroupPlace()
        let watched = try Watched(
            ": >> $PIDS; \(Self.escape) sleep 1000", extra: ["timeout": "1s", "kill": "group"],
            with: "PIDS")
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        #expect(place.runs.isEmpty)
        let escaped = Self.numbers(watched.file("PIDS"))
        #expect(escaped.count == 1)
        #expect(!escaped.contains(where: Self.isGone))
        for process in escaped { kill(process, SIGKILL) }
        #expect(daemon.stop() == 0)
    }

    @Test func `all: everybody is asked to stop, once`() throws {
        let place = try GroupPlace()
        let watched = try Watched(
            """
            (setsid sh -c 'trap "echo 1 >> $TOLD; exit" TERM; echo 1 >> $READY
                while :; do sleep 0.01; done' &)
            trap 'until test -s $TOLD; do sleep 0.01; done; exit 5' TERM
            until test -s $READY; do sleep 0.01; done
            echo 1 >> $READY
            while :; do sleep 0.01; done
            """,
            extra: ["busy": "restart", "kill": "all", "stop_timeout": "60s"],
            with: "TOLD", "READY")
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(eventually { Self.numbers(watched.file("READY")).count == 2 })
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        #expect(daemon.events("run_ended").first?["status"] as? Int == 5)
        #expect(Self.numbers(watched.file("TOLD")) == [1])
        #expect(daemon.count("run_killed") == 0)
        #expect(daemon.stopAtOnce() == 0)
        #expect(eventually { place.runs.isEmpty })
    }

    @Test func `all: who does not obey is killed, wherever he is`() throws {
        let place = try GroupPlace()
        let watched = try Watched(
            ": >> $PIDS; \(Self.escape) trap '' TERM; while :; do sleep 0.05; done",
            extra: ["timeout": "500ms", "stop_timeout": "200ms", "kill": "all"], with: "PIDS")
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        #expect(daemon.count("run_killed") == 1)
        #expect(daemon.events("run_ended").first?["signal"] as? String == "SIGKILL")
        #expect(Self.numbers(watched.file("PIDS")).allSatisfy(Self.isGone))
        #expect(daemon.stop() == 0)
    }

    @Test func `all: a run that ends by itself leaves what it started`() throws {
        let place = try GroupPlace()
        let watched = try Watched(
            "test -s $PIDS || { setsid sleep 1000 & echo $! >> $PIDS; }", extra: ["kill": "all"],
            with: "PIDS")
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        let process = try #require(Self.numbers(watched.file("PIDS")).first)
        #expect(!Self.isGone(process))
        #expect(place.runs == ["touchmon-state-run-1"])
        kill(process, SIGKILL)
        #expect(eventually { place.count(in: "touchmon-state-run-1") == 0 })
        // Its group goes with the end of a later run.
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(eventually { place.runs.isEmpty })
        #expect(daemon.stop() == 0)
    }

    /// The lock is held by everybody whom a run has started, also by those who left it.
    private static let exclusive =
        "exec 9> $LOCK; flock -n 9 || echo 1 >> $BAD; "
        + "(setsid sh -c 'trap \"\" TERM HUP; echo $$ >> $PIDS; while :; do sleep 1; done' &); "
        + "sleep 1000"

    @Test func `all: restart under five hundred touches, never two at once, and nothing is left`()
        throws
    {
        let place = try GroupPlace()
        let watched = try Watched(
            Self.exclusive, extra: ["busy": "restart", "kill": "all"], with: "LOCK", "BAD", "PIDS")
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        var most = 0
        var written = 0
        for run in 1...10 {
            #expect(daemon.wait(for: "run_started", count: run))
            // Half of the runs are stopped whenever it may be, half when they have written down who they are.
            if run.isMultiple(of: 2) {
                let isWritten = eventually {
                    Self.numbers(watched.file("PIDS")).count > written
                }
                #expect(isWritten, "\(daemon.text)")
                written = Self.numbers(watched.file("PIDS")).count
            }
            for _ in 1...50 {
                utimes(watched.path, nil)
                most = max(most, place.runs.count { place.count(in: $0) > 0 })
            }
        }
        #expect(daemon.wait(for: "run_stopping", count: 10))
        #expect(most <= 1)
        #expect(daemon.stopAtOnce() == 0)
        #expect(!FileManager.default.fileExists(atPath: watched.file("BAD")))
        #expect(place.runs.isEmpty)
        let all = watched.processes + Self.numbers(watched.file("PIDS"))
        #expect(all.count >= 5 && all.allSatisfy(Self.isGone))
    }

    @Test func `all: the run of a daemon that was killed is stopped by the next one`() throws {
        let place = try GroupPlace()
        let watched = try Watched(
            Self.exclusive, extra: ["busy": "restart", "kill": "all"], with: "LOCK", "BAD", "PIDS")
        let first = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(eventually { Self.numbers(watched.file("PIDS")).count == 1 })
        let escaped = try #require(Self.numbers(watched.file("PIDS")).first)
        first.stop(with: SIGKILL)
        #expect(!Self.isGone(escaped))
        let next = try watched.start(prefix: place.prefix)
        #expect(next.count("run_adopted") == 1)
        utimes(watched.path, nil)
        #expect(eventually { Self.numbers(watched.file("PIDS")).count == 2 }, "\(next.text)")
        #expect(Self.isGone(escaped))
        #expect(!FileManager.default.fileExists(atPath: watched.file("BAD")))
        #expect(place.runs == ["touchmon-state-run-2"])
        #expect(next.stopAtOnce() == 0)
        #expect(place.runs.isEmpty)
    }

    @Test func `all: empty groups that a daemon left are removed, and no others`() throws {
        let place = try GroupPlace()
        for name in ["touchmon-state-run-7", "touchmon-state-run-1", "touchmon-other-run-7"] {
            try place.place.run("mkdir \(place.inside)/\(name)")
        }
        let watched = try Watched(extra: ["kill": "all"])
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        #expect(eventually { place.runs == ["touchmon-other-run-7"] })
        #expect(daemon.stop() == 0)
        try place.place.run("rmdir \(place.inside)/touchmon-other-run-7")
    }

    @Test func `all: without control groups nothing runs, and it is said`() throws {
        let place = try GroupPlace(isMounted: false)
        let watched = try Watched(extra: ["kill": "all"])
        let daemon = try watched.start(prefix: place.place.prefix)
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_not_started", count: 1), "\(daemon.text)")
        let event = try #require(daemon.events("run_not_started").first)
        #expect(event["step"] as? String == "cgroup")
        #expect(event["errno"] as? Int == Int(ENOENT))
        #expect((event["message"] as? String)?.contains("cgroup2") == true)
        try watched.expectRuns([], daemon)
        #expect(daemon.stop() == 0)
        let check = try Answer.of(
            ["check", watched.scratch("actions.json")], prefix: place.place.prefix)
        #expect(check.status == 0)
        #expect(check.errors.contains("warning: `kill` can't be `all` here"), "\(check.errors)")
        let mounted = try GroupPlace()
        #expect(
            try Answer.of(
                ["check", watched.scratch("actions.json")], prefix: mounted.place.prefix
            ).errors == "")
    }

    @Test func `all: where there may be no more groups, the run is late`() throws {
        let place = try GroupPlace()
        try place.set("cgroup.max.descendants", "0")
        let watched = try Watched(extra: ["kill": "all"])
        let daemon = try watched.start(prefix: place.prefix)
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_postponed", count: 1), "\(daemon.text)")
        #expect(daemon.events("run_postponed").first?["errno"] as? Int == Int(EAGAIN))
        try place.set("cgroup.max.descendants", "max")
        #expect(daemon.wait(for: "run_ended", count: 1))
        try watched.expectRuns(["touch"], daemon)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: [
        ("mkdir", "", "EACCES"), ("mkdir", "", "ENOSPC"), ("mkdir", "", "ENOENT"),
        ("openat", "/cgroup.procs", "EACCES"), ("openat", "/cgroup.procs", "ENOENT"),
    ])
    func `all: a run whose group can't be made does not start`(
        call: String, file: String, error: String
    ) throws {
        let place = try GroupPlace()
        let watched = try Watched(extra: ["kill": "all"])
        let group = "\(place.inside)/touchmon-state-run-1"
        let fault = [
            "/usr/bin/strace", "-D", "-o", "/dev/null", "-P", group + file, "-e", "trace=\(call)",
            "-e", "inject=\(call):error=\(error):when=1+",
        ]
        let daemon = try watched.start(prefix: place.prefix + fault)
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_not_started", count: 1), "\(daemon.text)")
        #expect(daemon.events("run_not_started").first?["step"] as? String == "cgroup")
        #expect(place.runs.isEmpty)
        try watched.expectRuns([], daemon)
        // The next one is another group.
        utimes(watched.path, nil)
        try watched.expectRuns(["touch"], daemon)
        #expect(daemon.stop() == 0)
    }

    @Test func `all: the child that can't enter its group executes nothing`() throws {
        let place = try GroupPlace()
        let watched = try Watched(extra: ["kill": "all"])
        let procs = "\(place.inside)/touchmon-state-run-1/cgroup.procs"
        let fault = [
            "/usr/bin/strace", "-D", "-f", "-o", "/dev/null", "-P", procs, "-e", "trace=write",
            "-e", "inject=write:error=ENODEV:when=1+",
        ]
        let daemon = try watched.start(prefix: place.prefix + fault)
        utimes(watched.path, nil)
        // Somebody removed the group: another is made.
        #expect(daemon.wait(for: "run_postponed", count: 1), "\(daemon.text)")
        #expect(daemon.events("run_postponed").first?["step"] as? String == "cgroup")
        #expect(daemon.wait(for: "run_ended", count: 1))
        try watched.expectRuns(["touch"], daemon)
        #expect(eventually { place.runs.isEmpty })
        #expect(daemon.stop(with: SIGTERM) == 0)
    }

    /// A daemon of alice's, in the group of `place`.
    private func aliceRuns(in place: GroupPlace, _ expectation: (TouchmonProcess) throws -> Void)
        throws
    {
        let alice = Users.alice
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        chown(stamp, alice.id, alice.group)
        let files = try scratch.actions([
            stamp: ["argv": ["sleep", "1000"], "kill": "all", "timeout": "300ms"]
        ])
        let daemon = try TouchmonProcess.daemon([files], prefix: place.prefix + alice.prefix)
        utimes(stamp, nil)
        try expectation(daemon)
        #expect(daemon.stop() == 0)
    }

    @Test func `all: an ordinary user's daemon does it in a group that was delegated to it`() throws
    {
        let place = try GroupPlace()
        let alice = Users.alice
        try place.place.run(
            "cd \(place.inside); chown \(alice.id) . cgroup.procs cgroup.subtree_control")
        try aliceRuns(in: place) { daemon in
            #expect(daemon.wait(for: "run_started", count: 1), "\(daemon.text)")
            #expect(place.runs.count == 1)
            #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
            #expect(eventually { place.runs.isEmpty })
        }
    }

    @Test func `all: in one that was not, nothing runs`() throws {
        let place = try GroupPlace()
        try aliceRuns(in: place) { daemon in
            #expect(daemon.wait(for: "run_not_started", count: 1), "\(daemon.text)")
            let event = try #require(daemon.events("run_not_started").first)
            #expect(event["step"] as? String == "cgroup")
            #expect(event["errno"] as? Int == Int(EACCES))
            #expect((event["message"] as? String)?.contains("Delegate=yes") == true)
        }
    }
}
