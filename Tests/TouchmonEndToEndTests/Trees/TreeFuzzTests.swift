import Foundation
import Synchronization
import Testing

/// A tree that is changed at random, by real system calls, and what is told of it.
///
/// `TOUCHMON_TREE_STEPS` is how many steps are made with each way of watching, and `TOUCHMON_TREE_SEED` the
/// first seed.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeFuzzTests {
    private static func number(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }

    /// What a daemon lives through: a directory of its own, so many steps at once, and between them it
    /// may think.
    private static let burst = 400
    private static let steps = 25_000

    /// Whether a change that follows a look always shows another time here.
    private static func isFine(_ directory: String) -> Bool {
        let path = "\(directory)/clock"
        defer { unlink(path) }
        var times: Set<TreeOracle.State> = []
        for _ in 0..<20 {
            let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            _ = write(file, "x", 1)
            close(file)
            if let state = TreeOracle.State(path) { times.insert(state) }
        }
        return times.count == 20
    }

    @Test(arguments: TreeWatching.both)
    func `no touch in a tree is lost, and none doubled`(watching: TreeWatching) throws {
        let first = Self.number("TOUCHMON_TREE_SEED", 1)
        let count = Self.number("TOUCHMON_TREE_STEPS", 100_000)
        // Most of the time is waited until a daemon has nothing left to ask: several live at once.
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 4
        let problems = Mutex<[String]>([])
        for index in 0..<max(1, count / Self.steps) {
            queue.addOperation {
                do {
                    let settle = index % 2 == 0 ? "0s" : "3ms"
                    try fuzz(watching, seed: UInt64(first + index), settle: settle)
                } catch {
                    problems.withLock { $0.append("seed \(first + index): \(error)") }
                }
            }
        }
        queue.waitUntilAllOperationsAreFinished()
        #expect(problems.withLock { $0 } == [])
    }

    private func fuzz(_ watching: TreeWatching, seed: UInt64, settle: String) throws {
        let tree = try WatchedTree(watching)
        let daemon = try tree.start(["settle": settle])
        let root = String(tree.root.dropLast("tree".count))
        var fuzzer = TreeFuzzer(seed: seed, root: root, isFine: Self.isFine(tree.outside))
        var told = 0
        for burst in 1...Self.steps / Self.burst {
            FileRights.of(watching.owner) { for _ in 0..<Self.burst { fuzzer.step() } }
            if !fuzzer.failures.isEmpty { throw Broken(description: "\(fuzzer.failures)") }
            // Who was found to have a file open may have to be asked for again.
            try tree.rest(daemon)
            try tree.settle(daemon)
            let reports = try tree.runs().flatMap(\.changes)
            let news = reports[told...].compactMap {
                report -> (path: String, report: TreeReport)? in
                let path = "tree" + report.text.dropFirst(tree.base.count)
                return path.hasPrefix("tree/barrier-") ? nil : (path, report)
            }
            told = reports.count
            let wrong = fuzzer.reckon(news)
            if !wrong.isEmpty {
                throw Broken(description: "burst \(burst), \(watching): \(wrong.prefix(5))")
            }
        }
        let status = daemon.stop()
        if status != 0 { throw Broken(description: "the daemon ended with \(status)") }
    }

    /// What a seed has shown.
    private struct Broken: Error, CustomStringConvertible { var description: String }
}
