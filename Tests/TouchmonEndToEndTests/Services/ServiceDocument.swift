import Foundation
import Testing

/// docs/service-managers.md, whose commands the tests run.
enum ServiceDocument {
    static func text() throws -> String {
        try String(contentsOfFile: Repository.path("docs/service-managers.md"), encoding: .utf8)
    }

    /// The commands in the examples of a section, of root (`#`) or of anybody (`$`), a line each.
    static func commands(of heading: String, as prompt: Character = "#") throws -> String {
        let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0 == heading }, "no section \(heading)")
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") && !$0.hasPrefix("### ") }
        var isExample = false
        var commands: [Substring] = []
        for line in section {
            if line.hasPrefix("```") { isExample.toggle() }
            if isExample, line.hasPrefix("\(prompt) ") { commands.append(line.dropFirst(2)) }
        }
        try #require(!commands.isEmpty, "no commands in \(heading)")
        return commands.joined(separator: "\n")
    }
}
