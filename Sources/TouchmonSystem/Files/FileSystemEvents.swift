internal import CTouchmon
internal import Glibc

/// One queue of what happens anywhere on whole file systems, fanotify(7).
///
/// A mark costs the same for a directory as for a million, and hears of a directory that was made a
/// moment ago. An event names the directory by its handle and the entry by its name, and opens nothing;
/// events of one entry and one process that wait together become one.
///
/// Linux 5.9. An event is for what changed where it changed: the handle of a directory that was moved is
/// the same, and the events of a file with several names name the one that was used.
package struct FileSystemEvents: ~Copyable {
    package let descriptor: OwnedDescriptor

    /// One event, valid as long as `body` of `read` runs.
    package struct Event {
        /// What happened since the last event of this entry; `overflow` alone where events were lost.
        package let events: Fanotify.Events
        /// Who did it; 0 where the kernel can't name it here. It may be gone by now.
        package let process: Int32
        /// The directory's number, as `number(of:)` gives it; 0 where there is none.
        package let directory: UInt64
        /// The entry in the directory; `.` or empty for the directory itself.
        package let name: UnsafeRawBufferPointer
        private let fileSystem: UInt64
        private let handleBytes: UnsafeRawBufferPointer

        /// The directory's handle, copied; nil where there is none.
        package var handle: DirectoryHandle? {
            guard directory != 0 else { return nil }
            return DirectoryHandle(fileSystem: fileSystem, bytes: Array(handleBytes))
        }

        @inline(__always)
        fileprivate init(_ record: FanotifyRecord, _ numbers: HandleNumber) {
            var entry: FanotifyHandle?
            record.forEachInformation { if case .name(let found) = $0 { entry = found } }
            events = record.events
            process = record.process
            directory = entry.map { numbers($0.fileSystem, $0.handle) } ?? 0
            name = entry?.name ?? UnsafeRawBufferPointer(start: nil, count: 0)
            fileSystem = entry?.fileSystem ?? 0
            handleBytes = entry?.handle ?? UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    /// What a mark tells. Of a directory's own only attributes: all else is told by what is in it.
    private static let told: Fanotify.Events = Fanotify.Events.file.union(.names)

    private static let size = 65536
    /// No event is longer: the head, a record of information with the longest handle, and a name,
    /// which has 255 bytes in nearly all file systems and nowhere as many as this.
    private static let longestEvent = 2048
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    private let numbers = HandleNumber()

    /// Fails with `EINVAL` before Linux 5.9, and before 5.13 with `EPERM` for who is not root.
    /// fanotify_init(2).
    package init() throws(SystemFailure) {
        descriptor = OwnedDescriptor(
            adopting: try systemCall("open a queue of file systems") { tm_fanotify_init_names() })
    }

    deinit {
        buffer.deallocate()
    }

    /// Tells what happens on the whole file system of what is at `path` from now on, however often it is
    /// mounted. Ends by itself when the file system does; a mount is not kept busy.
    ///
    /// Fails with `EOPNOTSUPP` where a handle can't be opened again (overlayfs as it is usually
    /// mounted), with `ENODEV` where the file system has no number (FUSE), with `EXDEV` in a subvolume
    /// of btrfs, which has another number than the rest, and with `EPERM` for who is not root in the
    /// first user namespace. fanotify_mark(2).
    package func mark(_ path: CPath) throws(SystemFailure) {
        _ = try systemCall("watch the file system", path) {
            tm_fanotify_mark_file_system(descriptor.raw, 1, Self.told.rawValue, path.terminated)
        }
    }

    /// Tells no more of the file system of what is at `path`. What waits in the queue still comes. Fails
    /// with `ENOENT` where it has no mark.
    package func unmark(_ path: CPath) throws(SystemFailure) {
        _ = try systemCall("end the watch of the file system", path) {
            tm_fanotify_mark_file_system(descriptor.raw, 0, Self.told.rawValue, path.terminated)
        }
    }

    /// Leaves out from now on what happens in a directory and to itself, which costs neither who does it
    /// nor who listens anything. `mount` is a directory on its file system that was opened for reading.
    /// Ends by itself when the kernel has forgotten the directory.
    ///
    /// Fails with `ESTALE` where the directory is gone, and with `EINVAL` before Linux 6.0.
    /// fanotify_mark(2), `FAN_MARK_IGNORE`.
    package func ignore(
        _ handle: DirectoryHandle, onMountAt mount: borrowing OwnedDescriptor
    ) throws(SystemFailure) {
        let directory = try handle.open(onMountAt: mount)
        _ = try systemCall("leave out a directory of a file system") {
            tm_fanotify_ignore(descriptor.raw, Self.told.rawValue, directory.raw)
        }
    }

    /// Leaves out nothing any more. What happened before is not told later.
    package func ignoreNothing() throws(SystemFailure) {
        _ = try systemCall("hear all of a file system") { tm_fanotify_ignore_none(descriptor.raw) }
    }

    /// Hands some events to `body`; false when nothing was left in the queue. Allocates nothing.
    package func read(_ body: (Event) -> Void) throws(SystemFailure) -> Bool {
        let count: Int
        do {
            count = try systemCall("read the events of file systems") {
                Glibc.read(descriptor.raw, buffer.baseAddress, Self.size)
            }
        } catch {
            guard error.errno == .tryAgain else { throw error }
            return false
        }
        var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        while let record = FanotifyRecord(takenFrom: &rest) { body(Event(record, numbers)) }
        // The kernel stops at the end of the queue, or where the next event has no room.
        return count > Self.size - Self.longestEvent
    }

    /// Has `poller` wait for the queue, or not any more.
    ///
    /// It is removed: to ask for no event of it would not be enough, for fanotify's wake-ups do not say what
    /// they are for, and epoll(7) would wake the process to look.
    package func setAwaited(
        _ isAwaited: Bool, _ poller: borrowing Poller, token: UInt64
    ) throws(SystemFailure) {
        if isAwaited {
            try poller.add(descriptor, token: token)
        } else {
            try poller.remove(descriptor)
        }
    }

    /// The number by which events tell a directory.
    package func number(of handle: DirectoryHandle) -> UInt64 {
        handle.bytes.withUnsafeBytes { numbers(handle.fileSystem, $0) }
    }
}
