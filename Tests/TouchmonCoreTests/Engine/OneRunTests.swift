import Testing
import TouchmonCore
import TouchmonTestSupport

/// A daemon that ends with the first run that ends by itself.
@Suite struct OneRunTests {
    private static func daemon(
        _ busy: BusyPolicy = .queue, _ change: (inout SimulatedDaemon) -> Void
    ) throws -> SimulatedDaemon {
        var policy = RunPolicy.standard
        policy.busy = busy
        policy.runAtStart = true
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        kernel.advance(by: .seconds(3600))
        var daemon = SimulatedDaemon(
            kernel: kernel, plan: [try .tree("/srv/", policy: policy)])
        daemon.engine.endsWithRun = true
        change(&daemon)
        daemon.settle()
        return daemon
    }

    @Test func `it ends when the run has, and says how`() throws {
        var daemon = try Self.daemon {
            $0.manner.duration = .seconds(3)
            $0.manner.outcome = .exited(status: 4)
        }
        daemon.pass(.seconds(2))
        #expect(!daemon.hasExited && daemon.engine.lastEnding == nil)
        daemon.pass(.seconds(2))
        #expect(daemon.hasExited && daemon.runs.count == 1)
        #expect(daemon.engine.lastEnding == .ended(.exited(status: 4)))
    }

    @Test func `a run that another takes the place of is not the last`() throws {
        var daemon = try Self.daemon(.restart) { $0.manner.obeysSignals = true }
        daemon.pass(.seconds(1))
        try TreeTests.write("/srv/1", &daemon.kernel)
        daemon.pass(.seconds(1))
        #expect(!daemon.hasExited && daemon.runs.count == 2)
        daemon.end(RunNumber(2))
        daemon.pass(.seconds(1))
        #expect(daemon.hasExited)
        #expect(daemon.engine.lastEnding == .ended(.exited(status: 0)))
    }

    @Test func `one that could not be started is the last`() throws {
        var daemon = try Self.daemon {
            $0.startFailure = StartFailure(step: .execute, error: .noSuchFile)
        }
        daemon.pass(.seconds(1))
        #expect(daemon.hasExited && daemon.engine.lastEnding == .notStarted)
    }

    @Test func `who ends the daemon ends no run by itself`() throws {
        var daemon = try Self.daemon { $0.manner.obeysSignals = true }
        daemon.pass(.seconds(1))
        for _ in 0..<2 {
            daemon.signal(.interrupt)
            daemon.pass(.seconds(1))
        }
        #expect(daemon.hasExited && daemon.engine.lastEnding == nil)
    }
}
