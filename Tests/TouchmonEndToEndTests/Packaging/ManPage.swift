import Foundation
import Testing

/// A manual page: its source, and what `scripts/manual` makes of it.
struct ManPage: Sendable, CustomTestStringConvertible {
    /// As in `touchmon-run.1`.
    let name: String

    var testDescription: String { name }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let sources = "\(root)/packaging/man"

    /// All that there are.
    static let all = ((try? FileManager.default.contentsOfDirectory(atPath: sources)) ?? [])
        .filter { $0.hasSuffix(".in") }.sorted().map { ManPage(name: String($0.dropLast(3))) }

    /// Writes all pages into a directory.
    static func write(into directory: String) throws {
        let made = try Command.run(["\(root)/scripts/manual", try #require(Binary.path), directory])
        try #require(made.status == 0, "\(made.output)")
    }

    /// What to do before the examples, as a text for the shell; nil without examples.
    func setup() throws -> String? { try blocks("setup").first?.joined(separator: "\n") }

    /// The steps of all examples, in order.
    func steps() throws -> [Step] {
        try blocks("example").flatMap { lines -> [Step] in
            var steps: [Step] = []
            for line in lines {
                if line.hasPrefix("# ") || line.hasPrefix("$ ") {
                    steps.append(
                        Step(command: String(line.dropFirst(2)), isRoot: line.hasPrefix("#")))
                } else if line.hasPrefix("@until ") {
                    steps.append(Step(command: String(line.dropFirst(7)), isAwaited: true))
                } else if line.hasPrefix("@status ") {
                    steps[steps.count - 1].status = try #require(Int32(line.dropFirst(8)))
                } else {
                    steps[steps.count - 1].output.append(line)
                }
            }
            return steps
        }
    }

    /// What is typed in an example, and what comes of it.
    struct Step {
        var command: String
        /// Whether it is root's; else that of the web server's user.
        var isRoot = true
        var user = "www-data"
        /// Whether it is no part of the page, and holds sooner or later.
        var isAwaited = false
        /// What is true when it is to be ended as by Ctrl-C, with `$output` as the file of what it prints;
        /// how it ends then is not asked.
        var endsWhen: String?
        var status: Int32 = 0
        var output: [String] = []

        /// Whether it goes on beside what follows: its output is not the page's.
        var isInBackground: Bool { command.hasSuffix("&") }
    }

    private func blocks(_ name: String) throws -> [[String]] {
        let text = try String(contentsOfFile: "\(Self.sources)/\(self.name).in", encoding: .utf8)
        var (blocks, isInside): ([[String]], Bool) = ([], false)
        for line in text.components(separatedBy: "\n") {
            if line == "@\(name)" {
                blocks.append([])
                isInside = true
            } else if line == "@end" {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks
    }
}
