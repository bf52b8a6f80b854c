import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// What is counted of a daemon's life, on a simulated clock.
@Suite struct MetricsTests {
    private static let path = RawPath("/srv/a")

    private static func daemon(_ action: PlannedAction) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        kernel.advance(by: .seconds(7200))
        var daemon = SimulatedDaemon(kernel: kernel, plan: [action])
        daemon.runDuration = .milliseconds(30)
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon) throws {
        daemon.pass(.milliseconds(10))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.settle()
    }

    /// The samples without their prefix, by name and labels.
    private static func samples(_ daemon: SimulatedDaemon) -> [String: String] {
        var text = MetricsText()
        daemon.engine.writeMetrics(to: &text)
        return samples(text.bytes)
    }

    private static func samples(_ text: [UInt8]) -> [String: String] {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let pairs = lines.filter { !$0.hasPrefix("#") }.compactMap { line -> (String, String)? in
            guard let space = line.lastIndex(of: " ") else { return nil }
            return (
                String(line[..<space].dropFirst("touchmon_".count)),
                String(line[space...].dropFirst())
            )
        }
        return Dictionary(pairs) { _, last in last }
    }

    @Test func `touches, runs, and how long both took`() throws {
        var daemon = try Self.daemon(
            PlannedAction("/srv/a", settle: SettlePolicy(quiet: .milliseconds(20))))
        try Self.touch(&daemon)
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        let samples = Self.samples(daemon)
        #expect(samples["touches_total{result=\"counted\"}"] == "2")
        #expect(samples["runs_started_total"] == "1")
        #expect(samples["runs_total{outcome=\"success\"}"] == "1")
        // The run waited for 20 ms after the second touch, which came 10 ms after the first.
        #expect(samples["touch_to_start_seconds_bucket{le=\"0.025\"}"] == "0")
        #expect(samples["touch_to_start_seconds_bucket{le=\"0.1\"}"] == "1")
        #expect(samples["touch_to_start_seconds_sum"] == "0.03")
        #expect(samples["run_duration_seconds_bucket{le=\"0.01\"}"] == "0")
        #expect(samples["run_duration_seconds_bucket{le=\"0.1\"}"] == "1")
        #expect(samples["run_duration_seconds_bucket{le=\"+Inf\"}"] == "1")
        #expect(samples["run_duration_seconds_sum"] == "0.03")
        #expect(samples["run_duration_seconds_count"] == "1")
        #expect(samples["actions"] == "1" && samples["running_runs"] == "0")
    }

    @Test func `what is due and under way, and what is not counted`() throws {
        var policy = RunPolicy()
        policy.busy = .skip
        var daemon = try Self.daemon(PlannedAction("/srv/a", policy: policy))
        try Self.touch(&daemon)
        #expect(Self.samples(daemon)["running_runs"] == "1")
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        try Self.touch(&daemon)
        let samples = Self.samples(daemon)
        #expect(samples["touches_total{result=\"counted\"}"] == "3")
        #expect(samples["touches_total{result=\"skipped\"}"] == "1")
        #expect(samples["runs_started_total"] == "2")
        // What was skipped is not waited for: the last run began at once.
        #expect(samples["touch_to_start_seconds_bucket{le=\"0.001\"}"] == "2")
    }

    @Test func `each action has its own samples, whatever its path is`() {
        let ended = HistoryRow(
            run: RunNumber(3), path: RawPath("/a\"\\\n"), reason: .touch, started: 0,
            ended: 1_500_000_000, ending: .ended(.exited(status: 1)), user: 0, process: 1,
            attempt: 1, toucher: nil)
        var metrics = ActionMetrics()
        metrics.add(
            StatusRow(
                path: RawPath("/a\"\\\n"), state: .running, mechanism: "inotify",
                runs: [RunNumber(4)], due: .touch, last: ended))
        metrics.add(StatusRow(path: RawPath("/b"), state: .idle, mechanism: "inotify"))
        let samples = Self.samples(metrics.bytes), odd = "{path=\"/a\\\"\\\\\\n\"}"
        #expect(samples["action_running_runs\(odd)"] == "1")
        #expect(samples["action_running_runs{path=\"/b\"}"] == "0")
        #expect(samples["action_waiting\(odd)"] == "1")
        #expect(samples["action_last_run_success\(odd)"] == "0")
        #expect(samples["action_last_run_timestamp_seconds\(odd)"] == "1.5")
        #expect(samples["action_last_run_success{path=\"/b\"}"] == nil)
    }

    @Test func `a pause, and a run that went well`() {
        var metrics = ActionMetrics()
        metrics.add(
            StatusRow(
                path: RawPath("/a"), state: .paused, mechanism: "inotify",
                pause: StatusRow.Paused(since: 0, until: nil, reason: [], user: 0),
                last: HistoryRow(
                    run: RunNumber(3), path: RawPath("/a"), reason: .touch, started: 0, ended: 1,
                    ending: .ended(.exited(status: 0)), user: 0, process: 1, attempt: 1,
                    toucher: nil)))
        let samples = Self.samples(metrics.bytes)
        #expect(samples["action_paused{path=\"/a\"}"] == "1")
        #expect(samples["action_last_run_success{path=\"/a\"}"] == "1")
    }

    @Test func `what can't be done as it should be`() throws {
        var daemon = try Self.daemon(PlannedAction("/srv/a"))
        #expect(daemon.engine.degradations == [])
        daemon.state.failure = LedgerFailure(.full, RawPath("/var"), reason: "full")
        try Self.touch(&daemon)
        daemon.pass(.seconds(60))
        #expect(daemon.engine.degradations == ["ledger"])
        let samples = Self.samples(daemon)
        #expect(samples["degraded{part=\"ledger\"}"] == "1")
        #expect(samples["degraded{part=\"output\"}"] == "0")
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.000000001"), (1_000_000_000, "1"), (12_340_000_000, "12.34"),
        ] as [(UInt64, String)])
    func `seconds have as many digits as they need`(nanoseconds: UInt64, text: String) {
        #expect(MetricsText.seconds(nanoseconds) == text)
    }
}
