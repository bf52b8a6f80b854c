/// The end of what a run has printed, as text that is fit for a page.
package struct OutputTail: Hashable, Sendable {
    /// So many bytes at the most are worth asking for.
    package static let mostBytes = 4096
    static let mostLines = 40

    /// Without a newline at its end. Bytes that are not UTF-8 are U+FFFD, and what is not plainly visible has
    /// its number in place of it.
    let text: String
    /// Whether something precedes it.
    let isCut: Bool

    /// `isCut`: whether `bytes` are not all that was printed.
    package init(_ bytes: [UInt8], isCut: Bool) {
        var rest = ArraySlice(bytes)
        if isCut {
            // It begins in the middle of a line, or even of a character.
            if let newline = rest.firstIndex(of: UInt8(ascii: "\n")), newline < rest.endIndex - 1 {
                rest = rest[(newline + 1)...]
            } else {
                rest = rest.drop { $0 & 0xC0 == 0x80 }
            }
        }
        var lines = Self.text(Array(rest)).split(
            separator: "\n", omittingEmptySubsequences: false)
        while lines.last?.isEmpty == true { lines.removeLast() }
        text = lines.suffix(Self.mostLines).joined(separator: "\n")
        self.isCut = isCut || lines.count > Self.mostLines
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        var index = 0
        while index < bytes.count {
            if let end = endOfSequence(bytes[index...]) {
                index = end
                continue
            }
            guard let scalar = bytes.scalar(at: index) else {
                text += "\u{FFFD}"
                index += 1
                continue
            }
            index += UTF8.width(scalar)
            switch scalar {
            case "\n", "\t": text.unicodeScalars.append(scalar)
            // Alone it begins the line anew, which a page can't.
            case "\r": if index < bytes.count, bytes[index] != UInt8(ascii: "\n") { text += "\n" }
            default: text += TerminalText.escaped(scalar)
            }
        }
        return text
    }

    /// The index after a sequence for a terminal (a colour, a movement, a title) that begins here; nil where
    /// none does, or where it does not end on its line and would hide what follows. console_codes(4).
    private static func endOfSequence(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.first == 0x1B else { return nil }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }.dropFirst()
        let parameters = line.dropFirst()
        switch line.first {
        case UInt8(ascii: "["):
            let end = parameters.drop { (0x20...0x3F).contains($0) }
            guard let last = end.first, (0x40...0x7E).contains(last) else { return nil }
            return end.startIndex + 1
        case UInt8(ascii: "]"):
            guard let end = parameters.firstIndex(where: { $0 == 0x07 || $0 == 0x1B }) else {
                return nil
            }
            let isTwoBytes = bytes[end] == 0x1B && line.endIndex > end + 1
            return end + (isTwoBytes ? 2 : 1)
        default: return nil
        }
    }
}
