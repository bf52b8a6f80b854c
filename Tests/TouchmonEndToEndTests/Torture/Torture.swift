import Foundation
import Testing

/// A daemon that is killed again and again while its paths are touched, and what became of it.
struct Torture {
    /// Even ones wait for their run before they are touched again, odd ones do not.
    static let paths = 8
    /// Two in a row are the one and the other kind.
    static func ignoresInterruption(_ path: Int) -> Bool { path / 2 % 2 == 1 }

    private let scratch: Scratch
    private let files: String
    private let recordsPath: String
    private let log: String
    /// Touched at the end, to see that nothing else is left to be done.
    private let barrier: Int

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("paths"), withIntermediateDirectories: true)
        recordsPath = scratch("records")
        log = scratch("log")
        barrier = Self.paths
        let torture = try Helper.path("Torture")
        var actions: [String: [String: Any]] = [:]
        for path in 0...Self.paths {
            // Some take longer than most daemons live.
            let longest = path < 6 ? 20_000 : 150_000
            actions[try scratch.write("paths/\(path)")] = [
                "argv": [torture, "run", recordsPath, "\(path)", "200", "\(longest)"],
                "user": NSUserName(),
                "interrupted": Self.ignoresInterruption(path) ? "ignore" : "rerun",
            ]
        }
        files = try scratch.actions(actions)
    }

    /// Kills `cycles` daemons, lets one more do what is left, and one more that must find nothing.
    /// Returns the verdict, and what it is about.
    func run(cycles: Int, seed: UInt64) throws -> (TortureCheck, TortureRecords) {
        // What is never seen before is the baseline.
        #expect(try TouchmonProcess.daemon([files], state: scratch("state")).stop() == 0)
        let options = ["--log-format", "json", "--state-directory", scratch("state")]
        let killing = try Command.run(
            [
                Helper.path("Torture"), "cycles", recordsPath, scratch("paths"), "\(Self.paths)",
                "\(seed)", "\(cycles)", log, try #require(Binary.path), "run",
            ] + options + [files])
        try #require(killing.status == 0, "the torture failed: \(killing.output)")

        let healing = Self.now()
        let healer = try TouchmonProcess.daemon([files], state: scratch("state"))
        // What is still owed then is the verdict's to say.
        _ = try eventually(within: 60) {
            let (check, _) = try check(healer, since: healing)
            return !check.problems.contains { $0.kind == .lost || $0.kind == .vanished }
        }
        try #require(healer.stop() == 0, "\(healer.text.suffix(2000))")
        let done = try TortureRecords(recordsPath).runs.count

        let idler = try TouchmonProcess.daemon([files], state: scratch("state"))
        utimes(scratch("paths/\(barrier)"), nil)
        #expect(idler.wait(for: "run_ended", count: 1))
        #expect(idler.stop() == 0)
        #expect(
            try TortureRecords(recordsPath).runs.dropFirst(done).allSatisfy { $0.path == barrier },
            "what had ended ran again: \(idler.text)")
        return try check(healer, since: healing)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func check(
        _ healer: TouchmonProcess, since begin: Int64
    ) throws -> (TortureCheck, TortureRecords) {
        let text = try String(contentsOfFile: log, encoding: .utf8)
        let told = Self.endedRuns(text) + healer.values("run", of: "run_ended", as: Int.self)
        var records = try TortureRecords(recordsPath)
        records.runs.removeAll { $0.path == barrier }
        records.lives.append(TortureRecords.Life(process: healer.pid, begin: begin))
        let check = TortureCheck(
            records, endsTold: Set(told.map(UInt64.init)),
            ignoresInterruption: Self.ignoresInterruption)
        return (check, records)
    }

    /// The runs of which a log tells how they ended.
    private static func endedRuns(_ log: String) -> [Int] {
        log.split(separator: "\n").filter { $0.contains("\"event\":\"run_ended\"") }.compactMap {
            let object = try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            return object?["run"] as? Int
        }
    }
}
