import Testing
@testable import TouchmonTestSupport

@testable import TouchmonCore

/// Which run a touch has caused, on a simulated clock.
@Suite struct FollowersTests {
    private static let path = RawPath("/srv/a"), client = ControlClientID(1)

    private static func daemon(
        _ change: (inout RunPolicy) -> Void = { _ in }
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        var policy = RunPolicy()
        change(&policy)
        var daemon = SimulatedDaemon(
            kernel: kernel, plan: [PlannedAction("/srv/a", policy: policy)])
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
    }

    private static func follow(
        _ daemon: inout SimulatedDaemon, _ client: ControlClientID = client, isOwner: Bool = false
    ) throws {
        try daemon.engine.follow(
            client, path, isOwner: isOwner, touched: nil, earlier: [], at: daemon.clock)
    }

    /// What was said since the last time: the event, and the run or the words.
    private static func said(_ daemon: inout SimulatedDaemon) -> [String] {
        daemon.settle()
        daemon.engine.tellFollowers(at: daemon.clock)
        var said: [String] = []
        while let (_, json) = daemon.engine.nextAnswer() {
            guard let reply = ControlReply(json) else { continue }
            let words = [
                reply.word("event"), reply.number("run").map { "\($0)" }, reply.word("for"),
                reply.word("reason"), reply.word("outcome"),
            ]
            said.append(words.compactMap { $0 }.joined(separator: " "))
        }
        return said
    }

