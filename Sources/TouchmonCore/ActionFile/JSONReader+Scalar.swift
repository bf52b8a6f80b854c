extension JSONReader {
    /// The number that begins here, as it is written.
    mutating func number() throws(JSONSyntaxError) -> [UInt8] {
        let start = index
        pass("-")
        let whole = index
        try digits(of: start)
        if index > whole + 1, bytes[whole] == UInt8(ascii: "0") {
            throw failure(
                start, "a number begins with a `0` that does not count",
                "remove the `0`; an octal number such as a `umask` is a string: `\"022\"`")
        }
        if pass(".") { try digits(of: start) }
        if pass("e") || pass("E") {
            if !pass("+") { pass("-") }
            try digits(of: start)
        }
        // What follows decides whether it was a number at all: `10s`, `0x1f`.
        if index < bytes.count, Self.isWordByte(bytes[index]) { throw notAValue(at: start) }
        return Array(bytes[start..<index])
    }

    /// `true`, `false` or `null`.
    mutating func literal() throws(JSONSyntaxError) -> JSONValue {
        let start = index
        while index < bytes.count, Self.isWordByte(bytes[index]) { index += 1 }
        let word = bytes[start..<index]
        if word.elementsEqual("true".utf8) { return .boolean(true) }
        if word.elementsEqual("false".utf8) { return .boolean(false) }
        if word.elementsEqual("null".utf8) { return .null }
        throw notAValue(at: start)
    }

    private mutating func digits(of start: Int) throws(JSONSyntaxError) {
        let first = index
        while index < bytes.count, Self.isDigit(bytes[index]) { index += 1 }
        guard index > first else { throw notAValue(at: start) }
    }

    @discardableResult
    private mutating func pass(_ scalar: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    /// Whether `byte` belongs to what a person takes for one word: it bounds a word in a message.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
