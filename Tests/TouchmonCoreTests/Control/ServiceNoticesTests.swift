import Testing
import TouchmonCore
import TouchmonTestSupport

/// What a service manager is told, and when.
@Suite struct ServiceNoticesTests {
    private static func at(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }

    /// Says what is new, as the daemon does; nil where nothing is.
    private static func say(
        _ facts: ServiceNotices.Facts, _ notices: inout ServiceNotices, at seconds: Int64 = 7
    ) -> [String]? {
        guard let message = notices.next(facts, at: at(seconds)) else { return nil }
        notices.sent(message)
        #expect(notices.next(facts, at: at(seconds + 1)) == nil)
        return String(decoding: message.bytes, as: UTF8.self).split(separator: "\n").map(
            String.init)
    }

    private static var facts: ServiceNotices.Facts {
        var facts = ServiceNotices.Facts()
        facts.actions = 1000
        facts.isReady = true
        return facts
    }

    @Test func `it is ready once, and then says what changes`() {
        var notices = ServiceNotices(process: 123)
        var facts = Self.facts
        facts.isReady = false
        #expect(Self.say(facts, &notices) == ["STATUS=looking at 1,000 paths"])
        facts.isReady = true
        #expect(
            Self.say(facts, &notices)
                == ["READY=1", "MAINPID=123", "STATUS=1,000 actions, 0 running"])
        facts.runs = 2
        facts.degraded = ["ledger", "output"]
        #expect(
            Self.say(facts, &notices)
                == ["STATUS=1,000 actions, 2 running, degraded: ledger, output"])
        facts.actions = 1
        facts.degraded = []
        #expect(Self.say(facts, &notices) == ["STATUS=1 action, 2 running"])
    }

    @Test func `a reload begins with its time, and ends`() {
        var notices = ServiceNotices(process: 123)
        var facts = Self.facts
        _ = Self.say(facts, &notices)
        facts.isReloading = true
        #expect(
            Self.say(facts, &notices, at: 90)
                == [
                    "RELOADING=1", "MONOTONIC_USEC=90000000",
                    "STATUS=1,000 actions, 0 running, reading the action files again",
                ])
        facts.isReloading = false
        facts.problems = 2
        #expect(
            Self.say(facts, &notices)
                == [
                    "READY=1", "MAINPID=123",
                    "STATUS=1,000 actions, 0 running, nothing changed by the last reload: 2 errors",
                ])
    }

    @Test func `the end is told with how long it may take`() {
        var notices = ServiceNotices(process: 123)
        var facts = Self.facts
        facts.runs = 1
        _ = Self.say(facts, &notices)
        facts.isStopping = true
        facts.endsBy = Self.at(140)
        #expect(
            Self.say(facts, &notices, at: 100)
                == ["STOPPING=1", "EXTEND_TIMEOUT_USEC=55000000", "STATUS=ending: 1 running"])
        facts.endsBy = Self.at(160)
        #expect(
            Self.say(facts, &notices, at: 130)
                == ["EXTEND_TIMEOUT_USEC=45000000", "STATUS=ending: 1 running"])
        facts.runs = 0
        facts.endsBy = nil
        #expect(Self.say(facts, &notices, at: 131) == ["STATUS=ending: 0 running"])
    }

    @Test func `a time without end does not overflow`() {
        var notices = ServiceNotices(process: 1)
        var facts = Self.facts
        facts.isStopping = true
        facts.endsBy = Instant(nanoseconds: .max)
        let lines = Self.say(facts, &notices, at: 0) ?? []
        #expect(lines.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=92233720") })
    }

    @Test func `what could not be sent is said again, as it is then`() {
        let notices = ServiceNotices(process: 123)
        var facts = Self.facts
        let first = notices.next(facts, at: Self.at(1))
        facts.runs = 1
        let second = notices.next(facts, at: Self.at(2))
        #expect(first?.bytes.starts(with: Array("READY=1\n".utf8)) == true)
        #expect(
            second?.bytes == Array("READY=1\nMAINPID=123\nSTATUS=1,000 actions, 1 running".utf8))
    }

    @Test func `a watchdog is told at half its time, by the process that it means`() throws {
        func watchdog(_ wait: String?, _ process: String?) -> Watchdog? {
            Watchdog(
                microseconds: wait.map { Array($0.utf8) }, process: process.map { Array($0.utf8) },
                own: 123, at: Self.at(5))
        }
        for wait in [nil, "", "0", "-5", "soon"] { #expect(watchdog(wait, nil) == nil) }
        #expect(watchdog("30000000", "124") == nil)
        var found = try #require(watchdog("30000000", "123"))
        #expect(watchdog("30000000", nil) != nil)
        #expect(found.deadline == Self.at(5))
        func isDue(_ seconds: Int64) -> Bool { found.isDue(at: Self.at(seconds)) }
        #expect(isDue(5))
        #expect(found.deadline == Self.at(20))
        #expect(!isDue(19))
        #expect(isDue(21))
        // From then, and not from when it was due: nobody catches up.
        #expect(found.deadline == Self.at(36))
        #expect(watchdog("9223372036854775807", nil)?.deadline == Self.at(5))
    }

    // MARK: The daemon's own facts

    private static func daemon(_ action: PlannedAction) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(RawPath("/srv/a"), [.write, .create]))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [action])
        #expect(!daemon.engine.serviceFacts(problems: 0).isReady)
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(RawPath("/srv/a"), access: .now, modification: .now)
        daemon.settle()
    }

    @Test func `the daemon's facts follow what it does`() throws {
        var daemon = try Self.daemon(PlannedAction("/srv/a"))
        var facts = daemon.engine.serviceFacts(problems: 3)
        #expect(facts.isReady && !facts.isReloading && !facts.isStopping && facts.endsBy == nil)
        #expect((facts.actions, facts.runs, facts.problems) == (1, 0, 3))
        try Self.touch(&daemon)
        #expect(daemon.engine.serviceFacts(problems: 0).runs == 1)
        daemon.signal(.hangUp)
        #expect(daemon.engine.serviceFacts(problems: 0).isReloading)
        daemon.settle()
        daemon.refuseReload()
        #expect(!daemon.engine.serviceFacts(problems: 0).isReloading)
        let begun = daemon.clock
        daemon.signal(.terminate)
        facts = daemon.engine.serviceFacts(problems: 0)
        // --drain, and then the run's own `stop_timeout`.
        #expect(facts.isStopping && facts.endsBy == begun.advanced(by: .seconds(40)))
        daemon.pass(.seconds(31))
        #expect(
            daemon.engine.serviceFacts(problems: 0).endsBy == begun.advanced(by: .seconds(40)))
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.hasExited)
    }
}
