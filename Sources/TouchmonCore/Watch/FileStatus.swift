/// What tells one file from every other, also after its name or its inode number was reused.
package struct FileIdentity: Hashable, Sendable {
    /// `st_dev` of the file system, as the kernel encodes it.
    package var device: UInt64
    package var inode: UInt64
    /// When the inode came to be; nil where the file system does not keep it.
    package var birth: FileTime?

    package init(device: UInt64, inode: UInt64, birth: FileTime?) {
        self.device = device
        self.inode = inode
        self.birth = birth
    }
}

/// The type of a file, inode(7).
package enum FileKind: Hashable, Sendable {
    case regular, directory, symbolicLink, fifo, socket, characterDevice, blockDevice
}

/// What the kernel says of a file at one moment, statx(2).
package struct FileStatus: Hashable, Sendable {
    // One is kept for every watched path: in this order they leave no gaps.
    package var identity: FileIdentity
    package var kind: FileKind
    /// The permission bits, 0 to 0o7777.
    package var mode: UInt16
    /// In bytes.
    package var size: UInt64
    /// The modification time, which anybody who may write the file can set.
    package var modified: FileTime
    package var owner: UInt32
    /// The status change time, which only the kernel's own clock sets.
    package var changed: FileTime
    package var group: UInt32
    package var links: UInt32

    package init(
        identity: FileIdentity, kind: FileKind, size: UInt64, modified: FileTime,
        changed: FileTime, mode: UInt16, owner: UInt32, group: UInt32, links: UInt32
    ) {
        self.identity = identity
        self.kind = kind
        self.size = size
        self.modified = modified
        self.changed = changed
        self.mode = mode
        self.owner = owner
        self.group = group
        self.links = links
    }
}
