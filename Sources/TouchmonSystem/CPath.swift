internal import Glibc

/// Bytes that end with NUL, ready for the kernel: a path, or an argument of a program.
///
/// Made once and kept, so that a call on a hot path allocates nothing. path_resolution(7).
package struct CPath: Hashable, Sendable {
    /// The bytes and the terminating NUL, in the type that C functions take; what follows is of
    /// longer paths that it held.
    private(set) var terminated: [CChar]

    /// Traps when `bytes` contain NUL: the kernel would see another, shorter path.
    package init(_ bytes: [UInt8]) {
        precondition(!bytes.contains(0), "a path contains NUL")
        terminated = [CChar](unsafeUninitializedCapacity: bytes.count + 1) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
            buffer[bytes.count] = 0
            count = bytes.count + 1
        }
    }

    /// Holds `bytes` from now on, in the memory that it has where they fit.
    package mutating func assign(_ bytes: [UInt8]) {
        if terminated.count <= bytes.count {
            terminated += repeatElement(0, count: bytes.count + 1 - terminated.count)
        }
        terminated.withUnsafeMutableBytes { buffer in
            bytes.withUnsafeBytes { bytes in
                guard let source = bytes.baseAddress, let target = buffer.baseAddress else {
                    return
                }
                precondition(memchr(source, 0, bytes.count) == nil, "a path contains NUL")
                memcpy(target, source, bytes.count)
            }
            buffer[bytes.count] = 0
        }
    }

    /// The number in decimal, as the name of a file.
    init(number: UInt64) {
        var digits = 1, rest = number / 10
        while rest > 0 { (digits, rest) = (digits + 1, rest / 10) }
        terminated = [CChar](unsafeUninitializedCapacity: digits + 1) { buffer, count in
            var rest = number
            for place in (0..<digits).reversed() {
                buffer[place] = CChar(UInt8(ascii: "0")) + CChar(rest % 10)
                rest /= 10
            }
            buffer[digits] = 0
            count = digits + 1
        }
    }

    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The bytes without the terminating NUL.
    package var bytes: [UInt8] { terminated.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)) }

    package static func == (left: CPath, right: CPath) -> Bool { left.bytes == right.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
