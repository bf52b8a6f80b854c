import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// What the daemon says is in the way of runs, and which touches began none, on a simulated clock.
@Suite struct ObstacleTests {
    private static let path = RawPath("/srv/a")

    private static func daemon(_ change: (inout RunCommand) -> Void) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        kernel.advance(by: .seconds(7200))
        var command = PlannedAction("/srv/a").command
        change(&command)
        var daemon = SimulatedDaemon(
            kernel: kernel, plan: [PlannedAction(path: path, Shared(command))])
        daemon.manner.duration = nil
        daemon.manner.obeysSignals = true
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.pass(.milliseconds(10))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.settle()
    }

    private static func words(_ daemon: SimulatedDaemon) -> [String] {
        daemon.engine.obstacles(to: path, at: daemon.clock).map(\.word)
    }

    private static func nothing(_ daemon: SimulatedDaemon) -> [ExplainedTouch.Result] {
        daemon.engine.unrunTouches(of: path, calendar: 0).map(\.result)
    }

    @Test func `nothing is in the way of an idle action`() throws {
        let daemon = try Self.daemon { _ in }
        #expect(Self.words(daemon).isEmpty && Self.nothing(daemon).isEmpty)
    }

    @Test func `a run, a pause, and the end`() throws {
        var daemon = try Self.daemon { _ in }
        try Self.touch(&daemon)
        #expect(Self.words(daemon) == ["busy"])
        try daemon.engine.pause(
            Pause(path: Self.path, since: daemon.clock, user: 0), at: daemon.clock)
        #expect(Self.words(daemon) == ["paused", "busy"])
        daemon.signal(.terminate)
        #expect(Self.words(daemon) == ["stopping", "paused", "busy"])
    }

    @Test func `quiet that is waited for, a retry, and a rate`() throws {
        var daemon = try Self.daemon { command in
            command.settle = SettlePolicy(quiet: .seconds(1))
            command.policy.retry = RetryPolicy(attempts: 2)
        }
        try Self.touch(&daemon)
        #expect(Self.words(daemon) == ["settling"])
        daemon.pass(.seconds(1))
        #expect(Self.words(daemon) == ["busy"])
        daemon.end(RunNumber(1), .exited(status: 1))
        daemon.settle()
        #expect(Self.words(daemon) == ["retry"])

        daemon = try Self.daemon { $0.policy.rateLimit = RateLimit(runs: 1, per: .seconds(60)) }
        try Self.touch(&daemon)
        daemon.end(RunNumber(1))
        try Self.touch(&daemon)
        #expect(Self.words(daemon) == ["throttled"])
        let text = daemon.engine.obstacles(to: Self.path, at: daemon.clock).first?.text
        #expect(text == "the next run begins in 59.9 s, as `rate_limit` says")
    }

    @Test func `touches that join a run, and that begin none`() throws {
        var daemon = try Self.daemon { _ in }
        for _ in 1...4 { try Self.touch(&daemon) }
        // The first began a run, the second made one due, and the others are for that as well.
        #expect(Self.nothing(daemon) == [.nothing("joined", count: 2)])
        daemon = try Self.daemon { $0.policy.busy = .skip }
        for _ in 1...3 { try Self.touch(&daemon) }
        #expect(Self.nothing(daemon) == [.nothing("skipped", count: 2)])
        daemon = try Self.daemon { $0.policy.busy = .signal }
        daemon.manner.obeysSignals = nil
        for _ in 1...3 { try Self.touch(&daemon) }
        #expect(Self.nothing(daemon) == [.nothing("signalled", count: 2)])
        daemon.reload([PlannedAction("/srv/b")])
        daemon.settle()
        #expect(Self.nothing(daemon).isEmpty)
    }

    private static func texts(_ daemon: SimulatedDaemon) -> [String] {
        daemon.engine.obstacles(to: path, at: daemon.clock).map(\.text)
    }

    @Test(arguments: [
        (BusyPolicy.queue, "is for one more run after it"),
        (.parallel, "begins another beside it, up to 4 at a time"),
        (.restart, "stops it and begins another"), (.skip, "runs nothing, as `busy` says"),
        (.signal, "sends it SIGHUP and runs nothing"),
    ])
    func `what a touch does while a run is under way`(busy: BusyPolicy, text: String) throws {
        var daemon = try Self.daemon { $0.policy.busy = busy }
        try Self.touch(&daemon)
        #expect(Self.texts(daemon) == ["run 1 is under way; a touch now \(text)"])
    }

    @Test func `how long a pause lasts, and why`() throws {
        var daemon = try Self.daemon { _ in }
        try daemon.engine.pause(
            Pause(
                path: Self.path, since: daemon.clock,
                until: daemon.clock.advanced(by: .seconds(90)), reason: Array("move\n".utf8),
                user: 0),
            at: daemon.clock)
        daemon.pass(.seconds(30))
        #expect(Self.texts(daemon) == ["it is paused for 1 min 0 s more: move\\x0a"])
    }

    @Test func `bytes that are still to be read, and a start that is tried again`() throws {
        var daemon = try Self.daemon { $0.touch.compare = .content }
        daemon.readsContents = false
        try Self.touch(&daemon)
        #expect(Self.words(daemon) == ["question"])

        daemon = try Self.daemon { _ in }
        daemon.startFailure = StartFailure(step: .clone, error: .tryAgain)
        try Self.touch(&daemon)
        #expect(Self.words(daemon) == ["shortage"])
        let text = try #require(Self.texts(daemon).first)
        #expect(text.hasPrefix("the system is short of something; next try in "))
    }

    @Test func `a path that is looked at in intervals, and one that is not watched`() throws {
        let daemon = try Self.daemon { $0.poll = .seconds(5) }
        #expect(Self.words(daemon) == ["polled"])
        #expect(Self.texts(daemon)[0].hasPrefix("polling /srv/a every 5 s"))
        #expect(daemon.engine.obstacles(to: RawPath("/srv/b"), at: daemon.clock) == [])
        // Of a tree nothing is in the way: how it is watched, its status says.
        let tree = try TreeTests.daemon([try .tree("/srv/", poll: .seconds(5))], marks: false)
        #expect(tree.engine.obstacles(to: RawPath("/srv/"), at: tree.clock) == [])
    }

    @Test func `what an action says of touches and runs`() {
        var command = PlannedAction("/srv/a").command
        func found(_ name: (UInt32) -> String? = { _ in nil }) -> [Obstacle] {
            Obstacle.of(command, name: name)
        }
        #expect(found() == [])
        command.guardian = ToucherGuard(users: [0, 33], groups: [4, 5])
        #expect(
            found { $0 == 0 ? "root" : nil } == [
                Obstacle(
                    "touched_by",
                    "only touches of user root, 33 and group 4, 5 count, as `touched_by` says")
            ])
        command.guardian = ToucherGuard(users: [33])
        #expect(found()[0].text == "only touches of user 33 count, as `touched_by` says")
        command.guardian = ToucherGuard(groups: [4])
        #expect(found()[0].text == "only touches of group 4 count, as `touched_by` says")
        command.reader = RunIdentity(name: "alice", user: 1, group: 1, groups: [])
        command.touch.on = [.delete]
        command.touch.ownChanges = .ignore
        command.policy.rateLimit = RateLimit(runs: 3, per: .seconds(60))
        #expect(found().map(\.word) == ["touched_by", "reader", "on", "own_changes", "rate_limit"])
        #expect(
            found()[1].text == "alice, who owns the action file, has to be able to read the path")
        #expect(found()[4].text == "at most 3 runs in 1 min 0 s")
    }

    @Test func `no more than ten kinds of an action, and a thousand actions`() {
        var touches = UnrunTouches()
        let action = ActionID(1)
        for number in 0..<30 {
            touches.note(
                action, number % 2 == 0 ? .own : .unchanged, by: nil,
                at: Instant(nanoseconds: Int64(number)))
        }
        #expect(touches.entries(of: action).count == 10)
        #expect(touches.entries(of: action).last?.last == Instant(nanoseconds: 29))
        for number in 2..<3000 {
            touches.note(
                ActionID(number), .own, by: nil, at: Instant(nanoseconds: 30 + Int64(number)))
        }
        let kept = (0..<3000).filter { !touches.entries(of: ActionID($0)).isEmpty }
        #expect(kept == Array(2000..<3000))
    }
}
