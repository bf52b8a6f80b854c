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

    @Test func `several who touched are told in order, and that they share a run`() throws {
        var daemon = try Self.daemon()
        let clients = [3, 1, 2].map { ControlClientID($0) }
        for client in clients { try Self.follow(&daemon, client) }
        _ = Self.said(&daemon)
        try Self.touch(&daemon)
        for client in clients { daemon.engine.touched(client, at: daemon.clock) }
        daemon.settle()
        daemon.engine.tellFollowers(at: daemon.clock)
        var told: [UInt64] = []
        var shared: [Bool] = []
        while let (client, json) = daemon.engine.nextAnswer() {
            told.append(client.value)
            shared.append(try #require(ControlReply(json)).isTrue("shared"))
        }
        #expect(told == [1, 2, 3] && shared == [false, true, true])
    }

    @Test func `who says again that he has touched has said nothing`() throws {
        var daemon = try Self.daemon()
        daemon.engine.touched(Self.client, at: daemon.clock)
        daemon.engine.tellFollowers(at: daemon.clock)
        let isAnswered = daemon.engine.nextAnswer() != nil
        #expect(!isAnswered)
        try Self.follow(&daemon)
        try Self.touch(&daemon)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "run 1"])
        daemon.engine.touched(Self.client, at: daemon.clock.advanced(by: .seconds(5)))
        daemon.end(RunNumber(1))
        #expect(Self.said(&daemon) == ["ended 1 success"])
    }

    /// One who touches late is told of the last run, and a daemon keeps no more than a few for him.
    @Test func `of many runs the last ones are kept until a touch, and the first after it`() {
        let key = Self.path
        func began(_ runs: ClosedRange<UInt64>, touched: Instant?) -> [UInt64] {
            var followers = Followers()
            followers[Self.client] = Followers.Follower(key: key, level: .status, touched: touched)
            for run in runs {
                followers.began(
                    RunNumber(run), key, at: Instant(nanoseconds: Int64(run)))
            }
            return followers[Self.client]?.seen.map(\.run.value) ?? []
        }
        #expect(began(1...20, touched: nil) == Array(13...20))
        #expect(began(1...20, touched: Instant(nanoseconds: 1)) == Array(1...7) + [20])
        let seen = Followers.Seen(run: RunNumber(1), started: Instant(nanoseconds: 5))
        #expect(seen.isAfter(Instant(nanoseconds: 5)) && !seen.isAfter(Instant(nanoseconds: 6)))
        // Nobody has touched yet.
        #expect(!seen.isAfter(nil))
    }

    @Test func `who has touched before waits for the run that is under way`() throws {
        var daemon = try Self.daemon { $0.busy = .parallel }
        for _ in 1...3 {
            try Self.touch(&daemon)
            daemon.settle()
        }
        daemon.end(RunNumber(1), .exited(status: 4))
        daemon.settle()
        let earlier = daemon.engine.unsavedRuns(of: Self.path)
        try daemon.engine.follow(
            Self.client, Self.path, isOwner: false, touched: Instant(nanoseconds: 0),
            earlier: earlier, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "run 1", "ended 1 failure"])
        // After the first: of those that are under way the second is the first to have begun.
        try daemon.engine.follow(
            Self.client, Self.path, isOwner: false, touched: Instant(nanoseconds: 0),
            earlier: [], at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "run 2"])
    }

    /// What the daemon before this one cut off, this one does again, unless its action says no.
    @Test func `a run that was cut off is said to be tried again where it is`() throws {
        func said(_ later: [Engine.EarlierRun], touches: Bool) throws -> [String] {
            var daemon = try Self.daemon()
            let cut = Engine.EarlierRun(
                run: RunNumber(0), started: Instant(nanoseconds: 5), ending: .interrupted)
            if touches { try Self.touch(&daemon) }
            try daemon.engine.follow(
                Self.client, Self.path, isOwner: false, touched: Instant(nanoseconds: 5),
                earlier: [cut] + later, at: daemon.clock)
            return Self.said(&daemon) + Self.said(&daemon)
        }
        #expect(try said([], touches: false) == ["following", "run 0", "ended 0 interrupted"])
        let later = Engine.EarlierRun(
            run: RunNumber(7), started: Instant(nanoseconds: 6), ending: .ended(.exited(status: 0)))
        #expect(
            try said([later], touches: false)
                == ["following", "run 0", "repeat 0 interrupted", "run 7", "ended 7 success"])
    }

    @Test func `what is waited for is said`() throws {
        func waiting(
            _ action: PlannedAction, _ body: (inout SimulatedDaemon) throws -> Void = { _ in }
        ) throws -> String? {
            var daemon = try Self.daemon()
            daemon.reload([action])
            daemon.settle()
            try body(&daemon)
            try Self.follow(&daemon)
            _ = Self.said(&daemon)
            try Self.touch(&daemon)
            daemon.engine.touched(Self.client, at: daemon.clock)
            return Self.said(&daemon).last
        }
        #expect(
            try waiting(PlannedAction("/srv/a", settle: SettlePolicy(quiet: .seconds(1))))
                == "waiting settle")
        var touch = TouchPolicy.standard
        touch.compare = .content
        #expect(
            try waiting(PlannedAction("/srv/a", touch: touch)) { $0.readsContents = false }
                == "waiting question")
        var policy = RunPolicy()
        policy.rateLimit = RateLimit(runs: 1, per: .seconds(60))
        #expect(
            try waiting(PlannedAction("/srv/a", policy: policy)) { daemon in
                daemon.runDuration = .milliseconds(1)
                try Self.touch(&daemon)
                daemon.pass(.seconds(1))
            } == "waiting turn")
    }

    @Test func `a file that is still open is waited for`() throws {
        var daemon = try Self.daemon()
        try Self.follow(&daemon)
        daemon.kernel.advance(by: .milliseconds(1))
        let file = try daemon.kernel.open(Self.path, .write)
        try daemon.kernel.write(file, count: 1)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "waiting close"])
        try daemon.kernel.close(file)
        #expect(Self.said(&daemon) == ["run 1"])
    }

    @Test(arguments: [TreePolicy.Each.batch, .file])
    func `what a tree has heard and not judged is waited for`(each: TreePolicy.Each) throws {
        var daemon = try TreeTests.daemon(
            [try .tree("/srv/*.c", each: each)], marks: true, directories: ["/srv/d"],
            files: ["/srv/f.c"])
        let file = RawPath("/srv/f.c")
        for path in ["/srv/f.h", "/srv", "/srv/d/f.c", "/other/f.c"] {
            #expect(daemon.engine.keyOfRuns(touching: RawPath(path)) == nil, "\(path)")
        }
        let key = daemon.engine.keyOfRuns(touching: file)?.key
        #expect(
            key
                == (each == .batch
                    ? RawPath("/srv/*.c")
                    : RawPath(action: RawPath("/srv/*.c"), file: file)))
        try daemon.engine.follow(
            Self.client, file, isOwner: false, touched: nil, earlier: [], at: daemon.clock)
        let handle = try daemon.kernel.open(file, .write)
        try daemon.kernel.write(handle, count: 1)
        daemon.settle()
        daemon.kernel.faults.fail(.status, .forever, with: .noMemory)
        try daemon.kernel.close(handle)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "waiting events"])
        daemon.kernel.faults.clear()
        daemon.pass(.seconds(5))
        #expect(Self.said(&daemon).first == "run 1")
    }

    @Test func `what happens to a file during its run is waited for as well`() throws {
        let file = RawPath("/srv/f")
        var daemon = try TreeTests.daemon([try .tree("/srv/", each: .file)], marks: true)
        daemon.runDuration = nil
        try TreeTests.write("/srv/f", &daemon.kernel)
        daemon.pass(.seconds(1))
        try daemon.engine.follow(
            Self.client, file, isOwner: false, touched: nil, earlier: [], at: daemon.clock)
        daemon.kernel.faults.fail(.status, .forever, with: .noMemory)
        try TreeTests.write("/srv/f", &daemon.kernel)
        daemon.engine.touched(Self.client, at: daemon.clock)
        #expect(Self.said(&daemon) == ["following", "waiting events"])
        daemon.kernel.faults.clear()
        daemon.pass(.seconds(5))
        #expect(Self.said(&daemon) == ["waiting busy"])
        daemon.end(RunNumber(1))
        #expect(Self.said(&daemon) == ["run 2"])
    }

    @Test func `below the root every path may be a tree's`() throws {
        let daemon = try TreeTests.daemon([try .tree("/*.c")], marks: true)
        #expect(daemon.engine.keyOfRuns(touching: RawPath("/f.c"))?.key == RawPath("/*.c"))
        #expect(daemon.engine.keyOfRuns(touching: RawPath("/f.h")) == nil)
    }

    @Test func `whose runs are meant by a path`() throws {
        let daemon = try TreeTests.daemon(
            [
                try .tree("/srv/a/"), try .tree("/srv/b/", each: .file),
                PlannedAction("/srv/c"),
            ], marks: true, directories: ["/srv/a", "/srv/b"])
        func runs(_ path: String) -> String {
            let (key, withFiles) = daemon.engine.runs(of: RawPath(path))
            return String(decoding: key.bytes, as: UTF8.self) + (withFiles ? " and files" : "")
        }
        #expect(runs("/srv/a") == "/srv/a/" && runs("/srv/a/") == "/srv/a/")
        #expect(runs("/srv/b") == "/srv/b/ and files")
        #expect(runs("/srv/c") == "/srv/c" && runs("/srv/gone") == "/srv/gone")
    }

    @Test func `a run of a directory is asked for, where it is for all of its files`() throws {
        var daemon = try TreeTests.daemon(
            [try .tree("/srv/a/"), try .tree("/srv/b/", each: .file)], marks: true,
            directories: ["/srv/a", "/srv/b"])
        try daemon.engine.trigger(RawPath("/srv/a"), at: daemon.clock)
        daemon.settle()
        #expect(daemon.runs.map(\.path) == [RawPath("/srv/a/")])
        let reason = daemon.runs[0].variable("TOUCHMON_REASON") ?? []
        #expect(String(decoding: reason, as: UTF8.self) == "manual")
        #expect(daemon.engine.isActive(RunNumber(1)) && !daemon.engine.isActive(RunNumber(2)))
        daemon.pass(.seconds(1))
        #expect(!daemon.engine.isActive(RunNumber(1)))
        #expect {
            try daemon.engine.trigger(RawPath("/srv/b"), at: daemon.clock)
        } throws: {
            ($0 as? ControlProblem)?.kind == .usage
        }
    }

    @Test(arguments: [BusyPolicy.skip, .signal, .queue])
    func `a run is not asked for where another is under way and lets none follow`(
        busy: BusyPolicy
    ) throws {
        var daemon = try Self.daemon { $0.busy = busy }
        try daemon.engine.trigger(Self.path, at: daemon.clock)
        daemon.settle()
        guard busy != .queue else {
            try daemon.engine.trigger(Self.path, at: daemon.clock)
            daemon.end(RunNumber(1))
            daemon.settle()
            #expect(daemon.runs.count == 2)
            return
        }
        #expect {
            try daemon.engine.trigger(Self.path, at: daemon.clock)
        } throws: {
            ($0 as? ControlProblem)?.kind == .tryAgain
        }
        #expect(daemon.runs[0].signals == [])
    }

    @Test func `who reads in the ledger is given what it does not have yet`() throws {
        var daemon = try Self.daemon()
        daemon.pass(.seconds(60))
        let isUpToDate = daemon.engine.changeToSave() == nil
        #expect(isUpToDate)
        try Self.touch(&daemon)
        daemon.settle()
        let change = daemon.engine.changeToSave()
        #expect(change?.runs.map(\.number) == [RunNumber(1)])
        daemon.state.failure = LedgerFailure(.full, RawPath("/var"), reason: "full")
        daemon.engine.ledgerFailed(
            LedgerFailure(.full, RawPath("/var"), reason: "full"), at: daemon.clock)
        let isNotKept = daemon.engine.changeToSave() == nil
        #expect(isNotKept)
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
