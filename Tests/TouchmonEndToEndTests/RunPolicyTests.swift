import Foundation
import Testing

/// When runs begin and how they end, as their action says, with real processes.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct RunPolicyTests {
    private static func isGone(_ process: Int32) -> Bool { kill(process, 0) != 0 }

    /// The numbers in a file that a run wrote.
    private static func numbers(_ file: String) -> [Int32] { numbers(file, of: Int32.self) }

    private static func numbers<Number: LosslessStringConvertible>(
        _ file: String, of type: Number.Type
    ) -> [Number] {
        ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "")
            .split(whereSeparator: \.isWhitespace).compactMap { Number(String($0)) }
    }

    @Test func `a run that takes too long is stopped with its whole group`() throws {
        let watched = try Watched(
            "sleep 1000 & echo $! >> $PIDS; wait", extra: ["timeout": "300ms"], with: "PIDS")
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.events("run_ended").first?["signal"] as? String == "SIGTERM")
        #expect(daemon.events("run_stopping").first?["cause"] as? String == "timeout")
        let sleepers = Self.numbers(watched.file("PIDS"))
        #expect(sleepers.count == 1)
        #expect(eventually { sleepers.allSatisfy(Self.isGone) })
        #expect(daemon.stop() == 0)
    }

    @Test func `a run that does not obey is killed`() throws {
        let watched = try Watched(
            "trap '' TERM; while :; do sleep 0.05; done",
            extra: ["timeout": "200ms", "stop_timeout": "200ms"])
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.count("run_killed") == 1)
        #expect(daemon.events("run_ended").first?["signal"] as? String == "SIGKILL")
        #expect(daemon.stop() == 0)
    }

    @Test func `what a stopped run leaves of its group is killed`() throws {
        let watched = try Watched(
            "sh -c 'trap \"\" TERM; echo $$ >> $PIDS; while :; do sleep 0.05; done' & wait",
            extra: ["timeout": "300ms"], with: "PIDS")
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.count("run_killed") == 0)
        let rest = Self.numbers(watched.file("PIDS"))
        #expect(rest.count == 1)
        #expect(eventually { rest.allSatisfy(Self.isGone) })
        #expect(daemon.stop() == 0)
    }

    @Test func `restart: under five hundred touches never two at once, and nothing is left`() throws
    {
        // Who is left of a group when its first process has ended dies while the next run begins.
        let watched = try Watched(
            "exec 9> $LOCK; flock -w 5 9 || echo 1 >> $BAD; sleep 1000 9>&- & echo $! >> $PIDS; "
                + "wait",
            extra: ["busy": "restart"], with: "LOCK", "BAD", "PIDS")
        let daemon = try watched.start()
        utimes(watched.path, nil)
        for run in 1...10 {
            #expect(daemon.wait(for: "run_started", count: run))
            for _ in 1...50 { utimes(watched.path, nil) }
        }
        #expect(daemon.wait(for: "run_stopping", count: 10))
        // The last one is under way.
        try watched.pass(daemon)
        #expect(
            eventually {
                guard let last = watched.processes.last else { return false }
                return !Self.isGone(last) && !Self.numbers(watched.file("PIDS")).isEmpty
            })
        #expect(daemon.stopAtOnce() == 0)
        #expect(!FileManager.default.fileExists(atPath: watched.file("BAD")))
        let all = watched.processes + Self.numbers(watched.file("PIDS"))
        #expect(eventually { all.allSatisfy(Self.isGone) })
    }

    @Test func `parallel: so many at a time`() throws {
        let watched = try Watched(
            "read line < $gate", extra: ["busy": "parallel", "max_parallel": 2])
        let daemon = try watched.start()
        for count in 1...2 {
            utimes(watched.path, nil)
            #expect(eventually { watched.processes.count == count })
        }
        utimes(watched.path, nil)
        try watched.expectRuns(["touch", "touch"], daemon)
        watched.gate.open()
        #expect(eventually { watched.processes.count == 3 })
        #expect(daemon.stop() == 0)
    }

    @Test func `skip: touches during a run lead to none`() throws {
        let watched = try Watched("read line < $gate", extra: ["busy": "skip"])
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(eventually { watched.processes.count == 1 })
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "skipped", count: 1))
        watched.gate.open()
        #expect(daemon.wait(for: "run_ended", count: 1))
        try watched.expectRuns(["touch"], daemon)
        utimes(watched.path, nil)
        #expect(eventually { watched.processes.count == 2 })
        watched.gate.open()
        #expect(daemon.stop() == 0)
    }

    @Test func `signal: the run is told`() throws {
        let watched = try Watched(
            "trap 'echo 1 >> $TOLD' USR1; echo 1 >> $READY; while :; do sleep 0.01; done",
            extra: ["busy": "signal", "busy_signal": "USR1"], with: "TOLD", "READY")
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(eventually { Self.numbers(watched.file("READY")).count == 1 })
        for count in 1...3 {
            utimes(watched.path, nil)
            #expect(eventually { Self.numbers(watched.file("TOLD")).count == count })
        }
        try watched.expectRuns(["touch"], daemon)
        #expect(daemon.stopAtOnce() == 0)
    }

    @Test func `retry: until it works, and it knows which attempt it is`() throws {
        let watched = try Watched(
            "echo ${TOUCHMON_ATTEMPT:-1} >> $TRIES; test ${TOUCHMON_ATTEMPT:-1} = 3",
            extra: ["retry": ["attempts": 5, "delay": "50ms"] as [String: Any]], with: "TRIES")
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_ended", count: 3))
        try watched.expectRuns(["touch", "retry", "retry"], daemon)
        #expect(Self.numbers(watched.file("TRIES")) == [1, 2, 3])
        #expect(daemon.count("run_retried") == 2 && daemon.count("run_exhausted") == 0)
        #expect(daemon.stop() == 0)
    }

    @Test func `retry: and then it is given up`() throws {
        let watched = try Watched(
            "exit 3", extra: ["retry": ["attempts": 2, "delay": "10ms"] as [String: Any]])
        let daemon = try watched.start()
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "run_exhausted", count: 1))
        try watched.expectRuns(["touch", "retry"], daemon)
        #expect(daemon.stop() == 0)
    }

    @Test func `rate limit: runs are late, and not lost`() throws {
        let watched = try Watched(
            "date +%s%3N >> $TIMES",
            extra: ["rate_limit": ["runs": 1, "per": "1s"] as [String: Any]], with: "TIMES")
        let daemon = try watched.start()
        for _ in 1...3 {
            utimes(watched.path, nil)
            try watched.pass(daemon)
        }
        #expect(eventually { Self.numbers(watched.file("TIMES"), of: Int64.self).count == 2 })
        try watched.expectRuns(["touch", "touch"], daemon)
        let times = Self.numbers(watched.file("TIMES"), of: Int64.self)
        // The command's own start and its clock's rounding lie between.
        #expect(times[1] - times[0] > 700)
        #expect(daemon.count("throttled") == 1)
        #expect(daemon.stop() == 0)
    }

    @Test func `run at start: at each start of a daemon, and not on a reload`() throws {
        let watched = try Watched(extra: ["run_at_start": true])
        let daemon = try watched.start()
        #expect(daemon.wait(for: "run_ended", count: 1))
        daemon.signal(SIGHUP)
        #expect(daemon.wait(for: "reloaded", count: 1))
        try watched.expectRuns(["start"], daemon)
        #expect(daemon.stop() == 0)
        let next = try watched.start()
        #expect(next.wait(for: "run_ended", count: 1))
        try watched.expectRuns(["start", "start"], next)
        #expect(next.stop() == 0)
    }
}
