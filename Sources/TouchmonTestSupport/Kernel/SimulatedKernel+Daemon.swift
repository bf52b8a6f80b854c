package import TouchmonCore

// What the daemon asks, and can see fail.
extension SimulatedKernel {
    /// Watches the inode that `path` leads to, and gives its watch descriptor: the same one for every
    /// name of one inode. inotify_add_watch(2).
    package mutating func addWatch(
        _ path: RawPath, _ mask: InotifyMask
    ) -> Result<Int32, ErrorNumber> {
        guard !mask.isDisjoint(with: .acceptedWhenAdding) else {
            return .failure(.invalidArgument)
        }
        return find(path, follow: !mask.contains(.doNotFollow), for: .addWatch).flatMap { dentry in
            let inode = dentries[dentry].inode
            if mask.contains(.onlyDirectory), inodes[inode].kind != .directory {
                return .failure(.notADirectory)
            }
            let kept = mask.intersection(.keptByWatch).union(.unmount)
            let watch = inodes[inode].watch
            if let existing = inotify[watch] {
                inotify.setMask(
                    mask.contains(.add) ? existing.mask.union(kept) : kept, of: watch)
                return .success(watch)
            }
            guard let new = inotify.add(inode: inode, mask: kept, limit: watchLimit) else {
                return .failure(.noSpace)
            }
            inodes[inode].watch = new
            return .success(new)
        }
    }

    /// Ends a watch; `ignored` follows what it has reported. inotify_rm_watch(2).
    package mutating func removeWatch(_ descriptor: Int32) -> Result<Void, ErrorNumber> {
        if let error = faults.strike(.removeWatch) { return .failure(error) }
        guard let watch = inotify[descriptor] else { return .failure(.invalidArgument) }
        inodes[watch.inode].watch = 0
        inotify.remove(descriptor)
        return .success(())
    }

    /// Takes the events from the queue that fit into `maximumBytes`, in the layout of
    /// `struct inotify_event`; empty when there are none. inotify(7), read(2).
    package mutating func readEvents(maximumBytes: Int = .max) -> [UInt8] {
        inotify.read(maximumBytes: maximumBytes)
    }

    /// Closes the inotify instance with all its watches, and opens another: a daemon that died and
    /// came back. inotify(7).
    package mutating func restartInotify() {
        for inode in inodes.indices { (inodes[inode].watch, inodes[inode].treeWatch) = (0, 0) }
        for index in fileSystems.indices { fileSystems[index].isMarked = false }
        let limit = queueLimit
        inotify = InotifyInstance()
        treeInotify = InotifyInstance()
        marked = MarkedEvents()
        queueLimit = limit
    }

    /// The machine goes down and comes up again: no file is open, nobody watches, and the kernel gives
    /// out device numbers anew.
    package mutating func reboot() {
        for index in openFiles.indices where openFiles[index] != nil {
            try? close(FileHandle(index: index))
        }
        restartInotify()
        for index in fileSystems.indices { fileSystems[index].device += 0x100 }
    }

    /// When the file at `path` was last modified; nil where there is none. Nobody is told, and the
    /// file does not know.
    package func modified(_ path: RawPath) -> FileTime? {
        guard case .success(let place) = locate(path, follow: true) else { return nil }
        return inodes[dentries[place.dentry].inode].modified
    }

    /// Whether there is anything at `path`, a link that leads nowhere included.
    func hasName(_ path: RawPath) -> Bool {
        if case .success = locate(path, follow: false) { true } else { false }
    }

    /// What statx(2) says of `path`. Asking for the times makes the next change differ from them.
    package mutating func status(
        _ path: RawPath, followSymlinks: Bool = true
    ) -> Result<FileStatus, ErrorNumber> {
        find(path, follow: followSymlinks, for: .status).map { dentry in
            query(dentries[dentry].inode)
        }
    }

    /// What statx(2) says of an open file.
    package mutating func status(_ handle: FileHandle) -> Result<FileStatus, ErrorNumber> {
        guard let file = openFiles[handle.index] else { return .failure(.badHandle) }
        return .success(query(file.inode))
    }

    /// Whether the directory at `path` has entries. readdir(3).
    func hasEntries(_ path: RawPath) -> Bool {
        guard case .success(let place) = locate(path, follow: true) else { return false }
        return !inodes[dentries[place.dentry].inode].entries.isEmpty
    }

    /// The text of the symbolic link at `path`. readlink(2).
    package mutating func readLink(_ path: RawPath) -> Result<RawPath, ErrorNumber> {
        find(path, follow: false, for: .readLink).flatMap { dentry in
            let inode = dentries[dentry].inode
            guard inodes[inode].kind == .symbolicLink else { return .failure(.invalidArgument) }
            return .success(RawPath(bytes: inodes[inode].target))
        }
    }

    /// Whether the regular file at `path` is open for writing: a read lease is refused while it is,
    /// fcntl(2). To ask, the file is opened for reading and closed, and watches hear of that.
    package mutating func hasWriter(_ path: RawPath) -> Result<Bool, ErrorNumber> {
        find(path, follow: true, for: .hasWriter).flatMap { dentry in
            let inode = dentries[dentry].inode
            guard inodes[inode].kind != .socket else { return .failure(.noSuchDeviceOrAddress) }
            notify(dentry: dentry, .open, fromOpenFile: true)
            notify(dentry: dentry, .closeWithoutWriting, fromOpenFile: true)
            guard inodes[inode].kind == .regular else { return .failure(.invalidArgument) }
            let hasWriter = openFiles.contains { file in
                guard let file, !file.isElsewhere else { return false }
                return file.inode == inode && file.options.contains(.write)
            }
            return .success(hasWriter)
        }
    }

    /// The dentry that a call of the daemon is about, unless a fault strikes the call.
    private mutating func find(
        _ path: RawPath, follow: Bool, for call: FaultPlan.Call
    ) -> Result<Int, ErrorNumber> {
        if let error = faults.strike(call) { return .failure(error) }
        return locate(path, follow: follow).map(\.dentry)
    }

    mutating func query(_ inode: Int) -> FileStatus {
        inodes[inode].isQueried = true
        return status(of: inode)
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
