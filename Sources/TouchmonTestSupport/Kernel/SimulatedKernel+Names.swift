package import TouchmonCore

// Names as programs make and remove them.
extension SimulatedKernel {
    /// Makes a directory. mkdir(2).
    package mutating func makeDirectory(
        _ path: RawPath, mode: UInt16 = 0o755
    ) throws(ErrorNumber) {
        let place = try vacancy(path)
        _ = make(.directory, at: place, mode: mode)
    }

    /// Makes a symbolic link that says `target`. symlink(2).
    package mutating func makeSymbolicLink(
        _ path: RawPath, to target: RawPath
    ) throws(ErrorNumber) {
        guard !target.bytes.isEmpty else { throw .noSuchFile }
        let place = try vacancy(path)
        guard !place.needsDirectory else { throw .noSuchFile }
        _ = make(.symbolicLink, at: place, mode: 0o777, target: target.bytes)
    }

    /// Makes a FIFO, a socket, a device or an empty regular file without opening it. mknod(2).
    package mutating func makeNode(
        _ path: RawPath, _ kind: FileKind, mode: UInt16 = 0o644
    ) throws(ErrorNumber) {
        guard kind != .directory, kind != .symbolicLink else { throw .invalidArgument }
        let place = try vacancy(path)
        guard !place.needsDirectory else { throw .noSuchFile }
        _ = make(kind, at: place, mode: mode)
    }

    /// Gives a file one more name; a symbolic link itself is linked, not its target. link(2).
    package mutating func link(_ path: RawPath, to newPath: RawPath) throws(ErrorNumber) {
        let source = try locate(path, follow: false).get()
        let place = try vacancy(newPath)
        guard source.mount == place.directory.mount else { throw .crossDevice }
        let inode = dentries[source.dentry].inode
        guard inodes[inode].kind != .directory else { throw .notPermitted }
        guard !place.needsDirectory else { throw .noSuchFile }
        let directory = dentries[place.directory.dentry].inode
        let name = Array(place.name)
        enter(
            makeDentry(parent: place.directory.dentry, name: name, inode: inode), into: directory)
        inodes[inode].links += 1
        stampLink(inode, in: directory)
        notify(inode: inode, .attributes)
        notify(directory: directory, .create, name: name, of: inode)
    }

    /// Removes a name that is not a directory. unlink(2).
    package mutating func unlink(_ path: RawPath) throws(ErrorNumber) {
        let result = try resolve(path, follow: false).get()
        guard result.last == .name else { throw .isADirectory }
        guard let dentry = result.found else { throw .noSuchFile }
        let inode = dentries[dentry].inode
        guard inodes[inode].kind != .directory else { throw .isADirectory }
        guard !result.needsDirectory else { throw .notADirectory }
        guard !isMountPoint(dentry) else { throw .busy }
        let directory = dentries[result.directory.dentry].inode
        remove(dentry, from: directory)
        inodes[inode].links -= 1
        stampLink(inode, in: directory)
        notify(inode: inode, .attributes)
        unlink(dentry)
        // The directory hears of it last, after the file's own end.
        notify(directory: directory, .delete, name: dentries[dentry].name, of: inode)
    }

    /// Removes an empty directory. rmdir(2).
    package mutating func removeDirectory(_ path: RawPath) throws(ErrorNumber) {
        let result = try resolve(path, follow: false).get()
        switch result.last {
        case .name: break
        case .dot: throw .invalidArgument
        case .dotDot: throw .notEmpty
        case .root: throw .busy
        }
        guard let dentry = result.found else { throw .noSuchFile }
        let inode = dentries[dentry].inode
        guard inodes[inode].kind == .directory else { throw .notADirectory }
        guard !isMountPoint(dentry) else { throw .busy }
        guard inodes[inode].entries.isEmpty else { throw .notEmpty }
        let directory = dentries[result.directory.dentry].inode
        remove(dentry, from: directory)
        inodes[inode].links = 0
        // What ext4 removes has no size left, while it is still open; what it replaces keeps it.
        if fileSystems[inodes[inode].fileSystem].policy.directoryEntrySize == nil {
            inodes[inode].size = 0
        }
        inodes[directory].links -= 1
        stampLink(inode, in: directory)
        unlink(dentry)
        notify(directory: directory, .delete, name: dentries[dentry].name, of: inode)
    }

    /// Where a new name may be made.
    private func vacancy(_ path: RawPath) throws(ErrorNumber) -> Resolution {
        let result = try resolve(path, follow: false).get()
        guard result.last == .name, result.found == nil else { throw .exists }
        try requireLife(of: result.directory)
        return result
    }

    /// Nothing is made in, or mounted on, a directory that was removed; a bind mount still shows it.
    func requireLife(of directory: Place) throws(ErrorNumber) {
        guard inodes[dentries[directory.dentry].inode].links > 0 else { throw .noSuchFile }
    }

    /// Makes a file under a vacant name and reports it.
    mutating func make(
        _ kind: FileKind, at place: Resolution, mode: UInt16, target: [UInt8] = []
    ) -> Int {
        let directory = dentries[place.directory.dentry].inode
        let fileSystem = inodes[directory].fileSystem
        let name = Array(place.name)
        let inode = makeInode(kind, mode: mode, fileSystem: fileSystem)
        if kind == .symbolicLink {
            inodes[inode].target = target
            inodes[inode].size = UInt64(target.count)
        }
        if kind == .directory { inodes[directory].links += 1 }
        // A set-group-ID directory hands down its group, and to directories also the bit.
        if inodes[directory].mode & 0o2000 != 0 {
            inodes[inode].group = inodes[directory].group
            if kind == .directory { inodes[inode].mode |= 0o2000 }
        }
        let dentry = makeDentry(parent: place.directory.dentry, name: name, inode: inode)
        enter(dentry, into: directory)
        stampModification(directory)
        notify(directory: directory, .create, name: name, of: inode)
        return dentry
    }
}
