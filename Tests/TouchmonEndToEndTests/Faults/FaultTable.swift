import Foundation

/// What became of each fault.
final class FaultTable: @unchecked Sendable {
    private struct Row {
        var beginning: FaultLife.Beginning
        var fault: Fault
        var outcome: FaultLife.Outcome

        var line: String {
            let what =
                outcome.injected.map { "\($0.moment.rawValue) \($0.call.text)" } ?? "never came"
            return "\(beginning) \(fault.injection) | \(what) | \(outcome.summary)"
                + (outcome.extraRuns > 0 ? " | \(outcome.extraRuns) runs more" : "")
        }
    }

    private let lock = NSLock()
    private var rows: [Row] = []
    private var broken: [String] = []

    func add(_ beginning: FaultLife.Beginning, _ fault: Fault, _ outcome: FaultLife.Outcome) {
        lock.withLock { rows.append(Row(beginning: beginning, fault: fault, outcome: outcome)) }
    }

    /// The test itself failed.
    func fail(_ beginning: FaultLife.Beginning, _ fault: Fault, _ reason: String) {
        lock.withLock { broken.append("\(beginning) \(fault.injection): \(reason)") }
    }

    /// What must not be.
    var failures: [String] {
        lock.withLock {
            broken
                + rows.compactMap { row in
                    row.outcome.failure.map { "\(row.line): \($0)" }
                }
        }
    }

    /// How many faults came.
    var count: Int { lock.withLock { rows.count { $0.outcome.injected != nil } } }

    /// Every fault in a line of its own.
    var all: String {
        lock.withLock { (broken + rows.map(\.line).sorted()).joined(separator: "\n") + "\n" }
    }

    /// One line for each call and moment, with every outcome there was and how often.
    var summary: String {
        var groups: [[String]: [Fault.Extent: [String: Int]]] = [:]
        for row in lock.withLock({ rows }) {
            guard let (_, moment) = row.outcome.injected else { continue }
            let place = FaultLife.Moment.allCases.firstIndex(of: moment) ?? 0
            let key = [row.fault.call, row.fault.error, "\(place)", moment.rawValue]
            groups[key, default: [:]][row.fault.extent, default: [:]][
                row.outcome.summary, default: 0] += 1
        }
        var lines = [
            "| call | fails with | when | once | from then on |", "|---|---|---|---|---|",
        ]
        for (key, outcomes) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let cells = Fault.Extent.allCases.map { extent in
                (outcomes[extent] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                    .map { "\($0.key) (\($0.value))" }.joined(separator: "<br>")
            }
            lines.append(
                "| `\(key[0])` | `\(key[1])` | \(key[3]) | \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
