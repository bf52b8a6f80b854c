import Testing
import TouchmonCore
import TouchmonTestSupport

/// Runs that are due as long as a path is there, or a directory has entries.
@Suite struct LevelTests {
    private static let path = RawPath("/srv/a")

    private static func plan(
        _ kinds: TouchKinds, settle: Duration = .zero, _ reader: RunIdentity? = nil
    ) -> [PlannedAction] {
        var touch = TouchPolicy()
        touch.on = kinds
        return [
            PlannedAction(
                "/srv/a", settle: SettlePolicy(quiet: settle), touch: touch, reader: reader)
        ]
    }

    private static func daemon(
        _ plan: [PlannedAction], _ prepare: (inout SimulatedKernel) throws -> Void = { _ in }
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try prepare(&kernel)
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.settle()
        return daemon
    }

    private static func make(_ path: String, in kernel: inout SimulatedKernel) throws {
        try kernel.close(try kernel.open(RawPath(path), [.write, .create]))
    }

    private static func end(_ daemon: inout SimulatedDaemon, _ number: UInt64) {
        daemon.end(RunNumber(number))
        daemon.settle()
    }

    @Test func `exists: a run at the start, and another as long as it is there`() throws {
        var daemon = try Self.daemon(Self.plan(.exists)) { try Self.make("/srv/a", in: &$0) }
        #expect(daemon.runs.count == 1)
        // It does nothing about it: the next waits, longer every time.
        for number in 1...3 {
            Self.end(&daemon, UInt64(number))
            let pause = Duration.seconds(1 << (number - 1))
            daemon.pass(pause - .milliseconds(1))
            #expect(daemon.runs.count == number)
            daemon.pass(.milliseconds(1))
            #expect(daemon.runs.count == number + 1)
        }
        // Gone: no more.
        try daemon.kernel.unlink(Self.path)
        daemon.settle()
        Self.end(&daemon, 4)
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 4)
        // There again: at once.
        try Self.make("/srv/a", in: &daemon.kernel)
        daemon.settle()
        #expect(daemon.runs.count == 5)
        #expect(daemon.runs[4].variable("TOUCHMON_REASON") == Array("touch".utf8))
    }

    @Test func `the pause is never longer than a minute`() throws {
        var daemon = try Self.daemon(Self.plan(.exists)) { try Self.make("/srv/a", in: &$0) }
        daemon.runDuration = .milliseconds(1)
        Self.end(&daemon, 1)
        daemon.pass(.seconds(64))
        #expect(daemon.runs.count == 7)
        daemon.pass(.seconds(600))
        #expect(daemon.runs.count == 17)
    }

    @Test func `gone during the pause: no run`() throws {
        var daemon = try Self.daemon(Self.plan(.exists)) { try Self.make("/srv/a", in: &$0) }
        Self.end(&daemon, 1)
        try daemon.kernel.unlink(Self.path)
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 1)
        #expect(daemon.engine.nextDeadline() == nil)
    }

    @Test func `what happens during the pause is not kept waiting`() throws {
        var daemon = try Self.daemon(Self.plan(.exists)) { try Self.make("/srv/a", in: &$0) }
        Self.end(&daemon, 1)
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        daemon.settle()
        #expect(daemon.runs.count == 2)
    }

    @Test func `what happens during a run leads to the next at its end`() throws {
        var daemon = try Self.daemon(Self.plan(.notEmpty)) {
            try $0.makeDirectory(Self.path)
        }
        #expect(daemon.runs.isEmpty)
        try Self.make("/srv/a/1", in: &daemon.kernel)
        daemon.settle()
        #expect(daemon.runs.count == 1)
        try Self.make("/srv/a/2", in: &daemon.kernel)
        daemon.settle()
        try daemon.kernel.unlink(RawPath("/srv/a/1"))
        daemon.settle()
        #expect(daemon.runs.count == 1)
        Self.end(&daemon, 1)
        #expect(daemon.runs.count == 2)
        // It empties the directory: nothing is left to do, though it was changed meanwhile.
        try daemon.kernel.unlink(RawPath("/srv/a/2"))
        daemon.settle()
        Self.end(&daemon, 2)
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 2)
    }

    @Test func `not_empty: a file is no directory with entries`() throws {
        var daemon = try Self.daemon(Self.plan(.notEmpty)) { try Self.make("/srv/a", in: &$0) }
        daemon.pass(.seconds(10))
        #expect(daemon.runs.isEmpty)
    }

    @Test func `both levels, and a touch beside them`() throws {
        var daemon = try Self.daemon(Self.plan([.exists, .touch])) {
            try Self.make("/srv/a", in: &$0)
        }
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        daemon.settle()
        // The touch is not forgotten, whatever becomes of the file.
        try daemon.kernel.unlink(Self.path)
        daemon.settle()
        Self.end(&daemon, 1)
        #expect(daemon.runs.count == 2)
        Self.end(&daemon, 2)
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 2)
    }

    @Test func `a level that falls before its path is quiet runs nothing`() throws {
        var daemon = try Self.daemon(Self.plan(.exists, settle: .seconds(2)))
        try Self.make("/srv/a", in: &daemon.kernel)
        daemon.pass(.seconds(1))
        try daemon.kernel.unlink(Self.path)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.isEmpty)
        try Self.make("/srv/a", in: &daemon.kernel)
        daemon.pass(.seconds(3))
        #expect(daemon.runs.count == 1)
    }

    @Test func `a run that waits for its turn is withdrawn with the level`() throws {
        var plan = Self.plan(.exists)
        var command = plan[0].command
        command.policy.rateLimit = RateLimit(runs: 1, per: .seconds(60))
        plan[0].shared = Shared(command)
        var daemon = try Self.daemon(plan) { try Self.make("/srv/a", in: &$0) }
        Self.end(&daemon, 1)
        daemon.pass(.seconds(2))
        #expect(daemon.runs.count == 1)
        try daemon.kernel.unlink(Self.path)
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 1)
    }

    @Test func `a start that fails is not repeated at once`() throws {
        var daemon = try Self.daemon(Self.plan(.exists))
        daemon.startFailure = StartFailure(step: .execute, error: .noSuchFile)
        try Self.make("/srv/a", in: &daemon.kernel)
        daemon.pass(.milliseconds(900))
        #expect(daemon.failedStarts.count == 1)
        daemon.pass(.milliseconds(200))
        #expect(daemon.failedStarts.count == 2)
    }

    @Test func `an action of an ordinary user's file needs the right to read`() throws {
        let alice = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [])
        var daemon = try Self.daemon(Self.plan(.exists, alice))
        daemon.readersMayRead = false
        try Self.make("/srv/a", in: &daemon.kernel)
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.last == .refused(Self.path, reader: alice))
        daemon.readersMayRead = true
        try daemon.kernel.setMode(Self.path, to: 0o644)
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `of a file that is gone its directory's reader may know`() throws {
        let alice = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [])
        var daemon = try Self.daemon(Self.plan(.delete, alice)) {
            try Self.make("/srv/a", in: &$0)
        }
        try daemon.kernel.unlink(Self.path)
        daemon.settle()
        #expect(daemon.askedReadersOf == [RawPath("/srv")])
        #expect(daemon.runs.count == 1)
    }

    @Test func `a removed action leaves nothing behind`() throws {
        var daemon = try Self.daemon(Self.plan(.exists)) { try Self.make("/srv/a", in: &$0) }
        Self.end(&daemon, 1)
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload([])
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 1)
        #expect(daemon.engine.nextDeadline() == nil)
    }

    @Test func `a look at which nothing is new does not end the pause`() throws {
        var touch = TouchPolicy()
        touch.on = .exists
        let plan = [PlannedAction("/srv/a", poll: .milliseconds(100), touch: touch)]
        var daemon = try Self.daemon(plan) { try Self.make("/srv/a", in: &$0) }
        Self.end(&daemon, 1)
        daemon.pass(.milliseconds(950))
        #expect(daemon.runs.count == 1)
        daemon.pass(.milliseconds(50))
        #expect(daemon.runs.count == 2)
    }

    @Test func `each action has its own pause`() throws {
        let plan = Self.plan(.exists)
        let paths = ["/srv/a", "/srv/b", "/srv/c"].map { RawPath($0) }
        var daemon = try Self.daemon(paths.map { PlannedAction(path: $0, plan[0].shared) }) {
            for path in ["/srv/a", "/srv/b", "/srv/c"] { try Self.make(path, in: &$0) }
        }
        let numbers = paths.map { path in
            daemon.runs.first { $0.path == path }?.spec.number.value ?? 0
        }
        // Two at the same moment, one a little later.
        Self.end(&daemon, numbers[0])
        Self.end(&daemon, numbers[1])
        daemon.pass(.milliseconds(500))
        Self.end(&daemon, numbers[2])
        daemon.pass(.milliseconds(500))
        #expect(daemon.runs.dropFirst(3).map(\.path) == [paths[0], paths[1]])
        daemon.pass(.milliseconds(500))
        // One that runs again has no pause, whatever the others have.
        #expect(daemon.runs.dropFirst(5).map(\.path) == [paths[2]])
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 6)
    }

    @Test
    func `a reload that changes nothing leaves the pause, one that changes what counts ends it`()
        throws
    {
        for (kinds, count) in [(TouchKinds.exists, 1), ([.exists, .delete], 2)] {
            var daemon = try Self.daemon(Self.plan(.exists)) { try Self.make("/srv/a", in: &$0) }
            Self.end(&daemon, 1)
            daemon.signal(.hangUp)
            daemon.settle()
            daemon.reload(Self.plan(kinds))
            daemon.settle()
            #expect(daemon.runs.count == count)
        }
    }
}
