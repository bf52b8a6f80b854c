import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// Which actions `explain` finds, and in which words.
@Suite struct ExplanationTests {
    private static func explanation(
        of path: String, in text: String, isDirectory: Bool = false, ignored: [String] = []
    ) -> Explanation {
        let source = SourceText(file: RawPath("/etc/a.json"), bytes: Array(text.utf8))
        let reading = ActionFileReading(of: [source], relativeTo: RawPath("/srv"))
        let root = UserAccount(
            name: "root", user: 0, group: 0, groups: [], home: [], shell: [])
        var accounts = AccountTable()
        accounts.users[.name("root")] = .found(root)
        let plan = Plan(
            reading.actions, owners: [:], accounts: accounts,
            daemon: DaemonIdentity(account: root))
        return Explanation(
            of: RawPath(path), isDirectory: isDirectory, in: plan, overridden: reading.overridden
        ) { _, relative in ignored.contains(String(decoding: relative, as: UTF8.self)) }
    }

    private static func action(_ key: String, _ more: String = "") -> String {
        #""\#(key)": {"argv": ["true"], "user": "root"\#(more)}"#
    }

    @Test func `a path's own action, and what it took the place of`() throws {
        let text = "{\(Self.action("/srv/a")),\n\(Self.action("a")),\n\(Self.action("/srv/b"))}"
        let found = Self.explanation(of: "/srv/a", in: text)
        let match = try #require(found.matches.first)
        #expect(found.matches.count == 1 && found.leftOut.isEmpty)
        #expect(match.location.line == 2)
        #expect(match.overrides.map(\.line) == [1])
    }

