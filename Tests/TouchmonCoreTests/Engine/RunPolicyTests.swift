import Testing
import TouchmonCore
import TouchmonTestSupport

/// When runs begin and how they end, as their action says, on a simulated clock.
@Suite struct RunPolicyTests {
    private static let path = RawPath("/srv/a")

    private static func daemon(
        _ change: (inout RunPolicy) -> Void
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan(change))
        daemon.settle()
        return daemon
    }

    private static func plan(_ change: (inout RunPolicy) -> Void) -> [PlannedAction] {
        var policy = RunPolicy()
        change(&policy)
        return [PlannedAction("/srv/a", policy: policy)]
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.settle()
    }

    private static func end(
        _ daemon: inout SimulatedDaemon, _ number: UInt64,
        _ outcome: RunOutcome = .exited(status: 0)
    ) {
        daemon.end(RunNumber(number), outcome)
        daemon.settle()
    }

    private static func reason(_ run: SimulatedDaemon.Run) -> String {
        String(decoding: run.variable("TOUCHMON_REASON") ?? [], as: UTF8.self)
    }

    private static func attempt(_ run: SimulatedDaemon.Run) -> String? {
        run.variable("TOUCHMON_ATTEMPT").map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: busy

    @Test func `skip: touches during a run lead to none`() throws {
        var daemon = try Self.daemon { $0.busy = .skip }
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        #expect(daemon.logs.last == .skipped(Self.path))
        Self.end(&daemon, 1)
        #expect(daemon.runs.count == 1)
        // Nor does the next daemon make good for it.
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.restart(Self.plan { $0.busy = .skip })
        daemon.settle()
        #expect(daemon.runs.count == 1)
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 2)
    }

    @Test func `signal: the run is told of each touch`() throws {
        var daemon = try Self.daemon {
            $0.busy = .signal
            $0.busySignal = 10
        }
        daemon.manner.obeysSignals = false
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        #expect(daemon.runs[0].signals == [10, 10])
        #expect(daemon.logs.last == .signalledRun(RunNumber(1), Self.path, signal: 10))
        Self.end(&daemon, 1)
        #expect(daemon.runs.count == 1)
    }

    @Test func `signal: a run that has no process yet is told nothing`() throws {
        var daemon = try Self.daemon { $0.busy = .signal }
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        var isStarting = false
        while !isStarting {
            if case .start = daemon.engine.nextEffect(at: daemon.clock) {
                isStarting = true
            } else {
                _ = daemon.step()
            }
        }
        try Self.touch(&daemon)
        #expect(daemon.logs.last == .signalledRun(RunNumber(1), Self.path, signal: 1))
        #expect(daemon.runs.isEmpty)
    }

    @Test func `restart: the run is asked to stop once, and another begins when it has`() throws {
        var daemon = try Self.daemon {
            $0.busy = .restart
            $0.stopSignal = 2
            $0.stopTimeout = .seconds(3)
        }
        daemon.manner.obeysSignals = false
        try Self.touch(&daemon)
        for _ in 1...500 { try Self.touch(&daemon) }
        #expect(daemon.runs.count == 1)
        #expect(daemon.runs[0].signals == [2])
        #expect(daemon.engine.isBeingStopped(RunNumber(1)))
        daemon.pass(.seconds(3))
        #expect(daemon.runs[0].signals == [2, 9])
        #expect(daemon.logs.contains(.killingRun(RunNumber(1), Self.path)))
        daemon.settle()
        #expect(daemon.runs.count == 2)
        Self.end(&daemon, 2)
        #expect(daemon.runs.count == 2)
        #expect(!daemon.engine.isBeingStopped(RunNumber(1)))
    }

    @Test func `parallel: so many runs side by side, and one more after them`() throws {
        var daemon = try Self.daemon {
            $0.busy = .parallel
            $0.maxParallel = 3
        }
        for _ in 1...6 { try Self.touch(&daemon) }
        #expect(daemon.runs.count == 3)
        Self.end(&daemon, 2)
        #expect(daemon.runs.count == 4)
        for number in [1, 3, 4] as [UInt64] { Self.end(&daemon, number) }
        #expect(daemon.runs.count == 4)
    }

    @Test func `parallel: the next daemon takes over all of them`() throws {
        var daemon = try Self.daemon {
            $0.busy = .parallel
            $0.maxParallel = 2
        }
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.restart(
            Self.plan {
                $0.busy = .parallel
                $0.maxParallel = 2
            })
        daemon.settle()
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 2)
        Self.end(&daemon, 1)
        #expect(daemon.runs.count == 3)
    }

    @Test func `a reload changes what becomes of touches during a run`() throws {
        var daemon = try Self.daemon { $0.busy = .parallel }
        try Self.touch(&daemon)
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload(Self.plan { _ in })
        daemon.settle()
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 1)
        Self.end(&daemon, 1)
        #expect(daemon.runs.count == 2)
    }

    // MARK: timeout

    @Test func `timeout: a run that takes too long is stopped, and killed if it does not obey`()
        throws
    {
        var daemon = try Self.daemon {
            $0.timeout = .seconds(60)
            $0.stopTimeout = .seconds(5)
        }
        daemon.manner.obeysSignals = false
        try Self.touch(&daemon)
        daemon.pass(.seconds(59))
        #expect(daemon.runs[0].signals == [])
        daemon.pass(.seconds(1))
        #expect(daemon.runs[0].signals == [15])
        #expect(
            daemon.logs.contains(.stoppingRun(RunNumber(1), Self.path, .timeout, signal: 15)))
        daemon.pass(.seconds(5))
        #expect(daemon.runs[0].signals == [15, 9])
    }

    @Test func `timeout: a run in time is left alone, and so is the next`() throws {
        var daemon = try Self.daemon { $0.timeout = .seconds(60) }
        try Self.touch(&daemon)
        daemon.pass(.seconds(50))
        Self.end(&daemon, 1)
        try Self.touch(&daemon)
        daemon.pass(.seconds(50))
        #expect(daemon.runs[1].signals == [])
    }

    @Test func `timeout: it goes on for a run that outlives its daemon`() throws {
        var daemon = try Self.daemon { $0.timeout = .seconds(60) }
        try Self.touch(&daemon)
        daemon.pass(.seconds(30))
        daemon.crash()
        daemon.restart(Self.plan { $0.timeout = .seconds(60) })
        daemon.pass(.seconds(29))
        #expect(daemon.runs[0].signals == [])
        daemon.pass(.seconds(2))
        #expect(daemon.runs[0].signals == [15])
    }

    @Test func `the end of the daemon stops each run as its action says`() throws {
        var daemon = try Self.daemon {
            $0.stopSignal = 3
            $0.stopTimeout = .seconds(100)
        }
        daemon.manner.obeysSignals = false
        try Self.touch(&daemon)
        daemon.signal(.terminate)
        daemon.signal(.terminate)
        daemon.settle()
        #expect(daemon.runs[0].signals == [3])
        daemon.pass(.seconds(99))
        #expect(daemon.runs[0].signals == [3])
        daemon.pass(.seconds(1))
        #expect(daemon.runs[0].signals == [3, 9])
    }

    // MARK: retry

    private static func retries(_ policy: inout RunPolicy) {
        var retry = RetryPolicy(attempts: 3)
        retry.delay = .seconds(10)
        policy.retry = retry
    }

    @Test func `retry: a run that failed is repeated, later each time, and then given up`() throws {
        var daemon = try Self.daemon(Self.retries)
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 1))
        #expect(daemon.runs.count == 1)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count == 2)
        #expect(Self.reason(daemon.runs[1]) == "retry")
        #expect(Self.attempt(daemon.runs[1]) == "2")
        Self.end(&daemon, 2, .signalled(signal: 11))
        daemon.pass(.seconds(17))
        #expect(daemon.runs.count == 2)
        daemon.pass(.seconds(3))
        #expect(Self.attempt(daemon.runs[2]) == "3")
        Self.end(&daemon, 3, .exited(status: 1))
        #expect(daemon.logs.last == .exhausted(RunNumber(3), Self.path, attempts: 3))
        daemon.pass(.seconds(1000))
        #expect(daemon.runs.count == 3)
        #expect(Self.attempt(daemon.runs[0]) == nil)
    }

    @Test func `retry: success ends it`() throws {
        var daemon = try Self.daemon(Self.retries)
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 1))
        daemon.pass(.seconds(10))
        Self.end(&daemon, 2)
        daemon.pass(.seconds(1000))
        #expect(daemon.runs.count == 2)
        try Self.touch(&daemon)
        Self.end(&daemon, 3, .exited(status: 1))
        daemon.pass(.seconds(10))
        #expect(Self.attempt(daemon.runs[3]) == "2")
    }

    @Test func `retry: a touch meanwhile starts afresh, at once`() throws {
        var daemon = try Self.daemon(Self.retries)
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 1))
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 2)
        #expect(Self.reason(daemon.runs[1]) == "touch")
        #expect(Self.attempt(daemon.runs[1]) == nil)
        Self.end(&daemon, 2)
        daemon.pass(.seconds(1000))
        #expect(daemon.runs.count == 2)
    }

    @Test func `retry: a touch during the run that fails starts afresh`() throws {
        var daemon = try Self.daemon(Self.retries)
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 1))
        #expect(daemon.runs.count == 2)
        #expect(Self.reason(daemon.runs[1]) == "touch")
    }

    @Test func `retry: a run that took too long is repeated, one that was stopped is not`() throws {
        var daemon = try Self.daemon {
            Self.retries(&$0)
            $0.timeout = .seconds(5)
            $0.busy = .restart
        }
        daemon.manner.obeysSignals = true
        try Self.touch(&daemon)
        daemon.pass(.seconds(5))
        daemon.pass(.seconds(10))
        #expect(daemon.runs.map(Self.reason) == ["touch", "retry"])
        try Self.touch(&daemon)
        daemon.settle()
        #expect(daemon.runs.map(Self.reason) == ["touch", "retry", "touch"])
    }

    @Test func `retry: the next daemon goes on with it`() throws {
        var daemon = try Self.daemon(Self.retries)
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 1))
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.restart(Self.plan(Self.retries))
        daemon.settle()
        #expect(daemon.runs.map(Self.reason) == ["touch", "retry"])
    }

    @Test func `retry: an action that is gone is not repeated`() throws {
        var daemon = try Self.daemon(Self.retries)
        try Self.touch(&daemon)
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload([])
        daemon.settle()
        Self.end(&daemon, 1, .exited(status: 1))
        daemon.pass(.seconds(1000))
        #expect(daemon.runs.count == 1)
    }

    @Test func `retry: a shortage of the system is waited for all the same`() throws {
        var daemon = try Self.daemon(Self.retries)
        try Self.touch(&daemon)
        Self.end(&daemon, 1, .exited(status: 1))
        daemon.startFailure = StartFailure(step: .clone, error: .tryAgain)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count == 1)
        daemon.startFailure = nil
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 1)
        daemon.pass(.seconds(2))
        #expect(daemon.runs.map(Self.reason) == ["touch", "touch"])
    }

    // MARK: rate_limit

    @Test func `rate limit: what is too much waits, and is one run`() throws {
        var daemon = try Self.daemon { $0.rateLimit = RateLimit(runs: 2, per: .seconds(60)) }
        for number in 1...2 as ClosedRange<UInt64> {
            try Self.touch(&daemon)
            Self.end(&daemon, number)
        }
        daemon.pass(.seconds(20))
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 2)
        guard case .throttled(Self.path, let wait) = daemon.logs.last else {
            Issue.record("\(daemon.logs)")
            return
        }
        #expect(wait > .seconds(39) && wait <= .seconds(40))
        try Self.touch(&daemon)
        daemon.pass(.seconds(39))
        #expect(daemon.runs.count == 2)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 3)
        Self.end(&daemon, 3)
        daemon.pass(.seconds(1000))
        #expect(daemon.runs.count == 3)
    }

    @Test func `rate limit: what waits is not lost with the daemon`() throws {
        var daemon = try Self.daemon { $0.rateLimit = RateLimit(runs: 1, per: .seconds(60)) }
        try Self.touch(&daemon)
        Self.end(&daemon, 1)
        try Self.touch(&daemon)
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.restart(Self.plan { _ in })
        daemon.settle()
        #expect(daemon.runs.count == 2)
    }

    // MARK: run_at_start

    @Test func `run at start: one run when the daemon starts, and none on a reload`() throws {
        var daemon = try Self.daemon { $0.runAtStart = true }
        #expect(daemon.runs.map(Self.reason) == ["start"])
        #expect(daemon.runs[0].variable("TOUCHMON_MTIME_NS") == nil)
        Self.end(&daemon, 1)
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload(Self.plan { $0.runAtStart = true })
        daemon.pass(.seconds(5))
        #expect(daemon.runs.count == 1)
        daemon.crash()
        daemon.restart(Self.plan { $0.runAtStart = true })
        daemon.settle()
        #expect(daemon.runs.count == 2)
    }

    @Test func `run at start: what could not begin is the next daemon's`() throws {
        var daemon = try Self.daemon { _ in }
        daemon.crash()
        daemon.startFailure = StartFailure(step: .clone, error: .tryAgain)
        daemon.restart(Self.plan { $0.runAtStart = true })
        daemon.pass(.seconds(3))
        #expect(daemon.runs.isEmpty)
        daemon.crash()
        daemon.startFailure = nil
        daemon.restart(Self.plan { _ in })
        daemon.settle()
        #expect(daemon.runs.map(Self.reason) == ["start"])
    }

    @Test func `run at start: it is also for a touch from before`() throws {
        var daemon = try Self.daemon { _ in }
        daemon.crash()
        daemon.kernel.advance(by: .seconds(1))
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        daemon.restart(Self.plan { $0.runAtStart = true })
        daemon.settle()
        #expect(daemon.runs.count == 1)
        Self.end(&daemon, 1)
        #expect(daemon.runs.count == 1)
    }
}
