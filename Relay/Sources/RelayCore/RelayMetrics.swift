/// What a relay counts, in the text format of Prometheus.
package struct RelayMetrics: Sendable {
    /// What is counted, by the name that it has.
    package enum Counter: String, CaseIterable, Sendable {
        case heard = "touchmon_relay_touches_heard_total"
        case placed = "touchmon_relay_touches_placed_total"
        case skipped = "touchmon_relay_touches_skipped_total"
        case refused = "touchmon_relay_touches_refused_total"
        case succeeded = "touchmon_relay_runs_succeeded_total"
        case failed = "touchmon_relay_runs_failed_total"
        case reported = "touchmon_relay_outcomes_reported_total"
        case watches = "touchmon_relay_watches_begun_total"
        case listings = "touchmon_relay_listings_total"

        fileprivate var help: String {
            switch self {
            case .heard: "Touches that etcd has told of."
            case .placed: "Values that were put in their place."
            case .skipped: "Touches that a newer one of the same key had overtaken."
            case .refused: "Touches with a key or value that is not taken."
            case .succeeded: "Touches that ended as they should on this host."
            case .failed: "Touches that did not end as they should on this host."
            case .reported: "Outcomes that etcd has taken."
            case .watches: "Watches that etcd was asked for: more than one after trouble."
            case .listings: "Listings of all touches: more than one after compaction."
            }
        }
    }

    private var counts: [Counter: Int] = [:]
    /// Whether the watch is in force.
    package var isConnected = false
    /// Of the last news from etcd.
    package var revision: Int64 = 0

    package init() {}

    /// One more.
    package mutating func count(_ counter: Counter) { counts[counter, default: 0] += 1 }

    /// How many.
    package func value(of counter: Counter) -> Int { counts[counter] ?? 0 }

    /// All of them.
    package var text: String {
        var text = ""
        for counter in Counter.allCases {
            text += "# HELP \(counter.rawValue) \(counter.help)\n"
            text += "# TYPE \(counter.rawValue) counter\n"
            text += "\(counter.rawValue) \(value(of: counter))\n"
        }
        let gauges = [
            ("touchmon_relay_connected", "Whether etcd tells of touches.", isConnected ? 1 : 0),
            ("touchmon_relay_revision", "The revision of the last news from etcd.", revision),
        ]
        for (name, help, value) in gauges {
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value)\n"
        }
        return text
    }
}
