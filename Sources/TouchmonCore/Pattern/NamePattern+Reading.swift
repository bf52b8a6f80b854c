/// How the text of a pattern is read.
extension NamePattern {
    /// The places of each `[…]` of a name, up to the first `[` that nothing closes.
    static func sets(in pattern: ArraySlice<UInt8>) -> (closed: [Range<Int>], unclosed: Int?) {
        var closed: [Range<Int>] = []
        var index = pattern.startIndex
        while index < pattern.endIndex {
            switch pattern[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "["):
                guard let set = set(in: pattern, at: index) else { return (closed, index) }
                closed.append(index..<set.end)
                index = set.end
            default: index += 1
            }
        }
        return (closed, nil)
    }

    /// Whether the pattern says anything but its own bytes.
    static func isNeeded(by pattern: ArraySlice<UInt8>) -> Bool {
        var index = pattern.startIndex
        while index < pattern.endIndex {
            switch pattern[index] {
            case UInt8(ascii: "*"), UInt8(ascii: "?"): return true
            case UInt8(ascii: "["):
                if set(in: pattern, at: index) != nil { return true }
                index += 1
            case UInt8(ascii: "\\"):
                // A backslash before anything else was always a byte of the path.
                let next = index + 1
                if next < pattern.endIndex, "*?[{".utf8.contains(pattern[next]) { return true }
                index += 2
            default: index += 1
            }
        }
        return false
    }

    static func tokens(of pattern: ArraySlice<UInt8>) -> [Token] {
        var tokens: [Token] = []
        var index = pattern.startIndex
        while index < pattern.endIndex {
            switch pattern[index] {
            case UInt8(ascii: "*"):
                if tokens.last != .any { tokens.append(.any) }
                index += 1
            case UInt8(ascii: "?"):
                tokens.append(.one)
                index += 1
            case UInt8(ascii: "["):
                if let (set, end) = set(in: pattern, at: index) {
                    tokens.append(.set(set))
                    index = end
                } else {
                    tokens.append(.character(UInt32(pattern[index])))
                    index += 1
                }
            default:
                let (code, end) = literal(in: pattern, at: index)
                tokens.append(.character(code))
                index = end
            }
        }
        return tokens
    }

    /// The character at `index`, or behind the backslash there, and where it ends. A backslash that
    /// is the last is a character itself.
    private static func literal(
        in pattern: ArraySlice<UInt8>, at index: Int
    ) -> (code: UInt32, end: Int) {
        let isEscaped = pattern[index] == UInt8(ascii: "\\") && index + 1 < pattern.endIndex
        let start = isEscaped ? index + 1 : index
        let character = pattern.character(at: start)
        return (character.code, start + character.length)
    }

    /// The `[…]` that begins at `start`, and where it ends; nil where nothing closes it.
    private static func set(
        in pattern: ArraySlice<UInt8>, at start: Int
    ) -> (set: CharacterSet, end: Int)? {
        var set = CharacterSet()
        var index = start + 1
        if index < pattern.endIndex, "!^".utf8.contains(pattern[index]) {
            set.isNegated = true
            index += 1
        }
        var isFirst = true
        // The character that a range may begin with, if one was just read.
        var low: UInt32?
        while index < pattern.endIndex {
            let byte = pattern[index]
            if byte == UInt8(ascii: "]"), !isFirst { return (set, index + 1) }
            isFirst = false
            if let named = namedClass(in: pattern, at: index) {
                for range in named.ranges { set.insert(range) }
                index = named.end
                low = nil
                continue
            }
            let next = index + 1
            if byte == UInt8(ascii: "-"), let first = low, next < pattern.endIndex,
                pattern[next] != UInt8(ascii: "]"), namedClass(in: pattern, at: next) == nil
            {
                let (last, end) = literal(in: pattern, at: next)
                // One that is turned round holds nothing: neither end counts by itself.
                set.removeLast()
                if first <= last { set.insert(first...last) }
                index = end
                low = nil
                continue
            }
            let (code, end) = literal(in: pattern, at: index)
            set.insert(code...code)
            index = end
            low = code
        }
        return nil
    }

    /// The `[:name:]` that begins at `start`, and where it ends.
    private static func namedClass(
        in pattern: ArraySlice<UInt8>, at start: Int
    ) -> (ranges: [ClosedRange<UInt32>], end: Int)? {
        guard pattern[start...].starts(with: "[:".utf8) else { return nil }
        let name = pattern[(start + 2)...].prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
        guard pattern[name.endIndex...].starts(with: ":]".utf8),
            let ranges = CharacterSet.ranges(ofClass: name)
        else { return nil }
        return (ranges, name.endIndex + 2)
    }

    static func isScalar(_ code: UInt32) -> Bool { Unicode.Scalar(code) != nil }

    /// The bytes of tokens that are all characters.
    static func bytes(of tokens: ArraySlice<Token>) -> [UInt8] {
        tokens.compactMap(\.character).flatMap { code -> [UInt8] in
            guard let scalar = Unicode.Scalar(code) else { return [UInt8(code - 0xDC00)] }
            return Array(String(scalar).utf8)
        }
    }
}

extension NamePattern.Token {
    /// What it is, where it is one character and no other.
    var character: UInt32? {
        if case .character(let code) = self { code } else { nil }
    }
}
