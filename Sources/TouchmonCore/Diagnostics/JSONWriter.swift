/// Writes JSON (RFC 8259) on one line: everything that touchmon prints as JSON goes through here.
///
/// A byte that is not UTF-8 is written as the lone surrogate `\udc80` to `\udcff`, so that every
/// path and argument can be written, and is the same bytes when it is read back.
package struct JSONWriter {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether a value precedes the next one in the same list or object.
    private var needsComma = false

    package init() { bytes.reserveCapacity(256) }

    /// Writes an object whose members `body` writes: a `key` and a value in turn.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        enclosed("{", "}", body)
    }

    /// Writes a list whose values `body` writes.
    package mutating func list(_ body: (inout JSONWriter) -> Void) {
        enclosed("[", "]", body)
    }

    /// Writes the key of the value that is written next, a word of touchmon's own: nothing in it is escaped.
    package mutating func key(_ name: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a key that is a path or a name, in whatever encoding it is.
    package mutating func key(_ name: [UInt8]) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes `text`, in whatever encoding it is.
    package mutating func string(_ text: [UInt8]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var index = 0
        while index < text.count {
            // Nearly always all of it: so it is done at once.
            let plain = index
            while index < text.count, Self.isPlain(text[index]) { index += 1 }
            if index > plain {
                bytes.append(contentsOf: text[plain..<index])
                continue
            }
            guard let scalar = text.scalar(at: index) else {
                escape(0xDC00 | UInt16(text[index]))
                index += 1
                continue
            }
            let end = index + UTF8.width(scalar)
            switch scalar {
            case "\"", "\\":
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(text[index])
            // DEL and the C1 controls are allowed by the grammar, but not kind to a terminal.
            case "\0"..<" ", "\u{7f}"..."\u{9f}": escape(UInt16(scalar.value))
            default: bytes.append(contentsOf: text[index..<end])
            }
            index = end
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a sentence or a word of touchmon's own.
    package mutating func string(_ text: String) {
        var text = text
        let isPlain = text.withUTF8 { bytes in bytes.allSatisfy { Self.isPlain($0) } }
        guard isPlain else { return string(Array(text.utf8)) }
        separate()
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a byte is a printable character of ASCII that stands for itself.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: " ") && byte < 0x7F && byte != UInt8(ascii: "\"")
            && byte != UInt8(ascii: "\\")
    }

    /// Writes bytes that are no text, and end anywhere: in base64 (RFC 4648).
    package mutating func base64(_ data: [UInt8]) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        separate()
        bytes.append(UInt8(ascii: "\""))
        for start in stride(from: 0, to: data.count, by: 3) {
            let group = data[start..<min(start + 3, data.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let digit = digits[bits >> (6 * (3 - place)) & 63]
                bytes.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes an integer; readers that keep numbers as doubles lose digits beyond 2⁵³.
    package mutating func number(_ value: some FixedWidthInteger) {
        literal(String(value))
    }

    /// A finite number.
    package mutating func number(_ value: Double) {
        literal("\(value)")
    }

    /// Writes a time in nanoseconds since 1970, with all its digits.
    package mutating func time(_ nanoseconds: Int64) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Timestamp.append(nanosecondsSince1970: nanoseconds, digits: 9, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes `true` or `false`.
    package mutating func boolean(_ value: Bool) {
        literal(value ? "true" : "false")
    }

    /// Writes `null`: there is no value.
    package mutating func null() {
        literal("null")
    }

    /// Writes a value that is JSON already.
    package mutating func value(_ json: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func enclosed(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
    ) {
        separate()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        bytes.append(contentsOf: "\\u".utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
        bytes.append(contentsOf: digits.utf8)
    }
}

extension JSONWriter {
    /// Writes a member of an object.
    package mutating func member(_ name: String, _ value: some FixedWidthInteger) {
        key(name)
        number(value)
    }

    /// A time in nanoseconds since 1970.
    package mutating func member(_ name: String, time: Int64) {
        key(name)
        self.time(time)
    }

    package mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    /// What was touched; of a file of a tree, the file.
    package mutating func member(_ name: String, _ path: RawPath) {
        key(name)
        string(path.touched.bytes)
    }
}
