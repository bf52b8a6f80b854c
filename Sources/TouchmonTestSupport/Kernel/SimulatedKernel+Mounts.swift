package import TouchmonCore

// Mounts as the administrator makes them, mount(2).
extension SimulatedKernel {
    /// Shows `fileSystem` at the directory `path` and hides what was there. mount(2).
    package mutating func mount(
        _ fileSystem: FileSystemID, at path: RawPath
    ) throws(ErrorNumber) {
        try attach(
            fileSystems[fileSystem.index].root, of: fileSystem.index,
            at: try locate(path, follow: true).get())
    }

    /// Shows the file or directory `source` at `path` as well: `MS_BIND` of mount(2).
    package mutating func bind(_ source: RawPath, at path: RawPath) throws(ErrorNumber) {
        let point = try locate(path, follow: true).get()
        let origin = try locate(source, follow: true).get()
        try attach(origin.dentry, of: mounts[origin.mount].fileSystem, at: point)
    }

    /// Takes away the mount at `path`. When it was the file system's last, every watch on the file
    /// system ends. umount2(2).
    ///
    /// Throws `busy` while a file on it is open or another mount is on it; a `lazy` unmount takes it
    /// out of sight at once, together with the mounts on it, and ends with the last open file.
    package mutating func unmount(_ path: RawPath, lazy: Bool = false) throws(ErrorNumber) {
        let place = try locate(path, follow: true).get()
        guard place.dentry == mounts[place.mount].root else { throw .invalidArgument }
        guard place.mount != 0 else { throw .busy }
        let hasMounts = mounts.contains { $0.point?.mount == place.mount }
        let isInUse = openFiles.contains { $0?.place.mount == place.mount }
        guard lazy || !(hasMounts || isInUse) else { throw .busy }
        detach(place.mount)
        mountTableChanged = true
    }

    /// What is mounted where, oldest first, each at the path that it can be seen or is hidden at.
    /// /proc/self/mountinfo, proc(5).
    package var mountTable: [MountEntry] {
        mounts.indices.compactMap { index in
            let mount = mounts[index]
            guard index == 0 || mount.point != nil else { return nil }
            return path(of: Place(mount: index, dentry: mount.root)).map {
                MountEntry(point: $0, device: fileSystems[mount.fileSystem].device)
            }
        }
    }

    /// Whether the mount table changed since the last time that this was asked: `POLLPRI` on
    /// /proc/self/mountinfo, proc(5).
    package mutating func takeMountTableChange() -> Bool {
        defer { mountTableChanged = false }
        return mountTableChanged
    }

    private mutating func attach(
        _ root: Int, of fileSystem: Int, at point: Place
    ) throws(ErrorNumber) {
        let isDirectory = inodes[dentries[root].inode].kind == .directory
        let isOnDirectory = inodes[dentries[point.dentry].inode].kind == .directory
        guard isDirectory == isOnDirectory else { throw .notADirectory }
        try requireLife(of: point)
        mounts.append(Mount(point: point, root: root, fileSystem: fileSystem))
        dentries[root].references += 1
        mountTableChanged = true
    }

    private mutating func detach(_ mount: Int) {
        for index in mounts.indices where mounts[index].point?.mount == mount {
            detach(index)
        }
        mounts[mount].point = nil
        release(mounts[mount].root)
        shutDownIfUnused(mounts[mount].fileSystem)
    }

    /// Ends the watches on a file system that is neither mounted nor in use any more.
    mutating func shutDownIfUnused(_ fileSystem: Int) {
        let isMounted = mounts.indices.contains {
            mounts[$0].fileSystem == fileSystem && ($0 == 0 || mounts[$0].point != nil)
        }
        guard !isMounted else { return }
        let isInUse = openFiles.contains { file in
            file.map { mounts[$0.place.mount].fileSystem == fileSystem } ?? false
        }
        guard !isInUse else { return }
        for inode in inodes.indices.reversed()
        where inodes[inode].fileSystem == fileSystem && inodes[inode].watch != 0 {
            notify(inode: inode, .unmount)
            endWatch(of: inode)
        }
    }
}