    @Test func `every tree that has it, and why others do not`() throws {
        let text = """
            {\(Self.action("/srv/")),
            \(Self.action("/srv/", #", "exclude": ["*.csv"]"#)),
            \(Self.action("/srv/in/*.csv")),
            \(Self.action("/srv/in/*.txt")),
            \(Self.action("/srv/in/", #", "exclude": {"gitignore": true}"#)),
            \(Self.action("/srv/in/x.csv"))}
            """
        let found = Self.explanation(of: "/srv/in/x.csv", in: text, ignored: ["x.csv"])
        #expect(
            found.matches.map(\.action.path)
                == ["/srv/in/*.csv", "/srv/in/x.csv"].map(RawPath.init))
        #expect(found.leftOut.map(\.reason) == [.notMeant, .notMeant, .gitignore])
        #expect(found.leftOut.allSatisfy { !$0.text.isEmpty })
    }

    @Test func `what is left out unless it is asked for is said so`() throws {
        let text = """
            {\(Self.action("/srv/", #", "recursive": true, "exclude": ["*.tmp"]"#))}
            """
        func reason(_ path: String) -> Explanation.LeftOut.Reason? {
            Self.explanation(of: path, in: text).leftOut.first?.reason
        }
        #expect(reason("/srv/a~") == .excluded(pattern: Array("*~".utf8), isUsual: true))
        #expect(reason("/srv/.git/x") == .excluded(pattern: Array(".*".utf8), isUsual: true))
        #expect(reason("/srv/d/a.tmp") == .excluded(pattern: Array("*.tmp".utf8), isUsual: false))
        #expect(reason("/srv/d/a") == nil)
        #expect(Self.explanation(of: "/srv/d/a", in: text).matches.count == 1)
        #expect(Self.explanation(of: "/other/a", in: text).leftOut.isEmpty)
    }

    @Test(arguments: ["/srv", "/srv/"])
    func `a directory's own key`(path: String) {
        let found = Self.explanation(
            of: path, in: "{\(Self.action("/srv/"))}", isDirectory: true)
        #expect(found.matches.count == 1)
    }

    @Test func `what is below the root, and a directory in a tree`() {
        let root = "{\(Self.action("/", #", "recursive": true, "include": ["*.c"]"#))}"
        #expect(Self.explanation(of: "/a.c", in: root).matches.count == 1)
        #expect(Self.explanation(of: "/a.h", in: root).leftOut.map(\.reason) == [.notMeant])
        let text = "{\(Self.action("/srv/", #", "recursive": true, "exclude": ["b"]"#))}"
        func isMatch(_ path: String) -> Bool {
            !Self.explanation(of: path, in: text, isDirectory: true).matches.isEmpty
        }
        #expect(isMatch("/srv/a") && !isMatch("/srv/b"))
    }

    /// Others are not resolved at all, which asks about users and files.
    @Test func `which definitions have anything to do with a path`() throws {
        let text = """
            {\(Self.action("/srv/a")), \(Self.action("/srv/in/")), \(Self.action("/srv/in/*.c"))}
            """
        let reading = ActionFileReading(
            of: [SourceText(file: RawPath("/etc/a.json"), bytes: Array(text.utf8))],
            relativeTo: RawPath("/srv"))
        func concerned(_ path: String) -> [String] {
            reading.actions.filter { Explanation.concerns($0, RawPath(path)) }
                .map { String(decoding: $0.path.bytes, as: UTF8.self) }.sorted()
        }
        #expect(concerned("/srv/a") == ["/srv/a"])
        #expect(concerned("/srv/in/x.h") == ["/srv/in/", "/srv/in/*.c"])
        #expect(concerned("/srv/in") == ["/srv/in/", "/srv/in/*.c"])
        #expect(concerned("/srv/b") == [] && concerned("/srv/inn") == [])
    }

    @Test func `in lines that fit, and as JSON`() throws {
        let text = """
            {"/srv/a": {"argv": ["sh", "-c", "echo 'it''s' done"], "user": "root",
            "settle": "2s", "rate_limit": {"runs": 1, "per": "1m"}, "compare": "content"}}
            """
        let match = try #require(Self.explanation(of: "/srv/a", in: text).matches.first)
        var action = ExplainedAction(
            match: match, obstacles: Obstacle.of(match.action.command) { _ in nil })
        let toucher = LedgerChange.Run.Toucher(process: 12, user: 33)
        action.add(
            StatusRow(path: RawPath("/srv/a"), state: .idle, mechanism: "inotify"),
            [Obstacle("paused", "it is paused until somebody resumes it")],
            [
                ExplainedTouch(
                    time: 1_000_000_000, toucher: toucher,
                    result: .run(RunNumber(4), .touch, .ended(.exited(status: 3)))),
                ExplainedTouch(
                    time: 2_000_000_000, toucher: nil, result: .nothing("unchanged", count: 3)),
            ])
        let answer = ExplainedAnswer(
            path: RawPath("/srv/a"), actions: [action], leftOut: [], errors: 0)
        #expect(
            answer.text(width: 60) { $0 == 33 ? "www-data" : nil } == """
                action:       /srv/a
                defined at:   /etc/a.json:1:2
                runs:         sh -c 'echo '\\''it'\\'''\\''s'\\'' done'
                as:           root, user 0, group 0
                watched by:   inotify
                state:        idle
                in its way:   it is paused until somebody resumes it
                              a touch that leaves the bytes as they were
                              runs nothing
                              a run waits until the path was quiet for 2.0 s
                              at most 1 run in 1 min 0 s
                last touches: 1970-01-01T00:00:02Z: no run of its own, as 2
                              before it: its bytes are as they were, and its
                              action compares them
                              1970-01-01T00:00:01Z by www-data: run 4 for
                              touch, status 3

                """)
        var writer = JSONWriter()
        answer.write(to: &writer) { _ in nil }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"path":"/srv/a","actions":[{"path":"/srv/a","defined":{"file":"/etc/a.json","line":1,"column":2},"overrides":[],"argv":["sh","-c","echo 'it''s' done"],"user":"root","uid":0,"gid":0,"groups":[],"status":{"path":"/srv/a","argv":[],"state":"idle","mechanism":"inotify"},"obstacles":[{"obstacle":"paused","text":"it is paused until somebody resumes it"},{"obstacle":"compare","text":"a touch that leaves the bytes as they were runs nothing"},{"obstacle":"settle","text":"a run waits until the path was quiet for 2.0 s"},{"obstacle":"rate_limit","text":"at most 1 run in 1 min 0 s"}],"touches":[{"time":"1970-01-01T00:00:02.000000000Z","nothing":"unchanged","count":3},{"time":"1970-01-01T00:00:01.000000000Z","run":4,"reason":"touch","outcome":"failure","status":3,"touched_by":{"pid":12,"uid":33}}]}],"left_out":[],"errors":0,"files_changed":false}"#
        )
    }
}
