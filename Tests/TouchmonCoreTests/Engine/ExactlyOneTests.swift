import Testing
import TouchmonCore
import TouchmonTestSupport

/// Many writes that are one save, and touches that are to be one run, on the simulated clock.
@Suite struct ExactlyOneTests {
    static let path = RawPath("/srv/stamp")

    static func daemon(
        settle: SettlePolicy = SettlePolicy(quiet: .zero), exists: Bool = true
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        if exists { try kernel.close(try kernel.open(path, [.write, .create])) }
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan(settle))
        daemon.runDuration = .milliseconds(5)
        daemon.settle()
        return daemon
    }

    static func plan(_ settle: SettlePolicy) -> [PlannedAction] {
        [
            PlannedAction(
                path: path,
                Shared(
                    RunCommand(
                        argv: [Array("true".utf8)], programs: [RawPath("/bin/true")],
                        identity: RunIdentity(name: "root", user: 0, group: 0, groups: []),
                        settle: settle)))
        ]
    }

    static func touch(_ daemon: inout SimulatedDaemon) throws {
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
    }

    @Test(arguments: [true, false], [Duration.milliseconds(1), .seconds(1), .seconds(15)])
    func `a file that is written for thirty seconds is one run, after the close`(
        exists: Bool, pause: Duration
    ) throws {
        var daemon = try Self.daemon(exists: exists)
        let handle = try daemon.kernel.open(Self.path, [.write, .create, .truncate])
        for _ in 0..<Int(30_000 / (pause / .milliseconds(1))) {
            try daemon.kernel.write(handle, count: 4096)
            daemon.pass(pause)
        }
        #expect(daemon.runs.isEmpty)
        let closed = daemon.clock
        try daemon.kernel.close(handle)
        daemon.pass(.seconds(60))
        #expect(daemon.runs.map(\.started) == [closed])
    }

    @Test func `touches less than the quiet time apart are one run, that long after the last`()
        throws
    {
        var daemon = try Self.daemon(settle: SettlePolicy(quiet: .seconds(2)))
        for _ in 1...20 {
            try Self.touch(&daemon)
            daemon.pass(.milliseconds(1999))
        }
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(60))
        let last = Instant(nanoseconds: 19 * 1_999_000_000)
        #expect(daemon.runs.map(\.started) == [last.advanced(by: .seconds(2))])
    }

    @Test func `max bounds the wait, and what comes after it is a run of its own`() throws {
        let settle = SettlePolicy(quiet: .seconds(2), max: .seconds(10))
        var daemon = try Self.daemon(settle: settle)
        for _ in 1...15 {
            try Self.touch(&daemon)
            daemon.pass(.seconds(1))
        }
        #expect(daemon.runs.map(\.started) == [Instant(nanoseconds: 10_000_000_000)])
        daemon.pass(.seconds(60))
        #expect(
            daemon.runs.map(\.started) == [10, 16].map { Instant(nanoseconds: $0 * 1_000_000_000) })
    }

    @Test func `a daemon that is late hears what was done before it calls a path quiet`() throws {
        var daemon = try Self.daemon(settle: SettlePolicy(quiet: .milliseconds(100)))
        try Self.touch(&daemon)
        daemon.settle()
        daemon.tick(.milliseconds(90))
        try Self.touch(&daemon)
        daemon.tick(.milliseconds(20))
        // Both are there when it wakes: the deadline, and an event.
        daemon.engine.timePassed(at: daemon.clock)
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(60))
        #expect(daemon.runs.map(\.started) == [Instant(nanoseconds: 210_000_000)])
    }

    @Test(arguments: [false, true])
    func `what settles when the daemon ends is caught up after its quiet time`(isKilled: Bool)
        throws
    {
        let settle = SettlePolicy(quiet: .seconds(30), max: .seconds(40))
        var daemon = try Self.daemon(settle: settle)
        try Self.touch(&daemon)
        daemon.pass(.seconds(5))
        if isKilled { daemon.crash() } else { daemon.signal(.terminate) }
        daemon.pass(.seconds(1))
        #expect(daemon.hasExited)
        daemon.restart(Self.plan(settle))
        daemon.pass(.seconds(300))
        #expect(daemon.runs.map(\.started) == [Instant(nanoseconds: 36_000_000_000)])
        #expect(daemon.runs[0].variable("TOUCHMON_REASON") == Array("catch-up".utf8))
    }
}
