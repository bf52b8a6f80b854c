import Foundation
import Testing

/// How many runs a tree's action has at once, which of them are repeated, and what each is for.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeRunPolicyTests {
    /// A tree whose runs write down when they begin and end, and wait at a gate in between.
    private final class Place {
        let tree: WatchedTree
        let gate: Gate
        private let moments: String
        private let script: String

        init(_ watching: TreeWatching) throws {
            tree = try WatchedTree(watching)
            gate = try Gate(tree.scratch("gate"))
            chmod(tree.scratch("gate"), 0o666)
            moments = try tree.scratch.write("moments")
            tree.own(moments)
            script = """
                echo begin "$TOUCHMON_PATH" >> \(moments); read line < \(tree.scratch("gate"))
                echo end "$TOUCHMON_PATH" >> \(moments)
                """
        }

        func start(_ keys: [String: Any], then script: String = "") throws -> TouchmonProcess {
            try tree.start(keys, script: "\(self.script); \(script)")
        }

        /// `begin` or `end`, and the path from the tree's base, in order.
        var history: [(what: String, path: String)] {
            ((try? String(contentsOfFile: moments, encoding: .utf8)) ?? "").split(separator: "\n")
                .map { line in
                    let words = line.split(separator: " ", maxSplits: 1)
                    return (String(words[0]), String(words[1].dropFirst(tree.base.count + 1)))
                }
        }

        var begun: [String] { history.filter { $0.what == "begin" }.map(\.path) }

        /// The most runs that there were at once, and whether two of them were for one path.
        var crowd: (most: Int, isAnyTwice: Bool) {
            var (running, most, isAnyTwice): ([String], Int, Bool) = ([], 0, false)
            for (what, path) in history {
                if what == "begin" {
                    if running.contains(path) { isAnyTwice = true }
                    running.append(path)
                    most = max(most, running.count)
                } else if let index = running.firstIndex(of: path) {
                    running.remove(at: index)
                }
            }
            return (most, isAnyTwice)
        }

        /// Lets so many runs end.
        func open(_ count: Int) { for _ in 0..<count { gate.open() } }
    }

    @Test(arguments: TreeWatching.both)
    func `no more runs at once than max_parallel, and never two for one file`(
        watching: TreeWatching
    ) throws {
        let place = try Place(watching)
        let daemon = try place.start(["each": "file", "max_parallel": 3])
        let names = (1...100).map { "f\($0)" }
        for name in names { try place.tree.touch(name) }
        #expect(eventually { place.begun.count == 3 })
        try place.tree.pass(daemon)
        #expect(place.begun.count == 3)
        // Those that run are touched again, and each has one more run when it is over.
        let busy = place.begun
        for name in busy + busy { try place.tree.touch(name) }
        try place.tree.pass(daemon)
        #expect(place.begun == busy)
        place.open(names.count + busy.count)
        try place.tree.expect(names + busy, daemon)
        try place.tree.rest(daemon)
        #expect(place.begun.sorted() == (names + busy).sorted())
        #expect(place.crowd.most == 3 && !place.crowd.isAnyTwice)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `touches during a run are one more run, for each file once`(watching: TreeWatching)
        throws
    {
        let place = try Place(watching)
        let daemon = try place.start([:])
        try place.tree.touch("a")
        #expect(eventually { place.begun.count == 1 })
        for name in ["b", "a", "c", "b", "a"] {
            try place.tree.touch(name)
            try place.tree.pass(daemon)
        }
        #expect(place.begun.count == 1)
        place.open(2)
        try place.tree.expect(["a", "a", "b", "c"], daemon)
        #expect(try place.tree.runs().map(\.changes.count) == [1, 3])
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `busy: skip, what is touched during a run is dropped`(watching: TreeWatching) throws {
        for each in ["batch", "file"] {
            let place = try Place(watching)
            let daemon = try place.start(["busy": "skip", "each": each])
            try place.tree.touch("a")
            #expect(eventually { place.begun.count == 1 })
            try place.tree.touch("a")
            #expect(daemon.wait(for: "skipped", count: 1))
            try place.tree.pass(daemon)
            place.open(1)
            try place.tree.expect(["a"], daemon)
            try place.tree.touch("b")
            place.open(1)
            try place.tree.expect(["a", "b"], daemon)
            #expect(daemon.stop() == 0)
            // Nor is it caught up.
            let next = try place.start(["busy": "skip", "each": each])
            try place.tree.rest(next)
            try place.tree.expect(["a", "b"], next)
            #expect(next.stop() == 0)
        }
    }

    @Test(arguments: TreeWatching.both)
    func `busy: restart, the run that follows is for what the stopped one was for as well`(
        watching: TreeWatching
    ) throws {
        for each in ["batch", "file"] {
            let place = try Place(watching)
            let daemon = try place.start(["busy": "restart", "each": each])
            try place.tree.touch("a")
            #expect(eventually { place.begun.count == 1 })
            try place.tree.touch(each == "batch" ? "b" : "a")
            #expect(eventually { place.begun.count == 2 })
            #expect(daemon.wait(for: "run_stopping", count: 1))
            place.open(1)
            try place.tree.expect(each == "batch" ? ["a", "a", "b"] : ["a", "a"], daemon)
            #expect(place.crowd.most == 2, "the first one did not end by itself")
            #expect(daemon.stop() == 0)
        }
    }

    /// The first two runs for a file fail.
    private static let failTwice = """
        n="$(dirname "$SINK")/failed/$(basename "$TOUCHMON_PATH")"
        echo x >> "$n"; test $(wc -l < "$n") -gt 2
        """

    @Test(arguments: TreeWatching.both)
    func `retry: each file has its own attempts`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        try FileManager.default.createDirectory(
            atPath: tree.scratch("failed"), withIntermediateDirectories: false)
        tree.own(tree.scratch("failed"))
        let keys: [String: Any] = [
            "each": "file", "retry": ["attempts": 3, "delay": "10ms"] as [String: Any],
        ]
        let daemon = try tree.start(keys, script: Self.failTwice)
        let names = ["a", "b", "c", "d", "e", "f"]
        for name in names { try tree.touch(name) }
        try tree.expect(names + names + names, daemon)
        #expect(daemon.count("run_retried") == 2 * names.count)
        #expect(daemon.count("run_exhausted") == 0)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `retry: what the failed run was for is for the next one`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        try FileManager.default.createDirectory(
            atPath: tree.scratch("failed"), withIntermediateDirectories: false)
        tree.own(tree.scratch("failed"))
        let retry: [String: Any] = ["attempts": 3, "delay": "1h", "max_delay": "1h"]
        let daemon = try tree.start(["retry": retry], script: Self.failTwice)
        try tree.touch("a")
        #expect(daemon.wait(for: "run_retried", count: 1))
        // A touch meanwhile starts afresh, and does not wait.
        try tree.touch("b")
        #expect(daemon.wait(for: "run_retried", count: 2))
        try tree.touch("a")
        try tree.expect(["a"] + ["a", "b"] + ["a", "b"], daemon)
        #expect(try tree.runs().map(\.paths.count) == [1, 2, 2])
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `more paths than a command line takes are told to several runs`(watching: TreeWatching)
        throws
    {
        let tree = try WatchedTree(watching)
        let gate = try Gate(tree.scratch("gate"))
        chmod(tree.scratch("gate"), 0o666)
        let counts = try tree.scratch.write("counts")
        tree.own(counts)
        let script = "\(TreeSink.script); echo $# >> \(counts); read line < \(tree.scratch("gate"))"
        var action = tree.action(["recursive": true, "output": "discard"])
        action["argv"] = ["sh", "-c", script, "sh", "{paths}"]
        let daemon = try tree.start(actions: ["": action])
        try tree.touch("first")
        #expect(try eventually { try tree.paths().count == 1 })
        // 2.5 MB of arguments, where Linux takes 2 MiB with the usual limit of the stack.
        let name = String(repeating: "n", count: 240)
        let names = (1...10_000).map { "\(name)\($0)" }
        for name in names { try tree.touch(name) }
        try tree.pass(daemon)
        for _ in 1...10 { gate.open() }
        try tree.expect(["first"] + names, daemon)
        let told = try tree.runs().map(\.changes.count)
        #expect(told.count >= 3 && told.count <= 5, "\(told)")
        let arguments = try String(contentsOfFile: counts, encoding: .utf8)
            .split(separator: "\n").compactMap { Int($0) }
        #expect(arguments == told)
        #expect(daemon.count("run_not_started") == 0)
        #expect(daemon.stop() == 0)
    }
}
