import Testing

@testable import TouchmonCore

@Suite struct ProblemReportTests {
    private let source = SourceText(
        file: RawPath("/etc/touchmon.d/web.json"), bytes: Array("{\n    \"usr\": 1\n}\n".utf8))
    private let problem = Problem(
        .error,
        at: SourceLocation(file: RawPath("/etc/touchmon.d/web.json"), line: 2, column: 5),
        "`usr` is not a key of an action", remedy: "write `user` instead")

    @Test func `a problem is shown with its line, a caret and the remedy`() {
        #expect(
            ProblemReport([problem], sources: [source]).text() == """
                /etc/touchmon.d/web.json:2:5: error: `usr` is not a key of an action
                    "usr": 1
                    ^
                  write `user` instead

                """)
    }

    @Test func `without its source a problem is shown without its line`() {
        #expect(
            ProblemReport([problem], sources: []).text() == """
                /etc/touchmon.d/web.json:2:5: error: `usr` is not a key of an action
                  write `user` instead

                """)
    }

    @Test func `a problem of a file as a whole comes before those of its places`() {
        let whole = Problem(.error, in: RawPath("a.json"), "others can write it", remedy: "")
        #expect(whole.position < problem.position)
        #expect(problem.position == (2, 5))
    }

    @Test func `a file that was given twice is shown as one`() {
        let once = ProblemReport([problem], sources: [source]).text()
        #expect(ProblemReport([problem], sources: [source, source]).text() == once)
    }

    @Test func `a problem of a file as a whole has no place`() {
        let problem = Problem(
            .warning, in: RawPath("a.json"), "others can write it", remedy: "run `chmod o-w a.json`"
        )
        #expect(
            ProblemReport([problem], sources: []).text() == """
                a.json: warning: others can write it
                  run `chmod o-w a.json`

                """)
        #expect(
            String(
                decoding: ProblemReport([problem], sources: []).json(actionCount: 0), as: UTF8.self)
                == #"{"problems":[{"file":"a.json","line":null,"column":null,"#
                + #""severity":"warning","message":"others can write it","#
                + #""remedy":"run `chmod o-w a.json`"}],"actions":0}"# + "\n")
    }

    @Test func `editors get an object`() {
        let report = ProblemReport([problem], sources: [source])
        #expect(
            String(decoding: report.json(actionCount: 3), as: UTF8.self)
                == #"{"problems":[{"file":"/etc/touchmon.d/web.json","line":2,"column":5,"#
                + #""severity":"error","message":"`usr` is not a key of an action","#
                + #""remedy":"write `user` instead"}],"actions":3}"# + "\n")
        #expect(
            ProblemReport([], sources: []).json(actionCount: 2)
                == Array((#"{"problems":[],"actions":2}"# + "\n").utf8))
    }

    @Test func `nothing that a file holds reaches the terminal as a control`() {
        let hostile = "\u{1b}]0;x\u{7}\r\u{9b}\u{202e}"
        let file = RawPath("/tmp/" + hostile)
        let source = SourceText(file: file, bytes: Array(hostile.utf8) + [0xFF])
        let problem = Problem(
            .note, at: SourceLocation(file: file, line: 1, column: 4), hostile, remedy: hostile)
        let text = ProblemReport([problem], sources: [source]).text()
        #expect(
            text.unicodeScalars.allSatisfy {
                $0 == "\n"
                    || $0.properties.generalCategory != .control
                        && $0.properties.generalCategory != .format
            })
        #expect(text.split(separator: "\n").count == 4)
    }
}
