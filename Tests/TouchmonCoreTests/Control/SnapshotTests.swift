import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// What commands print, word for word: at a terminal of 80 columns, at one of 200, and as JSON.
///
/// Whoever changes a line here changes what people read and scripts parse.
@Suite struct SnapshotTests {
    private static let now: Int64 = 1_764_205_200_000_000_000
    private static func ago(_ seconds: Int64) -> Int64 { now - seconds * 1_000_000_000 }
    private static func name(_ user: UInt32) -> String? { [0: "root", 33: "www-data"][user] }

    private static let runs: [HistoryRow] = [
        HistoryRow(
            run: RunNumber(7), path: RawPath("/srv/app/deploy.stamp"), reason: .touch,
            started: ago(7200), ended: ago(7188), ending: .ended(.exited(status: 0)), user: 1000,
            process: 4711, attempt: 1,
            toucher: LedgerChange.Run.Toucher(process: 4242, user: 33)),
        HistoryRow(
            run: RunNumber(8),
            path: RawPath(
                action: RawPath("/srv/incoming/*.csv"),
                file: RawPath("/srv/incoming/orders of the last quarter, \u{1B}[31mred.csv")),
            reason: .retry, started: ago(90), ended: ago(89), ending: .ended(.exited(status: 3)),
            user: 1000, process: 4712, attempt: 2, toucher: nil),
        HistoryRow(
            run: RunNumber(9), path: RawPath("/srv/app/with/a/rather/long/path/to/a.stamp"),
            reason: .manual, started: ago(4), ended: ago(3),
            ending: .ended(.signalled(signal: 15)), user: 0, process: 4713, attempt: 1,
            toucher: nil),
        HistoryRow(
            run: RunNumber(10), path: RawPath("/srv/app/deploy.stamp"), reason: .catchUp,
            started: ago(2), ended: nil, ending: nil, user: 1000, process: 4714, attempt: 1,
            toucher: LedgerChange.Run.Toucher(process: 4243, user: 4242)),
    ]

    private static let rows: [StatusRow] = [
        StatusRow(
            path: RawPath("/srv/app/deploy.stamp"),
            argv: PackedStrings(["make", "-C", "/srv/the app"].map { Array($0.utf8) }),
            state: .running, mechanism: "inotify",
            runs: [RunNumber(10)], due: .touch, touched: FileTime(nanosecondsSince1970: ago(2)),
            last: runs[3]),
        StatusRow(
            path: RawPath("/srv/app/with/a/rather/long/path/to/a.stamp"), state: .idle,
            mechanism: "poll", last: runs[2]),
        StatusRow(
            path: RawPath("/srv/incoming/*.csv"), state: .paused, mechanism: "fanotify",
            due: .touch,
            pause: StatusRow.Paused(
                since: ago(60), until: now + 3_600_000_000_000,
                reason: Array("the disk is moved".utf8), user: 0), last: runs[1]),
        StatusRow(path: RawPath("/srv/never"), state: .waiting, mechanism: "inotify", due: .start),
        StatusRow(
            path: RawPath("/srv/mail/"), state: .idle, mechanism: "fanotify",
            scan: TreeScan(directories: 1200, files: 45000, left: 17), unreadable: 2),
    ]

    private static func status(_ width: Int?) -> String {
        var table = StatusTable(at: now)
        // In whatever order they come.
        for row in rows.reversed() { table.add(row) }
        return table.text(width: width)
    }

    private static func history(_ width: Int?) -> String {
        var table = ControlText.historyTable
        ControlText.add(runs, to: &table, at: now, name: name)
        return table.text(width: width)
    }

