import Testing
import TouchmonCore
import TouchmonTestSupport

/// What a daemon makes of what its predecessor left, on the simulated disk and children.
@Suite struct RestartTests {
    static let path = RawPath("/srv/stamp")
    static let plan = [PlannedAction("/srv/stamp")]

    static func daemon() throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.pass(.seconds(10))
        return daemon
    }

    static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.tick(.milliseconds(1))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
    }

    static func reasons(_ daemon: SimulatedDaemon) -> [String] {
        daemon.runs.map { String(decoding: $0.variable("TOUCHMON_REASON") ?? [], as: UTF8.self) }
    }

    /// The end of a run is written down when there is nothing more urgent to do, and to start the next
    /// one is more urgent.
    @Test func `a run whose successor began is over, whatever else was written of it`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.settle()
        try Self.touch(&daemon)
        daemon.settle()
        daemon.end(RunNumber(1))
        while daemon.runs.count < 2, daemon.step() {}
        daemon.crash()
        daemon.restart(Self.plan)
        daemon.settle()
        daemon.end(RunNumber(2))
        daemon.pass(.seconds(20))
        #expect(Self.reasons(daemon) == ["touch", "touch"])
        #expect(daemon.state.history[RunNumber(1)]?.ending == .ended(.unknown))
        #expect(daemon.state.history[RunNumber(2)]?.ending == .ended(.unknown))
    }

    /// An action whose command is as usual, but for what `change` makes of it.
    private static func plan(_ change: (inout RunCommand) -> Void) -> [PlannedAction] {
        var command = plan[0].command
        change(&command)
        return [PlannedAction(path: path, Shared(command))]
    }

    @Test(arguments: [true, false])
    func `a touch from before the start is said once, and counts if it may`(
        catchUp: Bool
    ) throws {
        let plan = Self.plan { $0.catchUp = catchUp }
        var daemon = try Self.daemon()
        daemon.crash()
        try Self.touch(&daemon)
        daemon.restart(plan)
        daemon.settle()
        let said = daemon.logs.filter { if case .caughtUp = $0 { true } else { false } }
        #expect(said == [.caughtUp(Self.path, runs: catchUp)])
        #expect(Self.reasons(daemon) == (catchUp ? ["catch-up"] : []))
    }

    /// It needed no run then, so it needs none now.
    @Test func `a touch that was passed over is not caught up when the action changes`() throws {
        var daemon = try Self.daemon()
        daemon.crash()
        try Self.touch(&daemon)
        daemon.restart(Self.plan { $0.catchUp = false })
        daemon.settle()
        daemon.crash()
        daemon.restart(Self.plan)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.isEmpty)
    }

    @Test func `a run that somebody asked for and that had not begun is still asked for`() throws {
        var daemon = try Self.daemon()
        try daemon.engine.trigger(Self.path, at: daemon.clock)
        daemon.settle()
        try daemon.engine.trigger(Self.path, at: daemon.clock)
        daemon.settle()
        daemon.end(RunNumber(1))
        daemon.crash()
        daemon.restart(Self.plan)
        daemon.pass(.seconds(10))
        #expect(Self.reasons(daemon) == ["manual", "manual"])
    }

    @Test func `a touch that had not settled is due, whatever the file is like by then`() throws {
        let plan = Self.plan { $0.settle = SettlePolicy(quiet: .seconds(5)) }
        var daemon = try Self.daemon()
        daemon.reload(plan)
        daemon.pass(.seconds(10))
        let before = try #require(daemon.kernel.modified(Self.path))
        try Self.touch(&daemon)
        daemon.settle()
        daemon.crash()
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .set(before))
        daemon.restart(plan)
        daemon.pass(.seconds(20))
        #expect(Self.reasons(daemon) == ["catch-up"])
    }

    @Test func `a run that lives is taken over, and that is said`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.settle()
        daemon.crash()
        daemon.restart(Self.plan)
        daemon.settle()
        #expect(daemon.logs.contains(.adopted(RunNumber(1), Self.path, process: 1001)))
        #expect(Self.reasons(daemon) == ["touch"])
    }

    @Test(arguments: InterruptedPolicy.allCases)
    func `a run that was cut off runs again if it may, and that is said`(
        policy: InterruptedPolicy
    ) throws {
        let plan = Self.plan { $0.interrupted = policy }
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.settle()
        daemon.crash()
        daemon.end(RunNumber(1))
        daemon.restart(plan)
        daemon.pass(.seconds(10))
        let reruns = policy == .rerun
        #expect(daemon.logs.contains(.interrupted(RunNumber(1), Self.path, reruns: reruns)))
        #expect(Self.reasons(daemon) == (reruns ? ["touch", "interrupted"] : ["touch"]))
    }

    @Test func `a run that was cut off is also for a touch while nobody looked`() throws {
        let plan = Self.plan { $0.settle = SettlePolicy(quiet: .seconds(2)) }
        var daemon = try Self.daemon()
        daemon.runDuration = .milliseconds(1)
        daemon.reload(plan)
        daemon.runDuration = nil
        try Self.touch(&daemon)
        daemon.pass(.seconds(3))
        #expect(daemon.runs.count == 1)
        daemon.crash()
        daemon.end(RunNumber(1))
        try Self.touch(&daemon)
        daemon.runDuration = .milliseconds(1)
        daemon.restart(plan)
        daemon.pass(.seconds(30))
        #expect(Self.reasons(daemon) == ["touch", "interrupted"])
    }

    /// The first save of the second daemon says that the run is over: it must say as well that another
    /// is due.
    @Test func `a run that was cut off is owed by the next daemon but one`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.pass(.seconds(20))
        daemon.crash()
        daemon.end(RunNumber(1))
        daemon.tick(.seconds(1))
        daemon.restart(Self.plan)
        while daemon.lastSave != daemon.clock, daemon.step() {}
        #expect(daemon.runs.count == 1)
        daemon.crash()
        daemon.restart(Self.plan)
        daemon.pass(.seconds(10))
        #expect(Self.reasons(daemon) == ["touch", "interrupted"])
    }

    @Test func `that the ledger can't be kept is said once until it is kept again`() throws {
        var daemon = try Self.daemon()
        daemon.crash()
        func count(_ daemon: SimulatedDaemon) -> Int {
            daemon.logs.count { if case .ledgerDegraded = $0 { true } else { false } }
        }
        let failure = LedgerFailure(.full, RawPath("/var"), reason: "full")
        daemon.state.failure = failure
        daemon.restart(Self.plan)
        daemon.pass(.seconds(300))
        #expect(count(daemon) == 1)
        for number in 2...3 {
            daemon.state.failure = nil
            daemon.pass(.seconds(100))
            #expect(daemon.logs.count { $0 == .ledgerRestored } == number - 1)
            daemon.state.failure = failure
            try Self.touch(&daemon)
            daemon.pass(.seconds(300))
            #expect(count(daemon) == number)
        }
    }
}
