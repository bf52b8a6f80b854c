import Testing
import TouchmonCore
import TouchmonTestSupport

/// Actions that somebody has paused, on a simulated clock.
@Suite struct PauseTests {
    private static let path = RawPath("/srv/a")

    private static func daemon(_ policy: RunPolicy = RunPolicy()) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan(policy))
        daemon.runDuration = .milliseconds(30)
        daemon.settle()
        return daemon
    }

    private static func plan(_ policy: RunPolicy = RunPolicy()) -> [PlannedAction] {
        var command = PlannedAction("/srv/a").command
        command.policy = policy
        return [PlannedAction(path: path, Shared(command))]
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.pass(.milliseconds(10))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.settle()
    }

    private static func pause(
        _ daemon: inout SimulatedDaemon, for duration: Duration? = nil
    ) throws {
        let now = daemon.clock
        try daemon.engine.pause(
            Pause(
                path: path, since: now, until: duration.map(now.advanced(by:)),
                reason: Array("a test".utf8), user: 7),
            at: now)
        daemon.settle()
    }

    @Test func `touches of a pause wait, and are one run after it`() throws {
        var daemon = try Self.daemon()
        try Self.pause(&daemon)
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        daemon.pass(.seconds(7200))
        #expect(daemon.runs.isEmpty)
        let row = try #require(daemon.engine.status(of: Self.path, calendar: 0))
        #expect(row.state == .paused && row.due == .touch)
        #expect(row.pause?.user == 7 && row.pause?.reason == Array("a test".utf8))
        #expect(try daemon.engine.resume(Self.path, at: daemon.clock))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        #expect(daemon.engine.status(of: Self.path, calendar: 0)?.pause == nil)
        #expect(daemon.logs.contains(.resumed(Self.path, isOver: false, runs: true)))
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 2)
        #expect(try !daemon.engine.resume(Self.path, at: daemon.clock))
    }

    @Test func `it ends by itself, not before its time`() throws {
        var daemon = try Self.daemon()
        try Self.pause(&daemon, for: .seconds(60))
        try Self.touch(&daemon)
        daemon.pass(.seconds(59))
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        #expect(daemon.logs.contains(.resumed(Self.path, isOver: true, runs: true)))
    }

    @Test func `a run that is under way ends as ever, and its retry waits`() throws {
        var policy = RunPolicy()
        policy.retry = RetryPolicy(attempts: 2)
        var daemon = try Self.daemon(policy)
        daemon.manner.outcome = .exited(status: 1)
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 1)
        try Self.pause(&daemon)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.map(\.outcome) == [.exited(status: 1)])
        #expect(try daemon.engine.resume(Self.path, at: daemon.clock))
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count == 2)
    }

    /// As long as it is paused, nothing is done to the run; whoever resumes it wants what the touch asks
    /// for.
    @Test(arguments: [BusyPolicy.restart, .signal, .skip, .queue])
    func `what is touched during a run meets the run when it is resumed`(
        busy: BusyPolicy
    ) throws {
        var policy = RunPolicy()
        policy.busy = busy
        var daemon = try Self.daemon(policy)
        daemon.manner.duration = nil
        daemon.manner.obeysSignals = true
        try Self.touch(&daemon)
        try Self.pause(&daemon)
        try Self.touch(&daemon)
        daemon.pass(.seconds(60))
        #expect(daemon.runs.count == 1 && daemon.runs[0].signals.isEmpty)
        #expect(try daemon.engine.resume(Self.path, at: daemon.clock))
        daemon.pass(.seconds(1))
        switch busy {
        case .restart: #expect(daemon.runs.count == 2 && daemon.runs[0].signals == [15])
        case .signal: #expect(daemon.runs.count == 1 && daemon.runs[0].signals == [1])
        case .skip, .queue, .parallel:
            #expect(daemon.runs.count == 1 && daemon.runs[0].signals.isEmpty)
        }
        guard daemon.runs[0].ended == nil else { return }
        daemon.end(RunNumber(1))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == (busy == .queue ? 2 : 1))
    }

    @Test(arguments: [false, true])
    func `it outlasts a daemon that is killed, with what waits`(isSaved: Bool) throws {
        var daemon = try Self.daemon()
        try Self.pause(&daemon, for: .seconds(600))
        #expect(daemon.state.lastSaveMustLast)
        try Self.touch(&daemon)
        if isSaved { daemon.pass(.seconds(60)) }
        daemon.crash()
        daemon.restart(Self.plan())
        daemon.pass(.seconds(60))
        #expect(daemon.runs.isEmpty)
        let row = try #require(daemon.engine.status(of: Self.path, calendar: 0))
        #expect(row.state == .paused && row.due == .catchUp && row.pause?.user == 7)
        daemon.crash()
        daemon.pass(.seconds(1000))
        daemon.restart(Self.plan())
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        #expect(daemon.state.stored.pauses.isEmpty)
    }

    @Test func `a state directory that can be opened late tells of pauses too`() throws {
        var daemon = try Self.daemon()
        try Self.pause(&daemon)
        daemon.crash()
        daemon.state.failure = LedgerFailure(.full, RawPath("/var"), reason: "full")
        daemon.restart(Self.plan())
        daemon.pass(.seconds(1))
        daemon.state.failure = nil
        daemon.pass(.seconds(600))
        try Self.touch(&daemon)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.isEmpty)
        #expect(daemon.state.stored.pauses.map(\.path) == [Self.path])
    }

    /// Whoever takes a path out of the action files and puts it back has not asked for a run.
    @Test func `it outlasts a reload without the path, and belongs to nothing else`() throws {
        var daemon = try Self.daemon()
        try Self.pause(&daemon)
        daemon.reload([PlannedAction("/srv/b")])
        daemon.settle()
        #expect(throws: ControlProblem.self) {
            try daemon.engine.pause(
                Pause(path: Self.path, since: daemon.clock, user: 0), at: daemon.clock)
        }
        daemon.reload(Self.plan() + [PlannedAction("/srv/b")])
        daemon.settle()
        try Self.touch(&daemon)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.isEmpty)
        #expect(try daemon.engine.resume(Self.path, at: daemon.clock))
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `a path without an action is neither paused nor resumed`() throws {
        var daemon = try Self.daemon()
        #expect {
            _ = try daemon.engine.resume(RawPath("/srv/b"), at: daemon.clock)
        } throws: {
            ($0 as? ControlProblem)?.kind == .notFound
        }
    }

    /// Nobody has the path any more: it ends in silence, and there is nothing to run.
    @Test func `one whose action is gone ends all the same`() throws {
        var daemon = try Self.daemon()
        try Self.pause(&daemon, for: .seconds(60))
        daemon.reload([PlannedAction("/srv/b")])
        daemon.pass(.seconds(61))
        #expect(daemon.logs.contains(.resumed(Self.path, isOver: true, runs: false)))
        #expect(daemon.state.stored.pauses.isEmpty)
        // While a run of it still goes on, its place is not another's yet.
        daemon = try Self.daemon()
        daemon.runDuration = nil
        try Self.touch(&daemon)
        try Self.pause(&daemon)
        daemon.reload([PlannedAction("/srv/b")])
        daemon.settle()
        #expect(try daemon.engine.resume(Self.path, at: daemon.clock))
        daemon.settle()
        #expect(daemon.logs.last == .resumed(Self.path, isOver: false, runs: false))
        #expect(daemon.runs.count == 1)
    }

    @Test func `several pauses are kept in the order of their paths`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        let names = ["/srv/c", "/srv/a", "/srv/b"]
        var daemon = SimulatedDaemon(kernel: kernel, plan: names.map { PlannedAction($0) })
        daemon.settle()
        for name in names {
            try daemon.engine.pause(
                Pause(path: RawPath(name), since: daemon.clock, user: 0), at: daemon.clock)
        }
        daemon.settle()
        #expect(daemon.state.stored.pauses.map(\.path) == names.sorted().map { RawPath($0) })
    }

    /// The files of a tree wait with it.
    @Test func `of a paused tree each file's run waits, in the order in which they came`() throws {
        let tree = RawPath("/srv/")
        var daemon = try TreeTests.daemon([try .tree("/srv/", each: .file)], marks: true)
        try daemon.engine.pause(
            Pause(path: tree, since: daemon.clock, user: 0), at: daemon.clock)
        for name in ["c", "a", "b"] {
            try TreeTests.write("/srv/\(name)", &daemon.kernel)
            daemon.pass(.seconds(1))
        }
        #expect(daemon.runs.isEmpty)
        let row = try #require(daemon.engine.status(of: tree, calendar: 0))
        #expect(row.state == .paused && row.due == .touch)
        #expect(try daemon.engine.resume(tree, at: daemon.clock))
        daemon.pass(.seconds(1))
        #expect(TreeTests.paths(daemon) == [["/srv/c"], ["/srv/a"], ["/srv/b"]])
    }

    @Test func `who triggers it is told, and who follows waits for it to be resumed`() throws {
        var daemon = try Self.daemon()
        try Self.pause(&daemon)
        #expect(throws: ControlProblem.self) {
            try daemon.engine.trigger(Self.path, at: daemon.clock)
        }
        let client = ControlClientID(3)
        try daemon.engine.follow(
            client, Self.path, isOwner: true, touched: nil, earlier: [], at: daemon.clock)
        try Self.touch(&daemon)
        daemon.engine.touched(client, at: daemon.clock)
        daemon.settle()
        daemon.engine.tellFollowers(at: daemon.clock)
        var said: [String] = []
        while let (_, json) = daemon.engine.nextAnswer() {
            said.append(String(decoding: json, as: UTF8.self))
        }
        #expect(said.last == #"{"event":"waiting","for":"pause"}"#)
    }
}
