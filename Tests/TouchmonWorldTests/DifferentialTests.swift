import Foundation
import Testing
import TouchmonCore
import TouchmonTestSupport

/// The simulated kernel is held to the running one by random histories.
///
/// `TOUCHMON_HISTORIES` sets how many, `TOUCHMON_SEED` the first seed.
@Suite(.serialized) struct DifferentialTests {
    private static let count = number("TOUCHMON_HISTORIES") ?? 300
    private static let firstSeed = UInt64(number("TOUCHMON_SEED") ?? 1)

    @Test func `agrees with the file system of the temporary directory`() throws {
        try compare(below: NSTemporaryDirectory(), policy: .unique(.ext4))
    }

    @Test func `agrees with tmpfs`() throws {
        try compare(below: "/dev/shm", policy: .tmpfs)
    }

    @Test(.enabled(if: getuid() == 0, "needs root: mounts file systems"))
    func `agrees on mounts`() throws {
        try compare(below: "/dev/shm", policy: .tmpfs, allowsMounts: true)
    }

    private func compare(
        below directory: String, policy: FileSystemPolicy, allowsMounts: Bool = false
    ) throws {
        var comparison = Comparison(real: try RealWorld(below: directory), policy: policy)
        defer { comparison.real.tearDown() }
        var failures = 0
        for seed in Self.firstSeed..<(Self.firstSeed + UInt64(Self.count)) {
            var generator = StepGenerator(
                random: SplitMix64(seed: seed), allowsMounts: allowsMounts)
            let steps = generator.steps(40)
            guard try comparison.difference(steps) != nil else { continue }
            let shortest = try comparison.shrink(steps)
            let script = shortest.map { "\n  \($0)" }.joined()
            // What can't be shown again came from outside: a clock that moved, a slow machine.
            guard
                let difference = try comparison.difference(shortest) ?? comparison.difference(steps)
            else { continue }
            Issue.record("seed \(seed):\(script)\n\(difference)")
            failures += 1
            if failures == 5 { return }
        }
    }

    private static func number(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap(Int.init)
    }
}

extension FileSystemPolicy {
    /// The policy with inode numbers that tell every file of a history from every other.
    fileprivate static func unique(_ policy: FileSystemPolicy) -> FileSystemPolicy {
        var policy = policy
        policy.reusesInodeNumbers = false
        return policy
    }
}
