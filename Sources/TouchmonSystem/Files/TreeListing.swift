internal import CTouchmon
internal import Glibc

/// A directory of a tree, watched by `TreeWatch` and listed through one descriptor: what was watched is
/// what is listed, whatever its path leads to meanwhile.
///
/// Watch, then list: what comes while it is listed is told by the watch, or by the mark. An entry that is
/// renamed meanwhile may be listed twice, or not at all. getdents(2).
package struct TreeListing: ~Copyable {
    /// For `FileMetadata` and `DirectoryHandle` of the directory itself.
    package let directory: OwnedDescriptor
    private let buffer: Buffer

    /// What the kernel writes entries into. To list many directories with one spares the allocator, which
    /// tidies up whenever so much is freed.
    package final class Buffer {
        fileprivate let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 32768, alignment: 8)
        /// Whether all directories until now could be opened so that no access time is left.
        fileprivate var leavesNoTime = true

        package init() {}

        deinit {
            bytes.deallocate()
        }
    }

    /// One entry, valid as long as `body` of `next` runs.
    package struct Entry {
        /// Of the directory's own entry: where something is mounted on it, `metadata` has another one.
        package let inode: UInt64
        /// nil where neither the directory says it nor the entry may be looked at.
        package let kind: FileMetadata.Kind?
        package let name: UnsafeRawBufferPointer
        /// The entry's own, also where it is a symbolic link. nil unless asked for, and where it may not
        /// be looked at.
        package let metadata: FileMetadata?
    }

    /// Opens the directory at `path`, as `OwnedDescriptor.init(inTree:)` does. Leaves no access time
    /// where that is permitted. `buffer` may be several listings' that are not read at once.
    package init(_ path: CPath, _ buffer: Buffer = Buffer()) throws(SystemFailure) {
        let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK
        if buffer.leavesNoTime {
            do throws(SystemFailure) {
                try self.init(
                    OwnedDescriptor(inTree: path, flags: flags | tm_open_noatime), buffer)
                return
            } catch {
                guard error.errno == .notPermitted else { throw error }
                // For the directory's owner and root only, open(2). From then on it is opened without,
                // and asked for afterwards: a flag that is refused costs a tenth of another open.
                buffer.leavesNoTime = false
            }
        }
        try self.init(OwnedDescriptor(inTree: path, flags: flags), buffer)
        _ = fcntl(directory.raw, F_SETFL, O_NONBLOCK | tm_open_noatime)
    }

    /// Takes over a directory that was opened for reading, and not listed yet.
    init(_ directory: consuming OwnedDescriptor, _ buffer: Buffer = Buffer()) {
        self.directory = directory
        self.buffer = buffer
    }

    /// Hands some entries to `body`, all but `.` and `..`; false when there are no more. An entry that
    /// has vanished when it is looked at is left out. Allocates nothing.
    package mutating func next(
        withStatus: Bool, _ body: (Entry) -> Void
    ) throws(SystemFailure) -> Bool {
        let (raw, buffer) = (directory.raw, buffer.bytes)
        let count = try systemCall("list a directory") {
            tm_list(raw, buffer.baseAddress, buffer.count)
        }
        guard count > 0, let start = buffer.baseAddress else { return false }
        var record = UnsafeRawPointer(start)
        let end = record + count
        while record < end {
            let length = Int(record.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
            if let entry = Self.entry(record, in: raw, withStatus: withStatus) { body(entry) }
            record += length
        }
        return true
    }

    /// `struct linux_dirent64`: inode, offset, length, type, name. nil where it is none to tell of.
    @inline(__always)
    private static func entry(
        _ record: UnsafeRawPointer, in directory: Int32, withStatus: Bool
    ) -> Entry? {
        let name = (record + 19).assumingMemoryBound(to: CChar.self)
        let count = strlen(name)
        if name[0] == CChar(bitPattern: .dot),
            count == 1 || (count == 2 && name[1] == CChar(bitPattern: .dot))
        {
            return nil
        }
        var kind = FileMetadata.Kind(entry: record.load(fromByteOffset: 18, as: UInt8.self))
        var metadata: FileMetadata?
        if withStatus || kind == nil {
            do {
                let found = try FileMetadata(of: name, in: directory)
                kind = found.kind
                if withStatus { metadata = found }
            } catch {
                if error.errno == .noSuchFile { return nil }
            }
        }
        return Entry(
            inode: record.loadUnaligned(as: UInt64.self), kind: kind,
            name: UnsafeRawBufferPointer(start: name, count: count), metadata: metadata)
    }
}
