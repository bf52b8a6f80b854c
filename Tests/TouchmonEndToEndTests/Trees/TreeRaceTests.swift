import Foundation
import Testing

/// Directories that are made and filled at once: whoever watches them one by one comes too late for some,
/// and has to find what is in them.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeRaceTests {
    private static let times = 1000

    /// In its own process, as fast as the kernel makes them.
    @Test(arguments: TreeWatching.allCases)
    func `a file in directories that were made a moment ago is told once`(
        watching: TreeWatching
    ) throws {
        let tree = try WatchedTree(watching)
        let daemon = try tree.start()
        try FileRights.of(watching.owner) {
            for number in 0..<Self.times {
                let base = "\(tree.root)/\(number)"
                for directory in [base, "\(base)/a", "\(base)/a/b", "\(base)/a/b/c"] {
                    try #require(mkdir(directory, 0o755) == 0)
                }
                close(creat("\(base)/a/b/c/f", 0o644))
            }
        }
        try tree.expect((0..<Self.times).map { "\($0)/a/b/c/f" }, daemon)
        #expect(daemon.count("overflow") == 0)
        #expect(daemon.stop() == 0)
    }

    /// As it is done by hand, and the same names again and again.
    @Test(arguments: TreeWatching.both)
    func `mkdir -p, touch and rm -r, again and again`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        let daemon = try tree.start()
        for number in 1...20 {
            try tree.run("mkdir -p $t/a/b/c && touch $t/a/b/c/f")
            try tree.settle(daemon)
            #expect(try tree.paths() == Array(repeating: "a/b/c/f", count: number))
            try tree.run("rm -r $t/a")
        }
        #expect(daemon.stop() == 0)
    }
}
