/// What a page tells of a daemon: all that the page depends on. Times are nanoseconds since 1970.
package struct Report: Sendable {
    /// The daemon's, and the machine's that it runs on.
    package var name: String
    package var host: String
    /// Of the program that writes the page.
    package var version: String
    /// When the page is written.
    package var now: Int64
    /// The daemon's process, and when it began.
    package var process: Int64
    package var since: String
    /// What can't be done as it should be.
    package var degraded: [String] = []
    package var actions: [StatusRow] = []
    /// The oldest first.
    package var runs: [HistoryRow] = []
    /// Which runs were asked for: those that began then or later, those of one user; nil: any.
    package var runsSince: Int64?
    package var runsOf: UInt32?
    /// So many runs were asked for at most.
    package var limit: Int
    /// What failed runs have printed, of which something is kept.
    package var tails: [RunNumber: OutputTail] = [:]
    /// What users are called.
    package var users: [UInt32: String] = [:]

    /// Of so many failures, the latest, the page shows what they have printed.
    package static let mostTails = 50

    package init(
        name: String, host: String, version: String, now: Int64, process: Int64, since: String,
        limit: Int
    ) {
        self.name = name
        self.host = host
        self.version = version
        self.now = now
        self.process = process
        self.since = since
        self.limit = limit
    }

    /// The runs that failed, the latest first.
    package var failures: [HistoryRow] { runs.reversed().filter(\.hasFailed) }

    /// Whether there may be earlier runs that were asked for.
    var isCut: Bool { runs.count >= limit }

    /// From the first to the last moment that the page is about; nil where nothing ran.
    var span: ClosedRange<Int64>? {
        guard let first = runs.map(\.started).min() else { return nil }
        let begin = isCut ? first : min(first, runsSince ?? first)
        let isOpen = runsSince != nil || runs.contains { $0.ended == nil }
        let last = runs.reduce(first) { max($0, $1.started, $1.ended ?? $1.started) }
        return begin...max(begin, isOpen ? max(now, last) : last)
    }

    /// What a user is called.
    func user(_ user: UInt32) -> String { users[user] ?? "\(user)" }
}

/// How a run ended, as far as marks of a page tell it apart.
enum ReportMark: String, CaseIterable {
    case success, failure, unclear, running

    init(_ ending: RunEnding?) {
        self =
            switch ending {
            case nil: .running
            case .ended(.exited(0)): .success
            case .ended(.unknown), .interrupted: .unclear
            case .ended, .notStarted: .failure
            }
    }

    /// So that no colour is needed to tell them apart.
    var symbol: String {
        switch self {
        case .success: "✓"
        case .failure: "✕"
        case .unclear: "?"
        case .running: "▸"
        }
    }

    var words: String {
        switch self {
        case .success: "success"
        case .failure: "failure"
        case .unclear: "interrupted, or end unknown"
        case .running: "running"
        }
    }
}

/// The runs of one action, or of its `on_failure`.
struct ReportLane {
    struct Key: Hashable {
        var path: RawPath
        var isHandler: Bool
    }

    var key: Key
    /// By when they began.
    var runs: [HistoryRow] = []
    var failures = 0
    /// How long those took that ended by themselves, the shortest first.
    var durations: [Int64] = []

    var median: Int64? { durations.isEmpty ? nil : durations[durations.count / 2] }

    /// Of the runs of a report; the lanes with the most failures first, then those with the most runs.
    static func all(_ report: Report) -> [ReportLane] {
        var lanes: [Key: ReportLane] = [:]
        for run in report.runs {
            let path = run.path.fileOfAction?.action ?? run.path
            let key = Key(path: path, isHandler: run.reason == .failure)
            lanes[key, default: ReportLane(key: key)].add(run)
        }
        return lanes.values.map { lane in
            var lane = lane
            lane.runs.sort { ($0.started, $0.run) < ($1.started, $1.run) }
            lane.durations.sort()
            return lane
        }.sorted { left, right in
            if left.failures != right.failures { return left.failures > right.failures }
            if left.runs.count != right.runs.count { return left.runs.count > right.runs.count }
            if left.key.path != right.key.path {
                return left.key.path.bytes.lexicographicallyPrecedes(right.key.path.bytes)
            }
            return right.key.isHandler
        }
    }

    private mutating func add(_ run: HistoryRow) {
        runs.append(run)
        if run.hasFailed { failures += 1 }
        if let duration = run.duration { durations.append(duration) }
    }
}

extension HistoryRow {
    /// How long it took, if it was seen to end, in nanoseconds.
    var duration: Int64? {
        guard let ended, case .ended(let outcome) = ending, outcome != .unknown else { return nil }
        return max(0, ended - started)
    }
}
