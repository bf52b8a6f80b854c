extension JSONReader {
    /// The string whose opening quote is here, decoded.
    mutating func string() throws(JSONSyntaxError) -> [UInt8] {
        let open = index
        index += 1
        var decoded: [UInt8] = []
        // What needs no decoding is copied in one piece: for most strings, all of it.
        var plain = index
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                let end = index
                index += 1
                if decoded.isEmpty { return Array(bytes[plain..<end]) }
                decoded.append(contentsOf: bytes[plain..<end])
                return decoded
            case UInt8(ascii: "\\"):
                decoded.append(contentsOf: bytes[plain..<index])
                try escape(into: &decoded)
                plain = index
            case 0x00..<0x20:
                throw controlCharacter(byte, in: open)
            case 0x80...0xFF:
                guard let scalar = bytes.scalar(at: index) else { throw notUTF8() }
                index += UTF8.width(scalar)
            default:
                index += 1
            }
        }
        throw failure(
            open, "the string that begins here never ends", "write the missing `\"` at its end")
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONSyntaxError) {
        let offset = index
        index += 2
        switch offset + 1 < bytes.count ? bytes[offset + 1] : 0 {
        case UInt8(ascii: "\""): decoded.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): decoded.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): decoded.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            index = offset
            try unicodeEscape(into: &decoded)
        default: throw unknownEscape(at: offset)
        }
    }

    private mutating func unicodeEscape(into decoded: inout [UInt8]) throws(JSONSyntaxError) {
        let offset = index
        let unit = try codeUnit()
        if UTF16.isLeadSurrogate(unit), bytes[index...].starts(with: "\\u".utf8) {
            let afterFirst = index
            let second = try codeUnit()
            if UTF16.isTrailSurrogate(second) {
                let value = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF))
                append(value, to: &decoded)
                return
            }
            index = afterFirst
        }
        switch unit {
        case 0xDC80...0xDCFF: decoded.append(UInt8(unit & 0xFF))
        case 0xD800...0xDFFF:
            loneSurrogates.append(offset)
            append(UInt32(unit), to: &decoded)
        default: append(UInt32(unit), to: &decoded)
        }
    }

    /// The number of a `\uXXXX`, which is passed.
    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        let offset = index
        index += 2
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = Self.hexadecimalDigit(bytes[index]) else {
                throw failure(
                    offset, "`\\u` is not followed by four hexadecimal digits",
                    "write four digits as in `\\u00e9`, or `\\\\u` for the characters themselves")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Appends `value` in the form of UTF-8; a surrogate too, which `Unicode.Scalar` can't be.
    private func append(_ value: UInt32, to decoded: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (value >> shift & 0x3F)) }
        switch value {
        case 0..<0x80: decoded.append(UInt8(value))
        case 0x80..<0x800: decoded += [UInt8(0xC0 | value >> 6), continuation(0)]
        case 0x800..<0x10000:
            decoded += [UInt8(0xE0 | value >> 12), continuation(6), continuation(0)]
        default:
            decoded += [
                UInt8(0xF0 | value >> 18), continuation(12), continuation(6), continuation(0),
            ]
        }
    }
}
