internal import Glibc

/// One event as a fanotify queue gives it: `struct fanotify_event_metadata` and the records of
/// information behind it, fanotify(7).
struct FanotifyRecord {
    private static let headSize = 24

    private let bytes: UnsafeRawBufferPointer

    /// Takes the first event from what was read; nil where nothing is left.
    @inline(__always)
    init?(takenFrom rest: inout UnsafeRawBufferPointer) {
        guard rest.count >= Self.headSize else { return nil }
        let length = Int(rest.loadUnaligned(as: UInt32.self))
        guard length >= Self.headSize, length <= rest.count else { return nil }
        bytes = UnsafeRawBufferPointer(rebasing: rest[..<length])
        rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }

    var events: Fanotify.Events {
        Fanotify.Events(rawValue: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    var process: Int32 { bytes.loadUnaligned(fromByteOffset: 20, as: Int32.self) }

    /// What a record of information says.
    enum Information {
        /// The file of the event.
        case file(FanotifyHandle)
        /// Its directory, and its name there.
        case name(FanotifyHandle)
        /// A descriptor of the process; negative where there is none.
        case process(Int32)
        case other
    }

    /// Hands each record of information to `body`.
    @inline(__always)
    func forEachInformation(_ body: (Information) -> Void) {
        var offset = Int(bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        while offset + 8 <= bytes.count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self))
            guard length >= 8, offset + length <= bytes.count else { return }
            body(
                Self.information(
                    UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])))
            offset += length
        }
    }

    @inline(__always)
    private static func information(_ record: UnsafeRawBufferPointer) -> Information {
        switch record[0] {
        case 1: FanotifyHandle(record).map { .file($0) } ?? .other
        case 2: FanotifyHandle(record).map { .name($0) } ?? .other
        case 4: .process(record.loadUnaligned(fromByteOffset: 4, as: Int32.self))
        default: .other
        }
    }
}

/// `struct fanotify_event_info_fid`: a file handle, and the name of an entry behind it.
struct FanotifyHandle {
    /// `f_fsid` of statfs(2).
    let fileSystem: UInt64
    /// The type, four bytes, and the handle itself.
    let handle: UnsafeRawBufferPointer
    /// Empty where there is none.
    let name: UnsafeRawBufferPointer

    /// nil where it is none.
    @inline(__always)
    fileprivate init?(_ record: UnsafeRawBufferPointer) {
        let handleOffset = 20
        guard record.count >= handleOffset else { return nil }
        let size = Int(record.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        guard size <= record.count - handleOffset else { return nil }
        let end = handleOffset + size
        fileSystem = record.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
        handle = UnsafeRawBufferPointer(rebasing: record[16..<end])
        // The name ends with NUL, and what follows is to align the next record.
        let rest = UnsafeRawBufferPointer(rebasing: record[end...])
        let count = rest.baseAddress.map { strnlen($0, rest.count) } ?? 0
        name = UnsafeRawBufferPointer(rebasing: rest[..<count])
    }
}
