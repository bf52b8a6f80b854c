import Testing
import TouchmonCore

/// What a person at a terminal is told.
@Suite struct TerminalLogTests {
    private static let run = RunNumber(3), path = RawPath("/srv/a")
    private static let alice = RunIdentity(name: "alice", user: 1, group: 1, groups: [1])

    private static func text(_ events: [LogEvent]) -> String {
        var log = TerminalLog()
        return events.map { String(decoding: log.line($0) ?? [], as: UTF8.self) }.joined()
    }

    private static func ended(_ outcome: RunOutcome) -> LogEvent {
        .ended(run, path, outcome, elapsed: .seconds(1))
    }

    @Test func `what goes well is not told`() {
        #expect(
            Self.text([
                .ready(actions: 1, elapsed: .zero), .touched(Self.path),
                .started(Self.run, Self.path, Self.alice, process: 7),
                Self.ended(.exited(status: 0)), .draining(runs: 0, within: .zero),
                .stopping(runs: 1), .stopped(waiting: 0), .overflowed,
                .treeWatched(Self.path, part: Self.path, .inotify, nil),
            ]) == "")
    }

    @Test func `how a run failed is told`() {
        #expect(Self.text([Self.ended(.exited(status: 2))]) == "touchmon: exit status 2\n")
        #expect(
            Self.text([Self.ended(.signalled(signal: 11))]) == "touchmon: ended by SIGSEGV\n")
    }

    @Test func `who stops a run knows how it ended`() {
        let stopped = LogEvent.stoppingRun(Self.run, Self.path, .restart, signal: 15)
        let end = Self.ended(.signalled(signal: 15))
        #expect(Self.text([stopped, end]) == "")
        // The next one is another.
        #expect(Self.text([stopped, end, end]) == "touchmon: ended by SIGTERM\n")
        #expect(
            Self.text([stopped, .killingRun(Self.run, Self.path), end])
                == "touchmon: the command did not stop in time; killing it\n")
    }

    @Test func `why a command could not be started is told, and what to do`() {
        let failure = StartFailure(step: .execute, error: .noSuchFile)
        let text = Self.text([
            .notStarted(Self.run, Self.path, Self.alice, program: RawPath("mkae"), failure)
        ])
        #expect(
            text == """
                touchmon: unable to execute mkae: no such file or directory
                install the program, or write its path; a text for the shell needs -s

                """)
    }

    @Test(
        arguments: [
            (
                ErrorNumber.permissionDenied,
                "make it executable (chmod +x), or name its interpreter"
            ),
            (ErrorNumber(8), "begin the script with #! and its interpreter"),
            (ErrorNumber(7), "pass fewer or shorter arguments"),
            (.noMemory, "see what the system is short of, or does not permit"),
        ])
    func `what is to be done depends on what was wrong`(error: ErrorNumber, remedy: String) {
        let text = Self.text([
            .notStarted(
                Self.run, Self.path, Self.alice, program: RawPath("make"),
                StartFailure(step: .execute, error: error))
        ])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("touchmon: unable to execute make: "))
        #expect(lines.last == remedy[...])
    }

    @Test func `that a command is tried again is told, and not what nobody knows`() {
        let failure = StartFailure(step: .clone, error: .tryAgain)
        let text = Self.text([
            .postponed(
                Self.run, Self.path, Self.alice, program: RawPath("make"), failure,
                retry: .seconds(1))
        ])
        #expect(text.hasPrefix("touchmon: unable to ") && text.hasSuffix("; trying again\n"))
        #expect(Self.text([Self.ended(.unknown)]) == "")
    }

    @Test func `what can't be watched well is told`() {
        let text = Self.text([.treeWatched(Self.path, part: Self.path, .poll, .noSpace)])
        #expect(text.hasPrefix("touchmon: looking at /srv/a: /srv/a in intervals"))
        #expect(text.contains("fs.inotify.max_user_watches"))
    }

    @Test func `a printed touch says when, and then what a run is told`() {
        let lines = Array("{\"path\":\"/a\"}\n{\"path\":\"/b\\n\"}\n".utf8)
        let printed = TouchLines.lines(of: lines, nanosecondsSince1970: 1_500_000_000)
        #expect(
            String(decoding: printed, as: UTF8.self) == """
                {"time":"1970-01-01T00:00:01.500000000Z","path":"/a"}
                {"time":"1970-01-01T00:00:01.500000000Z","path":"/b\\n"}

                """)
        #expect(TouchLines.lines(of: [], nanosecondsSince1970: 0).isEmpty)
    }
}
