/// Reads JSON exactly as RFC 8259 defines it: no comments, no trailing commas, nothing after the
/// value, and UTF-8 without a byte order mark.
///
/// The caller bounds the number of bytes, `depthLimit` the nesting: it is what makes recursion safe.
package struct JSONReader {
    let bytes: [UInt8]
    var index = 0
    var loneSurrogates: [Int] = []
    private let depthLimit: Int
    /// Where the object begins whose members are read one by one.
    private var root = 0

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
        try begin()
        let root = try value(depth: 0)
        try finish()
        return JSONDocument(root: root, loneSurrogates: loneSurrogates)
    }

    private mutating func begin() throws(JSONSyntaxError) {
        try refuseOtherEncodings()
        skipSpace()
        guard index < bytes.count else {
            throw failure(
                0, "the file is empty", "write `{}` for an action file without actions")
        }
    }

    private mutating func finish() throws(JSONSyntaxError) {
        skipSpace()
        guard index == bytes.count else { throw afterTheEnd() }
    }

    // MARK: Member by member

    /// Begins in front of the first member of the object that `bytes` are. Where they are no object,
    /// `other` is what they are instead.
    init(
        membersOf bytes: [UInt8], other: inout JSONNode?, depthLimit: Int = 64
    ) throws(JSONSyntaxError) {
        self.init(bytes: bytes, depthLimit: depthLimit)
        try begin()
        root = index
        guard bytes[index] != UInt8(ascii: "{") else {
            index += 1
            return
        }
        other = try value(depth: 0)
        try finish()
    }

    /// The key of the next member, up to its value, which is to be taken then; nil where the object ends,
    /// and the text with it.
    mutating func nextKey() throws(JSONSyntaxError) -> (offset: Int, text: [UInt8])? {
        let isFirst = index == root + 1
        let isOver = if isFirst { false } else { try end(of: root) }
        if !isOver, let key = try key(in: root, isFirst: isFirst) { return key }
        index += 1
        try finish()
        return nil
    }

    /// The value of a member whose key was taken.
    mutating func nextValue() throws(JSONSyntaxError) -> JSONNode { try value(depth: 1) }

    /// Passes the value of a member whose key was taken, if it is byte by byte the object that stood in
    /// `place`: where that ends, this one does.
    mutating func passObject(equalTo place: Range<Int>) -> Bool {
        guard bytes.count - index >= place.count else { return false }
        let isEqual = bytes.withUnsafeBytes {
            $0[index..<index + place.count].elementsEqual($0[place])
        }
        if isEqual { index += place.count }
        return isEqual
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
                if !elements.isEmpty { throw danglingComma() }
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
        while let key = try key(in: open, isFirst: members.isEmpty) {
            members.append(
                JSONMember(keyOffset: key.offset, key: key.text, node: try value(depth: depth)))
            if try end(of: open) { break }
        }
        index += 1
        return members
    }

    /// The next key of the object that began at `open`, up to its value; nil where the object ends.
    private mutating func key(
        in open: Int, isFirst: Bool
    ) throws(JSONSyntaxError) -> (offset: Int, text: [UInt8])? {
        let next = try peek(in: open)
        if next == UInt8(ascii: "}") {
            if !isFirst { throw danglingComma() }
            return nil
        }
        guard next == UInt8(ascii: "\"") else { throw notAKey() }
        let offset = index
        let text = try string()
        guard try peek(in: open) == UInt8(ascii: ":") else {
            throw failure(
                index, "a `:` is missing between a key and its value", "write `:` here")
        }
        index += 1
        _ = try peek(in: open)
        return (offset, text)
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
