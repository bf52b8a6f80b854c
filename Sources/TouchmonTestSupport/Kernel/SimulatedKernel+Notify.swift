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
        guard watch != 0 else { return }
        inotify.report(marked(mask, inode), to: watch, cookie: cookie, name: name)
    }

    /// `inode` itself changed.
    mutating func notify(inode: Int, _ mask: InotifyMask) {
        let watch = inodes[inode].watch
        guard watch != 0 else { return }
        inotify.report(marked(mask, inode), to: watch, cookie: 0, name: [])
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
                    marked(mask, file.inode), to: watch, cookie: 0, name: file.name)
            }
        }
        let watch = inodes[file.inode].watch
        if watch != 0, !(isExcluded && excludesUnlinked(watch)) {
            inotify.report(marked(mask, file.inode), to: watch, cookie: 0, name: [])
        }
    }

    mutating func nextCookie() -> UInt32 {
        lastCookie &+= 1
        return lastCookie
    }

    /// Ends the watch on `inode`, if there is one, as the inode's end does.
    mutating func endWatch(of inode: Int) {
        let watch = inodes[inode].watch
        guard watch != 0 else { return }
        inodes[inode].watch = 0
        inotify.remove(watch)
    }

    private func marked(_ mask: InotifyMask, _ inode: Int) -> InotifyMask {
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
