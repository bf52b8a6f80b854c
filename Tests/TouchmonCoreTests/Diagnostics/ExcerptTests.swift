import Testing
import TouchmonCore

@Suite struct ExcerptTests {
    @Test(arguments: [
        ("  abc", 3, "abc", "^"), ("  abc", 2, " abc", "^"), ("abc", 4, "abc", "   ^"),
        ("a\tb\tc", 5, "a\tb\tc", " \t \t^"), ("日本x", 3, "日本x", "    ^"),
        ("e\u{301}x", 3, "e\u{301}x", " ^"), ("\u{1b}[1mx", 5, "\\x1b[1mx", "       ^"),
        ("a\r\n", 1, "a", "^"), ("a\rb", 3, "a\\x0db", "     ^"),
    ])
    func `the caret stands under the column`(
        text: String, column: Int, line: String, caret: String
    ) {
        let source = SourceText(file: RawPath("f"), bytes: Array(text.utf8))
        let excerpt = source.excerpt(
            at: SourceLocation(file: RawPath("f"), line: 1, column: column))
        #expect(excerpt?.line == line)
        #expect(excerpt?.caret == caret)
    }

    @Test(arguments: [1, 2, 41, 42, 500, 999, 1000, 1001])
    func `a long line is cut around the column`(column: Int) throws {
        let source = SourceText(
            file: RawPath("f"), bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 1000))
        let excerpt = try #require(
            source.excerpt(at: SourceLocation(file: RawPath("f"), line: 1, column: column)))
        #expect(excerpt.line.count <= 74)
        #expect(excerpt.caret.last == "^")
        #expect(excerpt.caret.count <= excerpt.line.count + 1)
        #expect(excerpt.line.hasPrefix("…") == (column > 41))
    }

    @Test func `a line with nothing to see has no excerpt`() {
        let source = SourceText(file: RawPath("f"), bytes: Array("\n  \n".utf8))
        for (line, column) in [(1, 1), (2, 1), (2, 3), (3, 1), (9, 9)] {
            let place = SourceLocation(file: RawPath("f"), line: line, column: column)
            #expect(source.excerpt(at: place) == nil)
        }
    }
}
