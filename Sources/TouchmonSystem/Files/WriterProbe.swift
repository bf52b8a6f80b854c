internal import CTouchmon
internal import Glibc

/// Whether anybody has a regular file open for writing.
package enum WriterProbe {
    package enum Answer: Sendable {
        case yes, no
        /// Nothing there, not a regular file, or the kernel does not tell: another user's file, a
        /// file system without leases.
        case unknown
    }

    /// Asks for a read lease, which the kernel refuses with `EAGAIN` while there is a writer, and gives
    /// it back at once. fcntl(2), "Leases".
    ///
    /// Never blocks: what is at the path is looked at through `O_PATH`, which opens nothing, and only a
    /// regular file is opened. For the microseconds of the lease, somebody else's open for writing
    /// waits, or fails with `EWOULDBLOCK` if it asked not to wait. The kernel tells the lease's owner
    /// with SIGIO, which `SignalInbox` blocks.
    package static func probe(_ path: CPath) -> Answer {
        do {
            return try probe(OwnedDescriptor(opening: path, flags: tm_open_path))
        } catch {
            return .unknown
        }
    }

    /// The same of what is at a path without symbolic links, as `OwnedDescriptor.init(inTree:)` opens it.
    package static func probe(inTree path: CPath) -> Answer {
        do {
            return try probe(OwnedDescriptor(inTree: path, flags: tm_open_path))
        } catch {
            return .unknown
        }
    }

    private static func probe(_ found: consuming OwnedDescriptor) throws(SystemFailure) -> Answer {
        guard try FileMetadata(of: found).kind == .regular else { return .unknown }
        return try lease(try found.reopenedForReading())
    }

    private static func lease(_ file: consuming OwnedDescriptor) throws(SystemFailure) -> Answer {
        let raw = file.raw
        do {
            _ = try systemCall("take a lease") { tm_take_read_lease(raw) }
        } catch {
            return error.errno == .tryAgain ? .yes : .unknown
        }
        // The close of the descriptor, which nobody shares, gives it back.
        return .no
    }
}

extension OwnedDescriptor {
    /// Opens for reading what an `O_PATH` descriptor refers to: the same file, whatever happened to
    /// its path since. Without an access time where that is permitted. Needs /proc, proc(5).
    borrowing func reopenedForReading() throws(SystemFailure) -> OwnedDescriptor {
        let path = CPath("/proc/self/fd/\(raw)")
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
        do {
            return try OwnedDescriptor(opening: path, flags: flags | tm_open_noatime)
        } catch {
            // O_NOATIME is for the file's owner and root, open(2).
            guard error.errno == .notPermitted else { throw error }
            return try OwnedDescriptor(opening: path, flags: flags)
        }
    }
}
