import Testing

@testable import TouchmonCore

/// The words in which commands tell people what the daemon answers.
@Suite struct ControlTextTests {
    @Test func `each ending has a word of its own`() {
        let endings: [RunEnding?] = [
            nil, .ended(.exited(status: 0)), .ended(.exited(status: 3)),
            .ended(.signalled(signal: 15)), .ended(.unknown), .notStarted, .interrupted,
        ]
        #expect(
            endings.map(ControlText.outcome) == [
                "running", "success", "status 3", "SIGTERM", "unknown", "not started",
                "interrupted",
            ])
    }

    /// Whatever the daemon may say of a touch without a run, a command has a sentence for.
    @Test func `each reason for no run has a sentence of its own`() {
        let reasons: [NothingReason] = [
            .toucher, .reader, .unchanged, .own, .skipped, .signalled, .joined,
        ]
        let words = reasons.map(\.rawValue) + ["removed", "nothing"]
        let sentences = words.map(ControlText.reason)
        #expect(Set(sentences).count == words.count)
        #expect(sentences.last == "it was not seen as a touch")
        #expect(ControlText.reason("a word of a later version") == sentences.last)
        #expect(ControlText.reason("removed") == "no action file has its action any more")
    }

    @Test func `what is waited for has a sentence of its own`() {
        let words = ["busy", "retry", "settle", "pause", "turn", "close", "question"]
        let sentences = words.map(ControlText.waiting)
        #expect(Set(sentences).count == words.count)
        #expect(ControlText.waiting("events") == "the daemon to see all that happened")
        #expect(ControlText.waiting("question") == ControlText.waiting("events"))
        #expect(ControlText.waiting("close") == "whoever writes the file to close it")
    }

    @Test func `a pause without an end, of somebody whose name nobody knows`() {
        let row = StatusRow(
            path: RawPath("/srv/a"), state: .paused, mechanism: "inotify",
            pause: StatusRow.Paused(since: 1_000_000_000, until: nil, reason: [], user: 4242))
        #expect(
            ControlText.details(row, at: 0) { _ in nil } == """
                path:       /srv/a
                state:      paused
                watched by: inotify
                paused:     by user 4242, since 1970-01-01T00:00:01Z
                until:      somebody resumes it

                """)
    }

    @Test func `several runs at once, and how long a pause lasts`() {
        var table = StatusTable(at: 0)
        table.add(
            StatusRow(
                path: RawPath("/a"), state: .running, mechanism: "inotify",
                runs: [RunNumber(3), RunNumber(4), RunNumber(5)]))
        table.add(
            StatusRow(
                path: RawPath("/b"), state: .paused, mechanism: "poll",
                pause: StatusRow.Paused(
                    since: 0, until: 90_000_000_000, reason: [], user: 0)))
        #expect(
            table.text(width: nil) == """
                PATH  STATE                    BY       LAST RUN  ENDED
                /a    running 3+2              inotify  -         -
                /b    paused, 1 min 30 s left  poll     -         -

                """)
    }

    @Test func `a daemon that says nothing of itself`() throws {
        let reply = try #require(ControlReply(Array("{}".utf8)))
        #expect(
            String(decoding: StatusObject().json(name: "web", reply), as: UTF8.self)
                == "{\"name\":\"web\",\"pid\":0,\"since\":\"\",\"degraded\":[],\"actions\":[]}\n")
    }

    @Test func `names stand in front of what belongs to them`() {
        #expect(FieldLines(width: nil).text == "")
        var lines = FieldLines(width: nil)
        lines.add("a", "1")
        lines.add("longer", "2")
        lines.add("longer", "3")
        #expect(lines.text == "a:      1\nlonger: 2\n        3\n")
    }

    @Test func `colours are around the cells that have one`() {
        var table = TextTable(["RUN", "END"], flexible: 0)
        table.add(["1", TextTable.Cell("ok", .good)])
        table.add(["2", TextTable.Cell("bad", .bad)])
        let good = "\u{1B}[32mok\u{1B}[0m", bad = "\u{1B}[31mbad\u{1B}[0m"
        #expect(
            table.text(width: nil, isColored: true)
                == "RUN  END\n1    \(good)\n2    \(bad)\n")
        #expect(table.text(width: nil) == "RUN  END\n1    ok\n2    bad\n")
    }

    @Test func `rows that are taken are gone, and the columns stay as wide`() {
        var table = TextTable(["A", "B"], flexible: 0)
        table.add(["wide one", "1"])
        #expect(table.takeRows(width: nil) == "wide one  1\n")
        table.add(["x", "2"])
        #expect(table.takeRows(width: nil) == "x         2\n")
        #expect(table.takeRows(width: nil) == "")
    }

    /// Of characters that are two columns wide, both ends give some away.
    @Test func `a text of wide characters keeps its beginning and its end`() {
        var table = TextTable(["PATH"], flexible: 0)
        table.add(["日本語日本語日本語日本語日本語東京"])
        let line = table.text(width: 12).split(separator: "\n")[1]
        #expect(TerminalText.width(of: String(line)) <= 12)
        #expect(line.hasPrefix("日") && line.contains("…") && line.hasSuffix("京"))
    }
}
