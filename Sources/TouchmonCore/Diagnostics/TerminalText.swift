/// Text from files and paths made fit for a terminal: it can't move the cursor, change the colours
/// or turn the reading direction, and one line stays one line.
package enum TerminalText {
    /// `bytes` as text, with everything that is not plainly visible, and every byte that is not
    /// UTF-8, escaped.
    package static func escaped(_ bytes: [UInt8]) -> String {
        // Nearly all of them are plain.
        if bytes.allSatisfy({ 0x20..<0x7F ~= $0 }) { return String(decoding: bytes, as: UTF8.self) }
        var text = ""
        var index = 0
        while index < bytes.count {
            if let scalar = bytes.scalar(at: index) {
                text += escaped(scalar)
                index += UTF8.width(scalar)
            } else {
                text += escaped(invalid: bytes[index])
                index += 1
            }
        }
        return text
    }

    /// `bytes` in backticks for use in a sentence, cut where a sentence would drown in them.
    package static func quoted(_ bytes: [UInt8]) -> String {
        let limit = 64
        guard !bytes.isEmpty else { return "`\"\"`" }
        guard bytes.count > limit else { return "`\(escaped(bytes))`" }
        // Not in the middle of a character: up to three continuation bytes are given back.
        var end = limit
        while end > limit - 3, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return "`\(escaped(Array(bytes[..<end])))…`"
    }

    /// `scalar` itself where a terminal shows it as a character, its number otherwise.
    package static func escaped(_ scalar: Unicode.Scalar) -> String {
        if scalar.isASCII {
            return scalar.value < 0x20 || scalar.value == 0x7F
                ? hexadecimal("\\x", scalar.value) : String(scalar)
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
            return hexadecimal("\\u{", scalar.value) + "}"
        default:
            return String(scalar)
        }
    }

    /// A byte that is not UTF-8.
    package static func escaped(invalid byte: UInt8) -> String {
        hexadecimal("\\x", UInt32(byte))
    }

    /// How many cells a terminal gives to `text`, which holds nothing that had to be escaped.
    package static func width(of text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return isWide(scalar.value) ? 2 : 1
        }
    }

    /// The blocks that Unicode's East Asian Width calls wide; the standard library does not know.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF,
            0x1B000...0x1B2FF, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }

    private static func hexadecimal(_ prefix: String, _ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return prefix + (digits.utf8.count < 2 ? "0" : "") + digits
    }
}
