import Testing

@testable import TouchmonCore

@Suite struct OutputLinesTests {
    /// All lines of these pieces, the last one included that does not end.
    private static func lines(_ pieces: [[UInt8]]) -> [[UInt8]] {
        var splitter = OutputLines()
        var lines: [[UInt8]] = []
        for piece in pieces {
            var rest = piece
            while !rest.isEmpty {
                let (some, count) = splitter.split(rest)
                lines += some
                rest.removeFirst(count)
            }
        }
        return lines + [splitter.takeRest()].compactMap { $0 }
    }

    private static func texts(_ pieces: String...) -> [String] {
        lines(pieces.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `lines end with a newline, the last one need not`() {
        #expect(Self.texts("one\ntwo\n") == ["one", "two"])
        #expect(Self.texts("one\ntwo") == ["one", "two"])
        #expect(Self.texts("\n\nx\n") == ["", "", "x"])
        #expect(Self.texts("") == [])
    }

    @Test func `where the pieces end does not matter`() {
        let text = Array("one\n\ntwo\u{0}\u{1b}[m\nthree".utf8)
        let expected = Self.lines([text])
        for end in text.indices {
            #expect(Self.lines([Array(text[..<end]), Array(text[end...])]) == expected)
        }
        #expect(Self.lines(text.map { [$0] }) == expected)
    }

    @Test func `NUL, escapes and bytes that are no text stay what they are`() {
        let bytes: [UInt8] = [0, 0x1b, 0xff, 0x0d, 0x0a, 0xc3]
        #expect(Self.lines([bytes]) == [[0, 0x1b, 0xff, 0x0d], [0xc3]])
    }

    @Test func `a long line is broken`() {
        let longest = OutputLines.longest
        for count in [longest - 1, longest, longest + 1, 3 * longest + 5] {
            let line = [UInt8](repeating: 0x78, count: count)
            for pieces in [[line + [0x0a]], [line, [0x0a]], (line + [0x0a]).map { [$0] }] {
                let lines = Self.lines(pieces)
                #expect(lines.count == (count + longest - 1) / longest)
                #expect(lines.allSatisfy { $0.count <= longest })
                #expect(Array(lines.joined()) == line)
            }
        }
    }

    @Test(arguments: 0..<4)
    func `but not in the middle of a character`(offset: Int) {
        let text = String(repeating: "x", count: offset) + String(repeating: "🚀", count: 2000)
        for pieces in [[Array(text.utf8)], text.utf8.map { [$0] }] {
            let lines = Self.lines(pieces)
            #expect(lines.count == 2)
            #expect(lines.map { String(decoding: $0, as: UTF8.self) }.joined() == text)
            #expect(lines.allSatisfy { $0.count <= OutputLines.longest })
            #expect(lines.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("\u{fffd}") })
        }
    }

    @Test func `nothing but newlines is not all taken at once`() {
        var splitter = OutputLines()
        let (lines, count) = splitter.split([UInt8](repeating: 0x0a, count: 10_000))
        #expect(lines.count == count)
        #expect(count < 1000)
    }
}
