import TouchmonCore

// Who hears of what, fsnotify in the kernel. Three rules cover every event: a change *of a
// directory's names* goes to the watch on that directory; a change *of an inode* that no name took
// part in goes to the watch on the inode; a change *through a name* goes to both, first to the
// directory in which that name is (or was), then to the inode. A hard link's other directories
// hear nothing.
extension SimulatedKernel {
    /// An entry of `directory` (an inode) came, went or moved.
    mutating func notify(
        directory: Int, _ mask: InotifyMask, name: [UInt8], of inode: Int, cookie: UInt32 = 0
    ) {
        let watch = inodes[directory].watch
        if watch != 0 {
            inotify.report(subject(mask, inode), to: watch, cookie: cookie, name: name)
        }
        let treeWatch = inodes[directory].treeWatch
        if treeWatch != 0 {
            treeInotify.report(subject(mask, inode), to: treeWatch, cookie: cookie, name: name)
        }
        mark(directory, subject(mask, inode), name: name)
    }

    /// Tells of an entry of a directory on a marked file system.
    private mutating func mark(_ directory: Int, _ mask: InotifyMask, name: [UInt8]) {
        guard fileSystems[inodes[directory].fileSystem].isMarked else { return }
        marked.report(mask, directory: directory, name: name)
    }

    /// `inode` itself changed.
    mutating func notify(inode: Int, _ mask: InotifyMask) {
        let watch = inodes[inode].watch
        guard watch != 0 else { return }
        inotify.report(subject(mask, inode), to: watch, cookie: 0, name: [])
    }

    /// The file was changed or used through `dentry`.
    ///
    /// Only what comes from an open file is subject to `IN_EXCL_UNLINK`: ftruncate(2) and futimens(3)
    /// of an unlinked file are reported even so. Writing to a FIFO or a device is reported to those
    /// who watch it, and not to those who only watch its directory: a name in /dev would tell
    /// them what others do with a terminal.
    mutating func notify(dentry: Int, _ mask: InotifyMask, fromOpenFile: Bool = false) {
        let file = dentries[dentry]
        let isExcluded = fromOpenFile && !file.isLinked
        let isPrivate = fromOpenFile && mask == .modify && inodes[file.inode].kind.isSpecial
        if file.parent >= 0, !isPrivate {
            let watch = inodes[dentries[file.parent].inode].watch
            if watch != 0, !(isExcluded && excludesUnlinked(watch)) {
                inotify.report(
                    subject(mask, file.inode), to: watch, cookie: 0, name: file.name)
            }
            let directory = dentries[file.parent].inode
            let treeWatch = inodes[directory].treeWatch
            if treeWatch != 0 {
                treeInotify.report(
                    subject(mask, file.inode), to: treeWatch, cookie: 0, name: file.name)
            }
            mark(directory, subject(mask, file.inode), name: file.name)
        }
        let watch = inodes[file.inode].watch
        if watch != 0, !(isExcluded && excludesUnlinked(watch)) {
            inotify.report(subject(mask, file.inode), to: watch, cookie: 0, name: [])
        }
    }

    mutating func nextCookie() -> UInt32 {
        lastCookie &+= 1
        return lastCookie
    }

    /// Ends the watch on `inode`, if there is one, as the inode's end does.
    mutating func endWatch(of inode: Int) {
        let watch = inodes[inode].watch
        if watch != 0 {
            inodes[inode].watch = 0
            inotify.remove(watch)
        }
        endTreeWatch(of: inode)
    }

    /// The same of the instance for trees alone.
    mutating func endTreeWatch(of inode: Int) {
        let watch = inodes[inode].treeWatch
        guard watch != 0 else { return }
        inodes[inode].treeWatch = 0
        treeInotify.remove(watch)
    }

    private func subject(_ mask: InotifyMask, _ inode: Int) -> InotifyMask {
        inodes[inode].kind == .directory ? mask.union(.isDirectory) : mask
    }

    private func excludesUnlinked(_ watch: Int32) -> Bool {
        inotify[watch]?.mask.contains(.excludeUnlinked) ?? false
    }
}

extension FileKind {
    /// Whether what is written does not stay in the file.
    fileprivate var isSpecial: Bool {
        switch self {
        case .regular, .directory, .symbolicLink: false
        case .fifo, .socket, .characterDevice, .blockDevice: true
        }
    }
}
