internal import CTouchmon
internal import Glibc

/// One name looked up on the way to a file: the directory that held it, and what it named.
package struct Lookup: Sendable {
    /// The directory, without symbolic links.
    package var directoryPath: [UInt8]
    package var directory: FileMetadata
    package var name: [UInt8]
    /// A directory or a symbolic link that was passed through, or the end of the way.
    package var entry: FileMetadata
}

/// A way from the root to a file, taken one name at a time, with what the kernel said of everything
/// on it. It judges nothing.
///
/// Symbolic links are followed here and not by the kernel, so the way through their targets is part
/// of it. What is said is said of the descriptors that were walked, so a directory that is swapped
/// meanwhile can't lend its good name to another. openat(2), path_resolution(7).
struct PathWalk: ~Copyable {
    /// Every look-up in order; empty for the root itself.
    private(set) var lookups: [Lookup] = []
    /// The end, opened with `O_PATH`: it can be examined and reopened but was not yet opened itself,
    /// so that neither a FIFO nor a device has noticed.
    private(set) var end: OwnedDescriptor
    private(set) var endMetadata: FileMetadata

    private var path: [UInt8] = []
    /// The directories above `end`, the root first.
    private var ancestors: [FileMetadata] = []
    private let original: CPath
    /// Names still to be looked up, the next one last.
    private var pending: [ArraySlice<UInt8>]
    private var linksLeft = 40  // as the kernel, path_resolution(7)

    /// Walks to `path`, which must be absolute: the directories above a relative one are unknown.
    static func walk(to path: CPath) throws(SystemFailure) -> PathWalk {
        let root = try Self.root()
        let metadata = try FileMetadata(of: root)
        var walk = PathWalk(to: path, from: root, metadata)
        while let name = walk.pending.popLast() { try walk.take(name) }
        return walk
    }

    private init(to path: CPath, from root: consuming OwnedDescriptor, _ metadata: FileMetadata) {
        let bytes = path.bytes
        precondition(bytes.first == .slash, "a walk begins at the root")
        original = path
        pending = bytes.split(separator: .slash).reversed()
        end = root
        endMetadata = metadata
    }

    private static func root() throws(SystemFailure) -> OwnedDescriptor {
        try OwnedDescriptor(opening: CPath("/"), flags: tm_open_path | O_DIRECTORY)
    }

    private mutating func take(_ name: ArraySlice<UInt8>) throws(SystemFailure) {
        if name.elementsEqual([.dot]) { return }
        if name.elementsEqual([.dot, .dot]) { return try ascend() }
        let entry = try open(CPath(Array(name)))
        let metadata = try FileMetadata(of: entry)
        lookups.append(
            Lookup(
                directoryPath: path.isEmpty ? [.slash] : path, directory: endMetadata,
                name: Array(name), entry: metadata))
        if metadata.kind == .symbolicLink {
            try follow(entry)
        } else {
            path += [.slash] + name
            ancestors.append(endMetadata)
            end = entry
            endMetadata = metadata
        }
    }

    /// Goes to the directory above, which must be the one that the walk came through: a directory that
    /// was moved meanwhile would lead to one whose own way was never looked at.
    private mutating func ascend() throws(SystemFailure) {
        let parent = try reach(CPath(".."), tm_open_path | O_DIRECTORY)
        let metadata = try FileMetadata(of: parent)
        // Above the root is the root.
        let expected = ancestors.popLast() ?? endMetadata
        guard (metadata.device, metadata.inode) == (expected.device, expected.inode) else {
            throw SystemFailure(operation: "open", errno: .stale, subject: original.bytes)
        }
        path = Array(path[..<(path.lastIndex(of: .slash) ?? 0)])
        end = parent
        endMetadata = metadata
    }

    /// Opens what `name` names in the directory reached so far; a symbolic link itself.
    private borrowing func open(_ name: CPath) throws(SystemFailure) -> OwnedDescriptor {
        let flags = tm_open_path | O_NOFOLLOW
        guard !pending.isEmpty else { return try reach(name, flags) }
        // O_DIRECTORY also mounts what an automounter would mount here.
        do {
            return try reach(name, flags | O_DIRECTORY)
        } catch {
            guard error.errno == .notADirectory else { throw error }
            let other = try reach(name, flags)
            guard try FileMetadata(of: other).kind == .symbolicLink else { throw error }
            return other
        }
    }

    private borrowing func reach(
        _ name: CPath, _ flags: Int32
    ) throws(SystemFailure) -> OwnedDescriptor {
        do {
            return try OwnedDescriptor(opening: name, in: end.raw, flags: flags)
        } catch {
            throw SystemFailure(operation: "open", errno: error.errno, subject: original.bytes)
        }
    }

    private mutating func follow(_ link: borrowing OwnedDescriptor) throws(SystemFailure) {
        guard linksLeft > 0 else {
            throw SystemFailure(operation: "open", errno: .tooManyLinks, subject: original.bytes)
        }
        linksLeft -= 1
        let target = try readLink(CPath(""), in: link.raw)
        if target.first == .slash {
            end = try Self.root()
            endMetadata = try FileMetadata(of: end)
            path = []
            ancestors = []
        }
        pending += target.split(separator: .slash).reversed()
    }
}
