/// The metrics of each action, made row by row: all samples of a metric have to stand together.
package struct ActionMetrics {
    private var running = MetricsText()
    private var waiting = MetricsText()
    private var paused = MetricsText()
    private var success = MetricsText()
    private var time = MetricsText()

    package init() {
        running.metric(
            "action_running_runs", .gauge, "Runs of the action that have not ended.")
        waiting.metric(
            "action_waiting", .gauge,
            "Whether a run of the action is due, or its path is to become quiet.")
        paused.metric("action_paused", .gauge, "Whether somebody has paused the action.")
    }

    package mutating func add(_ row: StatusRow) {
        let labels = MetricsText.labels([
            "path": String(decoding: row.path.bytes, as: UTF8.self)
        ])
        let isWaiting = row.due != nil || row.state == .settling || row.state == .waiting
        running.sample("action_running_runs", labels, "\(row.runs.count)")
        waiting.sample("action_waiting", labels, isWaiting ? "1" : "0")
        paused.sample("action_paused", labels, row.pause == nil ? "0" : "1")
        guard let ended = row.last?.ended, let ending = row.last?.ending else { return }
        if success.bytes.isEmpty {
            success.metric(
                "action_last_run_success", .gauge,
                "Whether the last run of the action that ended has succeeded.")
            time.metric(
                "action_last_run_timestamp_seconds", .gauge,
                "When the last run of the action that ended has ended, in seconds since 1970.")
        }
        let isSuccess = ending == .ended(.exited(status: 0))
        success.sample("action_last_run_success", labels, isSuccess ? "1" : "0")
        time.sample(
            "action_last_run_timestamp_seconds", labels,
            MetricsText.seconds(UInt64(max(0, ended))))
    }

    /// All of them, as text.
    package var bytes: [UInt8] {
        running.bytes + waiting.bytes + paused.bytes + success.bytes + time.bytes
    }
}
