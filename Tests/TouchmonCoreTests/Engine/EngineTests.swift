import Testing
import TouchmonCore
import TouchmonTestSupport

/// Runs, waits, reloads and the end, on the simulated daemon.
@Suite struct EngineTests {
    private static func daemon(
        _ actions: [PlannedAction], files: [String] = ["/srv/a", "/srv/b"]
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        for file in files { try kernel.close(try kernel.open(RawPath(file), [.write, .create])) }
        var daemon = SimulatedDaemon(kernel: kernel, plan: actions)
        daemon.settle()
        return daemon
    }

    private static func touch(_ path: String, _ daemon: inout SimulatedDaemon) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(RawPath(path), access: .now, modification: .now)
        daemon.settle()
    }

    @Test func `it is ready when every path was looked at, and runs nothing`() throws {
        let daemon = try Self.daemon([PlannedAction("/srv/a"), PlannedAction("/srv/absent")])
        #expect(daemon.logs == [.ready(actions: 2, elapsed: .zero)])
        #expect(daemon.runs.isEmpty)
    }

    @Test func `touches during a run become one more run, and it starts after it`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a")])
        try Self.touch("/srv/a", &daemon)
        for _ in 1...1000 { try Self.touch("/srv/a", &daemon) }
        #expect(daemon.runs.count == 1)
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.count == 2)
        daemon.end(RunNumber(2))
        daemon.settle()
        #expect(daemon.runs.count == 2)
    }

    @Test func `actions do not wait for each other`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a"), PlannedAction("/srv/b")])
        try Self.touch("/srv/a", &daemon)
        try Self.touch("/srv/b", &daemon)
        #expect(daemon.runs.map(\.path) == [RawPath("/srv/a"), RawPath("/srv/b")])
    }

    @Test func `a run knows its path, its reason, its number and the time of the touch`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a")])
        daemon.kernel.setClock(to: FileTime(seconds: 2_000_000_000))
        try Self.touch("/srv/a", &daemon)
        let run = try #require(daemon.runs.first)
        #expect(run.variable("TOUCHMON_ACTION") == Array("/srv/a".utf8))
        #expect(run.variable("TOUCHMON_REASON") == Array("touch".utf8))
        #expect(run.variable("TOUCHMON_RUN") == Array("1".utf8))
        #expect(run.variable("TOUCHMON_MTIME_NS")?.starts(with: "2000000000".utf8) == true)
    }

    @Test func `a run that could not start is over, and the next touch starts another`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a")])
        daemon.startFailure = StartFailure(step: .user, error: .notPermitted)
        try Self.touch("/srv/a", &daemon)
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.contains { if case .notStarted = $0 { true } else { false } })
        daemon.startFailure = nil
        try Self.touch("/srv/a", &daemon)
        #expect(daemon.runs.count == 1)
    }

    @Test func `a path of its sandbox that a run could not have is named`() throws {
        var command = PlannedAction("/srv/a").command
        command.process.sandbox = [
            SandboxPath(RawPath("/srv/www"), .read), SandboxPath(RawPath("/usr"), .execute),
        ]
        var daemon = try Self.daemon([PlannedAction(path: RawPath("/srv/a"), Shared(command))])
        daemon.startFailure = StartFailure(step: .sandbox, error: .noSuchFile, item: 0)
        try Self.touch("/srv/a", &daemon)
        let messages = daemon.logs.map(\.message)
        #expect(messages.contains { $0.contains("unable to allow /srv/www in its sandbox") })
    }

    @Test func `settle waits for quiet, but not for ever`() throws {
        let policy = SettlePolicy(quiet: .seconds(2), max: .seconds(5))
        var daemon = try Self.daemon([PlannedAction("/srv/a", settle: policy)])
        let begin = daemon.clock
        for _ in 1...10 {
            try Self.touch("/srv/a", &daemon)
            daemon.pass(.seconds(1))
        }
        daemon.pass(.seconds(10))
        #expect(daemon.runs.first?.started == begin.advanced(by: .seconds(5)))
        #expect(daemon.runs.count == 1)
        daemon.end(RunNumber(1))
        daemon.settle()
        // The touches after the fifth second.
        #expect(daemon.runs.count == 2)
    }

    @Test func `a reader who may not read has his touch refused`() throws {
        let reader = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [])
        var command = PlannedAction("/srv/a").command
        command.reader = reader
        var daemon = try Self.daemon([PlannedAction(path: RawPath("/srv/a"), Shared(command))])
        daemon.readersMayRead = false
        try Self.touch("/srv/a", &daemon)
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.last == .refused(RawPath("/srv/a"), reader: reader))
        daemon.pass(.seconds(10))
        #expect(daemon.state.refusals.map(\.reason) == [.reader])
        daemon.readersMayRead = true
        try Self.touch("/srv/a", &daemon)
        #expect(daemon.runs.count == 1)
    }

    @Test func `a full queue loses no touch`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a"), PlannedAction("/srv/b")])
        daemon.kernel.queueLimit = 4
        for number in 0..<20 {
            daemon.kernel.advance(by: .milliseconds(10))
            try daemon.kernel.setTimes(
                RawPath(number % 2 == 0 ? "/srv/a" : "/srv/b"), access: .now, modification: .now)
        }
        daemon.settle()
        #expect(daemon.logs.contains(.overflowed))
        #expect(Set(daemon.runs.map(\.path)) == [RawPath("/srv/a"), RawPath("/srv/b")])
    }

    @Test func `a reload keeps what it keeps, with its running and waiting runs`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a"), PlannedAction("/srv/b")])
        try Self.touch("/srv/a", &daemon)
        try Self.touch("/srv/a", &daemon)
        daemon.signal(.hangUp)
        daemon.settle()
        #expect(daemon.wantsActionFiles)
        daemon.reload([PlannedAction("/srv/a"), PlannedAction("/srv/c")])
        daemon.settle()
        #expect(daemon.logs.last == .reloaded(actions: 2, added: 1, changed: 0, removed: 1))
        try Self.touch("/srv/b", &daemon)
        #expect(daemon.runs.count == 1)
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.map(\.path) == [RawPath("/srv/a"), RawPath("/srv/a")])
    }

    @Test func `an action that comes back while its old run is busy waits for it`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a")])
        try Self.touch("/srv/a", &daemon)
        daemon.reload([])
        daemon.settle()
        daemon.reload([PlannedAction("/srv/a", argv: ["other"])])
        daemon.settle()
        try Self.touch("/srv/a", &daemon)
        #expect(daemon.runs.count == 1)
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.count == 2)
        #expect(daemon.runs.last?.spec.command.argv.strings == [Array("other".utf8)])
    }

    @Test func `an action that was changed runs its new command, and removed ones none`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a"), PlannedAction("/srv/b")])
        daemon.reload([PlannedAction("/srv/a", argv: ["other"])])
        daemon.settle()
        #expect(daemon.logs.last == .reloaded(actions: 1, added: 0, changed: 1, removed: 1))
        try Self.touch("/srv/b", &daemon)
        try Self.touch("/srv/a", &daemon)
        #expect(daemon.runs.map(\.spec.command.argv.strings) == [[Array("other".utf8)]])
    }

    @Test func `a refused reload changes nothing`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a")])
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.engine.reloadRefused(problems: 2, at: daemon.clock)
        try Self.touch("/srv/a", &daemon)
        #expect(daemon.logs.contains(.reloadRefused(problems: 2)))
        #expect(daemon.runs.count == 1)
    }

    @Test func `the end waits for runs, asks them, and kills them`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a"), PlannedAction("/srv/b")])
        try Self.touch("/srv/a", &daemon)
        daemon.signal(.terminate)
        daemon.settle()
        try Self.touch("/srv/b", &daemon)
        #expect(daemon.runs.count == 1, "no new run")
        daemon.pass(.seconds(29))
        #expect(daemon.runs[0].signals.isEmpty)
        daemon.pass(.seconds(1))
        #expect(daemon.runs[0].signals == [15])
        daemon.pass(.seconds(10))
        #expect(daemon.runs[0].signals == [15, 9])
        #expect(!daemon.hasExited)
        daemon.end(RunNumber(1), .signalled(signal: 9))
        daemon.settle()
        #expect(daemon.hasExited)
        #expect(daemon.logs.last == .stopped(waiting: 1))
    }

    @Test func `a second signal does not wait, and a third kills`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a")])
        try Self.touch("/srv/a", &daemon)
        daemon.signal(.interrupt)
        daemon.signal(.interrupt)
        daemon.settle()
        #expect(daemon.runs[0].signals == [15])
        daemon.signal(.interrupt)
        daemon.settle()
        #expect(daemon.runs[0].signals == [15, 9])
    }

    @Test func `with nothing running it ends at once`() throws {
        var daemon = try Self.daemon([PlannedAction("/srv/a")])
        daemon.signal(.interrupt)
        daemon.settle()
        #expect(daemon.hasExited)
    }
}
