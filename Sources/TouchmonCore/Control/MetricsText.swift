/// Metrics in the text format of Prometheus: what node_exporter's textfile collector reads as well.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/
package struct MetricsText {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package enum Kind: String {
        case counter, gauge, histogram
    }

    /// Begins a metric; all of its samples follow.
    package mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
        write("# HELP touchmon_\(name) \(help)\n# TYPE touchmon_\(name) \(kind.rawValue)\n")
    }

    package mutating func sample(
        _ name: String, _ labels: KeyValuePairs<String, String>, _ value: String
    ) {
        write("touchmon_\(name)")
        if !labels.isEmpty {
            write("{")
            for (index, label) in labels.enumerated() {
                write("\(index == 0 ? "" : ",")\(label.key)=\"\(Self.escaped(label.value))\"")
            }
            write("}")
        }
        write(" \(value)\n")
    }

    package mutating func sample(_ name: String, _ value: String) { sample(name, [:], value) }

    /// A metric with one sample.
    package mutating func metric(
        _ name: String, _ kind: Kind, _ help: String, value: some BinaryInteger
    ) {
        metric(name, kind, help)
        sample(name, "\(value)")
    }

    mutating func histogram(_ name: String, _ help: String, _ histogram: Metrics.Histogram) {
        metric(name, .histogram, help)
        var count: UInt64 = 0
        for (bound, part) in zip(histogram.bounds, histogram.counts) {
            count += part
            sample("\(name)_bucket", ["le": Self.seconds(UInt64(bound))], "\(count)")
        }
        count += histogram.counts.last ?? 0
        sample("\(name)_bucket", ["le": "+Inf"], "\(count)")
        sample("\(name)_sum", Self.seconds(histogram.sum))
        sample("\(name)_count", "\(count)")
    }

    private mutating func write(_ text: String) { bytes += text.utf8 }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Nanoseconds as decimal seconds, without zeros at the end.
    package static func seconds(_ nanoseconds: UInt64) -> String {
        let (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard part > 0 else { return "\(whole)" }
        var digits = String(part)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}

extension MetricsText {
    /// One sample for each action, each of which has a state of its own.
    package mutating func write(_ rows: [StatusRow]) {
        func path(_ row: StatusRow) -> String { String(decoding: row.path.bytes, as: UTF8.self) }
        metric("action_running_runs", .gauge, "Runs of the action that have not ended.")
        for row in rows {
            sample("action_running_runs", ["path": path(row)], "\(row.runs.count)")
        }
        metric(
            "action_waiting", .gauge,
            "Whether a run of the action is due, or its path is to become quiet.")
        for row in rows {
            let isWaiting = row.due != nil || row.state == .settling || row.state == .waiting
            sample("action_waiting", ["path": path(row)], isWaiting ? "1" : "0")
        }
        metric("action_paused", .gauge, "Whether somebody has paused the action.")
        for row in rows {
            sample("action_paused", ["path": path(row)], row.pause == nil ? "0" : "1")
        }
        let ended = rows.compactMap { row in
            row.last.flatMap { last in
                last.ended.flatMap { ended in last.ending.map { (path(row), ended, $0) } }
            }
        }
        guard !ended.isEmpty else { return }
        metric(
            "action_last_run_success", .gauge,
            "Whether the last run of the action that ended has succeeded.")
        for (path, _, ending) in ended {
            let isSuccess = ending == .ended(.exited(status: 0))
            sample("action_last_run_success", ["path": path], isSuccess ? "1" : "0")
        }
        metric(
            "action_last_run_timestamp_seconds", .gauge,
            "When the last run of the action that ended has ended, in seconds since 1970.")
        for (path, time, _) in ended {
            sample(
                "action_last_run_timestamp_seconds", ["path": path],
                Self.seconds(UInt64(max(0, time))))
        }
    }
}

extension Engine {
    /// What the daemon has done since it began, and what it is doing.
    package func writeMetrics(to text: inout MetricsText) {
        text.metric("touches_total", .counter, "Touches, by what became of them.")
        for result in Metrics.TouchResult.allCases {
            text.sample(
                "touches_total", ["result": result.rawValue],
                "\(metrics.touches[result, default: 0])")
        }
        text.metric("runs_total", .counter, "Runs that are over, by how they ended.")
        for word in Metrics.outcomeWords {
            text.sample("runs_total", ["outcome": word], "\(metrics.outcomes[word, default: 0])")
        }
        text.metric(
            "runs_started_total", .counter, "Runs that were begun.", value: metrics.started)
        text.metric(
            "run_retries_total", .counter, "Runs that failed and were to be repeated.",
            value: metrics.retried)
        text.histogram(
            "run_duration_seconds", "How long runs took that ended.", metrics.durations)
        text.histogram(
            "touch_to_start_seconds",
            "From a touch to the start of its run, with what settle and earlier runs take.",
            metrics.latencies)
        text.metric("actions", .gauge, "Actions that are watched for.", value: actionCount)
        text.metric(
            "running_runs", .gauge, "Runs that have not ended.", value: runs.activeRuns.count)
        text.metric(
            "waiting_actions", .gauge, "Actions of which a run is due that has not begun.",
            value: runs.waitingCount)
        text.metric(
            "settling_actions", .gauge, "Actions whose paths are to become quiet.",
            value: trigger.settlingCount)
        text.metric(
            "overflows_total", .counter, "How often the kernel's queue of events was full.",
            value: metrics.overflows)
        text.metric(
            "tree_events_total", .counter,
            "Events of whole file systems, by whether a tree was concerned.")
        text.sample("tree_events_total", ["concerns": "tree"], "\(trees.traffic.somebodys)")
        text.sample("tree_events_total", ["concerns": "none"], "\(trees.traffic.nobodys)")
        text.metric("degraded", .gauge, "What can't be done as it should be; see the log.")
        for part in ["ledger", "output"] {
            text.sample("degraded", ["part": part], degradations.contains(part) ? "1" : "0")
        }
    }
}
