import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// What `explain` says of an action, and of a path that has none.
@Suite struct ExplainedActionTests {
    private static func place(_ line: Int) -> TouchmonCore.SourceLocation {
        SourceText(
            file: RawPath("/etc/a.json"),
            bytes: Array(repeating: UInt8(ascii: "\n"), count: 9)
        ).location(at: line - 1)
    }

    private static func match(
        groups: [UInt32] = [], overrides: [TouchmonCore.SourceLocation] = []
    ) -> Explanation.Match {
        var command = PlannedAction("/srv/a").command
        command.identity = RunIdentity(name: "alice", user: 1, group: 2, groups: groups)
        return Explanation.Match(
            action: PlannedAction(path: RawPath("/srv/a"), Shared(command)), location: place(3),
            overrides: overrides)
    }

    private static func json(_ action: ExplainedAction) -> String {
        var writer = JSONWriter()
        action.write(to: &writer) { _ in nil }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func json(_ answer: ExplainedAnswer) -> String {
        var writer = JSONWriter()
        answer.write(to: &writer) { _ in nil }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `what is known without a daemon`() {
        let action = ExplainedAction(
            match: Self.match(groups: [2, 27], overrides: [Self.place(1), Self.place(2)]),
            obstacles: [])
        #expect(
            action.text(width: nil) { _ in nil } == """
                action:     /srv/a
                defined at: /etc/a.json:3:1
                overrides:  /etc/a.json:1:1
                            /etc/a.json:2:1
                runs:       true
                as:         alice, user 1, group 2, groups 2 27
                in its way: nothing

                """)
        let json = Self.json(action)
        #expect(json.contains(#""overrides":[{"file":"/etc/a.json","line":1,"column":1},"#))
        #expect(json.contains(#""groups":[2,27]"#) && !json.contains(#""status""#))
    }

    @Test func `a daemon that does not have the action`() {
        var action = ExplainedAction(match: Self.match(), obstacles: [])
        action.add(nil, [], [])
        #expect(
            action.text(width: nil) { _ in nil } == """
                action:       /srv/a
                defined at:   /etc/a.json:3:1
                runs:         true
                as:           alice, user 1, group 2
                state:        the daemon does not have it: touchmon reload
                in its way:   nothing
                last touches: none that is known

                """)
    }

    @Test func `a run that is due, and touches of somebody without a name`() {
        var action = ExplainedAction(match: Self.match(), obstacles: [])
        let toucher = LedgerChange.Run.Toucher(process: 12, user: 33)
        let run = HistoryRow(
            run: RunNumber(7), path: RawPath("/srv/a"), reason: .catchUp, started: 5_000_000_000,
            ended: nil, ending: nil, user: 1, process: 9, attempt: 1, toucher: toucher)
        action.add(
            StatusRow(path: RawPath("/srv/a"), state: .waiting, mechanism: "poll", due: .retry),
            [],
            [
                ExplainedTouch(run),
                ExplainedTouch(
                    time: 6_000_000_000, toucher: toucher, result: .nothing("own", count: 1)),
            ])
        #expect(
            action.text(width: nil) { _ in nil }.split(separator: "\n").suffix(6) == [
                "watched by:   poll", "state:        waiting", "due:          a run for retry",
                "in its way:   nothing",
                "last touches: 1970-01-01T00:00:06Z by user 33: no run of its own: the touch came "
                    + "from a run of its own action",
                "              1970-01-01T00:00:05Z by user 33: run 7 for catch-up, running",
            ])
    }

    @Test func `only the last touches are told, the latest first`() {
        var action = ExplainedAction(match: Self.match(), obstacles: [])
        action.add(
            nil, [],
            (1...30).map {
                ExplainedTouch(time: $0, toucher: nil, result: .nothing("own", count: 1))
            })
        #expect(action.touches.map(\.time) == Array((21...30).reversed()))
    }

    @Test func `a path that no action runs for, and why each does not`() {
        func leftOut(_ reason: Explanation.LeftOut.Reason) -> Explanation.LeftOut {
            Explanation.LeftOut(path: RawPath("/srv/"), location: Self.place(2), reason: reason)
        }
        var answer = ExplainedAnswer(
            path: RawPath("/srv/a~"), actions: [],
            leftOut: [
                leftOut(.excluded(pattern: Array("*~".utf8), isUsual: true)),
                leftOut(.excluded(pattern: Array("a*".utf8), isUsual: false)),
                leftOut(.gitignore), leftOut(.notMeant),
            ], errors: 2)
        answer.areFilesChanged = true
        func because(_ text: String) -> String {
            "not for it: /srv/\ndefined at: /etc/a.json:2:1\nbecause:    \(text)\n"
        }
        #expect(
            answer.text(width: nil) { _ in nil }
                == [
                    "no action runs for /srv/a~\n",
                    because(
                        "it leaves out `*~`, as patterns and directories do unless they ask for it"
                    ),
                    because("its `exclude` has `a*`"),
                    because("a .gitignore says so, and its `exclude` asks for them"),
                    because("neither its key nor its `include` stands for it"),
                    "the action files have 2 errors now, and what is above may not be all: "
                        + "see touchmon check\n",
                    "the action files were changed since the daemon has read them: "
                        + "touchmon reload\n",
                ].joined(separator: "\n"))
        let defined = #""path":"/srv/","defined":{"file":"/etc/a.json","line":2,"column":1}"#
        #expect(
            Self.json(answer) == "{\"path\":\"/srv/a~\",\"actions\":[],\"left_out\":["
                + "{\(defined),\"reason\":\"usual\",\"pattern\":\"*~\"},"
                + "{\(defined),\"reason\":\"exclude\",\"pattern\":\"a*\"},"
                + "{\(defined),\"reason\":\"gitignore\"},{\(defined),\"reason\":\"not_meant\"}],"
                + "\"errors\":2,\"files_changed\":true}")
    }

    @Test func `one error is one`() {
        let answer = ExplainedAnswer(path: RawPath("/a"), actions: [], leftOut: [], errors: 1)
        #expect(answer.text(width: nil) { _ in nil }.contains("have 1 error now"))
    }
}
