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
        /// The queue was full, and what came then is lost.
        package static let overflow = Events(rawValue: 0x4000)
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
    private let numbers = HandleNumber()

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
        while let record = FanotifyRecord(takenFrom: &rest) {
            let event = event(record)
            body(event)
            if event.pidfd >= 0 { spent.append(event.pidfd) }
        }
        return true
    }

    /// Closes the descriptors of the processes that were told.
    package mutating func letGo() {
        for descriptor in spent { close(descriptor) }
        spent.removeAll(keepingCapacity: true)
    }

    private func event(_ record: FanotifyRecord) -> Event {
        var event = Event(
            events: record.events, process: record.process, pidfd: -1, file: 0, name: 0)
        record.forEachInformation { information in
            switch information {
            case .process(let pidfd): event.pidfd = pidfd
            case .file(let file): event.file = numbers(file.fileSystem, file.handle)
            case .name(let entry):
                let directory = numbers(entry.fileSystem, entry.handle)
                event.name = numbers(entry: entry.name, of: directory)
            case .other: break
            }
        }
        return event
    }

    /// The number by which events tell the file at `path`, or with `name` that entry of the directory
    /// at `path`; 0 where there is none. `fileSystem` is that of `FileSystemType`, if it is known.
    /// name_to_handle_at(2), statfs(2).
    package func number(
        of path: CPath, name: [UInt8]? = nil, fileSystem: UInt64? = nil
    ) -> UInt64 {
        withUnsafeTemporaryAllocation(byteCount: Int(TM_HANDLE_SIZE), alignment: 8) { handle in
            let count = tm_file_handle(
                AT_FDCWD, path.terminated, handle.baseAddress?.assumingMemoryBound(to: UInt8.self))
            guard count >= 0, let fileSystem = fileSystem ?? (try? FileSystemType(of: path))?.number
            else { return 0 }
            let number = numbers(
                fileSystem, UnsafeRawBufferPointer(rebasing: handle[..<Int(count)]))
            guard let name else { return number }
            return name.withUnsafeBytes { numbers(entry: $0, of: number) }
        }
    }
}
