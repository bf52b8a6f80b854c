/// What people write instead of JSON, and what to tell them.
extension JSONReader {
    func refuseOtherEncodings() throws(JSONSyntaxError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw failure(
                0, "the file begins with a byte order mark",
                "save it as UTF-8 without a byte order mark (BOM)")
        }
        let isUTF16 =
            bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            || bytes.count > 1 && (bytes[0] == 0) != (bytes[1] == 0)
        if isUTF16 { throw failure(0, "the file is UTF-16", "save it as UTF-8") }
    }

    /// The error for something here that is not the beginning of any value.
    func notAValue(at start: Int) -> JSONSyntaxError {
        if let known = foreign(at: start) { return known }
        let word = word(at: start)
        switch word.lowercased() {
        case "true", "false", "null":
            return failure(start, "`\(word)` is not a value", "write `\(word.lowercased())`")
        case "none", "nil", "undefined":
            return failure(start, "`\(word)` is not a value", "write `null`")
        case "":
            return failure(
                start, "\(character(at: start)) is not a value",
                "write a string in double quotes, a number, `[…]` or `{…}`")
        default: break
        }
        let isNumber = Self.isDigit(bytes[start]) || "-+.".utf8.contains(bytes[start])
        return failure(
            start, isNumber ? "`\(word)` is not a number" : "`\(word)` is not a value",
            "write it in double quotes if it is meant as a string: `\"\(word)\"`")
    }

    /// The error for something here that is not a key.
    func notAKey() -> JSONSyntaxError {
        if let known = foreign(at: index) { return known }
        let word = word(at: index)
        return failure(
            index, "\(word.isEmpty ? character(at: index) : "`\(word)`") is not a key",
            word.isEmpty
                ? "write a key in double quotes" : "write it in double quotes: `\"\(word)\"`")
    }

    /// The error for something after a value that neither goes on nor ends what began at `open`.
    func notAComma(open: Int) -> JSONSyntaxError {
        if let known = foreign(at: index) { return known }
        let close = bytes[open] == UInt8(ascii: "{") ? "}" : "]"
        switch bytes[index] {
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            return failure(
                index, "\(character(at: index)) can't close a `\(opening(open))`",
                "write `\(close)`")
        case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["):
            return failure(
                index, "a comma is missing before this", "write `,` after the value before it")
        default:
            return failure(
                index, "\(character(at: index)) is not expected after a value",
                "write `,` or `\(close)`")
        }
    }

    func danglingComma() -> JSONSyntaxError {
        // Only white space lies between the comma and the bracket here.
        var comma = index - 1
        while bytes[comma] != UInt8(ascii: ",") { comma -= 1 }
        return failure(
            comma, "a comma follows the last value",
            "remove it, or write one more value after it")
    }

    func neverClosed(_ open: Int) -> JSONSyntaxError {
        failure(
            open, "the `\(opening(open))` that stands here is never closed",
            "write the missing `\(bytes[open] == UInt8(ascii: "{") ? "}" : "]")`")
    }

    func afterTheEnd() -> JSONSyntaxError {
        foreign(at: index)
            ?? failure(
                index, "something follows the end of the object",
                "remove it: a file holds one object")
    }

    func controlCharacter(_ byte: UInt8, in open: Int) -> JSONSyntaxError {
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            failure(
                open, "the string that begins here does not end in its line",
                "write the missing `\"`, or `\\n` where the string holds a line's end")
        case UInt8(ascii: "\t"):
            failure(index, "a string holds a tab", "write `\\t` for it")
        default:
            failure(
                index, "a string holds the control character \(TerminalText.quoted([byte]))",
                "write `\\u\(String(0x10000 + UInt32(byte), radix: 16).dropFirst())` for it")
        }
    }

    func notUTF8() -> JSONSyntaxError {
        failure(
            index, "the byte \(TerminalText.quoted([bytes[index]])) is not UTF-8",
            "save the file as UTF-8; a path's own byte is written "
                + "`\\udc\(String(bytes[index], radix: 16))`")
    }

    func unknownEscape(at offset: Int) -> JSONSyntaxError {
        guard offset + 1 < bytes.count else {
            return failure(offset, "the file ends inside of a string", "write the missing `\"`")
        }
        return failure(
            offset, "a backslash before \(character(at: offset + 1)) has no meaning",
            "write `\\\\` for a backslash")
    }

    /// The error for habits of other languages, which JSON shares with none of them.
    private func foreign(at start: Int) -> JSONSyntaxError? {
        let rest = bytes[start...]
        if rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8) || rest.first == 0x23 {
            return failure(
                start, "JSON has no comments",
                "remove it, or keep it at the top level as `\"$comment\": \"…\"`")
        }
        switch bytes.scalar(at: start) {
        case "'", "`", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{201E}", "\u{AB}":
            return failure(
                start, "\(character(at: start)) does not begin a string",
                "write plain double quotes: `\"…\"`")
        case "\u{A0}", "\u{202F}", "\u{3000}", "\u{FEFF}", "\u{200B}":
            return failure(
                start, "this character only looks like a space", "write a plain space, or nothing")
        default: return nil
        }
    }

    private func opening(_ open: Int) -> String {
        bytes[open] == UInt8(ascii: "{") ? "{" : "["
    }

    private func word(at start: Int) -> String {
        let word = bytes[start...].prefix(64).prefix(while: Self.isWordByte)
        return String(decoding: word, as: UTF8.self)
    }

    private func character(at offset: Int) -> String {
        let length = bytes.scalar(at: offset).map(UTF8.width) ?? 1
        return TerminalText.quoted(Array(bytes[offset..<offset + length]))
    }
}
