import Testing
import TouchmonCore

@Suite struct SourceTextTests {
    @Test(arguments: [
        ("", 0, 1, 1), ("ab", 0, 1, 1), ("ab", 1, 1, 2), ("ab", 2, 1, 3), ("a\nb", 1, 1, 2),
        ("a\nb", 2, 2, 1), ("a\n", 2, 2, 1), ("a\r\nb", 3, 2, 1), ("é€😀x", 9, 1, 4),
        ("\te\u{301}x", 4, 1, 4),
    ])
    func `a column is a Unicode scalar`(text: String, offset: Int, line: Int, column: Int) {
        let source = SourceText(file: RawPath("f"), bytes: Array(text.utf8))
        let place = source.location(at: offset)
        #expect(place == SourceLocation(file: RawPath("f"), line: line, column: column))
    }

    @Test func `a byte that is not UTF-8 is a column of its own`() {
        let source = SourceText(file: RawPath("f"), bytes: [0xFF, 0xC3, 0x80, 0xE2, 0x82, 0x61])
        #expect([0, 1, 3, 4, 5, 6].map { source.location(at: $0).column } == [1, 2, 3, 4, 5, 6])
    }

    /// Long enough for many checkpoints, with scalars lying across them, in few and in many lines.
    @Test(arguments: ["é", "€\n", "😀ab", "a\n\n", "x"])
    func `every place leads back to its byte`(unit: String) {
        let text = "." + String(repeating: unit, count: 700)
        let bytes = Array(text.utf8)
        let source = SourceText(file: RawPath("f"), bytes: bytes)
        var offset = 0
        var (line, column) = (1, 1)
        for scalar in text.unicodeScalars {
            let place = source.location(at: offset)
            #expect((place.line, place.column) == (line, column))
            #expect(source.offset(line: line, column: column) == offset)
            offset += UTF8.width(scalar)
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        #expect(source.offset(line: line, column: column) == bytes.count)
        #expect(source.offset(line: line, column: column + 1) == nil)
        #expect(source.offset(line: line + 1, column: 1) == nil)
    }

    @Test func `a column beyond its line is no place`() {
        let source = SourceText(file: RawPath("f"), bytes: Array("ab\ncd\n".utf8))
        #expect(source.offset(line: 1, column: 3) == 2)
        #expect(source.offset(line: 1, column: 4) == nil)
        #expect(source.offset(line: 0, column: 1) == nil)
    }
}
