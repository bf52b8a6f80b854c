import Foundation
import Testing

/// The file that tells a run what has changed: who can read it, and how long it is there.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeChangesFileTests {
    /// What the run can say of its file, and where it waits then.
    private static func script(_ tree: WatchedTree, _ gate: String) throws -> (
        script: String, told: String
    ) {
        let told = try tree.scratch.write("told")
        chmod(told, 0o666)
        let script = """
            { echo "$TOUCHMON_CHANGES"; stat -c '%U %a %F' "$TOUCHMON_CHANGES"
            ls "$(dirname "$TOUCHMON_CHANGES")" 2> /dev/null || echo no list
            (: >> "$TOUCHMON_CHANGES") 2> /dev/null && echo may write
            echo end; } > \(told); read line < \(gate)
            """
        return (script, told)
    }

    private static func lines(_ file: String) -> [String] {
        ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n")
            .map(String.init)
    }

    @Test(arguments: ["batch", "file"])
    func `only the run's user can read it, and it is gone with the run`(each: String) throws {
        let tree = try WatchedTree(.marked)
        chmod(tree.sink.path, 0o666)
        let gate = try Gate(tree.scratch("gate"))
        chmod(tree.scratch("gate"), 0o666)
        let (script, told) = try Self.script(tree, tree.scratch("gate"))
        let daemon = try tree.start(["user": Users.bob.name, "each": each], script: script)
        try tree.touch("a")
        #expect(eventually { Self.lines(told).last == "end" })
        let lines = Self.lines(told)
        let path = try #require(lines.first)
        #expect(lines == [path, "\(Users.bob.name) 400 regular file", "no list", "end"])
        let content = try String(contentsOfFile: path, encoding: .utf8)
        #expect(content.hasPrefix("{\"path\":\"\(tree.base)/a\",\"change\":\"touch\","))
        #expect(content.hasSuffix("}\n"))
        // Others know its name, and that is all.
        for user in [Users.alice, Users.carol] {
            #expect(try user.run(["cat", path]).status != 0)
            let directory = (path as NSString).deletingLastPathComponent
            #expect(try user.run(["ls", directory]).status != 0)
        }
        #expect(try Users.bob.run(["cat", path]).output == content)
        gate.open()
        #expect(eventually { daemon.isIdle && access(path, F_OK) != 0 })
        try tree.expect(["a"], daemon)
        #expect(daemon.stop() == 0)
    }

    @Test func `what a killed daemon left is removed by the next one, but not from a run`() throws {
        let tree = try WatchedTree(.marked)
        let gate = try Gate(tree.scratch("gate"))
        let (script, told) = try Self.script(tree, tree.scratch("gate"))
        let keys = ["each": "file"]
        let first = try tree.start(keys, script: script)
        try tree.touch("a")
        #expect(eventually { Self.lines(told).last == "end" })
        let path = try #require(Self.lines(told).first)
        let directory = (path as NSString).deletingLastPathComponent
        first.stop(with: SIGKILL)
        let left = "\(directory)/4711"
        try Data("left".utf8).write(to: URL(fileURLWithPath: left))
        let second = try tree.start(keys, script: script)
        #expect(second.count("run_adopted") == 1)
        #expect(eventually { access(left, F_OK) != 0 })
        #expect(access(path, F_OK) == 0)
        gate.open()
        #expect(eventually { second.isIdle && access(path, F_OK) != 0 })
        // What is made ahead for the next run is empty.
        let rest = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(
            rest.allSatisfy { FileManager.default.contents(atPath: "\(directory)/\($0)") == Data() }
        )
        #expect(second.stop() == 0)
    }

    /// Where there is no room for the file, standard input has the same.
    @Test(arguments: TreeWatching.both, ["batch", "file"])
    func `where it can't be written, the run reads the same`(watching: TreeWatching, each: String)
        throws
    {
        let tree = try WatchedTree(watching)
        chmod(tree.sink.path, 0o666)
        let told = try tree.scratch.write("told")
        chmod(told, 0o666)
        var keys: [String: Any] = ["each": each]
        if watching == .marked { keys["user"] = Users.bob.name }
        // In the place of its directory is a file.
        let place = URL(fileURLWithPath: "\(tree.state)/changes")
        try Data().write(to: place)
        tree.own(place.path)
        let daemon = try tree.start(keys, script: "echo $TOUCHMON_CHANGES >> \(told)")
        try tree.touch("a")
        try tree.expect(["a"], daemon)
        try tree.touch("b")
        try tree.expect(["a", "b"], daemon)
        #expect(Self.lines(told) == ["/dev/stdin", "/dev/stdin"])
        #expect(try tree.runs().map(\.changes.count) == [1, 1])
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `a full queue loses nothing`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        let daemon = try tree.start(["output": "discard"])
        try tree.run("mkdir $t/d")
        try tree.pass(daemon)
        // Each is at least two events, and inotify keeps 16,384 as a rule.
        let text = try String(
            contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
        let count = try #require(Int(text.dropLast())) / 2 + 2000
        try #require(daemon.suspend())
        let names = (1...count).map { $0 % 2 == 0 ? "f\($0)" : "d/f\($0)" }
        for name in names { try tree.touch(name) }
        daemon.signal(SIGCONT)
        let isTold = try eventually(within: 60, every: 100_000) {
            try tree.runs().reduce(0) { $0 + $1.changes.count } >= count
        }
        #expect(isTold)
        try tree.rest(daemon)
        let told = try tree.paths()
        let lost = Set(names).subtracting(told)
        #expect(lost.isEmpty)
        #expect(told.count == count, "some were told twice")
        #expect(daemon.count("overflow") > 0 || watching == .marked)
        #expect(daemon.stop() == 0)
    }
}
