import Foundation
import Testing

/// Daemons that are killed at random moments, on the real kernel.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct TortureTests {
    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    /// `make torture` asks for more cycles. The same seed makes the same choices; what the kernel makes
    /// of them is its own affair.
    @Test(.timeLimit(.minutes(20)))
    func `whenever the daemon is killed, no touch is lost, none doubled, no run beside another`()
        throws
    {
        let cycles = Self.number("TOUCHMON_TORTURE_CYCLES") ?? 200
        let seed = Self.number("TOUCHMON_TORTURE_SEED") ?? UInt64.random(in: 0..<1_000_000_000)
        let (check, records) = try Torture().run(cycles: Int(cycles), seed: seed)
        print("torture, TOUCHMON_TORTURE_SEED=\(seed): \(check.summary); \(check.circumstances)")
        let excerpts = check.problems.prefix(3).map {
            "\($0)\n" + records.excerpt(path: $0.path, around: $0.moment)
        }
        #expect(
            check.problems.isEmpty,
            "TOUCHMON_TORTURE_SEED=\(seed): \(check.summary)\n\(excerpts.joined(separator: "\n"))")
        // It was what it says it is; a few cycles may have had little luck.
        #expect(records.lives.count { $0.end != nil } == Int(cycles))
        guard cycles >= 200 else { return }
        #expect(check.survivors > 0 && check.reruns > 0 && check.catchUps > 0 && check.killed > 0)
    }
}
