import TouchmonCore

// What the daemon asks about trees. No symbolic link is followed.
extension SimulatedKernel {
    /// Answers what the watching of trees asks, but for `list`, as the daemon would with system calls.
    /// `canMark`: whether file systems can be told of as a whole.
    mutating func answer(_ request: TreeRequest, canMark: Bool) -> TreeReply {
        switch request {
        case .attach(let path): return attach(path, canMark: canMark)
        case .detach(let path):
            if case .success(let place) = locateWithoutLinks(path) {
                fileSystems[mounts[place.mount].fileSystem].isMarked = false
            }
            return .done
        case .hearAll:
            if faults.strike(.hearAll) != nil { return .heardAll(isDone: false) }
            marked.ignored = []
            return .heardAll(isDone: true)
        case .watch(let path): return .watch(watchTree(path))
        case .removeWatch(let watch):
            if let inode = treeInotify[watch]?.inode { endTreeWatch(of: inode) }
            return .done
        case .examine(let path):
            let time = now
            var status = locateWithoutLinks(path).map { query(dentries[$0.dentry].inode) }
            if let error = faults.strike(.status) { status = .failure(error) }
            var granularity = Duration.zero
            if case .success(let status) = status { granularity = self.granularity(of: status) }
            return .examination(
                Examination(status: status, time: time, granularity: granularity))
        case .probeWriter(let path): return .writer(writer(path))
        case .list, .readIgnored: preconditionFailure("the daemon answers this")
        }
    }

    private mutating func attach(_ path: RawPath, canMark: Bool) -> TreeReply {
        switch locateWithoutLinks(path) {
        case .failure(let error): return .attached(error, fileSystem: nil, wall: now)
        case .success(let place):
            let index = mounts[place.mount].fileSystem
            let magic = fileSystems[index].policy.magic
            guard canMark else { return .attached(.notPermitted, fileSystem: magic, wall: now) }
            fileSystems[index].isMarked = true
            return .attached(nil, fileSystem: magic, wall: now)
        }
    }

    private mutating func watchTree(_ path: RawPath) -> Result<Int32, ErrorNumber> {
        if let error = faults.strike(.addWatch) { return .failure(error) }
        return locateWithoutLinks(path).flatMap { place in
            let inode = dentries[place.dentry].inode
            guard inodes[inode].kind == .directory else { return .failure(.notADirectory) }
            if inodes[inode].treeWatch != 0 { return .success(inodes[inode].treeWatch) }
            let mask: InotifyMask = [
                .create, .delete, .movedFrom, .movedTo, .modify, .attributes, .closeAfterWriting,
            ]
            guard let new = treeInotify.add(inode: inode, mask: mask, limit: watchLimit) else {
                return .failure(.noSpace)
            }
            inodes[inode].treeWatch = new
            return .success(new)
        }
    }

    private mutating func writer(_ path: RawPath) -> WriterPresence {
        guard case .success(let place) = locateWithoutLinks(path),
            inodes[dentries[place.dentry].inode].kind == .regular
        else { return .unknown }
        let inode = dentries[place.dentry].inode
        let hasWriter = openFiles.contains { file in
            guard let file, !file.isElsewhere else { return false }
            return file.inode == inode && file.options.contains(.write)
        }
        return hasWriter ? .present : .absent
    }

    /// The entries of a directory, in no particular order.
    mutating func list(
        _ path: RawPath, withStatus: Bool
    ) -> Result<[(name: [UInt8], kind: FileKind, status: FileStatus?)], ErrorNumber> {
        if let error = faults.strike(.status) { return .failure(error) }
        return locateWithoutLinks(path).flatMap { place in
            let inode = dentries[place.dentry].inode
            guard inodes[inode].kind == .directory else { return .failure(.notADirectory) }
            return .success(
                inodes[inode].entries.map { entry in
                    let place = crossMounts(Place(mount: place.mount, dentry: entry))
                    let inode = dentries[place.dentry].inode
                    return (
                        dentries[entry].name, inodes[inode].kind,
                        withStatus ? query(inode) : nil
                    )
                })
        }
    }

    /// All paths of a directory's inode, through whatever mount.
    func paths(ofDirectory inode: Int) -> [RawPath] {
        guard let dentry = dentries.lastIndex(where: { $0.inode == inode && $0.isLinked }) else {
            return dentries.first { $0.inode == inode && $0.parent < 0 }.map { _ in roots(inode) }
                ?? []
        }
        return mounts.indices.compactMap { mount in
            guard mount == 0 || mounts[mount].point != nil,
                mounts[mount].fileSystem == inodes[inode].fileSystem
            else { return nil }
            guard let path = path(of: Place(mount: mount, dentry: dentry)),
                case .success(let found) = locateWithoutLinks(path), found.dentry == dentry
            else { return nil }
            return path
        }
    }

    private func roots(_ inode: Int) -> [RawPath] {
        mounts.indices.compactMap { mount in
            guard dentries[mounts[mount].root].inode == inode else { return nil }
            return path(of: Place(mount: mount, dentry: mounts[mount].root))
        }
    }

    /// What a path leads to without following links: `RESOLVE_NO_SYMLINKS` of openat2(2).
    func locateWithoutLinks(_ path: RawPath) -> Result<Place, ErrorNumber> {
        var directory = path.parent
        while directory.bytes.count > 1 {
            guard case .success(let place) = locate(directory, follow: false) else { break }
            if inodes[dentries[place.dentry].inode].kind == .symbolicLink {
                return .failure(.tooManyLinks)
            }
            directory = directory.parent
        }
        return locate(path, follow: false)
    }

    private func granularity(of status: FileStatus) -> Duration {
        let policy = fileSystems.first { $0.device == status.identity.device }?.policy
        if case .multigrain = policy?.timestamps { return .zero }
        return .milliseconds(10)
    }
}
