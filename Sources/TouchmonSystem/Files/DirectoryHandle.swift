internal import CTouchmon
internal import Glibc

/// What a directory is known by as long as it exists, whatever it is called: the file system's number
/// and the handle of name_to_handle_at(2). A directory that is made anew has another one.
package struct DirectoryHandle: Hashable, Sendable {
    /// `f_fsid` of statfs(2).
    package var fileSystem: UInt64
    /// The handle's type, four bytes, and the handle itself.
    package var bytes: [UInt8]

    package init(fileSystem: UInt64, bytes: [UInt8]) {
        self.fileSystem = fileSystem
        self.bytes = bytes
    }

    /// Of what a descriptor refers to, also one that was opened with `O_PATH`. Fails with `EOPNOTSUPP`
    /// where the file system has no handles.
    package init(of directory: borrowing OwnedDescriptor) throws(SystemFailure) {
        try self.init(of: directory, fileSystem: Self.fileSystem(of: directory))
    }

    private init(
        of directory: borrowing OwnedDescriptor, fileSystem: UInt64
    ) throws(SystemFailure) {
        let raw = directory.raw
        self.fileSystem = fileSystem
        var handle = [UInt8](repeating: 0, count: Int(TM_HANDLE_SIZE))
        let count = try systemCall("ask for a handle") { tm_file_handle(raw, "", &handle) }
        bytes = Array(handle[..<Int(count)])
    }

    private static func fileSystem(
        of directory: borrowing OwnedDescriptor
    ) throws(SystemFailure) -> UInt64 {
        let raw = directory.raw
        var (magic, number): (UInt64, UInt64) = (0, 0)
        _ = try systemCall("examine the file system") {
            tm_examine_file_system(raw, &magic, &number)
        }
        return number
    }

    /// Of the directory at `path`, as `OwnedDescriptor.init(inTree:)` opens it.
    package init(inTree path: CPath) throws(SystemFailure) {
        try self.init(of: OwnedDescriptor(inTree: path, flags: tm_open_path | O_DIRECTORY))
    }

    /// The path of the directory, without symbolic links, as it can be reached in the mount at `mount`,
    /// which is a directory that was opened for reading. nil where it is gone or can't be reached there:
    /// outside of what is mounted, or below something else that is mounted over it.
    ///
    /// It is the path at that moment: rename(2) may change it at once, of which a mark tells. Any length.
    /// Fails with `EPERM` for who is not root, and with `EOPNOTSUPP` where the file system has no handles.
    /// open_by_handle_at(2), proc(5).
    package func path(onMountAt mount: borrowing OwnedDescriptor) throws(SystemFailure) -> [UInt8]?
    {
        do {
            let directory = try open(onMountAt: mount)
            guard let path = try Self.text(of: directory) else { return nil }
            // The kernel's text may be one by which the directory is not reached: it begins at the root
            // of the file system where that is not mounted, and knows nothing of mounts above it.
            let reached = try OwnedDescriptor(
                inTree: CPath(path), flags: tm_open_path | O_DIRECTORY)
            // What is mounted there instead need not have handles at all. Where this file system has none
            // any more, nobody knows where the directory is.
            let number = try Self.fileSystem(of: reached)
            guard number == fileSystem else { return nil }
            return try DirectoryHandle(of: reached, fileSystem: number) == self ? path : nil
        } catch {
            switch error.errno {
            case .stale, .noSuchFile, .notADirectory, .tooManyLinks: return nil
            default: throw error
            }
        }
    }

    /// Opens the directory, wherever it is, to refer to it and nothing else; see `path(onMountAt:)`.
    func open(
        onMountAt mount: borrowing OwnedDescriptor
    ) throws(SystemFailure) -> OwnedDescriptor {
        let raw = mount.raw
        var tries = 0
        while true {
            do throws(SystemFailure) {
                return OwnedDescriptor(
                    adopting: try systemCall("open a directory by its handle") {
                        tm_open_handle(
                            raw, bytes, bytes.count, tm_open_path | O_DIRECTORY | O_CLOEXEC)
                    })
            } catch  where error.errno.code == ENOMEM && tries < Self.mostTries {
                // As long as the inode's number is being given to another file, the kernel finds none
                // and says so: iget_locked() of Linux 6. A moment later the handle is stale.
                tries += 1
                Clock.sleep(100_000)
            }
        }
    }

    /// For 10 ms: memory that is short for longer than that is short.
    private static let mostTries = 100

    /// How the kernel spells where a directory is.
    private static func text(
        of directory: borrowing OwnedDescriptor
    ) throws(SystemFailure) -> [UInt8]? {
        if let path = try spelled(directory) { return path }
        // Too long for the kernel: upwards until it is not, and the names from there.
        var names: [[UInt8]] = []
        var metadata = try FileMetadata(of: directory)
        var parent = try TreeListing(parentOf: directory)
        while let name = try parent.name(of: metadata) {
            names.append(name)
            if let path = try spelled(parent.directory) {
                return names.reversed().reduce(into: path == [.slash] ? [] : path) {
                    $0 += [.slash] + $1
                }
            }
            metadata = try FileMetadata(of: parent.directory)
            parent = try TreeListing(parentOf: parent.directory)
        }
        return nil
    }

    /// nil where that is longer than PATH_MAX.
    private static func spelled(
        _ directory: borrowing OwnedDescriptor
    ) throws(SystemFailure) -> [UInt8]? {
        do {
            return try readLink(CPath("/proc/self/fd/\(directory.raw)"))
        } catch {
            guard error.errno.code == ENAMETOOLONG else { throw error }
            return nil
        }
    }
}

extension TreeListing {
    fileprivate init(parentOf directory: borrowing OwnedDescriptor) throws(SystemFailure) {
        try self.init(
            OwnedDescriptor(opening: CPath(".."), in: directory.raw, flags: O_RDONLY | O_DIRECTORY))
    }

    /// What this directory calls the one that was found to be `metadata`; nil where it is not in it.
    /// Lists everything: to be asked once.
    fileprivate mutating func name(of metadata: FileMetadata) throws(SystemFailure) -> [UInt8]? {
        // What is mounted on a directory has another number than the directory's entry.
        let isMounted = try FileMetadata(of: directory).device != metadata.device
        var found: [UInt8]?
        while try next(
            withStatus: isMounted,
            { entry in
                if entry.kind == .directory,
                    (entry.metadata?.inode ?? entry.inode) == metadata.inode,
                    entry.metadata.map({ $0.device == metadata.device }) ?? true
                {
                    found = Array(entry.name)
                }
            })
        {}
        return found
    }
}
