/// The characters that a `[…]` of a pattern stands for.
struct CharacterSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    mutating func removeLast() { ranges.removeLast() }

    func contains(_ character: UInt32) -> Bool {
        for range in ranges where range.contains(character) { return !isNegated }
        return isNegated
    }

    /// What `[:name:]` stands for, in ASCII whatever the locale; nil for no class.
    static func ranges(ofClass name: some Sequence<UInt8>) -> [ClosedRange<UInt32>]? {
        classes.first { $0.name.utf8.elementsEqual(name) }?.ranges
    }

    private static let digits: ClosedRange<UInt32> = 0x30...0x39
    private static let upper: ClosedRange<UInt32> = 0x41...0x5A
    private static let lower: ClosedRange<UInt32> = 0x61...0x7A

    private static let classes: [(name: String, ranges: [ClosedRange<UInt32>])] = [
        ("alnum", [digits, upper, lower]), ("alpha", [upper, lower]), ("ascii", [0...0x7F]),
        ("blank", [0x09...0x09, 0x20...0x20]), ("cntrl", [0...0x1F, 0x7F...0x7F]),
        ("digit", [digits]), ("graph", [0x21...0x7E]), ("lower", [lower]),
        ("print", [0x20...0x7E]),
        ("punct", [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        ("space", [0x09...0x0D, 0x20...0x20]), ("upper", [upper]),
        ("word", [digits, upper, lower, 0x5F...0x5F]),
        ("xdigit", [digits, 0x41...0x46, 0x61...0x66]),
    ]
}

extension Collection<UInt8> where Index == Int {
    /// The character that begins at `index`, and how many bytes it has: a Unicode scalar where the
    /// bytes are UTF-8, else one byte, as a number that no scalar has (`\udc80` and so on, as in an
    /// action file).
    ///
    /// Two texts are the same bytes if and only if they are the same characters.
    func character(at index: Int) -> (code: UInt32, length: Int) {
        let byte = self[index]
        if byte < 0x80 { return (UInt32(byte), 1) }
        guard let scalar = scalar(at: index) else { return (0xDC00 + UInt32(byte), 1) }
        return (scalar.value, UTF8.width(scalar))
    }
}
