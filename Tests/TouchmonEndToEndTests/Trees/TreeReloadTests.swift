import Foundation
import Testing

/// Reloads that add trees, change them and take them away, while files are touched.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeReloadTests {
    private func reload(_ daemon: TouchmonProcess) throws {
        let count = daemon.count("reloaded")
        daemon.signal(SIGHUP)
        try #require(daemon.wait(for: "reloaded", count: count + 1), "\(daemon.text)")
    }

    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `a tree that is added, changed and removed`(watching: TreeWatching, each: String) throws {
        let tree = try WatchedTree(watching)
        try tree.run("mkdir -p $t/a $t/b; echo x > $t/a/old; echo x > $t/b/old")
        let keys: [String: Any] = ["recursive": true, "each": each]
        let daemon = try tree.start(actions: ["a/": tree.action(keys)])
        try tree.run("echo x > $t/b/1; echo x > $t/a/1.c")
        try tree.expect(["a/1.c"], daemon)

        _ = try tree.write(["a/": tree.action(keys), "b/": tree.action(keys)])
        try reload(daemon)
        try tree.run("echo x > $t/b/2; echo x > $t/a/2.c")
        var expected = ["a/1.c", "b/2", "a/2.c"]
        try tree.expect(expected, daemon)

        // Only other files are selected.
        let others = keys.merging(["exclude": ["patterns": ["*.c"]]]) { $1 }
        _ = try tree.write(["a/": tree.action(others), "b/": tree.action(keys)])
        try reload(daemon)
        try tree.run("echo x > $t/a/3.c; echo x > $t/a/3.h; echo x > $t/b/3.c")
        expected += ["a/3.h", "b/3.c"]
        try tree.expect(expected, daemon)

        // It goes, and comes back with nothing that was done meanwhile.
        _ = try tree.write(["a/": tree.action(others)])
        try reload(daemon)
        try tree.run("echo x > $t/b/4; echo x > $t/a/4.h")
        expected.append("a/4.h")
        try tree.expect(expected, daemon)
        _ = try tree.write(["a/": tree.action(others), "b/": tree.action(keys)])
        try reload(daemon)
        try tree.run("echo x > $t/b/5")
        expected.append("b/5")
        try tree.expect(expected, daemon)
        try tree.rest(daemon)
        try tree.expect(expected, daemon)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `reloads during touches lose none and double none`(watching: TreeWatching, each: String)
        throws
    {
        let tree = try WatchedTree(watching)
        let keys: [String: Any] = ["recursive": true, "each": each]
        let action = tree.action(keys)
        let daemon = try tree.start(actions: ["": action])
        let names = (1...200).map { $0 % 3 == 0 ? "d\($0)/f" : "f\($0)" }
        for (index, name) in names.enumerated() {
            if name.hasPrefix("d") {
                try FileRights.of(watching.owner) {
                    let path = "\(tree.root)/\(name)" as NSString
                    try #require(mkdir(path.deletingLastPathComponent, 0o755) == 0)
                }
            }
            try tree.touch(name)
            guard index % 20 == 19 else { continue }
            // Every other time the same action, every other one with other words.
            let changed = tree.action(keys.merging(["nice": index % 40 == 19 ? 1 : 0]) { $1 })
            _ = try tree.write(["": index % 40 == 19 ? changed : action])
            try reload(daemon)
        }
        try tree.expect(names, daemon)
        try tree.rest(daemon)
        try tree.expect(names, daemon)
        #expect(daemon.stop() == 0)
    }

    /// A child that outlives its parent's close holds the file open: the close is heard late, from the
    /// child, perhaps after a reload.
    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `a file that is closed late, around reloads, counts once`(
        watching: TreeWatching, each: String
    ) throws {
        let tree = try WatchedTree(watching)
        let keys: [String: Any] = ["recursive": true, "each": each]
        let action = tree.action(keys)
        let daemon = try tree.start(actions: ["": action])
        var names: [String] = []
        for round in 0..<20 {
            try tree.run(
                """
                for n in 1 2 3 4 5 6 7 8 9 10; do
                    f=$t/f\(round)-$n
                    case $n in *[369]) mkdir $t/d\(round)-$n; f=$t/d\(round)-$n/f;; esac
                    exec 5>> $f; echo x >&5
                    sleep 0.0$((n * n % 5 * 2)) < /dev/null > /dev/null 2>&1 &
                    exec 5>&-
                done
                """)
            names += (1...10).map { $0 % 3 == 0 ? "d\(round)-\($0)/f" : "f\(round)-\($0)" }
            let changed = tree.action(keys.merging(["nice": round % 2]) { $1 })
            _ = try tree.write(["": changed])
            try reload(daemon)
        }
        try tree.expect(names, daemon)
        try tree.rest(daemon)
        try tree.expect(names, daemon)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `a reload leaves a run alone, and what waits for its end`(
        watching: TreeWatching, each: String
    ) throws {
        let tree = try WatchedTree(watching)
        let gate = try Gate(tree.scratch("gate"))
        chmod(tree.scratch("gate"), 0o666)
        let keys: [String: Any] = ["recursive": true, "each": each]
        func action(_ keys: [String: Any]) -> [String: Any] {
            tree.action(keys, script: "read line < \(tree.scratch("gate"))")
        }
        let daemon = try tree.start(actions: ["": action(keys)])
        try tree.touch("a")
        #expect(try eventually { try tree.runs().last?.isComplete == true })
        try tree.touch("a")
        try tree.pass(daemon)
        _ = try tree.write(["": action(keys.merging(["nice": 1, "timeout": "1h"]) { $1 })])
        try reload(daemon)
        try tree.pass(daemon)
        #expect(try tree.paths() == ["a"])
        gate.open()
        gate.open()
        try tree.expect(["a", "a"], daemon)
        #expect(daemon.stop() == 0)
    }
}
