internal import Glibc

/// One queue of file events, inotify(7).
///
/// Decides nothing: masks, watch descriptors and the bytes of events pass through as they are.
package struct Inotify: ~Copyable {
    package let descriptor: OwnedDescriptor

    /// Fails with `EMFILE` at fs.inotify.max_user_instances.
    package init() throws(SystemFailure) {
        let flags = Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)
        descriptor = OwnedDescriptor(
            adopting: try systemCall("open an event queue") { inotify_init1(flags) })
    }

    /// Watches the inode at `path`, and returns its watch descriptor: the existing one, with its mask
    /// replaced, when that inode is watched already. Fails with `ENOSPC` at
    /// fs.inotify.max_user_watches. inotify_add_watch(2).
    package func addWatch(_ path: CPath, mask: UInt32) throws(SystemFailure) -> Int32 {
        try systemCall("watch", path) {
            inotify_add_watch(descriptor.raw, path.terminated, mask)
        }
    }

    /// Ends a watch; false when the kernel had ended it before. Events that wait in the queue still
    /// come, and `IN_IGNORED` after them. inotify_rm_watch(2).
    package func removeWatch(_ watch: Int32) throws(SystemFailure) -> Bool {
        do {
            _ = try systemCall("end a watch") { inotify_rm_watch(descriptor.raw, watch) }
            return true
        } catch {
            guard error.errno == .invalidArgument else { throw error }
            return false
        }
    }

    /// Reads whole events into `buffer` and returns how many bytes; 0 when the queue is drained.
    ///
    /// An event takes up to 272 bytes; a smaller buffer fails with `EINVAL`. Allocates nothing.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemFailure) -> Int {
        do {
            return try systemCall("read events") {
                Glibc.read(descriptor.raw, buffer.baseAddress, buffer.count)
            }
        } catch {
            guard error.errno == .tryAgain else { throw error }
            return 0
        }
    }
}
