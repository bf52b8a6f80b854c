import Foundation
import Testing

/// The picture of a session that the README begins with.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct SessionTests {
    private static let picture = "\(ManPage.root)/docs/session.svg"

    /// The lines that the picture shows, as far as they are the same each time.
    private static func lines(of file: String) throws -> [String] {
        try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("<text") }
            .map { line in
                var text = line.replacing(/<[^>]*>/, with: "")
                for (name, character) in [
                    ("lt", "<"), ("gt", ">"), ("quot", "\""), ("#x27", "'"), ("amp", "&"),
                ] { text = text.replacing("&\(name);", with: character) }
                return Masked.line(String(text))
            }
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `the same is said when it is recorded again`() throws {
        let scratch = try Scratch()
        let recorded = try Command.run([
            "\(ManPage.root)/scripts/record-session", "--fast", try #require(Binary.path),
            scratch("session.svg"),
        ])
        try #require(recorded.status == 0, "\(recorded.output)")
        let lines = try Self.lines(of: Self.picture)
        #expect(
            try Self.lines(of: scratch("session.svg")) == lines, "make session records it again")
        #expect(lines.contains { $0.contains("run 1 started as deploy") })
        #expect(lines.contains("deploying to production as deploy"))
    }

    /// GitHub shows it as an image: nothing in it can be asked for from elsewhere, or run.
    @Test func `it is whole by itself, and takes some 20 seconds`() throws {
        let text = try String(contentsOfFile: Self.picture, encoding: .utf8)
        for other in ["<script", "href", "url(", "@import", "<foreignObject"] {
            #expect(!text.contains(other), "\(other)")
        }
        let checked = try Command.run([
            "python3", "-c", "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])", Self.picture,
        ])
        #expect(checked.status == 0, "\(checked.output)")
        let seconds = try #require(text.firstMatch(of: /animation: ([0-9.]+)s/)).1
        #expect(try (15...25).contains(#require(Double(seconds))))
        #expect(
            text.contains("prefers-color-scheme: dark") && text.contains("prefers-reduced-motion"))
    }
}
