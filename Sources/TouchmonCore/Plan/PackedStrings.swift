/// A list of byte strings in one piece of memory, as a new process takes its arguments: each followed
/// by NUL, and so without NUL itself.
///
/// A start copies the piece as a whole; nothing is looked at string by string but where each begins.
package struct PackedStrings: Hashable, Sendable {
    /// The strings, NUL after each.
    package let bytes: [UInt8]
    package let count: Int

    /// Traps when a string contains NUL: a process would see another, shorter one.
    package init(_ strings: some Collection<[UInt8]>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(strings.reduce(0) { $0 + $1.count + 1 })
        for string in strings {
            precondition(!string.contains(0), "a string for a process contains NUL")
            bytes += string
            bytes.append(0)
        }
        self.bytes = bytes
        count = strings.count
    }

    /// Of strings with NUL after each; nil where the last has none.
    package init?(packed bytes: [UInt8]) {
        guard bytes.last ?? 0 == 0 else { return nil }
        self.bytes = bytes
        count = bytes.count { $0 == 0 }
    }

    /// Each string by itself.
    package var strings: [[UInt8]] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
    }

    /// The first one; empty where there is none.
    package var first: [UInt8] { Array(bytes.prefix { $0 != 0 }) }
}
