internal import Glibc

/// A file descriptor with one owner, closed when the owner goes.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, for a call that borrows the descriptor. It is valid only while this value lives.
    package let raw: Int32

    /// Takes over a descriptor that nobody else closes.
    package init(adopting raw: Int32) {
        precondition(raw >= 0, "not a descriptor")
        self.raw = raw
    }

    /// Gives the descriptor to someone who closes it by other means.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    // Never again after EINTR: Linux frees the number first, and it may already be another file's,
    // close(2). EBADF means that somebody closed what is ours.
    deinit {
        let result = close(raw)
        precondition(result == 0 || errno != EBADF, "a descriptor was closed twice")
    }
}

extension OwnedDescriptor {
    /// Opens a path; the descriptor is close-on-exec. `flags` are those of open(2).
    init(
        opening path: CPath, in directory: Int32 = AT_FDCWD, flags: Int32, mode: mode_t = 0,
        operation: String = "open"
    ) throws(SystemFailure) {
        self.init(
            adopting: try systemCall(operation, path) {
                openat(directory, path.terminated, flags | O_CLOEXEC, mode)
            })
    }

    /// `/dev/null` for reading and writing, null(4): what a run has for its standard input.
    package static func null() throws(SystemFailure) -> OwnedDescriptor {
        try OwnedDescriptor(opening: CPath("/dev/null"), flags: O_RDWR)
    }
}
