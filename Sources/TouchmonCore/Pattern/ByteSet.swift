/// The bytes that a `[…]` of a `.gitignore` stands for.
struct ByteSet: Hashable, Sendable {
    private var members: [Bool]

    private init() { members = Array(repeating: false, count: 256) }

    func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }

    private mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { members[Int(byte)] = true }
    }

    /// Reads what begins at `start` as git does, and where it ends; nil where nothing closes it, or it
    /// names a class that there is not: such a pattern matches nothing.
    static func read(
        _ text: ArraySlice<UInt8>, at start: Int
    ) -> (set: ByteSet, end: Int)? {
        var set = ByteSet()
        var index = start + 1
        func byte(_ index: Int) -> UInt8? { index < text.endIndex ? text[index] : nil }
        let isNegated = byte(index) == UInt8(ascii: "!") || byte(index) == UInt8(ascii: "^")
        if isNegated { index += 1 }
        // What a range may begin with.
        var low: UInt8?
        var isFirst = true
        while let current = byte(index), isFirst || current != UInt8(ascii: "]") {
            isFirst = false
            index += 1
            if current == UInt8(ascii: "["), byte(index) == UInt8(ascii: ":") {
                guard let end = text[index...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
                // Without its second colon it is no class, but a set like any other.
                if end - 1 > index, text[end - 1] == UInt8(ascii: ":") {
                    let name = text[(index + 1)..<(end - 1)]
                    guard let ranges = ranges(ofClass: name) else { return nil }
                    for range in ranges { set.insert(range) }
                    index = end + 1
                    low = nil
                    continue
                }
            }
            if current == UInt8(ascii: "-"), let first = low, var last = byte(index),
                last != UInt8(ascii: "]")
            {
                index += 1
                if last == UInt8(ascii: "\\") {
                    guard let escaped = byte(index) else { return nil }
                    index += 1
                    last = escaped
                }
                if first <= last { set.insert(first...last) }
                low = nil
                continue
            }
            var literal = current
            if current == UInt8(ascii: "\\") {
                guard let escaped = byte(index) else { return nil }
                index += 1
                literal = escaped
            }
            set.insert(literal...literal)
            low = literal
        }
        guard index < text.endIndex else { return nil }
        if isNegated { for index in set.members.indices { set.members[index].toggle() } }
        return (set, index + 1)
    }

    private static func ranges(ofClass name: ArraySlice<UInt8>) -> [ClosedRange<UInt8>]? {
        // git has its own idea of a space, and lacks what POSIX lacks.
        if name.elementsEqual("space".utf8) { return [0x09...0x0A, 0x0D...0x0D, 0x20...0x20] }
        if name.elementsEqual("ascii".utf8) || name.elementsEqual("word".utf8) { return nil }
        return CharacterSet.ranges(ofClass: name)?.map {
            UInt8($0.lowerBound)...UInt8($0.upperBound)
        }
    }
}
