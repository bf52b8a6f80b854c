internal import CTouchmon
internal import Glibc

/// What the kernel says of a file at one moment, statx(2).
package struct FileMetadata: Hashable, Sendable {
    /// Since 1970, UTC. Seconds may be negative; nanoseconds are 0 to 999,999,999.
    package struct Time: Hashable, Sendable {
        package var seconds: Int64
        package var nanoseconds: Int32

        package init(seconds: Int64, nanoseconds: Int32) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }
    }

    /// The type of a file, inode(7).
    package enum Kind: Hashable, Sendable {
        case regular, directory, symbolicLink, fifo, socket, characterDevice, blockDevice
    }

    /// `st_dev` of stat(2).
    package var device: UInt64
    package var inode: UInt64
    /// nil where the file system keeps none.
    package var birth: Time?
    package var kind: Kind
    /// In bytes.
    package var size: UInt64
    package var modified: Time
    package var changed: Time
    /// The permission bits, 0 to 0o7777.
    package var mode: UInt16
    package var owner: UInt32
    package var group: UInt32
    package var links: UInt32
    /// As the first field of /proc/self/mountinfo has it; nil before Linux 5.8.
    package var mount: UInt64?

    /// What is at `path`; with `follow`, at the end of its symbolic links. `isFresh`: a file of
    /// another machine's is asked for there (`AT_STATX_FORCE_SYNC`), which takes as long as the other
    /// machine takes. Triggers no automount: to look must not change what is there.
    package init(
        at path: CPath, follow: Bool = true, isFresh: Bool = false
    ) throws(SystemFailure) {
        var file = tm_file()
        _ = try systemCall("examine", path) {
            tm_statx(AT_FDCWD, path.terminated, follow ? 1 : 0, 0, isFresh ? 1 : 0, &file)
        }
        self.init(file)
    }

    /// What a descriptor refers to, also one that was opened with `O_PATH`.
    package init(of descriptor: borrowing OwnedDescriptor) throws(SystemFailure) {
        var file = tm_file()
        let raw = descriptor.raw
        _ = try systemCall("examine a descriptor") { tm_statx(raw, "", 0, 1, 0, &file) }
        self.init(file)
    }

    /// What `name`, which ends with NUL, names in a directory; a symbolic link itself.
    init(
        of name: UnsafePointer<CChar>, in directory: Int32, isFresh: Bool = false
    ) throws(SystemFailure) {
        var file = tm_file()
        _ = try systemCall("examine an entry") {
            tm_statx(directory, name, 0, 0, isFresh ? 1 : 0, &file)
        }
        self.init(file)
    }

    private init(_ file: tm_file) {
        device = file.device
        inode = file.inode
        birth =
            file.has_birth == 0
            ? nil : Time(seconds: file.birth_seconds, nanoseconds: Int32(file.birth_nanoseconds))
        kind = Kind(mode: file.mode)
        size = file.size
        modified = Time(
            seconds: file.modified_seconds, nanoseconds: Int32(file.modified_nanoseconds))
        changed = Time(seconds: file.changed_seconds, nanoseconds: Int32(file.changed_nanoseconds))
        mode = UInt16(file.mode & 0o7777)
        owner = file.user
        group = file.group
        links = file.links
        mount = file.has_mount == 0 ? nil : file.mount
    }
}

extension FileMetadata.Kind {
    /// By `d_type` of readdir(3); nil where the directory does not say.
    init?(entry type: UInt8) {
        // The numbers are those of the mode, without its permissions.
        if type == 0 { return nil }
        self.init(mode: UInt32(type) << 12)
    }

    fileprivate init(mode: UInt32) {
        switch mode & UInt32(S_IFMT) {
        case UInt32(S_IFDIR): self = .directory
        case UInt32(S_IFLNK): self = .symbolicLink
        case UInt32(S_IFIFO): self = .fifo
        case UInt32(S_IFSOCK): self = .socket
        case UInt32(S_IFCHR): self = .characterDevice
        case UInt32(S_IFBLK): self = .blockDevice
        default: self = .regular
        }
    }
}
