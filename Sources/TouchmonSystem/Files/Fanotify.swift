internal import CTouchmon
internal import Glibc

/// One queue that tells which process changed what, fanotify(7).
///
/// It says nothing that `Inotify` does not, except who; and less: events of one file and one process
/// that wait together become one, whatever came between them.
package struct Fanotify: ~Copyable {
    package let descriptor: OwnedDescriptor

    /// The event bits, with the values of the kernel's user interface; most are inotify's.
    package struct Events: OptionSet, Hashable, Sendable {
        package let rawValue: UInt64

        package init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        package static let modify = Events(rawValue: 0x2)
        package static let attributes = Events(rawValue: 0x4)
        package static let closeAfterWriting = Events(rawValue: 0x8)
        package static let movedFrom = Events(rawValue: 0x40)
        package static let movedTo = Events(rawValue: 0x80)
        package static let create = Events(rawValue: 0x100)
        package static let delete = Events(rawValue: 0x200)
        /// Directories as entries, too.
        package static let onDirectory = Events(rawValue: 0x4000_0000)

        /// Names of a directory come, go and change.
        package static let names: Events = [.movedFrom, .movedTo, .create, .delete, .onDirectory]
        /// A file's own changes.
        package static let file: Events = [.modify, .attributes, .closeAfterWriting]
    }

    /// One event: by whom, and of what. Files and names are told by numbers made of their handles, which
    /// `number` gives of a path; 0 where the kernel did not say.
    package struct Event {
        package var events: Events
        package var process: Int32
        /// Refers to the process as long as `body` of `read` runs; negative where it is gone.
        package var pidfd: Int32
        package var file: UInt64
        package var name: UInt64

        /// Whether nothing but attributes changed.
        package var isOfAttributes: Bool {
            events.rawValue & ~Events.onDirectory.rawValue == Events.attributes.rawValue
        }
    }

    /// Room for some hundred events: each that is read takes a descriptor until it is let go.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 8)
    /// Descriptors of processes, which take a while to close: that has time.
    private var spent: [Int32] = []
    private static let mostSpent = 64
    /// Other numbers in each process: nobody can choose names that have the same.
    private let key = UInt64.random(in: 1...UInt64.max)

    /// Fails with `EPERM` for who is not root in the first user namespace, and with `EINVAL` before
    /// Linux 5.17. fanotify_init(2).
    package init() throws(SystemFailure) {
        descriptor = OwnedDescriptor(
            adopting: try systemCall("open a queue of who touches") { tm_fanotify_init() })
    }

    deinit {
        for descriptor in spent { close(descriptor) }
        buffer.deallocate()
    }

    /// Tells these events of the inode at `path` from now on. Fails with `EOPNOTSUPP`, `ENODEV` or
    /// `EXDEV` where its file system has no handles. fanotify_mark(2).
    package func mark(_ path: CPath, _ events: Events) throws(SystemFailure) {
        _ = try systemCall("watch who touches", path) {
            tm_fanotify_mark(descriptor.raw, events.rawValue, path.terminated)
        }
    }

    /// Hands some events to `body`; false when the queue was empty.
    package mutating func read(_ body: (Event) -> Void) throws(SystemFailure) -> Bool {
        if spent.count > Self.mostSpent { letGo() }
        let count: Int
        do {
            count = try systemCall("read who touches") {
                Glibc.read(descriptor.raw, buffer.baseAddress, buffer.count)
            }
        } catch {
            guard error.errno == .tryAgain else { throw error }
            return false
        }
        var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        while rest.count >= Self.headSize {
            let length = Int(rest.loadUnaligned(as: UInt32.self))
            guard length >= Self.headSize, length <= rest.count else { break }
            let event = event(UnsafeRawBufferPointer(rebasing: rest[..<length]))
            body(event)
            if event.pidfd >= 0 { spent.append(event.pidfd) }
            rest = UnsafeRawBufferPointer(rebasing: rest[length...])
        }
        return true
    }

    /// Closes the descriptors of the processes that were told.
    package mutating func letGo() {
        for descriptor in spent { close(descriptor) }
        spent.removeAll(keepingCapacity: true)
    }

    private static let headSize = 24
    private static let fileRecord: UInt8 = 1, nameRecord: UInt8 = 2, processRecord: UInt8 = 4

    /// `struct fanotify_event_metadata`, and the records of information behind it.
    private func event(_ bytes: UnsafeRawBufferPointer) -> Event {
        var event = Event(
            events: Events(rawValue: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            process: bytes.loadUnaligned(fromByteOffset: 20, as: Int32.self), pidfd: -1, file: 0,
            name: 0)
        var offset = Int(bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        while offset + 8 <= bytes.count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self))
            guard length >= 8, offset + length <= bytes.count else { break }
            let record = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])
            switch record[0] {
            case Self.processRecord:
                event.pidfd = record.loadUnaligned(fromByteOffset: 4, as: Int32.self)
            case Self.fileRecord: event.file = number(ofRecord: record, withName: false)
            case Self.nameRecord: event.name = number(ofRecord: record, withName: true)
            default: break
            }
            offset += length
        }
        return event
    }

    /// Of `struct fanotify_event_info_fid`: the file system's number, the handle, and what comes
    /// behind it, which is a name, and zeros. 0 where it is none.
    private func number(ofRecord record: UnsafeRawBufferPointer, withName: Bool) -> UInt64 {
        let handleOffset = 20
        guard record.count >= handleOffset else { return 0 }
        let size = Int(record.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        guard size <= record.count - handleOffset else { return 0 }
        let end = handleOffset + size
        var number = mix(key, record.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
        number = mix(number, UnsafeRawBufferPointer(rebasing: record[16..<end]))
        guard withName else { return number }
        var nameEnd = end
        while nameEnd < record.count, record[nameEnd] != 0 { nameEnd += 1 }
        return mix(number, UnsafeRawBufferPointer(rebasing: record[end..<nameEnd]))
    }

    /// The number by which events tell the file at `path`, or with `name` that entry of the directory
    /// at `path`; 0 where there is none. `fileSystem` is that of `FileSystemType`, if it is known.
    /// name_to_handle_at(2), statfs(2).
    package func number(
        of path: CPath, name: [UInt8]? = nil, fileSystem: UInt64? = nil
    ) -> UInt64 {
        withUnsafeTemporaryAllocation(byteCount: Int(TM_HANDLE_SIZE), alignment: 8) { handle in
            let count = tm_file_handle(
                path.terminated, handle.baseAddress?.assumingMemoryBound(to: UInt8.self))
            guard count >= 0, let fileSystem = fileSystem ?? (try? FileSystemType(of: path))?.number
            else { return 0 }
            let number = mix(
                mix(key, fileSystem), UnsafeRawBufferPointer(rebasing: handle[..<Int(count)]))
            guard let name else { return number }
            return name.withUnsafeBytes { mix(number, $0) }
        }
    }

    private func mix(_ state: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
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
    private func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low ^ state.byteSwapped
    }
}
