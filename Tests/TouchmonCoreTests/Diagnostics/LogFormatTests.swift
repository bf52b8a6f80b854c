import Testing
import TouchmonCore

@Suite struct LogFormatTests {
    private static let time: Int64 = 1_795_431_744_969_123_456

    private static func line(_ format: LogFormat, _ event: LogEvent) -> String {
        String(decoding: format.line(event, nanosecondsSince1970: time), as: UTF8.self)
    }

    @Test func `text has the time in milliseconds, and the level`() {
        #expect(
            Self.line(.text, .touched(LogEvent.path))
                == "2026-11-23T11:02:24.969Z info touched: /srv/app/stamp\n")
    }

    @Test(arguments: [
        (
            LogEvent.reloadRefused(problems: 1),
            "<3>reload refused: 1 problem above; nothing was changed\n"
        ),
        (.stopping(runs: 1), "<4>stopping: 1 run did not end in time\n"),
        (.reloading, "<5>reloading the action files\n"),
        (.touched(LogEvent.path), "<6>touched: /srv/app/stamp\n"),
    ])
    func `the journal gets the priority and no time`(event: LogEvent, line: String) {
        #expect(Self.line(.journal, event) == line)
    }

    @Test(arguments: LogFormat.allCases, LogEvent.samples)
    func `a line is one line`(format: LogFormat, event: LogEvent) {
        let line = format.line(event, nanosecondsSince1970: Self.time)
        #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(line.last == UInt8(ascii: "\n"))
    }

    /// The fields of an event in JSON: what is between the name and the message.
    @Test(arguments: [
        (
            LogEvent.ready(actions: 3, elapsed: .microseconds(1050)),
            #""actions":3,"nanoseconds":1050000,"#
        ),
        (.touched(LogEvent.path), #""path":"/srv/app/stamp","#),
        (
            .started(LogEvent.run, LogEvent.path, LogEvent.identity, process: 4711),
            #""run":7,"path":"/srv/app/stamp","user":"deploy","pid":4711,"#
        ),
        (
            .ended(LogEvent.run, LogEvent.path, .exited(status: 3), elapsed: .milliseconds(2)),
            #""run":7,"path":"/srv/app/stamp","status":3,"nanoseconds":2000000,"#
        ),
        (
            .ended(LogEvent.run, LogEvent.path, .signalled(signal: 9), elapsed: .zero),
            #""run":7,"path":"/srv/app/stamp","signal":"SIGKILL","nanoseconds":0,"#
        ),
        (
            .notStarted(
                LogEvent.run, LogEvent.path, LogEvent.identity, program: LogEvent.path,
                StartFailure(step: .directory, error: .permissionDenied)),
            #""run":7,"path":"/srv/app/stamp","user":"deploy","step":"directory","errno":13,"#
        ),
        (
            .refused(LogEvent.path, reader: LogEvent.identity),
            #""path":"/srv/app/stamp","user":"deploy","#
        ),
        (
            .polled(
                LogEvent.path, Polling(.unwatched(RawPath("/srv"), .noSpace), every: .seconds(1))),
            #""path":"/srv/app/stamp","unwatched":"/srv","errno":28,"interval_nanoseconds":1000000000,"#
        ),
        (
            .polled(LogEvent.path, Polling(.fileSystem(.plan9), every: .milliseconds(10))),
            #""path":"/srv/app/stamp","file_system":"9p","interval_nanoseconds":10000000,"#
        ),
        (
            .polled(LogEvent.path, Polling(.asked, every: .seconds(60))),
            #""path":"/srv/app/stamp","interval_nanoseconds":60000000000,"#
        ),
        (.overflowed, ""),
        (.reloading, ""),
        (
            .reloaded(actions: 3, added: 1, changed: 0, removed: 2),
            #""actions":3,"added":1,"changed":0,"removed":2,"#
        ),
        (.reloadRefused(problems: 2), #""problems":2,"#),
        (.draining(runs: 2, within: .seconds(30)), #""runs":2,"#),
        (.stopping(runs: 2), #""runs":2,"#),
        (.killing(runs: 2), #""runs":2,"#),
        (.handingOver(runs: 2), #""runs":2,"#),
        (.stopped(waiting: 1), #""waiting":1,"#),
    ])
    func `JSON has fields for programs`(event: LogEvent, fields: String) {
        let head =
            #"{"time":"2026-11-23T11:02:24.969123456Z","level":"\#(event.level.rawValue)","#
            + #""event":"\#(event.name)","#
        let line = Self.line(.json, event)
        #expect(line.hasPrefix(head + fields + #""message":""#))
        #expect(line.hasSuffix("\"}\n"))
    }

    @Test func `a path that is not UTF-8 is the same bytes when it is read back`() {
        let event = LogEvent.touched(RawPath(bytes: [0x2f, 0xff, 0x22, 0x0a]))
        #expect(Self.line(.json, event).contains(#""path":"/\udcff\"\u000a","#))
        #expect(Self.line(.text, event).hasSuffix("touched: /\\xff\"\\x0a\n"))
    }

    @Test func `text that is no event has its priority on each line, for the journal alone`() {
        let text = "a.json:1:2: error: no\n    {\n\n  mend it\n"
        #expect(LogFormat.text.lines(text, .error) == Array(text.utf8))
        #expect(LogFormat.json.lines(text, .error) == Array(text.utf8))
        #expect(
            LogFormat.journal.lines(text, .warning)
                == Array("<4>a.json:1:2: error: no\n<4>    {\n<4>  mend it\n".utf8))
    }

    @Test func `no two events share a name`() {
        let names = Dictionary(grouping: LogEvent.samples, by: \.name)
        for events in names.values { #expect(Set(events.map(\.caseNumber)).count == 1) }
    }
}
