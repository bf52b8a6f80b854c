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
}
