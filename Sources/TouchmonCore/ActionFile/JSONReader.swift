/// Reads JSON exactly as RFC 8259 defines it: no comments, no trailing commas, nothing after the
/// value, and UTF-8 without a byte order mark.
///
/// The caller bounds the number of bytes, `depthLimit` the nesting: it is what makes recursion safe.
package struct JSONReader {
    let bytes: [UInt8]
    var index = 0
    var loneSurrogates: [Int] = []
    private let depthLimit: Int

    /// The value in `bytes`. Throws the first place where they stop being JSON, or nest lists and
    /// objects more than `depthLimit` deep.
    package static func read(
        _ bytes: [UInt8], depthLimit: Int = 64
    ) throws(JSONSyntaxError) -> JSONDocument {
        var reader = JSONReader(bytes: bytes, depthLimit: depthLimit)
        return try reader.document()
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private mutating func document() throws(JSONSyntaxError) -> JSONDocument {
        try refuseOtherEncodings()
        skipSpace()
        guard index < bytes.count else {
            throw failure(
                0, "the file is empty", "write `{}` for an action file without actions")
        }
        let root = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw afterTheEnd() }
        return JSONDocument(root: root, loneSurrogates: loneSurrogates)
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONNode {
        let offset = index
        let value: JSONValue
        switch bytes[index] {
        case UInt8(ascii: "\""): value = .string(try string())
        case UInt8(ascii: "{"): value = .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): value = .list(try list(depth: depth + 1))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): value = .number(try number())
        default: value = try literal()
        }
        return JSONNode(offset: offset, value: value)
    }

    private mutating func list(depth: Int) throws(JSONSyntaxError) -> [JSONNode] {
        let open = index
        try enter(depth: depth)
        var elements: [JSONNode] = []
        while true {
            let next = try peek(in: open)
            if next == UInt8(ascii: "]") {
                if let last = elements.last { throw danglingComma(after: last) }
                break
            }
            elements.append(try value(depth: depth))
            if try end(of: open) { break }
        }
        index += 1
        return elements
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> [JSONMember] {
        let open = index
        try enter(depth: depth)
        var members: [JSONMember] = []
        while true {
            let next = try peek(in: open)
            if next == UInt8(ascii: "}") {
                if let last = members.last { throw danglingComma(after: last.node) }
                break
            }
            guard next == UInt8(ascii: "\"") else { throw notAKey() }
            let keyOffset = index
            let key = try string()
            guard try peek(in: open) == UInt8(ascii: ":") else {
                throw failure(
                    index, "a `:` is missing between a key and its value", "write `:` here")
            }
            index += 1
            _ = try peek(in: open)
            members.append(
                JSONMember(keyOffset: keyOffset, key: key, node: try value(depth: depth)))
            if try end(of: open) { break }
        }
        index += 1
        return members
    }

    private mutating func enter(depth: Int) throws(JSONSyntaxError) {
        guard depth <= depthLimit else {
            throw failure(
                index, "lists and objects are nested more than \(depthLimit) deep",
                "no action needs this: remove the brackets that are too many")
        }
        index += 1
    }

    /// Whether the list or object that began at `open` ends here; if not, the comma is passed.
    private mutating func end(of open: Int) throws(JSONSyntaxError) -> Bool {
        let next = try peek(in: open)
        if next == UInt8(ascii: ",") {
            index += 1
            return false
        }
        // One bracket is the other plus two: "[" 5B, "]" 5D and "{" 7B, "}" 7D.
        guard next == bytes[open] + 2 else { throw notAComma(open: open) }
        return true
    }

    /// The next byte that is not white space, inside of the list or object that began at `open`.
    private mutating func peek(in open: Int) throws(JSONSyntaxError) -> UInt8 {
        skipSpace()
        guard index < bytes.count else { throw neverClosed(open) }
        return bytes[index]
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                index += 1
            default: return
            }
        }
    }

    func failure(_ offset: Int, _ message: String, _ remedy: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: offset, message: message, remedy: remedy)
    }
}
