import Testing
import TouchmonCore
import TouchmonTestSupport

/// A daemon that ends and leaves its runs to the next one.
@Suite struct HandOverTests {
    private static let plan = [PlannedAction("/srv/a"), PlannedAction("/srv/b")]

    private static func daemon() throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        for file in ["/srv/a", "/srv/b"] {
            try kernel.close(try kernel.open(RawPath(file), [.write, .create]))
        }
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.settle()
        return daemon
    }

    private static func touch(_ path: String, _ daemon: inout SimulatedDaemon) throws {
        daemon.tick(.milliseconds(1))
        try daemon.kernel.setTimes(RawPath(path), access: .now, modification: .now)
        daemon.settle()
    }

    @Test func `it ends at once, and its run goes on with the next daemon`() throws {
        var daemon = try Self.daemon()
        try Self.touch("/srv/a", &daemon)
        daemon.signal(.handOver)
        daemon.settle()
        #expect(daemon.hasExited)
        #expect(daemon.logs.suffix(2) == [.handingOver(runs: 1), .stopped(waiting: 0)])
        #expect(daemon.runs.map(\.signals) == [[]])
        #expect(daemon.runs.map(\.ended) == [nil])
        daemon.crash()
        daemon.restart(Self.plan)
        daemon.settle()
        #expect(daemon.runs.map(\.isAdopted) == [true])
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.count == 1)
        #expect(
            daemon.logs.contains {
                if case .ended(RunNumber(1), _, _, _) = $0 { true } else { false }
            })
    }

    @Test func `what waited, and what was touched in between, is the next daemon's`() throws {
        var daemon = try Self.daemon()
        try Self.touch("/srv/a", &daemon)
        try Self.touch("/srv/a", &daemon)
        daemon.signal(.handOver)
        daemon.settle()
        #expect(daemon.hasExited)
        #expect(daemon.logs.last == .stopped(waiting: 1))
        daemon.crash()
        try Self.touch("/srv/b", &daemon)
        daemon.restart(Self.plan)
        daemon.settle()
        #expect(daemon.runs.map(\.path) == [RawPath("/srv/a"), RawPath("/srv/b")])
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(
            daemon.runs.map(\.path) == [RawPath("/srv/a"), RawPath("/srv/b"), RawPath("/srv/a")])
    }

    @Test func `a drain that is under way is given up for it`() throws {
        var daemon = try Self.daemon()
        try Self.touch("/srv/a", &daemon)
        daemon.signal(.terminate)
        daemon.settle()
        #expect(!daemon.hasExited)
        daemon.signal(.handOver)
        daemon.signal(.handOver)
        daemon.settle()
        #expect(daemon.hasExited)
        #expect(daemon.runs.map(\.signals) == [[]])
        #expect(daemon.logs.count { if case .handingOver = $0 { true } else { false } } == 1)
    }

    @Test func `without a ledger nobody could go on with the run, and it is waited for`() throws {
        var daemon = try Self.daemon()
        try Self.touch("/srv/a", &daemon)
        daemon.engine.ledgerFailed(
            LedgerFailure(.full, RawPath("/var/lib/touchmon"), reason: "No space"),
            at: daemon.clock)
        daemon.signal(.handOver)
        #expect(daemon.engine.isActive(RunNumber(1)))
        #expect(daemon.engine.serviceFacts(problems: 0).endsBy != nil)
    }
}