    @Test func `status in eighty columns`() {
        #expect(
            Self.status(80) == """
                PATH            STATE               BY        LAST RUN  ENDED
                /srv…loy.stamp  running 10          inotify   10        running for 2.0 s
                /srv…o/a.stamp  idle                poll      9         SIGTERM, 3.0 s ago
                /srv…ing/*.csv  paused: touch       fanotify  8         status 3, 1 min 29 s ago
                /srv/mail/      idle, scanned 1200  fanotify  -         -
                /srv/never      waiting: start      inotify   -         -

                """)
    }

    @Test func `status in two hundred columns`() {
        #expect(
            Self.status(200) == """
                PATH                                         STATE               BY        LAST RUN  ENDED
                /srv/app/deploy.stamp                        running 10          inotify   10        running for 2.0 s
                /srv/app/with/a/rather/long/path/to/a.stamp  idle                poll      9         SIGTERM, 3.0 s ago
                /srv/incoming/*.csv                          paused: touch       fanotify  8         status 3, 1 min 29 s ago
                /srv/mail/                                   idle, scanned 1200  fanotify  -         -
                /srv/never                                   waiting: start      inotify   -         -

                """)
    }

    @Test func `status as JSON, in the order of the paths`() throws {
        var object = StatusObject()
        for row in Self.rows.reversed() { object.add(row, name: Self.name) }
        let reply = try #require(
            ControlReply(
                Array(#"{"pid":12,"since":"2026-01-01T00:00:00Z","degraded":["ledger"]}"#.utf8)))
        let rows = Self.rows.sorted { $0.path < $1.path }.map { row in
            var writer = JSONWriter()
            row.write(to: &writer, name: Self.name)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(
            String(decoding: object.json(name: "web", reply), as: UTF8.self) == """
                {"name":"web","pid":12,"since":"2026-01-01T00:00:00Z","degraded":["ledger"],\
                "actions":[\(rows.joined(separator: ","))]}

                """)
    }

    @Test func `history in eighty columns`() {
        #expect(
            Self.history(80) == """
                RUN  STARTED               TOOK    OUTCOME   FOR       TOUCHED BY  PATH
                7    2025-11-26T23:00:00Z  12.0 s  success   touch     www-data    /srv…oy.stamp
                8    2025-11-27T00:58:30Z  1.0 s   status 3  retry     -           /srv…mred.csv
                9    2025-11-27T00:59:56Z  1.0 s   SIGTERM   manual    -           /srv…/a.stamp
                10   2025-11-27T00:59:58Z  2.0 s   running   catch-up  4242        /srv…oy.stamp

                """)
    }

    @Test func `history in two hundred columns`() {
        #expect(
            Self.history(200) == """
                RUN  STARTED               TOOK    OUTCOME   FOR       TOUCHED BY  PATH
                7    2025-11-26T23:00:00Z  12.0 s  success   touch     www-data    /srv/app/deploy.stamp
                8    2025-11-27T00:58:30Z  1.0 s   status 3  retry     -           /srv/incoming/orders of the last quarter, \\x1b[31mred.csv
                9    2025-11-27T00:59:56Z  1.0 s   SIGTERM   manual    -           /srv/app/with/a/rather/long/path/to/a.stamp
                10   2025-11-27T00:59:58Z  2.0 s   running   catch-up  4242        /srv/app/deploy.stamp

                """)
    }

    @Test func `all about one action`() {
        #expect(
            Self.rows.map { ControlText.details($0, at: Self.now, name: Self.name) }
                .joined(separator: "\n") == """
                    path:        /srv/app/deploy.stamp
                    command:     make -C '/srv/the app'
                    state:       running
                    watched by:  inotify
                    running:     run 10
                    due:         touch
                    last change: 2025-11-27T00:59:58.000Z
                    last run:    10, for catch-up, began 2025-11-27T00:59:58.000Z
                    it:          running for 2.0 s
                    touched by:  user 4242, process 4243

                    path:       /srv/app/with/a/rather/long/path/to/a.stamp
                    state:      idle
                    watched by: poll
                    last run:   9, for manual, began 2025-11-27T00:59:56.000Z
                    it:         SIGTERM, 3.0 s ago

                    path:       /srv/incoming/*.csv
                    state:      paused
                    watched by: fanotify
                    due:        touch
                    paused:     by root, since 2025-11-27T00:59:00Z
                    until:      2025-11-27T02:00:00Z
                    because:    the disk is moved
                    last run:   8, for retry, began 2025-11-27T00:58:30.000Z
                    it:         status 3, 1 min 29 s ago

                    path:       /srv/never
                    state:      waiting
                    watched by: inotify
                    due:        start

                    path:       /srv/mail/
                    state:      idle
                    watched by: fanotify
                    scan:       1200 directories with 45000 files listed, 17 known and left
                    left out:   2 directories, which may not be read

                    """)
    }

    @Test func `status as JSON`() {
        let lines = Self.rows.map { row -> String in
            var writer = JSONWriter()
            row.write(to: &writer, name: Self.name)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(
            lines.joined(separator: "\n") + "\n" == #"""
                {"path":"/srv/app/deploy.stamp","argv":["make","-C","/srv/the app"],"state":"running","mechanism":"inotify","runs":[10],"due":"touch","last_touch":"2025-11-27T00:59:58.000000000Z","last_run":{"run":10,"path":"/srv/app/deploy.stamp","reason":"catch-up","started":"2025-11-27T00:59:58.000000000Z","outcome":"running","uid":1000,"pid":4714,"attempt":1,"touched_by":{"pid":4243,"uid":4242}}}
                {"path":"/srv/app/with/a/rather/long/path/to/a.stamp","argv":[],"state":"idle","mechanism":"poll","last_run":{"run":9,"path":"/srv/app/with/a/rather/long/path/to/a.stamp","reason":"manual","started":"2025-11-27T00:59:56.000000000Z","ended":"2025-11-27T00:59:57.000000000Z","outcome":"signal","signal":"SIGTERM","uid":0,"user":"root","pid":4713,"attempt":1}}
                {"path":"/srv/incoming/*.csv","argv":[],"state":"paused","mechanism":"fanotify","due":"touch","paused":{"since":"2025-11-27T00:59:00.000000000Z","until":"2025-11-27T02:00:00.000000000Z","reason":"the disk is moved","uid":0,"user":"root"},"last_run":{"run":8,"path":"/srv/incoming/*.csv","file":"/srv/incoming/orders of the last quarter, \u001b[31mred.csv","reason":"retry","started":"2025-11-27T00:58:30.000000000Z","ended":"2025-11-27T00:58:31.000000000Z","outcome":"failure","status":3,"uid":1000,"pid":4712,"attempt":2}}
                {"path":"/srv/never","argv":[],"state":"waiting","mechanism":"inotify","due":"start"}
                {"path":"/srv/mail/","argv":[],"state":"idle","mechanism":"fanotify","scan":{"directories":1200,"files":45000,"left":17},"unreadable_directories":2}

                """#)
    }

    @Test func `history as JSON`() {
        let lines = Self.runs.map { row -> String in
            var writer = JSONWriter()
            row.write(to: &writer, name: Self.name)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(
            lines.joined(separator: "\n") + "\n" == #"""
                {"run":7,"path":"/srv/app/deploy.stamp","reason":"touch","started":"2025-11-26T23:00:00.000000000Z","ended":"2025-11-26T23:00:12.000000000Z","outcome":"success","status":0,"uid":1000,"pid":4711,"attempt":1,"touched_by":{"pid":4242,"uid":33,"user":"www-data"}}
                {"run":8,"path":"/srv/incoming/*.csv","file":"/srv/incoming/orders of the last quarter, \u001b[31mred.csv","reason":"retry","started":"2025-11-27T00:58:30.000000000Z","ended":"2025-11-27T00:58:31.000000000Z","outcome":"failure","status":3,"uid":1000,"pid":4712,"attempt":2}
                {"run":9,"path":"/srv/app/with/a/rather/long/path/to/a.stamp","reason":"manual","started":"2025-11-27T00:59:56.000000000Z","ended":"2025-11-27T00:59:57.000000000Z","outcome":"signal","signal":"SIGTERM","uid":0,"user":"root","pid":4713,"attempt":1}
                {"run":10,"path":"/srv/app/deploy.stamp","reason":"catch-up","started":"2025-11-27T00:59:58.000000000Z","outcome":"running","uid":1000,"pid":4714,"attempt":1,"touched_by":{"pid":4243,"uid":4242}}

                """#)
    }
}
