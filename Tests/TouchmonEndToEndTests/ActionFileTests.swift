import Foundation
import Testing

/// Action files are read as they always were: what `check` answers to them, and what runs.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct ActionFileTests {
    /// The example of the first touchmon, as it was written there.
    static func example(
        _ first: [String] = ["program-name", "argv[1]", "argv[2]"],
        _ second: [String] = ["another-program", "another-arg"],
        users: (String, String) = ("user1", "user2")
    ) -> String {
        func list(_ arguments: [String]) -> String {
            arguments.map { "            \"\($0)\"" }.joined(separator: ",\n")
        }
        return """
            {
                "path/to/file/to/monitor": {
                    "argv": [
            \(list(first))
                        ],
                    "user": "\(users.0)"
                    },
                "path/to/another/file": {
                    "argv": [
            \(list(second))
                        ],
                    "user": "\(users.1)"
                    }
            }

            """
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `the original's example is read, and what is missing here is said`() throws {
        let scratch = try Scratch()
        try scratch.write("action1.json", Self.example())
        #expect(
            try Answer.of(["check", "action1.json"], in: scratch.path)
                == Answer(
                    status: 65, output: "",
                    errors: """
                        action1.json:8:17: error: there is no user `user1`
                            "user": "user1"
                                    ^
                          create the user, or name one that `getent passwd` lists
                        action1.json:15:17: error: there is no user `user2`
                            "user": "user2"
                                    ^
                          create the user, or name one that `getent passwd` lists
                        action1.json:2:5: warning: the program `program-name` is not there
                            "path/to/file/to/monitor": {
                            ^
                          install it, write its whole path, or set PATH in `environment`
                        action1.json:10:5: warning: the program `another-program` is not there
                            "path/to/another/file": {
                            ^
                          install it, write its whole path, or set PATH in `environment`

                        """))
        let unknown = "create the user, or name one that `getent passwd` lists"
        let absent = "install it, write its whole path, or set PATH in `environment`"
        func problem(
            _ line: Int, _ column: Int, _ severity: String, _ message: String, _ remedy: String
        ) -> String {
            #"{"file":"action1.json","line":\#(line),"column":\#(column),"severity":"\#(severity)","#
                + #""message":"\#(message)","remedy":"\#(remedy)"}"#
        }
        let problems = [
            problem(8, 17, "error", "there is no user `user1`", unknown),
            problem(15, 17, "error", "there is no user `user2`", unknown),
            problem(2, 5, "warning", "the program `program-name` is not there", absent),
            problem(10, 5, "warning", "the program `another-program` is not there", absent),
        ]
        #expect(
            try Answer.of(["check", "--json", "action1.json"], in: scratch.path)
                == Answer(
                    status: 65,
                    output: #"{"problems":[\#(problems.joined(separator: ","))],"actions":2}"#
                        + "\n", errors: ""))
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `the original's example runs, with programs and users that are there`() throws {
        let scratch = try Scratch()
        let files = FileManager.default
        for directory in ["path/to/file/to", "path/to/another"] {
            try files.createDirectory(
                atPath: scratch(directory), withIntermediateDirectories: true)
        }
        let text = Self.example(
            ["sh", "-c", "echo $(id -un) $0 $1", "argv[1]", "argv[2]"], ["id", "-un"],
            users: (Users.alice.name, Users.carol.name))
        try scratch.write("action1.json", text)
        #expect(
            try Answer.of(["check", "action1.json"], in: scratch.path)
                == Answer(status: 0, output: "2 actions, no problems\n", errors: ""))
        #expect(
            try Answer.of(["check", "--json", "action1.json"], in: scratch.path)
                == Answer(status: 0, output: #"{"problems":[],"actions":2}"# + "\n", errors: ""))

        // Relative paths begin in the daemon's directory, not in the file's.
        let daemon = try TouchmonProcess(
            ["--log-format", "json", "action1.json"], in: scratch.path)
        #expect(daemon.wait(for: "ready", count: 1))
        try Command.run(["touch", scratch("path/to/file/to/monitor")])
        #expect(daemon.wait(for: "run_ended", count: 1))
        try Command.run(["touch", scratch("path/to/another/file")])
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(daemon.stop() == 0)
        #expect(daemon.printed == ["tm-alice argv[1] argv[2]", "tm-carol"])
        #expect(
            daemon.events("run_started").map { $0["path"] as? String } == [
                scratch("path/to/file/to/monitor"), scratch("path/to/another/file"),
            ])
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `of two definitions of a path the last wins, however the path is written`() throws {
        let scratch = try Scratch()
        try scratch.write(
            "first.json",
            """
            {
                "stamp": {"argv": ["echo", "first"], "user": "root"},
                "other": {"argv": ["echo", "other"], "user": "root"}
            }

            """)
        try scratch.write(
            "second.json",
            """
            {
                "./x/..//stamp": {"argv": ["echo", "second"], "user": "root"}
            }

            """)
        let arguments = ["first.json", "second.json"]
        let message = "the action for `\(scratch("stamp"))` is overridden by second.json:2:5"
        let remedy = "remove one of the two, unless this is what you want"
        #expect(
            try Answer.of(["check"] + arguments, in: scratch.path)
                == Answer(
                    status: 0, output: "",
                    errors: """
                        first.json:2:5: note: \(message)
                            "stamp": {"argv": ["echo", "first"], "user": "root"},
                            ^
                          \(remedy)

                        """))
        #expect(
            try Answer.of(["check", "--json"] + arguments, in: scratch.path)
                == Answer(
                    status: 0,
                    output:
                        #"{"problems":[{"file":"first.json","line":2,"column":5,"#
                        + #""severity":"note","message":"\#(message)","remedy":"\#(remedy)"}],"#
                        + #""actions":2}"# + "\n", errors: ""))

        let daemon = try TouchmonProcess.daemon(arguments, in: scratch.path)
        try Command.run(["touch", scratch("stamp")])
        #expect(daemon.wait(for: "run_ended", count: 1))
        try Command.run(["touch", scratch("other")])
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(daemon.stop() == 0)
        #expect(daemon.printed == ["second", "other"])
        #expect(daemon.count("run_started") == 2)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a directory stands for its json files in byte order`() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("d"), withIntermediateDirectories: false)
        func define(_ name: String) throws {
            let text = #"{"/srv/none": {"argv": ["echo", "\#(name)"], "user": "root"}}"#
            try scratch.write("d/\(name)", text)
        }
        // Neither the order of a dictionary (a, B, é, z) nor that of the directory.
        let names = ["B.json", "a.json", "z.json", "\u{e9}.json"]
        for name in names.shuffled() { try define(name) }
        for name in [".hidden.json", "json", "notes.txt", "a.json~", "a.JSON"] {
            try scratch.write("d/\(name)", "not an action file")
        }
        let answer = try Answer.of(["check", "--json", "d"], in: scratch.path)
        #expect(answer.status == 0)
        #expect(answer.errors == "")
        let report = try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8))
        #expect(report.actions == 1)
        #expect(report.problems.map(\.file) == ["d/B.json", "d/a.json", "d/z.json"])
        #expect(
            report.problems.map(\.message)
                == Array(
                    repeating: "the action for `/srv/none` is overridden by d/\u{e9}.json:1:2",
                    count: 3))
    }

    /// What `check --json` answers.
    struct Report: Decodable {
        struct Problem: Decodable {
            var file: String
            var line: Int?
            var column: Int?
            var severity: String
            var message: String
            var remedy: String
        }
        var problems: [Problem]
        var actions: Int
    }
}
