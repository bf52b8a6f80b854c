internal import CTouchmon
internal import Glibc

/// Watches directories that were opened: a path could lead through a symbolic link by now, to a directory
/// that nobody asked to be told of.
///
/// inotify_add_watch(2) takes a path and no descriptor. So the directory is the working directory for the
/// time of the call, of a process that must have one thread; `/proc` serves where it may be listed but not
/// entered. Needs /proc then, proc(5).
package struct TreeWatch: ~Copyable {
    /// The way back; nil where the working directory can't be opened.
    private let home = try? OwnedDescriptor(
        opening: CPath("."), flags: tm_open_path | O_DIRECTORY)

    /// To be made where the working directory is the one to keep.
    package init() {}

    /// Adds a watch as `Inotify.addWatch` does, of the directory itself. Allocates nothing.
    package func add(
        _ listing: borrowing TreeListing, to queue: borrowing Inotify, mask: UInt32
    ) throws(SystemFailure) -> Int32 {
        let home =
            switch home {
            case .some(let directory): directory.raw
            case .none: -1 as Int32
            }
        let (queue, directory) = (queue.descriptor.raw, listing.directory.raw)
        return try systemCall("watch a directory") {
            tm_watch_descriptor(queue, home, directory, mask)
        }
    }
}
