package import TouchmonCore

// What the daemon asks, and can see fail.
extension SimulatedKernel {
    /// Watches the inode that `path` leads to, and gives its watch descriptor: the same one for every
    /// name of one inode. inotify_add_watch(2).
    package mutating func addWatch(
        _ path: RawPath, _ mask: InotifyMask
    ) -> Result<Int32, ErrorNumber> {
        Result { () throws(ErrorNumber) in
            try faults.check(.addWatch)
            guard !mask.intersection(.acceptedWhenAdding).isEmpty else { throw .invalidArgument }
            let place = try locate(path, follow: !mask.contains(.doNotFollow))
            let inode = dentries[place.dentry].inode
            if mask.contains(.onlyDirectory), inodes[inode].kind != .directory {
                throw .notADirectory
            }
            let kept = mask.intersection(.keptByWatch)
            if let existing = inotify[inodes[inode].watch] {
                inotify.setMask(
                    mask.contains(.add) ? existing.mask.union(kept) : kept.union(.unmount),
                    of: inodes[inode].watch)
                return inodes[inode].watch
            }
            inodes[inode].watch = try inotify.add(
                inode: inode, mask: kept.union(.unmount), limit: watchLimit)
            return inodes[inode].watch
        }
    }

    /// Ends a watch; `ignored` follows what it has reported. inotify_rm_watch(2).
    package mutating func removeWatch(_ descriptor: Int32) -> Result<Void, ErrorNumber> {
        Result { () throws(ErrorNumber) in
            try faults.check(.removeWatch)
            guard let watch = inotify[descriptor] else { throw .invalidArgument }
            endWatch(of: watch.inode)
        }
    }

    /// Takes the events from the queue that fit into `maximumBytes`, in the layout of
    /// `struct inotify_event`; empty when there are none. inotify(7), read(2).
    package mutating func readEvents(maximumBytes: Int = .max) -> [UInt8] {
        inotify.read(maximumBytes: maximumBytes)
    }

    /// Closes the inotify instance with all its watches, and opens another: a daemon that died and
    /// came back. inotify(7).
    package mutating func restartInotify() {
        for inode in inodes.indices { inodes[inode].watch = 0 }
        let limit = queueLimit
        inotify = InotifyInstance()
        queueLimit = limit
    }

    /// What statx(2) says of `path`. Asking for the times makes the next change differ from them.
    package mutating func status(
        _ path: RawPath, followSymlinks: Bool = true
    ) -> Result<FileStatus, ErrorNumber> {
        Result { () throws(ErrorNumber) in
            try faults.check(.status)
            let inode = dentries[try locate(path, follow: followSymlinks).dentry].inode
            inodes[inode].isQueried = true
            return status(of: inode)
        }
    }

    /// What statx(2) says of an open file.
    package mutating func status(_ handle: FileHandle) -> Result<FileStatus, ErrorNumber> {
        Result { () throws(ErrorNumber) in
            guard let file = openFiles[handle.index] else { throw .badHandle }
            inodes[file.inode].isQueried = true
            return status(of: file.inode)
        }
    }

    /// The text of the symbolic link at `path`. readlink(2).
    package mutating func readLink(_ path: RawPath) -> Result<RawPath, ErrorNumber> {
        Result { () throws(ErrorNumber) in
            try faults.check(.readLink)
            let inode = dentries[try locate(path, follow: false).dentry].inode
            guard inodes[inode].kind == .symbolicLink else { throw .invalidArgument }
            return RawPath(bytes: inodes[inode].target)
        }
    }

    /// Whether the regular file at `path` is open for writing: a read lease is refused while it is,
    /// fcntl(2). To ask, the file is opened for reading and closed, and watches hear of that.
    package mutating func hasWriter(_ path: RawPath) -> Result<Bool, ErrorNumber> {
        Result { () throws(ErrorNumber) in
            try faults.check(.hasWriter)
            let handle = try open(path, .read)
            let inode = dentries[try locate(path, follow: true).dentry].inode
            try close(handle)
            guard inodes[inode].kind == .regular else { throw .invalidArgument }
            return isOpen(inode, .write)
        }
    }

    private func status(of inode: Int) -> FileStatus {
        let file = inodes[inode]
        let fileSystem = fileSystems[file.fileSystem]
        return FileStatus(
            identity: FileIdentity(
                device: fileSystem.device, inode: file.number,
                birth: fileSystem.policy.keepsBirthTime ? file.birth : nil),
            kind: file.kind, size: file.size, modified: file.modified, changed: file.changed,
            mode: file.mode, owner: file.owner, group: file.group, links: file.links)
    }
}

extension InotifyMask {
    /// The bits that a watch remembers.
    fileprivate static let keptByWatch = InotifyMask(rawValue: 0xfff).union(.excludeUnlinked)
    /// The bits of which the kernel wants at least one: all that it has a meaning for.
    fileprivate static let acceptedWhenAdding = InotifyMask(rawValue: 0xf700_efff)
}
