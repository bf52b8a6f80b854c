import Testing
import TouchmonCore
import TouchmonTestSupport

/// Answers to the engine that come late, or out of order.
@Suite struct AnswerTests {
    private static let path = RawPath("/srv/a")
    private static let alice = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [])

    /// An action, of a user's own file where there is a reader.
    private static func action(_ path: RawPath = path, reader: RunIdentity? = nil) -> PlannedAction
    {
        var command = PlannedAction("/srv/a").command
        command.reader = reader
        return PlannedAction(path: path, Shared(command))
    }

    private static func daemon(_ plan: [PlannedAction]) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        for name in ["/srv/a", "/srv/b"] {
            try kernel.close(try kernel.open(RawPath(name), [.write, .create]))
        }
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.tick(.milliseconds(1))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
    }

    /// A daemon that was told to start a run and has not yet.
    private static func starting() throws -> (SimulatedDaemon, RunSpec) {
        var daemon = try daemon([action()])
        try touch(&daemon)
        var before = daemon
        while daemon.runs.isEmpty, daemon.step() {}
        var next = before
        while next.step(), next.runs.isEmpty { before = next }
        guard case .start(let spec) = before.engine.nextEffect(at: before.clock) else {
            throw ErrorNumber.tryAgain
        }
        return (before, spec)
    }

    @Test func `a run that is made while others are stopped is stopped too`() throws {
        var (daemon, spec) = try Self.starting()
        daemon.signal(.terminate)
        daemon.engine.made(spec.number, process: 7)
        var engine = daemon.engine
        if case .stop = engine.nextEffect(at: daemon.clock) {
            Issue.record("it may finish while the daemon drains")
        }
        (daemon, spec) = try Self.starting()
        daemon.signal(.terminate)
        daemon.signal(.terminate)
        daemon.engine.made(spec.number, process: 7)
        guard case .stop(_, 7, 15) = daemon.engine.nextEffect(at: daemon.clock) else {
            Issue.record("it outlives the others")
            return
        }
    }

    @Test func `a run that is made while others are killed is killed too`() throws {
        var (daemon, spec) = try Self.starting()
        for _ in 1...3 { daemon.signal(.terminate) }
        guard case .readEvents? = daemon.engine.nextEffect(at: daemon.clock) else {
            daemon.engine.made(spec.number, process: 7)
            guard case .stop(_, 7, 9) = daemon.engine.nextEffect(at: daemon.clock) else {
                Issue.record("it outlives the others")
                return
            }
            return
        }
        Issue.record("nothing is left to be heard")
    }

    /// A path whose touch is asked about is found by the next daemon, whatever else happens to it.
    @Test func `nothing is recorded of a path as long as it is not known whether its touch counts`()
        throws
    {
        var daemon = try Self.daemon([Self.action(reader: Self.alice)])
        daemon.readersMayRead = nil
        try Self.touch(&daemon)
        daemon.settle()
        daemon.tick(.milliseconds(1))
        try daemon.kernel.setTimes(
            Self.path, access: .now, modification: .set(FileTime(seconds: 1000)))
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        // In the journal, and when everything is saved.
        daemon.pass(.seconds(120))
        #expect(daemon.runs.isEmpty)
        daemon.crash()
        daemon.readersMayRead = true
        daemon.restart([Self.action(reader: Self.alice)])
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `what is said of a run after its end changes nothing`() throws {
        var (daemon, spec) = try Self.starting()
        daemon.engine.made(spec.number, process: 7)
        daemon.engine.ended(spec.number, .signalled(signal: 9), at: daemon.clock)
        daemon.settle()
        let logs = daemon.logs
        #expect(logs.contains { if case .ended(spec.number, _, _, _) = $0 { true } else { false } })
        daemon.engine.made(spec.number, process: 7)
        daemon.engine.started(spec.number)
        daemon.engine.notStarted(
            spec.number, StartFailure(step: .execute, error: .noMemory), at: daemon.clock)
        daemon.engine.ended(spec.number, .exited(status: 0), at: daemon.clock)
        daemon.pass(.seconds(100))
        #expect(daemon.logs == logs)
        #expect(daemon.runs.isEmpty)
    }

    @Test func `what a run's start is short of after its action was removed is not tried again`()
        throws
    {
        var (daemon, spec) = try Self.starting()
        daemon.engine.made(spec.number, process: 7)
        daemon.reload([])
        daemon.engine.notStarted(
            spec.number, StartFailure(step: .execute, error: .noMemory), at: daemon.clock)
        daemon.pass(.seconds(100))
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.contains { if case .notStarted = $0 { true } else { false } })
    }

    @Test func `the log is owed since the oldest event that it has not said`() throws {
        var daemon = try Self.daemon([Self.action()])
        #expect(daemon.engine.oldestLog == nil)
        let first = daemon.clock
        daemon.engine.ledgerFailed(
            LedgerFailure(.full, RawPath("/var"), reason: "full"), at: first)
        daemon.tick(.seconds(3))
        daemon.engine.saved(at: daemon.clock)
        #expect(daemon.engine.oldestLog == first)
        #expect(daemon.engine.nextLog()?.time == first)
        #expect(daemon.engine.oldestLog == daemon.clock)
        #expect(daemon.engine.nextLog()?.event == .ledgerRestored)
        #expect(daemon.engine.oldestLog == nil)
    }

    @Test func `a save that came at a bad moment comes again`() throws {
        var daemon = try Self.daemon([Self.action()])
        try Self.touch(&daemon)
        daemon.settle()
        daemon.end(RunNumber(1))
        daemon.settle()
        daemon.tick(.seconds(20))
        daemon.engine.timePassed(at: daemon.clock)
        guard case .save(let change) = daemon.engine.nextEffect(at: daemon.clock) else {
            Issue.record("no save was due")
            return
        }
        #expect(change.runs.map(\.number) == [RunNumber(1)])
        daemon.engine.savePostponed(at: daemon.clock)
        #expect(daemon.engine.nextEffect(at: daemon.clock) == nil)
        #expect(daemon.engine.nextDeadline() == daemon.clock.advanced(by: .milliseconds(50)))
        daemon.pass(.milliseconds(50))
        #expect(daemon.state.history[RunNumber(1)]?.ending == .ended(.exited(status: 0)))
        #expect(daemon.lastSave == daemon.clock)
    }

    // MARK: Who may read

    @Test func `a touch that waits for its reader counts when a reload asks for none`() throws {
        var daemon = try Self.daemon([Self.action(reader: Self.alice)])
        daemon.readersMayRead = nil
        try Self.touch(&daemon)
        daemon.pass(.seconds(3))
        #expect(daemon.runs.isEmpty)
        daemon.reload([Self.action()])
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
    }

    @Test func `a touch that waits for its reader is counted with the next one's`() throws {
        var daemon = try Self.daemon([Self.action(reader: Self.alice)])
        daemon.runDuration = .milliseconds(1)
        daemon.readersMayRead = nil
        try Self.touch(&daemon)
        daemon.settle()
        daemon.readersMayRead = true
        try Self.touch(&daemon)
        daemon.pass(.milliseconds(10))
        #expect(daemon.runs.count == 1)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count == 1)
    }

    @Test func `a touch that is refused by a reader of before the reload counts`() throws {
        var daemon = try Self.daemon([Self.action(reader: Self.alice)])
        daemon.readersMayRead = nil
        try Self.touch(&daemon)
        daemon.settle()
        daemon.tick(.seconds(1))
        daemon.engine.timePassed(at: daemon.clock)
        // The question is on its way.
        daemon.reload([Self.action()])
        daemon.readersMayRead = false
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    /// The place of a removed action is the next one's.
    @Test(arguments: [false, true])
    func `a question about a path that is not watched any more is no touch of another`(
        isAsked: Bool
    ) throws {
        let (kept, new) = (RawPath("/srv/b"), RawPath("/srv/c"))
        var daemon = try Self.daemon(
            [Self.action(reader: Self.alice), Self.action(kept, reader: Self.alice)])
        daemon.readersMayRead = nil
        try Self.touch(&daemon)
        try daemon.kernel.setTimes(kept, access: .now, modification: .now)
        daemon.settle()
        if isAsked {
            daemon.tick(.seconds(1))
            daemon.engine.timePassed(at: daemon.clock)
        }
        daemon.reload(
            [Self.action(new, reader: Self.alice), Self.action(kept, reader: Self.alice)])
        daemon.readersMayRead = true
        daemon.pass(.seconds(10))
        #expect(daemon.runs.map(\.path) == [kept])
    }

    /// What is not known to count must not be written down as handled, whatever else is to be
    /// written of the path.
    @Test func `a touch that waits for its reader is the next daemon's to find`() throws {
        let plan = [Self.action(reader: Self.alice)]
        var daemon = try Self.daemon(plan)
        daemon.readersMayRead = nil
        try Self.touch(&daemon)
        daemon.settle()
        daemon.tick(.milliseconds(1))
        try daemon.kernel.setTimes(
            Self.path, access: .now, modification: .set(FileTime(seconds: 5)))
        daemon.settle()
        daemon.crash()
        daemon.readersMayRead = true
        daemon.restart(plan)
        daemon.pass(.seconds(3))
        #expect(daemon.runs.count == 1)
    }

    @Test func `a touch that was refused is not found again by the next daemon`() throws {
        let plan = [Self.action(reader: Self.alice)]
        var daemon = try Self.daemon(plan)
        daemon.readersMayRead = false
        try Self.touch(&daemon)
        daemon.settle()
        daemon.crash()
        daemon.readersMayRead = true
        daemon.restart(plan)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.isEmpty)
    }

    // MARK: Starts that fail

    @Test(
        arguments: [(.execute, .notStarted), (.clone, nil)] as [(StartStep, RunEnding?)])
    func `a run that had a process and executed nothing is in the history`(
        step: StartStep, ending: RunEnding?
    ) throws {
        var daemon = try Self.daemon([Self.action()])
        daemon.startFailure = StartFailure(step: step, error: .permissionDenied)
        try Self.touch(&daemon)
        daemon.pass(.seconds(20))
        #expect(daemon.state.history[RunNumber(1)]?.ending == ending)
    }

    @Test func `a start that the system was too short for is said again after one that was not`()
        throws
    {
        var daemon = try Self.daemon([Self.action()])
        daemon.runDuration = .milliseconds(1)
        let failure = StartFailure(step: .clone, error: .noMemory)
        for number in 1...3 {
            daemon.startFailure = failure
            try Self.touch(&daemon)
            daemon.pass(.milliseconds(1500))
            daemon.startFailure = nil
            daemon.pass(.seconds(3))
            #expect(daemon.runs.count == number)
            let waits = daemon.logs.compactMap { event -> Duration? in
                if case .postponed(_, _, _, _, _, let wait) = event { wait } else { nil }
            }
            #expect(waits == Array(repeating: .seconds(1), count: number))
        }
    }

    // MARK: Reloads

    @Test
    func
        `a reload that is asked for before the files are read is the same, and after that another`()
        throws
    {
        var daemon = try Self.daemon([Self.action()])
        for number in 1...4 {
            daemon.signal(.hangUp)
            daemon.signal(.hangUp)
            daemon.settle()
            #expect(daemon.wantsActionFiles)
            #expect(daemon.logs.count { $0 == .reloading } == 2 * number - 1)
            daemon.signal(.hangUp)
            daemon.settle()
            #expect(daemon.logs.count { $0 == .reloading } == 2 * number - 1)
            if number % 2 == 0 { daemon.refuseReload() } else { daemon.reload([Self.action()]) }
            daemon.settle()
            #expect(daemon.wantsActionFiles)
            #expect(daemon.logs.count { $0 == .reloading } == 2 * number)
            daemon.reload([Self.action()])
            daemon.settle()
            #expect(!daemon.wantsActionFiles)
        }
        daemon.signal(.terminate)
        daemon.signal(.hangUp)
        daemon.settle()
        #expect(!daemon.wantsActionFiles, "it is too late")
    }

    // MARK: Taken up late

    /// The ledger can't be read at first; an action runs; then the ledger tells of a run of it that
    /// still lives.
    @Test func `a run that lives beside one of this daemon is not taken up`() throws {
        var daemon = try Self.daemon([Self.action()])
        try Self.touch(&daemon)
        daemon.settle()
        daemon.crash()
        daemon.state.failure = LedgerFailure(.unusable, RawPath("/var"), reason: "gone")
        daemon.restart([Self.action()])
        daemon.pass(.seconds(1))
        try Self.touch(&daemon)
        daemon.settle()
        #expect(daemon.runs.count == 2)
        daemon.state.failure = nil
        daemon.pass(.seconds(120))
        #expect(!daemon.logs.contains { if case .adopted = $0 { true } else { false } })
        daemon.end(RunNumber(1))
        daemon.pass(.seconds(10))
        #expect(daemon.runs.count <= 3)
    }
}
