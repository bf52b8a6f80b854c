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
        sample(name, Self.labels(labels), value)
    }

    /// With labels as `labels` makes them, or none.
    mutating func sample(_ name: String, _ labels: String, _ value: String) {
        write("touchmon_")
        write(name)
        write(labels)
        write(" ")
        write(value)
        write("\n")
    }

    /// As they stand behind a name. There is one at least.
    static func labels(_ labels: KeyValuePairs<String, String>) -> String {
        "{" + labels.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    package mutating func sample(_ name: String, _ value: String) { sample(name, "", value) }

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
        count = histogram.counts.reduce(0, +)
        sample("\(name)_bucket", ["le": "+Inf"], "\(count)")
        sample("\(name)_sum", Self.seconds(histogram.sum))
        sample("\(name)_count", "\(count)")
    }

    private mutating func write(_ text: String) { bytes += text.utf8 }

    private static func escaped(_ text: String) -> String {
        let (backslash, quote, newline) = (
            UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "\n")
        )
        // Nearly all of them are plain.
        if !text.utf8.contains(where: { $0 == backslash || $0 == quote || $0 == newline }) {
            return text
        }
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if byte == backslash || byte == quote || byte == newline { escaped.append(backslash) }
            escaped.append(byte == newline ? UInt8(ascii: "n") : byte)
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// Nanoseconds as decimal seconds, without zeros at the end.
    package static func seconds(_ nanoseconds: UInt64) -> String {
        let (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard part > 0 else { return "\(whole)" }
        var digits = String(1_000_000_000 + part).utf8.dropFirst()
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(whole).\(Substring(digits))"
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
