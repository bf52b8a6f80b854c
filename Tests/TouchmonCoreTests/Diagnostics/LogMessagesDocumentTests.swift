import Foundation
import Testing
import TouchmonCore

/// `docs/log-messages.md` says of every event what the log really says.
@Suite struct LogMessagesDocumentTests {
    private static let document = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/log-messages.md")

    /// The sections by their titles, without the introduction.
    private static func sections() throws -> [String: String] {
        let text = try String(contentsOf: document, encoding: .utf8)
        var sections: [String: String] = [:]
        for section in text.components(separatedBy: "\n## ").dropFirst() {
            let title = section.prefix { $0 != "\n" }
            sections[String(title)] = String(section.dropFirst(title.count))
        }
        return sections
    }

    @Test func `every event has a sample`() {
        #expect(Set(LogEvent.samples.map(\.caseNumber)) == Set(0..<LogEvent.caseCount))
    }

    @Test(arguments: LogEvent.samples)
    func `its section has its message, word for word`(event: LogEvent) throws {
        let section = try #require(try Self.sections()[event.name], "no section \(event.name)")
        #expect(section.contains("\n\(event.message)\n"))
    }

    @Test(arguments: LogEvent.samples)
    func `its section has its level and its fields`(event: LogEvent) throws {
        let section = try #require(try Self.sections()[event.name], "no section \(event.name)")
        let heading = section.split(separator: "\n").first ?? ""
        #expect(heading.contains(event.level.rawValue))
        let line = Data(LogFormat.json.line(event, nanosecondsSince1970: 0))
        let object = try #require(
            try JSONSerialization.jsonObject(with: line) as? [String: Any])
        for field in Set(object.keys).subtracting(["time", "level", "event", "message"]) {
            #expect(heading.contains("`\(field)`"), "\(field) of \(event.name)")
        }
    }

    @Test func `every section says what to do`() throws {
        for (name, section) in try Self.sections() {
            let last = section.split(separator: "\n").last ?? ""
            #expect(last.hasPrefix("**To do:** ") && last.hasSuffix("."), "\(name)")
        }
    }

    @Test func `there is no section of an event that does not exist`() throws {
        #expect(Set(try Self.sections().keys) == Set(LogEvent.samples.map(\.name)))
    }
}