    @Test func `the run that begins after the touch`() throws {
        var daemon = try Self.daemon()
        try Self.follow(&daemon)
        #expect(Self.said(&daemon) == ["following"])
        try Self.touch(&daemon)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["run 1"])
        daemon.end(RunNumber(1), .exited(status: 3))
        #expect(Self.said(&daemon) == ["ended 1 failure"])
        #expect(Self.said(&daemon) == [])
    }

    /// What happens to it, the tree is told: there is nothing to ask a watch of its own.
    @Test func `a file of a tree that had a run of its own`() throws {
        let file = RawPath("/srv/f")
        var daemon = try TreeTests.daemon([try .tree("/srv/", each: .file)], marks: true)
        for run in 1...2 as ClosedRange<UInt64> {
            try daemon.engine.follow(
                Self.client, file, isOwner: false, touched: nil, earlier: [], at: daemon.clock)
            #expect(Self.said(&daemon) == ["following"])
            daemon.kernel.advance(by: .seconds(1))
            try TreeTests.write("/srv/f", &daemon.kernel)
            daemon.engine.touched(Self.client, at: daemon.clock)
            #expect(Self.said(&daemon).last == "run \(run)")
            daemon.end(RunNumber(run), .exited(status: 0))
            #expect(Self.said(&daemon) == ["ended \(run) success"])
            // Nobody has touched it, who says so: what it may still wait for is asked.
            try daemon.engine.follow(
                Self.client, file, isOwner: false, touched: nil, earlier: [], at: daemon.clock)
            daemon.engine.touched(Self.client, at: daemon.clock)
            #expect(Self.said(&daemon) == ["following", "nothing nothing"])
        }
    }

    @Test func `a run that began before the touch was said to be over`() throws {
        var daemon = try Self.daemon()
        try Self.follow(&daemon)
        try Self.touch(&daemon)
        daemon.settle()
        daemon.end(RunNumber(1), .exited(status: 0))
        daemon.settle()
        daemon.engine.touched(Self.client, at: daemon.clock.advanced(by: .seconds(1)))
        #expect(Self.said(&daemon) == ["following", "run 1", "ended 1 success"])
    }

    @Test func `not the run that is under way, but the next`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.settle()
        try Self.follow(&daemon)
        try Self.touch(&daemon)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "waiting busy"])
        daemon.end(RunNumber(1), .exited(status: 0))
        #expect(Self.said(&daemon) == ["run 2"])
        daemon.end(RunNumber(2), .signalled(signal: 9))
        #expect(Self.said(&daemon) == ["ended 2 signal"])
    }

    @Test func `nothing, where the action wants no other run`() throws {
        var daemon = try Self.daemon { $0.busy = .skip }
        try Self.touch(&daemon)
        daemon.settle()
        try Self.follow(&daemon)
        try Self.touch(&daemon)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "nothing skipped"])
    }

    @Test func `nothing, where nothing was touched`() throws {
        var daemon = try Self.daemon()
        try Self.follow(&daemon)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "nothing nothing"])
    }

    @Test func `a run that fails is followed to its last attempt`() throws {
        var daemon = try Self.daemon { $0.retry = RetryPolicy(attempts: 2) }
        try Self.follow(&daemon)
        try Self.touch(&daemon)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "run 1"])
        daemon.end(RunNumber(1), .exited(status: 1))
        #expect(Self.said(&daemon) == ["repeat 1 failure"])
        #expect(Self.said(&daemon) == ["waiting retry"])
        #expect(Self.said(&daemon) == [])
        daemon.pass(.seconds(2))
        #expect(Self.said(&daemon) == ["run 2"])
        daemon.end(RunNumber(2), .exited(status: 1))
        #expect(Self.said(&daemon) == ["ended 2 failure"])
    }

    @Test func `an action that is removed is not tried again`() throws {
        var daemon = try Self.daemon { $0.retry = RetryPolicy(attempts: 2) }
        try Self.follow(&daemon)
        try Self.touch(&daemon)
        daemon.engine.touched(Self.client, at: daemon.clock)
        _ = Self.said(&daemon)
        daemon.end(RunNumber(1), .exited(status: 1))
        _ = Self.said(&daemon)
        daemon.reload([])
        #expect(Self.said(&daemon) == ["nothing removed"])
    }

    @Test func `what may be read is the output of runs that were seen, where the action says so`()
        throws
    {
        for (level, mayRead) in [(FollowLevel.output, true), (.status, false)] {
            var daemon = try Self.daemon { $0.follow = level }
            try Self.follow(&daemon)
            #expect(!daemon.engine.mayRead(RunNumber(1), Self.client))
            try Self.touch(&daemon)
            daemon.engine.touched(Self.client, at: daemon.clock)
            _ = Self.said(&daemon)
            #expect(daemon.engine.mayRead(RunNumber(1), Self.client) == mayRead)
            #expect(!daemon.engine.mayRead(RunNumber(1), ControlClientID(2)))
            daemon.engine.unfollow(Self.client)
            #expect(!daemon.engine.mayRead(RunNumber(1), Self.client))
        }
        var daemon = try Self.daemon { $0.follow = .none }
        #expect(throws: ControlProblem.self) { try Self.follow(&daemon) }
        try Self.follow(&daemon, isOwner: true)
        #expect(throws: ControlProblem.self) {
            try daemon.engine.follow(
                Self.client, RawPath("/srv/b"), isOwner: true, touched: nil, earlier: [],
                at: daemon.clock)
        }
    }

    @Test func `who has touched before finds his run among the earlier ones`() throws {
        var daemon = try Self.daemon()
        let before = daemon.clock
        try Self.touch(&daemon)
        daemon.settle()
        daemon.end(RunNumber(1), .exited(status: 4))
        daemon.settle()
        let earlier = daemon.engine.unsavedRuns(of: Self.path)
        #expect(earlier.map(\.run) == [RunNumber(1)])
        try daemon.engine.follow(
            Self.client, Self.path, isOwner: false, touched: before, earlier: earlier,
            at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "run 1", "ended 1 failure"])
    }

    @Test func `a run is asked for, and asked to stop`() throws {
        var daemon = try Self.daemon()
        daemon.manner.obeysSignals = false
        try daemon.engine.trigger(Self.path, at: daemon.clock)
        daemon.settle()
        #expect(
            daemon.runs.last?.variable("TOUCHMON_REASON").map {
                String(decoding: $0, as: UTF8.self)
            }
                == "manual")
        try daemon.engine.stopRun(RunNumber(1), at: daemon.clock)
        daemon.settle()
        #expect(daemon.runs.last?.signals == [15])
        #expect(throws: ControlProblem.self) {
            try daemon.engine.stopRun(RunNumber(2), at: daemon.clock)
        }
        #expect(throws: ControlProblem.self) {
            try daemon.engine.trigger(RawPath("/srv/b"), at: daemon.clock)
        }
    }
}
