import Testing
import TouchmonCore

@Suite struct ActionFileReadingTests {
    /// The example of the first version's documentation.
    private static let example = """
        {
            "path/to/file/to/monitor": {
                "argv": [
                    "program-name",
                    "argv[1]",
                    "argv[2]"
                    ],
                "user": "user1"
                },
            "path/to/another/file": {
                "argv": [
                    "another-program",
                    "another-arg"
                    ],
                "user": "user2"
                }
        }

        """

    @Test func `the files of the first version read as they did`() {
        let reading = read(("a.json", Self.example))
        var first = action(
            "/srv/path/to/file/to/monitor", at: ("a.json", 2, 5),
            argv: ["program-name", "argv[1]", "argv[2]"])
        first.user = .name("user1")
        first.userLocation = SourceLocation(file: RawPath("a.json"), line: 8, column: 17)
        var second = action(
            "/srv/path/to/another/file", at: ("a.json", 10, 5),
            argv: ["another-program", "another-arg"])
        second.user = .name("user2")
        second.userLocation = SourceLocation(file: RawPath("a.json"), line: 15, column: 17)
        #expect(reading.problems.isEmpty)
        #expect(reading.actions == [first, second])
    }

    @Test func `every key is decoded`() {
        let reading = read(
            (
                "a.json",
                #"""
                {"/f": {
                  "argv": ["/bin/sh", "-c", "echo \"$1\"", "\udcff\n"], "user": 1000,
                  "group": "0", "supplementary_groups": ["adm", 4, "7"],
                  "environment": {"B": "2", "A": "", "\udc80": "\udc81"},
                  "working_directory": "/srv/app/../x", "umask": "0077",
                  "settle": {"max": "5m", "quiet": "250ms"}, "poll": "10ms", "output": "discard"}}
                """#
            ))
        #expect(reading.problems.isEmpty)
        var expected = action("/f", at: ("a.json", 1, 2), argv: ["/bin/sh", "-c", #"echo "$1""#])
        expected.argv.append([0xFF, 0x0A])
        expected.user = .id(1000)
        expected.userLocation = SourceLocation(file: RawPath("a.json"), line: 2, column: 65)
        expected.group = .id(0)
        expected.supplementaryGroups = [.name("adm"), .id(4), .id(7)]
        expected.environment = [
            EnvironmentVariable(name: Array("A".utf8), value: []),
            EnvironmentVariable(name: Array("B".utf8), value: Array("2".utf8)),
            EnvironmentVariable(name: [0x80], value: [0x81]),
        ]
        expected.workingDirectory = RawPath("/srv/app/../x")
        expected.umask = 0o077
        expected.settle = SettlePolicy(quiet: .milliseconds(250), max: .seconds(300))
        expected.poll = .milliseconds(10)
        expected.output = .discard
        #expect(reading.actions == [expected])
    }

    @Test func `what is not written has its default`() {
        let reading = read(("a.json", #"{"/f": {"argv": ["true"]}}"#))
        #expect(reading.actions == [action("/f", at: ("a.json", 1, 2), argv: ["true"])])
        #expect(reading.actions.first?.umask == 0o022)
        #expect(reading.actions.first?.settle == SettlePolicy(quiet: .zero))
        #expect(reading.actions.first?.poll == nil)
        #expect(reading.actions.first?.output == .record)
    }

    @Test func `a top-level key that begins with a dollar sign is ignored`() {
        let reading = read(
            ("a.json", #"{"$schema": 1, "$schema": [], "./$x": {"argv": ["true"]}}"#))
        #expect(reading.problems.isEmpty)
        #expect(reading.actions.map(\.path) == [RawPath("/srv/$x")])
    }

    @Test func `a file without actions is fine`() {
        #expect(read(("a.json", "{}")) == read())
    }

    @Test func `a path may be any bytes but NUL`() {
        let reading = read(("a.json", #"{"/\udcff\n é": {"argv": ["true"]}}"#))
        #expect(reading.actions.map(\.path.bytes) == [[0x2F, 0xFF, 0x0A, 0x20, 0xC3, 0xA9]])
    }

    @Test func `the last definition of a path wins, and the others are told`() {
        let reading = read(
            ("a.json", #"{"x": {"argv": ["1"]}, "/y": {"argv": ["2"]}}"#),
            ("b.json", #"{"/srv/x": {"argv": ["3"]}}"#),
            ("c.json", #"{ "./x": {"argv": ["4"]}}"#))
        #expect(reading.actions.map(\.argv) == [[Array("2".utf8)], [Array("4".utf8)]])
        #expect(!reading.problems.haveErrors)
        #expect(
            reading.problems.map(\.message) == [
                "the action for `/srv/x` is overridden by c.json:1:3",
                "the action for `/srv/x` is overridden by c.json:1:3",
            ])
        #expect(
            reading.problems.map(\.site) == [
                .place(SourceLocation(file: RawPath("a.json"), line: 1, column: 2)),
                .place(SourceLocation(file: RawPath("b.json"), line: 1, column: 2)),
            ])
    }

    @Test func `all problems of all files are told, in their order`() {
        let reading = read(
            ("a.json", #"{"/f": {"argv": []}, "/g": 1}"#), ("b.json", "{"), ("c.json", "[]"))
        #expect(
            reading.problems.map(\.message) == [
                "`argv` is empty", "an action must be an object, not a number",
                "the `{` that stands here is never closed",
                "an action file must be an object, not a list",
            ])
        #expect(reading.problems.haveErrors)
    }

    @Test func `a file that is all mistakes is not answered with as many problems`() {
        let actions = (0..<700).map { #""/\#($0)": {"x": 0, "y": 0}"# }.joined(separator: ",\n")
        let reading = read(("a.json", "{" + actions + "}"))
        // Three for each action: two unknown keys and the `argv` that it has not.
        #expect(reading.problems.count == 1_001)
        #expect(reading.problems.last?.message == "1100 more problems are not shown")
        #expect(
            reading.problems.last?.site
                == .place(SourceLocation(file: RawPath("a.json"), line: 334, column: 18)))
        #expect(reading.actions.isEmpty)
    }

    private func read(_ files: (name: String, text: String)...) -> ActionFileReading {
        let sources = files.map { SourceText(file: RawPath($0.name), bytes: Array($0.text.utf8)) }
        return ActionFileReading(of: sources, relativeTo: RawPath("/srv"))
    }

    private func action(
        _ path: String, at place: (file: String, line: Int, column: Int), argv: [String]
    ) -> ActionDefinition {
        ActionDefinition(
            path: RawPath(path),
            location: SourceLocation(
                file: RawPath(place.file), line: place.line, column: place.column),
            argv: argv.map { Array($0.utf8) })
    }
}
