internal import CTouchmon
internal import Glibc

/// Watches directories that were opened: a path could lead through a symbolic link by now, to a directory
/// that nobody asked to be told of.
///
/// inotify_add_watch(2) takes a path and no descriptor. So the directory is made the working directory, of
/// a process that must have one thread, until `goBack`; `/proc` serves where it may be listed but not
/// entered. Needs /proc then, proc(5).
package struct TreeWatch: ~Copyable {
    /// The way back; nil where the working directory can't be opened.
    private let home = try? OwnedDescriptor(
        opening: CPath("."), flags: tm_open_path | O_DIRECTORY)
    private var isAway: Int32 = 0

    /// To be made where the working directory is the one to keep.
    package init() {}

    /// Adds a watch as `Inotify.addWatch` does, of the directory itself. Allocates nothing.
    package mutating func add(
        _ listing: borrowing TreeListing, to queue: borrowing Inotify, mask: UInt32
    ) throws(SystemFailure) -> Int32 {
        let (queue, directory) = (queue.descriptor.raw, listing.directory.raw)
        let canLeave = isAway != 0 || canGoBack
        return try systemCall("watch a directory") {
            canLeave
                ? tm_watch_descriptor(queue, directory, mask, &isAway)
                : tm_watch_descriptor(queue, directory, mask, nil)
        }
    }

    /// Makes the working directory the one that it was: before anything else is done there, and before a
    /// process is made. Ends the process with status 71 if there is no way back.
    package mutating func goBack() {
        guard isAway != 0 else { return }
        isAway = 0
        switch home {
        case .some(let home): tm_go_back(home.raw)
        case .none: break
        }
    }

    private var canGoBack: Bool {
        switch home {
        case .some(let home): fchdir(home.raw) == 0
        case .none: false
        }
    }
}
