import Foundation
import Testing

/// A document with sessions at a terminal.
///
/// A block that begins with three backticks and `console` is a session: `# ` is root, `$ ` somebody else,
/// `> ` goes on with a command, and what follows is what it prints. Comments of HTML, which readers do not
/// see, say what a test has to know:
///
/// | comment | means |
/// |---|---|
/// | `as USER` | who `$ ` is in the next session; else the web server's user |
/// | `status N` | what the last command of the next session ends with; else 0 |
/// | `ends when COMMAND` | the last command of the next session is ended by Ctrl-C when COMMAND succeeds |
/// | `file PATH [MODE]` | the next block, which is no session, is that file |
/// | `until COMMAND` | COMMAND succeeds sooner or later, as root |
/// | `do COMMAND` | what has happened meanwhile: root's, in one line or several |
/// | `not run: REASON` | the next block is nothing for a test |
struct Guide: Sendable, CustomTestStringConvertible {
    /// Below the root of the repository.
    let name: String

    var testDescription: String { name }
    private var path: String { "\(ManPage.root)/\(name)" }

    /// All of which the sessions are run.
    static let all = (["README.md", "docs/commands.md"] + documents(in: "docs/guides"))
        .map(Guide.init)

    /// Whatever is written for people, but for the changes.
    static let documents =
        ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] + documents(in: "docs")
        + documents(in: "docs/guides") + documents(in: "docs/decisions")

    private static func documents(in directory: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: "\(ManPage.root)/\(directory)")
        return (names ?? []).filter { $0.hasSuffix(".md") }.sorted().map { "\(directory)/\($0)" }
    }

    /// What is typed, or done unseen, and where the document shows what it prints.
    struct Entry {
        var step: ManPage.Step
        /// Lines of the document, from 0.
        var shown: Range<Int>
        var isUnseen = false
    }

    /// What a document is made of.
    struct Contents {
        var lines: [String]
        var entries: [Entry] = []
        /// The reasons why a block is not run.
        var reasons: [String] = []
        /// Blocks that are neither run nor have a reason, and comments that nobody understands.
        var problems: [String] = []
    }

    func contents() throws -> Contents {
        var reader = GuideReader(try String(contentsOfFile: path, encoding: .utf8))
        return reader.read()
    }

    /// Writes into the document what its commands have printed.
    func write(_ outputs: [[String]?], into contents: Contents) throws {
        var lines = contents.lines
        for (entry, output) in zip(contents.entries, outputs).reversed() {
            if let output, !entry.isUnseen { lines.replaceSubrange(entry.shown, with: output) }
        }
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
}

/// Finds the sessions and files of a document.
private struct GuideReader {
    private var contents: Guide.Contents
    private var at = 0
    private var user: String?
    private var status: Int32?
    private var end: String?
    private var file: (path: String, mode: String)?
    private var reason: String?

    init(_ text: String) { contents = Guide.Contents(lines: text.components(separatedBy: "\n")) }

    mutating func read() -> Guide.Contents {
        while at < contents.lines.count {
            let line = contents.lines[at]
            at += 1
            if line.hasPrefix("<!-- ") {
                comment(line.dropFirst(5))
            } else if line.hasPrefix("```") {
                block(String(line.dropFirst(3)))
            }
        }
        return contents
    }

    private mutating func comment(_ first: Substring) {
        var text = String(first)
        while !text.hasSuffix("-->"), at < contents.lines.count {
            text += "\n" + contents.lines[at]
            at += 1
        }
        text = text.dropLast(3).trimmingCharacters(in: .whitespacesAndNewlines)
        let words = text.split(separator: " ").map(String.init)
        switch words.first {
        case "as" where words.count == 2: user = words[1]
        case "status" where words.count == 2: status = Int32(words[1])
        case "ends" where text.hasPrefix("ends when "): end = String(text.dropFirst(10))
        case "file" where words.count > 1:
            file = (words[1], words.count > 2 ? words[2] : "644")
        case "until":
            add(ManPage.Step(command: String(text.dropFirst(6)), isAwaited: true))
        case "not" where text.hasPrefix("not run: ") && words.count > 3: reason = text
        default:
            if text.hasPrefix("do ") || text.hasPrefix("do\n") {
                add(ManPage.Step(command: String(text.dropFirst(3))))
            } else {
                contents.problems.append(text)
            }
        }
    }

    private mutating func add(_ step: ManPage.Step) {
        contents.entries.append(Guide.Entry(step: step, shown: at..<at, isUnseen: true))
    }

    private mutating func block(_ kind: String) {
        let first = at
        while at < contents.lines.count, contents.lines[at] != "```" { at += 1 }
        let lines = contents.lines[first..<at]
        at += 1
        defer { (user, status, end, file, reason) = (nil, nil, nil, nil, nil) }
        if let reason {
            contents.reasons.append(reason)
        } else if kind == "console" {
            session(lines)
        } else if let file {
            let text = lines.map { "\($0)\n" }.joined()
            add(
                ManPage.Step(
                    command: "mkdir -p \"$(dirname \(file.path))\"\n"
                        + "cat > \(file.path) <<'END OF FILE'\n\(text)END OF FILE\n"
                        + "chmod \(file.mode) \(file.path)"))
        } else {
            contents.problems.append("line \(first): a block of `\(kind)`")
        }
    }

    private mutating func session(_ lines: ArraySlice<String>) {
        for (index, line) in zip(lines.indices, lines) {
            let shown = index + 1..<index + 1
            if line.hasPrefix("# ") || line.hasPrefix("$ ") {
                let step = ManPage.Step(
                    command: String(line.dropFirst(2)), isRoot: line.hasPrefix("#"),
                    user: user ?? "www-data")
                contents.entries.append(Guide.Entry(step: step, shown: shown))
            } else if let last = contents.entries.indices.last, !contents.entries[last].isUnseen {
                if line.hasPrefix("> "), contents.entries[last].step.output.isEmpty {
                    contents.entries[last].step.command += "\n\(line.dropFirst(2))"
                    contents.entries[last].shown = shown
                } else {
                    contents.entries[last].step.output.append(line)
                    contents.entries[last].shown =
                        contents.entries[last].shown.lowerBound..<index + 1
                }
            } else {
                contents.problems.append("a session that begins with: \(line)")
            }
        }
        if let last = contents.entries.indices.last {
            contents.entries[last].step.status = status ?? 0
            contents.entries[last].step.endsWhen = end
        }
    }
}
