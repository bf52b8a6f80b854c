import Testing
import TouchmonCore

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("plain é 日本 😀", "plain é 日本 😀"), ("\u{1b}[2J", "\\x1b[2J"), ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\u{7f}", "\\x7f"), ("\u{9b}2J", "\\u{9b}2J"), ("\u{202e}x", "\\u{202e}x"),
        ("\u{2028}", "\\u{2028}"), ("\u{e000}", "\\u{e000}"),
    ])
    func `what could move the cursor is escaped`(text: String, escaped: String) {
        #expect(TerminalText.escaped(Array(text.utf8)) == escaped)
    }

    @Test func `bytes that are not UTF-8 are escaped one by one`() {
        #expect(TerminalText.escaped([0x61, 0xFF, 0xE2, 0x82, 0x62]) == "a\\xff\\xe2\\x82b")
    }

    @Test func `a quotation is cut between characters`() {
        #expect(TerminalText.quoted([]) == "`\"\"`")
        #expect(TerminalText.quoted(Array("a".utf8)) == "`a`")
        for lead in 0..<4 {
            let text = String(repeating: "x", count: lead) + String(repeating: "😀", count: 40)
            let quoted = TerminalText.quoted(Array(text.utf8))
            #expect(quoted.hasSuffix("😀…`"))
        }
    }
}
