import Testing
import TouchmonCore
import TouchmonTestSupport

/// `on_failure`: what runs when a run failed and no attempt is left, on a simulated clock.
@Suite struct HandlerTests {
    private static let path = RawPath("/srv/a")

    /// Runs of the action execute `true`, what is told of failures `tell`.
    private static func plan(
        handles: Bool = true, interrupted: InterruptedPolicy = .rerun,
        _ change: (inout RunPolicy) -> Void = { _ in },
        handler: (inout RunPolicy) -> Void = { _ in }
    ) -> [PlannedAction] {
        var policies = (RunPolicy(), RunPolicy())
        change(&policies.0)
        handler(&policies.1)
        var command = PlannedAction("/srv/a", policy: policies.0).command
        let teller = PlannedAction("/srv/a", argv: ["tell"], policy: policies.1)
        command.onFailure = handles ? teller.shared : nil
        command.interrupted = interrupted
        return [PlannedAction(path: path, Shared(command))]
    }

    private static func daemon(_ plan: [PlannedAction] = plan()) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.settle()
    }

    private static func end(
        _ daemon: inout SimulatedDaemon, _ number: UInt64,
        _ outcome: RunOutcome = .exited(status: 1)
    ) {
        daemon.end(RunNumber(number), outcome)
        daemon.settle()
    }

    /// A touch and a run that fails.
    private static func fail(_ daemon: inout SimulatedDaemon, _ number: UInt64) throws {
        try touch(&daemon)
        end(&daemon, number)
    }

    private static func variable(_ name: String, _ run: SimulatedDaemon.Run) -> String? {
        run.variable("TOUCHMON_\(name)").map { String(decoding: $0, as: UTF8.self) }
    }

    /// Each run: its number, and of those that are told of a failure the number of the one that failed.
    private static func runs(_ daemon: SimulatedDaemon) -> [String] {
        daemon.runs.map { run in
            let number = "\(run.spec.number.value)"
            guard variable("REASON", run) == "failure" else { return number }
            return "\(number) of \(variable("RUN", run) ?? "")"
        }
    }

    // MARK: When

    @Test(arguments: [
        (RunOutcome.exited(status: 3), "3" as String?, nil as String?),
        (.signalled(signal: 11), nil, "SEGV"),
    ])
    func `it is told of the run that failed, and how`(
        outcome: RunOutcome, status: String?, signal: String?
    ) throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        Self.end(&daemon, 1, outcome)
        #expect(Self.runs(daemon) == ["1", "2 of 1"])
        let run = daemon.runs[1]
        #expect(run.spec.command.argv == PackedStrings([Array("tell".utf8)]))
        #expect(Self.variable("PATH", run) == "/srv/a" && Self.variable("ACTION", run) == "/srv/a")
        #expect(Self.variable("ATTEMPT", run) == "1")
        #expect(Self.variable("STATUS", run) == status)
        #expect(Self.variable("SIGNAL", run) == signal)
        #expect(
            daemon.logs.contains(
                .handling(RunNumber(1), Self.path, handler: RunNumber(2), insteadOf: nil)))
    }

    @Test func `success is told to nobody, nor is anything without the key`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 0))
        #expect(Self.runs(daemon) == ["1"])
        daemon = try Self.daemon(Self.plan(handles: false))
        try Self.fail(&daemon, 1)
        #expect(Self.runs(daemon) == ["1"])
    }

    @Test func `with retry it comes when no attempt is left`() throws {
        var daemon = try Self.daemon(
            Self.plan { policy in
                policy.retry = RetryPolicy(attempts: 2)
            })
        try Self.fail(&daemon, 1)
        daemon.pass(.seconds(1))
        #expect(Self.runs(daemon) == ["1", "2"])
        Self.end(&daemon, 2)
        #expect(Self.runs(daemon) == ["1", "2", "3 of 2"])
        #expect(Self.variable("ATTEMPT", daemon.runs[2]) == "2")
        #expect(daemon.logs.contains(.exhausted(RunNumber(2), Self.path, attempts: 2)))
    }

    /// A touch during the run begins with all attempts anew, so the run is not the last.
    @Test func `a run that another follows anyway is not told of while attempts are left`() throws {
        var daemon = try Self.daemon(
            Self.plan { policy in
                policy.retry = RetryPolicy(attempts: 2)
            })
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        Self.end(&daemon, 1)
        #expect(Self.runs(daemon) == ["1", "2"])
        // Without attempts each failure is the last.
        daemon = try Self.daemon()
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        Self.end(&daemon, 1)
        #expect(Set(Self.runs(daemon)) == ["1", "2 of 1", "3"])
    }

    @Test func `a run that takes too long has failed, one that is stopped for another has not`()
        throws
    {
        var daemon = try Self.daemon(
            Self.plan { policy in
                policy.timeout = .seconds(5)
                policy.busy = .restart
            })
        daemon.manner.obeysSignals = true
        try Self.touch(&daemon)
        daemon.pass(.seconds(5))
        #expect(Self.runs(daemon) == ["1", "2 of 1"])
        #expect(Self.variable("SIGNAL", daemon.runs[1]) == "TERM")
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3", "4"])
    }

    @Test func `a run that can't be started has failed, one that can later has not`() throws {
        var daemon = try Self.daemon()
        daemon.startFailure = StartFailure(step: .execute, error: .noSuchFile)
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        while daemon.failedStarts.isEmpty, daemon.step() {}
        daemon.startFailure = nil
        daemon.settle()
        #expect(Self.runs(daemon) == ["2 of 1"])
        #expect(Self.variable("ATTEMPT", daemon.runs[0]) == "1")
        #expect(Self.variable("STATUS", daemon.runs[0]) == nil)
        #expect(Self.variable("SIGNAL", daemon.runs[0]) == nil)
        Self.end(&daemon, 2, .exited(status: 0))
        daemon.startFailure = StartFailure(step: .clone, error: .tryAgain)
        try Self.touch(&daemon)
        daemon.startFailure = nil
        daemon.pass(.seconds(1))
        #expect(Self.runs(daemon) == ["2 of 1", "4"])
    }

    // MARK: Beside the action

    @Test func `the action is not busy by it`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        try Self.touch(&daemon)
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3"])
        Self.end(&daemon, 2, .exited(status: 0))
        // The touch is still one run.
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 3)
        Self.end(&daemon, 3, .exited(status: 0))
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3", "4"])
    }

    @Test func `what it touches by restart or signal is the action's run alone`() throws {
        for busy in [BusyPolicy.restart, .signal] {
            var daemon = try Self.daemon(Self.plan { policy in policy.busy = busy })
            daemon.manner.obeysSignals = false
            try Self.fail(&daemon, 1)
            try Self.touch(&daemon)
            try Self.touch(&daemon)
            #expect(daemon.runs[1].signals == [])
            #expect(daemon.runs[2].signals == [busy == .restart ? 15 : 1])
        }
    }

    @Test func `one at a time, and of those that wait the latest failure`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        try Self.fail(&daemon, 3)
        try Self.fail(&daemon, 5)
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3", "5"])
        #expect(
            daemon.logs.last
                == .handling(
                    RunNumber(5), Self.path, handler: RunNumber(4), insteadOf: RunNumber(3)))
        Self.end(&daemon, 2, .exited(status: 0))
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3", "5", "4 of 5"])
        Self.end(&daemon, 4, .exited(status: 0))
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 5)
    }

    @Test func `its own failure is in the log and nowhere else`() throws {
        var daemon = try Self.daemon(
            Self.plan { policy in policy.retry = RetryPolicy(attempts: 1) })
        try Self.fail(&daemon, 1)
        Self.end(&daemon, 2, .exited(status: 9))
        daemon.pass(.seconds(1000))
        #expect(Self.runs(daemon) == ["1", "2 of 1"])
        #expect(
            daemon.logs.contains(
                .ended(RunNumber(2), Self.path, .exited(status: 9), elapsed: .zero)))
    }

    @Test func `its own timeout and its own way to be stopped count`() throws {
        var daemon = try Self.daemon(
            Self.plan(handler: { policy in
                policy.timeout = .seconds(3)
                policy.stopSignal = 2
                policy.stopTimeout = .seconds(4)
            }))
        daemon.manner.obeysSignals = false
        try Self.fail(&daemon, 1)
        daemon.pass(.seconds(3))
        #expect(daemon.runs[1].signals == [2])
        daemon.pass(.seconds(4))
        #expect(daemon.runs[1].signals == [2, 9])
        #expect(daemon.logs.contains(.killingRun(RunNumber(2), Self.path)))
    }

    @Test func `one that the system is short for is tried again, with what failed last`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.startFailure = StartFailure(step: .clone, error: .tryAgain)
        Self.end(&daemon, 1)
        #expect(daemon.failedStarts.count == 1)
        daemon.pass(.seconds(1))
        #expect(daemon.failedStarts.count == 2)
        daemon.startFailure = nil
        daemon.pass(.seconds(2))
        #expect(daemon.runs.count == 2)
        #expect(Self.variable("RUN", daemon.runs[1]) == "1")
        #expect(
            daemon.logs.count { if case .postponed = $0 { true } else { false } } == 1)
        // What it was short of is there.
        daemon.end(daemon.runs[1].spec.number)
        daemon.settle()
        daemon.startFailure = StartFailure(step: .execute, error: .noMemory)
        #expect(daemon.failedStarts.count == 2)
    }

    @Test func `a later failure takes the place of one that is tried again`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.startFailure = StartFailure(step: .execute, error: .noMemory)
        daemon.end(RunNumber(1), .exited(status: 1))
        // The run that is told of it has no process yet when the next one fails.
        while true {
            if case .start(let spec) = daemon.engine.nextEffect(at: daemon.clock) {
                #expect(spec.number == RunNumber(2))
                break
            }
        }
        daemon.startFailure = nil
        try Self.touch(&daemon)
        Self.end(&daemon, 3)
        daemon.engine.notStarted(
            RunNumber(2), StartFailure(step: .execute, error: .noMemory), at: daemon.clock)
        daemon.settle()
        daemon.pass(.seconds(1))
        #expect(Self.runs(daemon) == ["1", "3", "4 of 3"])
    }

    @Test func `one that can't be started is in the log, and that is all`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.startFailure = StartFailure(step: .execute, error: .noSuchFile)
        Self.end(&daemon, 1)
        daemon.pass(.seconds(100))
        #expect(daemon.failedStarts.count == 1)
        #expect(Self.runs(daemon) == ["1"])
    }

    // MARK: Reload

    @Test func `a reload that removes it, or its action, drops what waits`() throws {
        for plan in [[], Self.plan(handles: false)] {
            var daemon = try Self.daemon()
            try Self.fail(&daemon, 1)
            try Self.fail(&daemon, 3)
            daemon.reload(plan)
            daemon.settle()
            Self.end(&daemon, 2)
            daemon.pass(.seconds(100))
            #expect(Self.runs(daemon) == ["1", "2 of 1", "3"])
            daemon.crash()
            daemon.restart(Self.plan())
            daemon.pass(.seconds(100))
            #expect(daemon.runs.count == 3)
        }
    }

    @Test func `one whose action was removed is not tried again`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.end(RunNumber(1), .exited(status: 1))
        while true {
            if case .start = daemon.engine.nextEffect(at: daemon.clock) { break }
        }
        daemon.reload([])
        daemon.engine.notStarted(
            RunNumber(2), StartFailure(step: .execute, error: .noMemory), at: daemon.clock)
        daemon.pass(.seconds(100))
        #expect(Self.runs(daemon) == ["1"])
    }

    @Test func `a failure from before is not told of what ran without the ledger`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        try Self.fail(&daemon, 3)
        daemon.crash()
        daemon.end(RunNumber(2))
        daemon.state.failure = LedgerFailure(.readOnly, RawPath("/var"), reason: "x")
        daemon.restart(Self.plan())
        daemon.settle()
        try Self.touch(&daemon)
        daemon.state.failure = nil
        daemon.pass(.seconds(100))
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3", "1"])
    }

    @Test func `a run of an action that was removed is told of to nobody`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.reload([])
        daemon.settle()
        Self.end(&daemon, 1)
        #expect(Self.runs(daemon) == ["1"])
    }

    // MARK: The end of a daemon

    @Test func `a daemon that stops waits for it, and leaves the rest to the next one`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        try Self.fail(&daemon, 3)
        daemon.signal(.terminate)
        daemon.settle()
        #expect(!daemon.hasExited)
        Self.end(&daemon, 2)
        #expect(daemon.hasExited)
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3"])
        daemon.restart(Self.plan())
        daemon.settle()
        #expect(daemon.runs.count == 4)
        #expect(Self.variable("RUN", daemon.runs[3]) == "3")
        daemon.end(daemon.runs[3].spec.number)
        daemon.pass(.seconds(20))
        daemon.crash()
        daemon.restart(Self.plan())
        daemon.pass(.seconds(20))
        #expect(daemon.runs.count == 4)
    }

    @Test func `a daemon that stops asks it to stop`() throws {
        var daemon = try Self.daemon()
        daemon.manner.obeysSignals = false
        try Self.fail(&daemon, 1)
        daemon.signal(.terminate)
        daemon.signal(.terminate)
        daemon.settle()
        #expect(daemon.runs[1].signals == [15])
        daemon.signal(.terminate)
        daemon.settle()
        #expect(daemon.runs[1].signals == [15, 9])
    }

    /// Killed at each of its steps from the failure on, the daemon has the failure told by the next one,
    /// or had it told.
    @Test(arguments: [false, true])
    func `a failure outlives a daemon that is killed`(isSaved: Bool) throws {
        for steps in 0..<40 {
            var daemon = try Self.daemon()
            try Self.touch(&daemon)
            if isSaved { daemon.pass(.seconds(20)) }
            daemon.end(RunNumber(1), .exited(status: 4))
            var count = 0
            while count < steps, daemon.step() { count += 1 }
            if isSaved, steps > 20 { daemon.pass(.seconds(20)) }
            let hadBegun = daemon.runs.count > 1
            daemon.crash()
            daemon.restart(Self.plan())
            daemon.settle()
            let told = daemon.runs.filter { Self.variable("REASON", $0) == "failure" }
            if told.isEmpty {
                // Nothing was written of its end: it is cut off, and runs again.
                #expect(Self.variable("REASON", daemon.runs[1]) == "interrupted")
                #expect(steps <= 2)
            } else {
                #expect(told.count == 1)
                #expect(Self.variable("RUN", told[0]) == "1")
                #expect(Self.variable("STATUS", told[0]) == "4")
                #expect(daemon.runs.count == 2)
                #expect(
                    daemon.logs.contains { if case .adopted = $0 { true } else { false } }
                        == hadBegun)
            }
        }
    }

    @Test(arguments: InterruptedPolicy.allCases)
    func `one that was cut off runs again, unless interrupted says otherwise`(
        interrupted: InterruptedPolicy
    ) throws {
        for isSaved in [false, true] {
            let plan = Self.plan(interrupted: interrupted)
            var daemon = try Self.daemon(plan)
            try Self.fail(&daemon, 1)
            if isSaved { daemon.pass(.seconds(20)) }
            daemon.crash()
            daemon.end(RunNumber(2), .exited(status: 0))
            daemon.restart(plan)
            daemon.settle()
            let reruns = interrupted == .rerun
            #expect(Self.runs(daemon) == ["1", "2 of 1"] + (reruns ? ["3 of 1"] : []))
            #expect(
                daemon.logs.contains(.interrupted(RunNumber(2), Self.path, reruns: reruns)))
            daemon.pass(.seconds(20))
            #expect(daemon.state.history[RunNumber(2)]?.ending == .interrupted)
            #expect(daemon.state.history[RunNumber(2)]?.reason == .failure)
        }
    }

    @Test func `of one that was cut off and a later failure the later is told`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        try Self.fail(&daemon, 3)
        daemon.crash()
        daemon.end(RunNumber(2), .exited(status: 0))
        daemon.restart(Self.plan())
        daemon.pass(.seconds(100))
        #expect(daemon.runs.count == 4)
        #expect(Self.variable("RUN", daemon.runs[3]) == "3")
    }

    @Test func `the next daemon adopts it, and stops it as the action says now`() throws {
        let plan = Self.plan(handler: { policy in policy.timeout = .seconds(100) })
        var daemon = try Self.daemon(plan)
        daemon.manner.obeysSignals = false
        try Self.fail(&daemon, 1)
        daemon.crash()
        daemon.restart(plan)
        daemon.settle()
        #expect(daemon.logs.contains(.adopted(RunNumber(2), Self.path, process: 1002)))
        // The action is not busy by it, and the next failure waits for it.
        try Self.fail(&daemon, 3)
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3"])
        daemon.pass(.seconds(100))
        #expect(daemon.runs[1].signals == [15])
        daemon.pass(.seconds(10))
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3", "4 of 3"])
    }

    @Test func `one whose action is there no more is waited for, and not begun`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        try Self.fail(&daemon, 3)
        daemon.crash()
        daemon.restart([])
        daemon.settle()
        Self.end(&daemon, 2)
        daemon.pass(.seconds(100))
        daemon.crash()
        daemon.restart(Self.plan())
        daemon.pass(.seconds(100))
        #expect(Self.runs(daemon) == ["1", "2 of 1", "3"])
    }

    /// As large as it may be by its action; where that is gone, as any run's.
    @Test func `what one printed that was cut off stays, within its limit`() throws {
        for isForgotten in [false, true] {
            var plan = Self.plan()
            var command = plan[0].command
            var teller = try #require(command.onFailure).value
            teller.outputLimit = 16_384
            command.onFailure = Shared(teller)
            plan = [PlannedAction(path: Self.path, Shared(command))]
            var daemon = try Self.daemon(plan)
            daemon.outputs.isKept = true
            try Self.fail(&daemon, 1)
            daemon.crash()
            daemon.print(2, String(repeating: "0123456789abcde\n", count: 4096))
            daemon.end(RunNumber(2))
            daemon.restart(isForgotten ? [] : plan)
            daemon.settle()
            let holes: [Range<Int64>] = isForgotten ? [] : [8192..<65_536 - 8192]
            #expect(daemon.outputs.files[RunNumber(2)]?.holes == holes)
        }
    }

    @Test func `a ledger that does not say of what is not believed`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        daemon.pass(.seconds(20))
        var contents = daemon.state.stored
        contents.journal = []
        #expect(contents.unfinished.map(\.failed.isEmpty) == [false])
        contents.unfinished[0].failed = []
        let recovered = Recovered(contents, boot: daemon.boot, calendar: 0)
        var engine = Engine(
            plan: Plan(resolved: Self.plan()), isRoot: true, drain: .seconds(30),
            recovered: recovered, at: daemon.clock)
        while let effect = engine.nextEffect(at: daemon.clock) {
            if case .start = effect { Issue.record("it is told of nothing") }
            if case .watch = effect { break }
        }
    }

    @Test func `one that another daemon's run has the number of is left alone`() throws {
        var daemon = try Self.daemon()
        try Self.fail(&daemon, 1)
        daemon.crash()
        daemon.state.failure = LedgerFailure(.readOnly, RawPath("/var"), reason: "x")
        daemon.restart(Self.plan())
        daemon.settle()
        // Without the ledger it counts from 1 again.
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 0))
        daemon.state.failure = nil
        daemon.pass(.seconds(100))
        #expect(Self.runs(daemon) == ["1", "2 of 1", "1", "2"])
        #expect(daemon.logs.contains { if case .adopted = $0 { true } else { false } } == false)
    }

    @Test func `it begins when all that the run printed is there, and is told where`() throws {
        var daemon = try Self.daemon()
        daemon.outputs.isKept = true
        try Self.touch(&daemon)
        daemon.print(1, String(repeating: "line\n", count: 10_000))
        Self.end(&daemon, 1)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 2)
        #expect(Self.variable("OUTPUT", daemon.runs[1])?.hasSuffix("/1") == true)
        let lines = daemon.logs.count {
            if case .output(RunNumber(1), _, _) = $0 { true } else { false }
        }
        #expect(lines == 10_000)
    }
}
