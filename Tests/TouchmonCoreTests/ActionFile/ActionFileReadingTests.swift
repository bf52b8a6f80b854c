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
                  "limits": {"core": 0, "memory": "512M", "open_files": 64, "cpu_time": "2m",
                    "file_size": 1024, "processes": 7}, "nice": -5, "io_class": "best_effort:7",
                  "no_new_privileges": true, "sandbox": {"write": ["/srv/\udcff", "/tmp"],
                    "execute": ["/usr"], "read": []},
                  "settle": {"max": "5m", "quiet": "250ms"}, "poll": "10ms", "output": "discard",
                  "output_limit": "64K"}}
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
        expected.process.limits = [
            ResourceLimit(.openFiles, 64), ResourceLimit(.processes, 7),
            ResourceLimit(.memory, 512 << 20), ResourceLimit(.cpuTime, 120),
            ResourceLimit(.fileSize, 1024), ResourceLimit(.core, 0),
        ]
        expected.process.nice = -5
        expected.process.ioClass = IOClass(.bestEffort, level: 7)
        expected.process.noNewPrivileges = true
        expected.process.sandbox = [
            SandboxPath(RawPath(bytes: Array("/srv/".utf8) + [0xFF]), .write),
            SandboxPath(RawPath("/tmp"), .write), SandboxPath(RawPath("/usr"), .execute),
        ]
        expected.settle = SettlePolicy(quiet: .milliseconds(250), max: .seconds(300))
        expected.poll = .milliseconds(10)
        expected.output = .discard
        expected.outputLimit = 65_536
        #expect(reading.actions == [expected])
    }

    @Test func `what is not written has its default`() {
        let reading = read(("a.json", #"{"/f": {"argv": ["true"]}}"#))
        #expect(reading.actions == [action("/f", at: ("a.json", 1, 2), argv: ["true"])])
        #expect(reading.actions.first?.umask == 0o022)
        #expect(reading.actions.first?.process == ProcessSettings())
        #expect(reading.actions.first?.settle == SettlePolicy(quiet: .zero))
        #expect(reading.actions.first?.poll == nil)
        #expect(reading.actions.first?.output == .record)
        #expect(reading.actions.first?.outputLimit == 1 << 20)
    }

    @Test(arguments: [
        ("4096", 4096), ("\"4K\"", 4096), ("\"100000\"", 100_000), ("\"1G\"", 1 << 30),
    ])
    func `an output limit is bytes or a size`(text: String, limit: Int64) {
        let reading = read(("a.json", #"{"/f": {"argv": ["true"], "output_limit": \#(text)}}"#))
        #expect(reading.problems.isEmpty)
        #expect(reading.actions.first?.outputLimit == limit)
    }

    @Test(arguments: [
        ("realtime", IOClass(.realtime, level: 4)), ("realtime:0", IOClass(.realtime, level: 0)),
        ("best_effort", IOClass(.bestEffort, level: 4)), ("idle", IOClass(.idle)),
    ])
    func `an I/O class has a level, 4 where none is written`(text: String, ioClass: IOClass) {
        let reading = read(("a.json", #"{"/f": {"argv": ["true"], "io_class": "\#(text)"}}"#))
        #expect(reading.problems.isEmpty)
        #expect(reading.actions.first?.process.ioClass == ioClass)
    }

    @Test(arguments: ["realtime:0", "best_effort:7", "idle"])
    func `an I/O class is spelled as it is read`(text: String) {
        #expect(IOClass(text)?.text == text)
    }

    @Test func `the ends of every range are in it`() {
        for settings in [
            #""nice": -20"#, #""nice": 19"#, #""nice": 0"#, #""limits": {}"#,
            #""limits": {"open_files": 3, "processes": 1, "memory": "1M", "cpu_time": "1s"}"#,
            #""limits": {"file_size": 0, "core": 0}"#,
            #""limits": {"open_files": 9223372036854775807, "memory": 9223372036854775807}"#,
            #""limits": {"open_files": 5}, "sandbox": {"execute": ["/"]}"#,
            #""no_new_privileges": false"#,
        ] {
            let reading = read(("a.json", "{\"/f\": {\"argv\": [\"true\"], \(settings)}}"))
            #expect(reading.problems.isEmpty, "\(settings)")
        }
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

    /// Of actions that are written alike one is decoded: the others must have all of it, and their own places.
    @Test(arguments: [
        #"{"argv": ["/bin/true", "a"], "user": "web", "settle": "1s"}"#,
        #"{"argv": ["/bin/true"], "user": "web", "on_failure": {"argv": ["/bin/x"]}}"#,
        #"{"argv": ["/bin/true"], "user": "web", "recursive": true}"#,
        #"{"argv": ["\udc80\ud800"], "user": "web"}"#,
        #"{"argv": [], "user": 0}"#, "[]",
    ])
    func `an action that is written like the one before is read as if it were alone`(text: String) {
        let keys = ["/a", "/b", "b", "d/", "/e/*.csv", "$f", "", "/a", "\\u0000", "/c"]
        let members = keys.map { "\"\($0)\": \(text)" }
        let together = read(("a.json", "{\n" + members.joined(separator: ",\n") + "\n}"))
        var (actions, problems): ([ActionDefinition], [Problem]) = ([], [])
        for (index, member) in members.enumerated() {
            let alone = read(
                ("a.json", "{" + String(repeating: "\n", count: index + 1) + member + "}"))
            // The second of one path is no action.
            actions += index == 7 ? [] : alone.actions
            problems += alone.problems
        }
        #expect(together.actions == actions)
        #expect(together.problems.filter { !$0.message.contains("was here before") } == problems)
        #expect(together.problems.count == problems.count + 1)
    }

    @Test func `a file is read in pieces, and the last definition wins across them`() {
        let count = 5000
        func text(_ program: String) -> String {
            "{"
                + (0..<count).map { #""/\#($0)": {"argv": ["\#(program)", "\#($0)"]}"# }
                .joined(separator: ",\n") + "}"
        }
        let sources = ["a", "b"].map {
            SourceText(file: RawPath($0), bytes: Array(text("/bin/\($0)").utf8))
        }
        var reader = ActionFileReader(sources, relativeTo: RawPath("/"))
        var steps = 1
        while reader.goOn() { steps += 1 }
        let reading = reader.reading
        // Each has some 190 kB.
        #expect(steps > 6)
        #expect(reading.actions.map(\.path) == (0..<count).map { RawPath("/\($0)") })
        #expect(reading.actions.allSatisfy { $0.argv[0].elementsEqual("/bin/b".utf8) })
        #expect(reading.problems.count == count)
        #expect(reading.overridden.values.allSatisfy { $0.map(\.file) == [RawPath("a")] })
        #expect(reading.pieces.allSatisfy { $0.count <= 256 })
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
