/// Where file systems are mounted, and what changed since the last look.
package struct MountPoints {
    /// By the mount's number, which is not used again while the mount exists.
    private var points: [UInt64: RawPath] = [:]
    private var isKnown = false

    package init() {}

    /// All of them.
    var all: [RawPath] { Array(points.values) }

    /// Takes the text of /proc/self/mountinfo, proc(5), and returns the points at which something
    /// was mounted or unmounted since the last time; none the first time.
    package mutating func update(_ text: [UInt8]) -> [RawPath] {
        var present: [UInt64: RawPath] = [:]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 4,
                let number = UInt64(String(decoding: fields[0], as: UTF8.self))
            else { continue }
            present[number] = RawPath(bytes: Self.unescaped(fields[4]))
        }
        defer { (points, isKnown) = (present, true) }
        guard isKnown else { return [] }
        let gone = points.filter { present[$0.key] != $0.value }.values
        let new = present.filter { points[$0.key] != $0.value }.values
        return Array(gone) + new
    }

    /// The kernel writes space, tab, newline and backslash as `\` and three octal digits.
    static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
