internal import FoundationEssentials

/// A line of the relay's log.
package struct LogRecord: Sendable {
    /// How much it matters.
    package enum Level: String, Codable, Sendable { case info, warning, error }

    /// How lines are written.
    package enum Format: String, Sendable, CaseIterable { case text, json }

    package let level: Level
    /// What a program looks for.
    package let event: String
    package let message: String
    package let key: String?
    package let revision: Int64?

    package init(
        _ level: Level, _ event: String, _ message: String, key: TouchKey? = nil,
        revision: Int64? = nil
    ) {
        self.level = level
        self.event = event
        self.message = message
        self.key = key?.text
        self.revision = revision
    }

    private struct Line: Encodable {
        let time: String
        let level: Level
        let event: String
        let key: String?
        let revision: Int64?
        let message: String
    }

    /// With its newline; `time` is RFC 3339.
    package func line(_ format: Format, time: String) -> [UInt8] {
        switch format {
        case .text:
            let place = key.map { key in
                "\(key)\(revision.map { " at revision \($0)" } ?? ""): "
            }
            // What others wrote stays on its line.
            let sentence = (place ?? "") + message.replacing("\n", with: " | ")
            let text = FleetTable.printable(sentence, longest: 1000)
            return Array("\(time) \(level.rawValue) \(text)\n".utf8)
        case .json:
            return RelayJSON.bytes(
                Line(
                    time: time, level: level, event: event, key: key, revision: revision,
                    message: message)) + [UInt8(ascii: "\n")]
        }
    }
}
