internal import Glibc

/// A file that root is to trust, with everything that the decision to trust it rests on.
///
/// Read without ever blocking and without a race between what is examined and what is read. Whether
/// the facts are good enough is decided elsewhere.
package struct TrustedFile: Sendable {
    package enum Content: Sendable {
        case bytes([UInt8])
        /// It has more bytes than were allowed; none are kept.
        case tooLarge
        /// Not a regular file; it was not opened.
        case notRegular
        /// It was not asked for.
        case unread
    }

    /// Every name on the way, in order, those of symbolic links' targets included.
    package var lookups: [Lookup]
    /// The file itself, at the end of every symbolic link.
    package var metadata: FileMetadata
    package var content: Content

    /// Walks to `path`, which must be absolute, and reads at most `limit` bytes of a regular file.
    package init(reading path: CPath, atMost limit: Int) throws(SystemFailure) {
        let walk = try PathWalk.walk(to: path)
        lookups = walk.lookups
        metadata = walk.endMetadata
        content = .notRegular
        guard metadata.kind == .regular else { return }
        content = .tooLarge
        guard metadata.size <= UInt64(limit) else { return }
        do {
            let file = try walk.end.reopenedForReading()
            // The owner, mode and size of this very moment: it could have changed during the walk.
            metadata = try FileMetadata(of: file)
            let bytes = try file.readAll(atMost: limit, expected: metadata.size, "read")
            if let bytes { content = .bytes(bytes) }
        } catch {
            throw SystemFailure(operation: "read", errno: error.errno, subject: path.bytes)
        }
    }

    /// Walks to `path`, which must be absolute, and reads nothing: for a program that will be run.
    package init(examining path: CPath) throws(SystemFailure) {
        let walk = try PathWalk.walk(to: path)
        lookups = walk.lookups
        metadata = walk.endMetadata
        content = .unread
    }
}
