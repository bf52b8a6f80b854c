import Foundation
import Testing

/// Whether a program can be executed instruction by instruction here: `Benchmarks/TouchPath/step.c`.
private enum Steps {
    #if arch(x86_64)
        static let canBeCounted = true
    #else
        static let canBeCounted = false
    #endif
}

/// What one touch costs in what can be counted: system calls, wake-ups, allocations, instructions.
/// `scripts/count-touch` counts, and holds it to `Benchmarks/thresholds.json` and `docs/performance.md`.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason), .enabled(if: Binary.isRoot, Binary.rootReason),
    .enabled(if: Steps.canBeCounted, "counts instructions of x86-64 alone"), .serialized)
struct TouchCountTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func count(_ options: [String]) throws -> Command {
        let script = Self.root.appendingPathComponent("scripts/count-touch").path
        return try Command.run([script, "--check"] + options)
    }

    @Test func `a touch costs no more than is promised`() throws {
        let counted = try count([])
        #expect(counted.status == 0, "\(counted.output)")
    }

    /// An action that waits before its run, and has limits and more variables than fit into the process
    /// that was made ahead: each kind of cost is noticed.
    @Test func `a planted slowdown is noticed`() throws {
        var variables: [String: String] = [:]
        for number in 0..<400 { variables["VARIABLE_\(number)"] = "of no use at all" }
        let action: [String: Any] = [
            "settle": "20ms", "limits": ["open_files": 512], "environment": variables,
        ]
        let data = try JSONSerialization.data(withJSONObject: action)
        let counted = try count(["--action", String(decoding: data, as: UTF8.self)])
        #expect(counted.status == 1, "\(counted.output)")
        for what in [
            "prlimit64(2) by the run's process", "read(2) by the daemon until the run",
            "wake-ups, until the run", "wake-ups, in all", "allocations, taken",
            "instructions, path",
        ] {
            #expect(counted.output.contains("more than it may: \(what)"), "\(counted.output)")
        }
    }
}

/// What judges the figures of the benchmarks.
@Suite struct BenchmarkTests {
    @Test func `what judges is right, and can say no`() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Benchmarks/tests.py").path
        let found = try Command.run(["/usr/bin/python3", "-B", tests])
        #expect(found.status == 0, "\(found.output)")
    }
}
