/// Reads the records of inotify(7) out of the bytes that one read(2) returned.
///
/// A record is `{ int wd; uint32_t mask, cookie, len; char name[len]; }` in the machine's own byte
/// order; the name is padded with NULs. The kernel never splits a record, so a short one means that
/// the bytes are not the kernel's: reading stops there.
package struct EventReader: ~Copyable, ~Escapable {
    private let bytes: RawSpan
    private var offset = 0
    private static let headerSize = 16

    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// One record; `name` is where its name lies in the bytes, empty for the watched inode itself.
    package struct Event {
        package var watch: Int32
        package var mask: InotifyMask
        package var name: Range<Int>
    }

    /// The next record, or nil after the last.
    package mutating func next() -> Event? {
        guard bytes.byteCount - offset >= Self.headerSize else { return nil }
        let watch = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Int32.self)
        let mask = bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
        let length = Int(bytes.unsafeLoadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
        let start = offset + Self.headerSize
        guard length <= bytes.byteCount - start else { return nil }
        offset = start + length
        var end = start
        while end < offset, bytes.unsafeLoad(fromByteOffset: end, as: UInt8.self) != 0 { end += 1 }
        return Event(watch: watch, mask: InotifyMask(rawValue: mask), name: start..<end)
    }
}
