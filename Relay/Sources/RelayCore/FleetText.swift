internal import FoundationEssentials

/// `status` for people, at most 80 columns wide.
package enum FleetTable {
    private static let width = 80

    /// The table and its summary, each line with its newline.
    package static func text(_ fleet: FleetStatus) -> String {
        guard !fleet.rows.isEmpty else { return summary(fleet) }
        let header = ["HOST", "STATE", "RUN", "STATUS", "SECONDS", "WHEN"]
        var lines = [header] + fleet.rows.map(cells)
        let others = (1..<header.count).map { column in lines.map { $0[column].count }.max() ?? 0 }
        let room = width - others.reduce(0) { $0 + $1 + 2 }
        for index in lines.indices { lines[index][0] = shortened(lines[index][0], to: room) }
        let widths = [lines.map { $0[0].count }.max() ?? 0] + others
        var text = ""
        for line in lines {
            let padded = zip(line, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return (2...4).contains(column) ? space + cell.0 : cell.0 + space
            }
            text += trimmed(padded.joined(separator: "  ")) + "\n"
        }
        for row in fleet.rows where !row.succeeded {
            guard let reason = row.outcome?.reason else { continue }
            text += printable("\(row.host): \(reason)", longest: width) + "\n"
        }
        return text + summary(fleet)
    }

    private static func cells(_ row: FleetStatus.Row) -> [String] {
        let outcome = row.outcome
        // Again by another host than the first.
        let again = outcome.map { $0.attempt > 1 ? " (\($0.attempt))" : "" } ?? ""
        let run = outcome?.run.map(String.init) ?? "-"
        let status =
            outcome?.signal.map { printable($0, longest: 9) }
            ?? outcome?.status.map(String.init) ?? "-"
        let seconds = outcome?.seconds.map(fixed) ?? "-"
        let when = outcome?.started.map(shortTime) ?? "-"
        // What strangers write has its bounds too.
        return [
            row.host, shortened(row.state + again, to: 22), shortened(run, to: 10),
            shortened(status, to: 9), seconds, when,
        ]
    }

    private static func summary(_ fleet: FleetStatus) -> String {
        guard let revision = fleet.revision else { return "\(fleet.key): not touched yet\n" }
        var counts: [String: Int] = [:]
        for row in fleet.rows { counts[row.state, default: 0] += 1 }
        let words = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) \($0.key)" }
        let hosts = fleet.rows.count == 1 ? "1 host" : "\(fleet.rows.count) hosts"
        return
            "\(fleet.key) at revision \(revision): "
            + (fleet.rows.isEmpty
                ? "no host has said anything" : "\(hosts): \(words.joined(separator: ", "))")
            + "\n"
    }

    private static func fixed(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e7 else { return "-" }
        let tenths = Int64((seconds * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// Month, day and time of RFC 3339.
    private static func shortTime(_ text: String) -> String {
        let time = printable(text, longest: 32)
        guard time.count >= 19 else { return time }
        return time.dropFirst(5).prefix(14).replacing("T", with: " ") + "Z"
    }

    private static func shortened(_ text: String, to count: Int) -> String {
        text.count <= count ? text : text.prefix(max(1, count - 1)) + "…"
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }

    /// What others wrote has no way to move the cursor.
    package static func printable(_ text: String, longest: Int) -> String {
        let plain = text.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                "?"
            default: Character(scalar)
            }
        }
        return shortened(String(plain), to: longest)
    }
}

/// `status --json`.
package struct FleetObject: Encodable {
    private struct Host: Encodable {
        let host: String
        let state: String
        let outcome: Outcome?
    }

    private let key: String
    private let revision: Int64?
    private let elected: Bool
    private let settled: Bool
    private let succeeded: Bool
    private let hosts: [Host]

    package init(_ fleet: FleetStatus) {
        key = fleet.key.text
        revision = fleet.revision
        elected = fleet.isElected
        settled = fleet.isSettled
        succeeded = fleet.isSettled && fleet.succeeded
        hosts = fleet.rows.map { Host(host: $0.host, state: $0.state, outcome: $0.outcome) }
    }
}
