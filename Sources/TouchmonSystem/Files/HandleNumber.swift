/// Makes numbers of file handles and of names, by which events are told apart.
///
/// Other numbers in each process: nobody can choose names that have the same.
struct HandleNumber: Sendable {
    private let key = UInt64.random(in: 1...UInt64.max)

    /// The number of a handle, its type included, on the file system with this `f_fsid`.
    func callAsFunction(_ fileSystem: UInt64, _ handle: UnsafeRawBufferPointer) -> UInt64 {
        Self.mix(Self.mix(key, fileSystem), handle)
    }

    /// The number of an entry in the directory with this number.
    func callAsFunction(entry name: UnsafeRawBufferPointer, of directory: UInt64) -> UInt64 {
        Self.mix(directory, name)
    }

    private static func mix(_ state: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = mix(state, UInt64(bytes.count))
        var offset = 0
        while bytes.count - offset >= 8 {
            state = mix(state, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return mix(state, rest)
    }

    /// Every bit of both reaches all others: the product in twice the width, folded.
    @inline(__always)
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low ^ state.byteSwapped
    }
}
