import Testing
import TouchmonCore
import TouchmonTestSupport

/// The system refuses what it should not: nothing is taken for granted that could not be looked at,
/// and all is made up for.
@Suite struct ShortageTests {
    private static func kernel() throws -> SimulatedKernel {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(RawPath("/srv/a"), [.write, .create]))
        kernel.advance(by: .seconds(7200))
        return kernel
    }

    private static func daemon(
        _ kernel: SimulatedKernel, _ plan: [PlannedAction] = [PlannedAction("/srv/a")]
    ) -> SimulatedDaemon {
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(RawPath("/srv/a"), access: .now, modification: .now)
    }

    @Test(arguments: [ErrorNumber.noMemory, .inputOutput, .tooManyOpenFiles, .stale])
    func `a file that could not be looked at has not vanished`(error: ErrorNumber) throws {
        var daemon = Self.daemon(try Self.kernel())
        try Self.touch(&daemon)
        daemon.kernel.faults.fail(.status, with: error)
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        daemon.pass(.seconds(60))
        #expect(daemon.runs.count == 1)
    }

    @Test(arguments: 1...4)
    func `a touch counts though the first look failed`(ordinal: Int) throws {
        var kernel = try Self.kernel()
        kernel.faults.fail(.status, ordinal: ordinal, with: .noMemory)
        var daemon = Self.daemon(kernel)
        #expect(daemon.runs.isEmpty)
        try Self.touch(&daemon)
        daemon.pass(.seconds(2))
        // Where the way to the file is not known, a touch before the next look can't be heard.
        if daemon.runs.isEmpty {
            #expect(ordinal < 3)
            try Self.touch(&daemon)
            daemon.pass(.seconds(2))
        }
        #expect(daemon.runs.count == 1)
    }

    /// Also where not even the way to the path could be looked at, so that nothing was heard.
    @Test(arguments: 1...4, [false, true])
    func `a touch that could not be looked at is the next daemon's to find`(
        ordinal: Int, isKilled: Bool
    ) throws {
        var kernel = try Self.kernel()
        kernel.faults.fail(.status, ordinal: ordinal, .forever, with: .noMemory)
        var daemon = Self.daemon(kernel)
        daemon.pass(.seconds(1))
        try Self.touch(&daemon)
        daemon.pass(.seconds(3))
        #expect(daemon.runs.isEmpty)
        if isKilled { daemon.crash() } else { daemon.signal(.terminate) }
        daemon.settle()
        daemon.kernel.faults.clear()
        daemon.restart([PlannedAction("/srv/a")])
        daemon.pass(.seconds(3))
        #expect(daemon.runs.count == 1)
    }

    @Test(arguments: [false, true])
    func `a path that could not be looked at, and was not touched, has no run`(isKilled: Bool)
        throws
    {
        var kernel = try Self.kernel()
        kernel.faults.fail(.status, .forever, with: .noMemory)
        var daemon = Self.daemon(kernel)
        daemon.pass(.seconds(3))
        if isKilled { daemon.crash() } else { daemon.signal(.terminate) }
        daemon.settle()
        daemon.kernel.faults.clear()
        daemon.restart([PlannedAction("/srv/a")])
        daemon.pass(.seconds(3))
        #expect(daemon.runs.isEmpty)
        try Self.touch(&daemon)
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test(arguments: [false, true])
    func `a ledger that opens late says since when a path was not looked at`(isTouched: Bool) throws
    {
        var kernel = try Self.kernel()
        kernel.faults.fail(.status, .forever, with: .noMemory)
        var daemon = Self.daemon(kernel)
        daemon.pass(.seconds(3))
        if isTouched { try Self.touch(&daemon) }
        daemon.crash()
        daemon.kernel.faults.clear()
        daemon.state.failure = LedgerFailure(.noDescriptors, RawPath("/state"), reason: "none")
        daemon.restart([PlannedAction("/srv/a")])
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        daemon.state.failure = nil
        daemon.pass(.seconds(120))
        #expect(daemon.runs.count == (isTouched ? 1 : 0))
    }

    @Test func `a file that is written while the first look fails counts when it is closed`() throws
    {
        var kernel = try Self.kernel()
        kernel.faults.fail(.status, ordinal: 3, with: .inputOutput)
        var daemon = Self.daemon(kernel)
        let file = try daemon.kernel.open(RawPath("/srv/a"), .write)
        try daemon.kernel.write(file, count: 10)
        daemon.pass(.seconds(2))
        #expect(daemon.runs.isEmpty)
        try daemon.kernel.close(file)
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `what could not be watched is heard again as soon as it can`() throws {
        var kernel = try Self.kernel()
        kernel.faults.fail(.addWatch, .forever, with: .noSpace)
        var daemon = Self.daemon(kernel)
        #expect(
            daemon.logs.first
                == .polled(
                    RawPath("/srv/a"),
                    Polling(.unwatched(RawPath("/"), .noSpace), every: .seconds(1))))
        try Self.touch(&daemon)
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        daemon.end(RunNumber(1))
        daemon.kernel.faults.clear()
        daemon.pass(.seconds(2))
        try Self.touch(&daemon)
        daemon.settle()
        #expect(daemon.runs.count == 2)
        #expect(daemon.logs.count { if case .polled = $0 { true } else { false } } == 1)
    }

    @Test func `a link that could not be read is read again`() throws {
        var kernel = try Self.kernel()
        try kernel.makeSymbolicLink(RawPath("/srv/link"), to: RawPath("/srv/a"))
        kernel.faults.fail(.readLink, with: .inputOutput)
        var daemon = Self.daemon(kernel, [PlannedAction("/srv/link")])
        daemon.pass(.seconds(1))
        try Self.touch(&daemon)
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `who may read is asked again where it can't be told`() throws {
        let reader = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [])
        var command = PlannedAction("/srv/a").command
        command.reader = reader
        var daemon = Self.daemon(
            try Self.kernel(), [PlannedAction(path: RawPath("/srv/a"), Shared(command))])
        daemon.readersMayRead = nil
        try Self.touch(&daemon)
        daemon.pass(.seconds(10))
        #expect(daemon.runs.isEmpty)
        #expect(!daemon.logs.contains(.refused(RawPath("/srv/a"), reader: reader)))
        daemon.readersMayRead = true
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        #expect(
            daemon.engine.nextDeadline().map { $0 > daemon.clock.advanced(by: .seconds(1)) } ?? true
        )
    }

    @Test(arguments: StartStep.allCases)
    func `a run that the system was too short for follows, whatever step it was`(
        step: StartStep
    ) throws {
        for error in [ErrorNumber.noMemory, .tryAgain, .inputOutput, .tooManyOpenFiles] {
            var daemon = Self.daemon(try Self.kernel())
            daemon.startFailure = StartFailure(step: step, error: error)
            try Self.touch(&daemon)
            daemon.settle()
            #expect(daemon.runs.isEmpty)
            daemon.startFailure = nil
            daemon.pass(.seconds(1))
            #expect(daemon.runs.count == 1)
        }
    }

    // MARK: What has to be on the disk

    @Test func `the first state of a path has to last, what follows need not`() throws {
        var daemon = Self.daemon(try Self.kernel())
        #expect(daemon.state.lastSaveMustLast)
        try Self.touch(&daemon)
        daemon.pass(.seconds(20))
        #expect(!daemon.state.lastSaveMustLast)
        daemon.reload([PlannedAction("/srv/a"), PlannedAction("/srv/b")])
        daemon.settle()
        #expect(daemon.state.lastSaveMustLast)
        daemon.restart([PlannedAction("/srv/a"), PlannedAction("/srv/b")])
        daemon.settle()
        #expect(!daemon.state.lastSaveMustLast)
    }

    @Test func `a run that has to be tried again is owed, wherever the journal is cut`() throws {
        var daemon = Self.daemon(try Self.kernel())
        let saved = daemon.state.journalLength
        try Self.touch(&daemon)
        daemon.startFailure = StartFailure(step: .execute, error: .noMemory)
        daemon.settle()
        #expect(daemon.state.journalLength > saved)
        daemon.losePower(.keeps(1000))
        daemon.startFailure = nil
        for length in 0...daemon.state.journalLength {
            var next = daemon
            next.state.cutJournal(to: length)
            next.restart([PlannedAction("/srv/a")])
            next.settle()
            #expect(next.runs.count == 1, "cut to \(length)")
        }
    }
}
