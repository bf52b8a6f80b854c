/// A JSON value as it stands in a file, before anything is made of it.
///
/// Nothing is lost that a message needs: every value and every key knows where it begins, keys keep
/// their order and their duplicates, and a number keeps its spelling.
package struct JSONNode: Hashable, Sendable {
    /// The offset of the value's first byte.
    package var offset: Int
    package var value: JSONValue

    package init(offset: Int, value: JSONValue) {
        self.offset = offset
        self.value = value
    }
}

/// What a JSON value is, in the terms of RFC 8259, section 3.
package enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// The number as it is written.
    case number([UInt8])
    /// The text, decoded: UTF-8, except that `\udc80` to `\udcff` stand for the bytes 0x80 to 0xff.
    case string([UInt8])
    case list([JSONNode])
    case object([JSONMember])

    /// What the value is, for a message.
    package var kind: String {
        switch self {
        case .null: "`null`"
        case .boolean(let value): "`\(value)`"
        case .number: "a number"
        case .string: "a string"
        case .list: "a list"
        case .object: "an object"
        }
    }
}

/// One member of an object.
package struct JSONMember: Hashable, Sendable {
    /// The offset of the key's opening quote.
    package var keyOffset: Int
    /// The key, decoded as a string is.
    package var key: [UInt8]
    package var node: JSONNode

    package init(keyOffset: Int, key: [UInt8], node: JSONNode) {
        self.keyOffset = keyOffset
        self.key = key
        self.node = node
    }
}

/// A whole JSON text.
package struct JSONDocument: Hashable, Sendable {
    package var root: JSONNode
    /// Where a string holds half of a surrogate pair that stands for no byte. The grammar allows
    /// it (RFC 8259, section 8.2), so whether it is an error is not the reader's to say; the
    /// decoded string has its three bytes, which are not UTF-8.
    package var loneSurrogates: [Int]
}

/// Where and why a file is not JSON, and what to do about it: the parts of a `Problem`, whose line
/// and column are computed only when it is reported.
package struct JSONSyntaxError: Error, Hashable, Sendable {
    package var offset: Int
    package var message: String
    package var remedy: String
}
