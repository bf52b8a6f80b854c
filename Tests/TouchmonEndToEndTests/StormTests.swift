import Foundation
import Testing

/// A hundred thousand touches of a thousand paths, as fast as they go.
@Suite(.enabled(if: Binary.isThere, Binary.reason), .serialized) struct StormTests {
    private static let paths = 1000
    private static let processes = 4

    private struct Storm {
        let scratch: Scratch
        let records: String
        let daemon: TouchmonProcess

        init() throws {
            // On disk the touches would wait for the disk: it is to be the daemon that is behind.
            scratch = try Scratch(in: "/dev/shm/touchmon-tests")
            records = scratch("records")
            try FileManager.default.createDirectory(
                atPath: scratch("paths"), withIntermediateDirectories: true)
            let torture = try Helper.path("Torture")
            var actions: [String: (argv: [String], user: String)] = [:]
            for path in 0..<StormTests.paths {
                actions[try scratch.write("paths/\(path)")] = (
                    [torture, "run", records, "\(path)", "0", "0"], NSUserName()
                )
            }
            daemon = try TouchmonProcess.daemon(
                [try scratch.actions(actions)], options: ["--log-level", "notice"])
        }

        /// Touches in some processes at once, each of which has its own paths, to their ends.
        func touch(_ touches: Int) throws {
            let one =
                "\(try Helper.path("Torture")) touch \(records) \(scratch("paths")) $i"
                + " \(StormTests.processes) \(StormTests.paths) $i"
                + " \(touches / StormTests.processes)"
            let last = StormTests.processes - 1
            let all = try Command.run([
                "bash", "-c",
                "for i in {0..\(last)}; do \(one) & pids+=($!); done; wait -n \"${pids[@]}\" && "
                    + "for pid in \"${pids[@]}\"; do wait $pid || exit; done",
            ])
            try #require(all.status == 0, "unable to touch: \(all.output)")
        }

        /// Waits until every touch is followed by a run that is over, and returns the verdict.
        func verdict() throws -> TortureCheck {
            func check() throws -> TortureCheck { TortureCheck(try TortureRecords(records)) }
            _ = try eventually(within: 120, every: 100_000) {
                try check().problems.allSatisfy { $0.kind != .lost && $0.kind != .vanished }
            }
            return try check()
        }

        /// The time that the daemon itself had on a processor, in nanoseconds; proc(5).
        func processorTime() throws -> Double {
            let text = try String(
                contentsOfFile: "/proc/\(daemon.pid)/schedstat", encoding: .utf8)
            return try #require(text.split(separator: " ").first.flatMap { Double($0) })
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `every path's last touch is followed by a run that starts after it`() throws {
        let touches = 100_000
        let storm = try Storm()
        let before = try storm.processorTime()
        let begun = ContinuousClock.now
        try storm.touch(touches)
        let storming = ContinuousClock.now - begun
        let check = try storm.verdict()
        let perTouch = (try storm.processorTime() - before) / Double(touches) / 1000
        print(
            "storm: \(touches) touches in \(storming); \(String(format: "%.1f", perTouch)) µs of "
                + "the daemon's processor time per touch; \(storm.daemon.count("overflow")) "
                + "overflows; \(check.summary)")
        let problems = check.problems.filter { $0.kind != .doubled }
        #expect(problems.isEmpty, "\(problems.prefix(3)): \(storm.daemon.text.suffix(2000))")
        #expect(storm.daemon.stop() == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a queue that overflows while the daemon stands still loses nothing`() throws {
        let setting = "/proc/sys/fs/inotify/max_queued_events"
        let limit = try #require(
            Int(
                try String(contentsOfFile: setting, encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)))
        let storm = try Storm()
        try #require(storm.daemon.suspend())
        // Each is one event at least that is like none beside it.
        try storm.touch(limit + 4000)
        storm.daemon.signal(SIGCONT)
        let check = try storm.verdict()
        #expect(storm.daemon.wait(for: "overflow", count: 1))
        print("overflow: \(storm.daemon.count("overflow")) overflows; \(check.summary)")
        let problems = check.problems
        #expect(problems.isEmpty, "\(problems.prefix(3)): \(storm.daemon.text.suffix(2000))")
        #expect(storm.daemon.count("overflow") == 1)
        #expect(storm.daemon.stop() == 0)
    }
}
