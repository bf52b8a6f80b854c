import Foundation
import Testing
import TouchmonTestSupport

/// Names that end words, lines and texts, as directories and as files: a run is told each byte for byte, in
/// every way in which it is told a path.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeHostileNameTests {
    /// A directory with all that is below it, and a pattern; both without what is left out by itself.
    enum Key: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case directory = ""
        case pattern = "**"
        var testDescription: String { rawValue.isEmpty ? "a directory" : rawValue }
    }

    /// The names as directories, each with a file of the same name in it.
    private static let names = HostileName.all.map { [$0.bytes, $0.bytes] }

    /// A path of more than 6,000 bytes, where PATH_MAX is 4,096.
    private static let long =
        Array(repeating: [UInt8](repeating: UInt8(ascii: "n"), count: 250), count: 24)
        + [Array("f".utf8)]

    /// Writes a file below a directory, and makes the directories on the way to it, however long it is.
    private static func write(_ names: [[UInt8]], below root: String) throws {
        var place = open(root, O_RDONLY | O_DIRECTORY)
        try #require(place >= 0)
        defer { close(place) }
        for name in names.dropLast().map({ $0.map(CChar.init(bitPattern:)) + [0] }) {
            try #require(mkdirat(place, name, 0o755) == 0 || errno == EEXIST)
            let next = openat(place, name, O_RDONLY | O_DIRECTORY)
            try #require(next >= 0)
            close(place)
            place = next
        }
        let name = names[names.count - 1].map(CChar.init(bitPattern:)) + [0]
        let file = openat(place, name, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        try #require(file >= 0 && Glibc.write(file, "x", 1) == 1)
        close(file)
    }

    private static func path(_ names: [[UInt8]], _ tree: WatchedTree) -> [UInt8] {
        Array(tree.base.utf8) + names.flatMap { [UInt8(ascii: "/")] + $0 }
    }

    /// A daemon whose runs tell all that they are told.
    private static func start(
        _ tree: WatchedTree, _ key: Key, each: String
    ) throws -> TouchmonProcess {
        let program = try ProbeReport.install(in: tree.scratch)
        var action: [String: Any] = [
            "argv": [program, "--told", each == "file" ? "{path}" : "{paths}"],
            "user": tree.user, "each": each, "stdin": "changes", "exclude": ["defaults": false],
        ]
        if key == .directory { action["recursive"] = true }
        return try tree.start(actions: [key.rawValue: action])
    }

    /// What the runs told, as soon as they told of so many paths and no more are to come.
    private static func reports(
        _ tree: WatchedTree, _ daemon: TouchmonProcess, paths: Int
    ) throws -> [ProbeReport] {
        let output = "\(daemon.state)/output"
        mkdir(output, 0o700)
        var reports: [Int: ProbeReport] = [:]
        func read() throws -> Bool {
            let runs = try FileManager.default.contentsOfDirectory(atPath: output)
                .compactMap { Int($0) }
            for run in runs where reports[run] == nil {
                let text = try String(contentsOfFile: daemon.output(of: run), encoding: .utf8)
                // Its last line.
                guard text.contains("\ninput - "), text.hasSuffix("\n") else { continue }
                reports[run] = ProbeReport(text)
            }
            return reports.values.map { $0.arguments.count - 2 }.reduce(0, +) >= paths
        }
        _ = try eventually(every: 5000) { try read() }
        try tree.pass(daemon)
        _ = try eventually(every: 5000) { try read() }
        return reports.sorted { $0.key < $1.key }.map(\.value)
    }

    /// One line of what changed, read by a reader of JSON that is not ours.
    private struct Line: Equatable {
        var path: [UInt8]
        var change: String
        var type: String
        var inode: Int
        var size: Int
        var touchedBy: [Int]
    }

    private static let reader = """
        import json, sys
        for line in open(sys.argv[1], "rb"):
            assert line.endswith(b"\\n")
            change = json.loads(line.decode("utf-8"))
            toucher = change.get("touched_by", {})
            print(json.dumps([
                list(change["path"].encode("utf-8", "surrogateescape")), change["change"],
                change["type"], change["inode"], change["size"],
                [toucher[key] for key in ("pid", "uid") if key in toucher]]))
        """

    private static func lines(_ content: [UInt8], _ tree: WatchedTree) throws -> [Line] {
        let file = tree.scratch("lines")
        try Data(content).write(to: URL(fileURLWithPath: file))
        let result = try Command.run(["/usr/bin/python3", "-c", reader, file])
        try #require(result.status == 0, "\(result.output)")
        return try result.output.split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any]
            let fields = try #require(value)
            return Line(
                path: try #require(fields[0] as? [Int]).map(UInt8.init),
                change: try #require(fields[1] as? String),
                type: try #require(fields[2] as? String),
                inode: try #require(fields[3] as? Int), size: try #require(fields[4] as? Int),
                touchedBy: try #require(fields[5] as? [Int]))
        }
    }

    /// Makes sure that the runs were told these files, each once and in every way.
    private static func expect(
        _ files: [[[UInt8]]], each: String, _ key: Key, _ tree: WatchedTree,
        _ daemon: TouchmonProcess
    ) throws {
        let reports = try Self.reports(tree, daemon, paths: files.count)
        let expected = files.map { path($0, tree) }
        let arguments = reports.map { Array($0.arguments.dropFirst(2)) }
        try #require(
            Set(arguments.flatMap(\.self)) == Set(expected), "\(daemon.text.suffix(4000))")
        #expect(arguments.flatMap(\.self).count == expected.count)
        let all = try lines(reports.flatMap(\.changes), tree)
        #expect(all.map(\.path) == arguments.flatMap(\.self))
        let watched = Array("\(tree.base)/\(key.rawValue)".utf8)
        for report in reports {
            #expect(report.changes == report.input)
            let paths = Array(report.arguments.dropFirst(2))
            #expect(report.changes.count { $0 == UInt8(ascii: "\n") } == paths.count)
            #expect(report.variable("TOUCHMON_ACTION") == watched)
            #expect(report.variable("TOUCHMON_PATH") == (each == "file" ? paths[0] : watched))
            if each == "file" { #expect(paths.count == 1) }
        }
        for line in all {
            #expect(line.change == "touch" && line.type == "file" && line.size == 1)
            // The user alone: a process that another test is about to start has a copy of the descriptor for
            // a moment, and then it is its close that is told.
            #expect(line.touchedBy.dropFirst() == (tree.watching == .marked ? [0] : []))
        }
    }

    @Test(arguments: TreeWatching.both, Key.allCases)
    func `each name is told byte for byte to a run of its own`(watching: TreeWatching, key: Key)
        throws
    {
        try tell(Self.names, each: "file", key, watching)
    }

    @Test(arguments: TreeWatching.both, Key.allCases)
    func `all names are told byte for byte to runs for all`(watching: TreeWatching, key: Key)
        throws
    {
        try tell(Self.names, each: "batch", key, watching)
    }

    @Test(arguments: TreeWatching.both, ["file", "batch"])
    func `a path that is longer than a system call takes`(watching: TreeWatching, each: String)
        throws
    {
        try tell([Self.long], each: each, .directory, watching)
    }

    /// execve(2) takes no string of 32 pages: where a path is an argument, or a variable, its run does not
    /// start, and no other is held up by that.
    @Test(arguments: TreeWatching.both, ["file", "batch", "{paths}"])
    func `a path that no command line holds`(watching: TreeWatching, how: String) throws {
        let tree = try WatchedTree(watching)
        defer { _ = try? Command.run(["rm", "-rf", tree.root]) }
        let directory = [UInt8](repeating: UInt8(ascii: "d"), count: 250)
        let long = Array(repeating: directory, count: 530) + [Array("long".utf8)]
        func touch() throws {
            try FileRights.of(watching.owner) {
                try Self.write([Array("one".utf8)], below: tree.root)
                try Self.write(long, below: tree.root)
                try Self.write([Array("two".utf8)], below: tree.root)
            }
        }
        // The directories are there before anybody has to follow them.
        try touch()
        let arguments = ["sh", "-c", TreeSink.script, "sh"] + (how == "{paths}" ? [how] : [])
        let daemon = try tree.start([
            "argv": arguments, "each": how == "file" ? "file" : "batch", "settle": "300ms",
        ])
        // What is listed at the start has been.
        try tree.rest(daemon)
        try touch()
        let path = Self.path(long, tree)
        let expected = ["one", "two"] + (how == "batch" ? ["long"] : [])
        #expect(
            try eventually(within: 60) {
                try tree.paths().count >= expected.count
                    && (how == "batch" || daemon.count("run_not_started") > 0)
            }, "\(daemon.text.suffix(1000))")
        try tree.rest(daemon)
        let told = try tree.runs().flatMap(\.changes).map(\.path)
        #expect(
            told.map { $0 == path ? "long" : String(decoding: $0.suffix(3), as: UTF8.self) }
                .sorted() == expected.sorted())
        let failures = daemon.events("run_not_started")
        #expect(failures.count == (how == "batch" ? 0 : 1))
        #expect(failures.allSatisfy { $0["errno"] as? Int32 == E2BIG })
        #expect(daemon.stop() == 0)
    }

    private func tell(
        _ files: [[[UInt8]]], each: String, _ key: Key, _ watching: TreeWatching
    ) throws {
        let tree = try WatchedTree(watching)
        // Where a path is too long, nothing else of ours removes it.
        defer { _ = try? Command.run(["rm", "-rf", tree.root]) }
        let daemon = try Self.start(tree, key, each: each)
        try FileRights.of(watching.owner) {
            for file in files { try Self.write(file, below: tree.root) }
        }
        try Self.expect(files, each: each, key, tree, daemon)
        #expect(daemon.stop() == 0)
    }
}
