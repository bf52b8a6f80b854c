import Foundation
import Testing

/// What is done in a tree while no daemon runs is told by the next one, once, and nothing else.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeCatchUpTests {
    /// How a daemon ends, and how its action runs.
    struct Case: CustomTestStringConvertible, Sendable {
        var watching: TreeWatching
        var signal: Int32
        var each: String
        var testDescription: String {
            "\(watching), \(signal == SIGKILL ? "killed" : "stopped"), \(each)"
        }

        static let all = TreeWatching.both.flatMap { watching in
            [SIGTERM, SIGKILL].flatMap { signal in
                ["batch", "file"].map { Case(watching: watching, signal: signal, each: $0) }
            }
        }
    }

    private static let files = ["a", "b", "d/a", "d/b", "d/e/f/a", "d/e/f/b"]

    /// A tree with files in it that are older than any daemon.
    private func makeTree(_ watching: TreeWatching) throws -> WatchedTree {
        let tree = try WatchedTree(watching)
        try tree.run(
            """
            mkdir -p $t/d/e/f $o/old/sub
            for file in \(Self.files.joined(separator: " ")); do echo $file > $t/$file; done
            for file in $o/old/a $o/old/sub/b; do touch -d 2001-01-01 $file; done
            """)
        // Older than the watching, by more than a tick: what is not, the next daemon may tell.
        let made = ContinuousClock.now
        _ = eventually { ContinuousClock.now - made > .milliseconds(50) }
        return tree
    }

    /// What a test does while nobody listens, and the files that it is to be told for. `$t` is the tree and
    /// `$o` the directory beside it.
    private static let deeds: [(script: String, files: [String])] = [
        ("echo more >> $t/a", ["a"]),
        ("touch -d 2002-02-02 $t/d/a", ["d/a"]),
        ("python3 -c \"import os; os.utime('$t/d/b')\"", ["d/b"]),
        ("echo new > $o/new; mv $o/new $t/d/e/f/a", ["d/e/f/a"]),
        ("echo new > $t/new", ["new"]),
        ("mkdir -p $t/n/o/p; echo new > $t/n/o/p/q", ["n/o/p/q"]),
        ("mv $o/old $t/d/old", ["d/old/a", "d/old/sub/b"]),
        ("ln -s /etc/passwd $t/d/link", ["d/link"]),
        ("ln $t/d/e/f/b $t/hard", ["hard", "d/e/f/b"]),
        // Nothing that is there has changed.
        ("rm $t/b; echo x > $t/.hidden; echo x > $t/d/x~; cat $t/d/e/f/b", []),
    ]

    @Test(arguments: Case.all)
    func `what was touched while nobody listened is told once`(which: Case) throws {
        let tree = try makeTree(which.watching)
        let keys = ["each": which.each]
        let first = try tree.start(keys)
        // Handled, and not told again.
        try tree.run("echo x >> $t/a; echo x > $t/d/early; mkdir $t/g; echo x > $t/g/h")
        let early = ["a", "d/early", "g/h"]
        try tree.expect(early, first)
        first.stop(with: which.signal)

        for deed in Self.deeds { try tree.run(deed.script) }
        let second = try tree.start(keys)
        let caughtUp = Self.deeds.flatMap(\.files)
        try tree.expect(early + caughtUp, second)
        try tree.rest(second)
        try tree.expect(early + caughtUp, second)
        let reasons = try tree.runs().filter { run in
            run.changes.contains { !early.contains(String($0.text.dropFirst(tree.base.count + 1))) }
        }.map(\.reason)
        #expect(Set(reasons) == ["catch-up"])
        second.stop(with: which.signal)

        let third = try tree.start(keys)
        try tree.rest(third)
        try tree.expect(early + caughtUp, third)
        // It goes on as usual.
        try tree.touch("a")
        try tree.expect(early + caughtUp + ["a"], third)
        #expect(try tree.runs().last?.reason == "touch")
        #expect(third.stop() == 0)
    }

    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `without catch_up nothing is told`(watching: TreeWatching, each: String) throws {
        let tree = try makeTree(watching)
        let keys: [String: Any] = ["each": each, "catch_up": false]
        #expect(try tree.start(keys).stop() == 0)
        for deed in Self.deeds { try tree.run(deed.script) }
        let daemon = try tree.start(keys)
        try tree.rest(daemon)
        try tree.expect([], daemon)
        try tree.touch("d/a")
        try tree.expect(["d/a"], daemon)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `a tree that was never watched has no past`(watching: TreeWatching) throws {
        let tree = try makeTree(watching)
        for _ in 1...2 {
            let daemon = try tree.start()
            try tree.rest(daemon)
            try tree.expect([], daemon)
            daemon.stop(with: SIGKILL)
        }
    }

    /// A gate, and the script of a run that waits at it.
    private static func gate(of tree: WatchedTree) throws -> (Gate, script: String) {
        let path = tree.scratch("gate")
        let gate = try Gate(path)
        chmod(path, 0o666)
        return (gate, "read line < \(path)")
    }

    /// Touches from before a run began are told by it again if it was cut off, and what came during it.
    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `a run that was killed with its daemon is made up for`(
        watching: TreeWatching, each: String
    ) throws {
        let tree = try makeTree(watching)
        let (gate, wait) = try Self.gate(of: tree)
        let first = try tree.start(["each": each], script: wait)
        try tree.touch("a")
        #expect(try eventually { try tree.paths() == ["a"] })
        try tree.touch("d/a")
        try tree.pass(first)
        let run = try #require(
            first.events("run_started").last { ($0["path"] as? String) != tree.scratch("late") })
        let process = try #require(run["pid"] as? Int32)
        // With `file` there is a second run under way, which nobody sees end either.
        let isBoth = each == "file"
        if isBoth { #expect(try eventually { try tree.paths().count == 2 }) }
        first.stop(with: SIGKILL)
        for process in Set(first.values("pid", of: "run_started", as: Int32.self) + [process]) {
            kill(process, SIGKILL)
        }
        try tree.touch("new")
        let second = try tree.start(["each": each], script: wait)
        for _ in 1...6 { gate.open() }
        let expected = ["a", "a", "d/a", "new"] + (isBoth ? ["d/a"] : [])
        try tree.expect(expected, second)
        try tree.rest(second)
        try tree.expect(expected, second)
        #expect(second.count("run_interrupted") == (isBoth ? 2 : 1))
        #expect(second.stop() == 0)
    }

    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `a run that outlives its daemon is waited for, and not repeated`(
        watching: TreeWatching, each: String
    ) throws {
        let tree = try makeTree(watching)
        let (gate, wait) = try Self.gate(of: tree)
        let first = try tree.start(["each": each], script: wait)
        try tree.touch("a")
        #expect(try eventually { try tree.runs().last?.isComplete == true })
        first.stop(with: SIGKILL)
        try tree.touch("a")
        let second = try tree.start(["each": each], script: wait)
        #expect(second.count("run_adopted") == 1, "\(second.text)")
        try tree.pass(second)
        #expect(try tree.paths() == ["a"], "its run is not over")
        gate.open()
        gate.open()
        try tree.expect(["a", "a"], second)
        try tree.rest(second)
        try tree.expect(["a", "a"], second)
        #expect(second.stop() == 0)
    }
}
