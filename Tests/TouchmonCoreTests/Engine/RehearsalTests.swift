import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// `run --dry-run`: what would be run is said, and is over at once.
@Suite struct RehearsalTests {
    private static let path = RawPath("/srv/a")

    /// Takes what the engine asks for; a run is only said. Returns what would be run.
    private static func rehearse(_ daemon: inout SimulatedDaemon, _ count: Int) -> [LogEvent] {
        var (said, left): ([LogEvent], Int) = ([], count)
        while left > 0, let effect = daemon.engine.nextEffect(at: daemon.clock) {
            switch effect {
            case .start(let spec):
                daemon.engine.rehearsed(spec, at: daemon.clock)
                left -= 1
            case .readEvents: daemon.engine.eventsDrained(wall: daemon.kernel.now)
            default: break
            }
            while let (event, _) = daemon.engine.nextLog() {
                if case .wouldRun = event { said.append(event) }
            }
        }
        return said
    }

    @Test func `a run that is only said ends at once, and the next is due`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        let action = PlannedAction("/srv/a", argv: ["make", "x y"])
        var daemon = SimulatedDaemon(kernel: kernel, plan: [action])
        daemon.settle()
        for _ in 1...2 {
            try daemon.engine.trigger(Self.path, at: daemon.clock)
            #expect(
                Self.rehearse(&daemon, 1) == [
                    .wouldRun(
                        Self.path, action.command.identity, argv: action.command.argv, .manual)
                ])
            #expect(daemon.engine.status(of: Self.path, calendar: 0)?.state == .idle)
        }
        #expect(daemon.runs.isEmpty)
        #expect(![1, 2].contains { daemon.engine.isActive(RunNumber($0)) })
    }

    @Test func `a run that is not known is not said`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [PlannedAction("/srv/a")])
        daemon.settle()
        try daemon.engine.trigger(Self.path, at: daemon.clock)
        daemon.settle()
        let spec = try #require(daemon.runs.first?.spec)
        daemon.end(RunNumber(1))
        daemon.settle()
        daemon.engine.rehearsed(spec, at: daemon.clock)
        let isLogged = daemon.engine.nextLog() != nil
        #expect(!isLogged)
    }
}
