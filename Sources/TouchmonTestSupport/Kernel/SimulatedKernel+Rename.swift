package import TouchmonCore

// Names as programs move them, rename(2).
extension SimulatedKernel {
    /// Moves `path` to `newPath`, over what is there. rename(2).
    package mutating func rename(_ path: RawPath, to newPath: RawPath) throws(ErrorNumber) {
        let (source, target) = try ends(path, newPath, exchanges: false)
        guard let moved = source.found else { throw .noSuchFile }
        let replaced = target.found
        let inode = dentries[moved].inode
        let isDirectory = inodes[inode].kind == .directory
        try requireLife(of: target.directory)
        if let replaced {
            // Two names of one file: nothing is done, and both stay.
            guard dentries[replaced].inode != inode else { return }
            let isReplacedDirectory = inodes[dentries[replaced].inode].kind == .directory
            if isDirectory, !isReplacedDirectory { throw .notADirectory }
            if !isDirectory, isReplacedDirectory { throw .isADirectory }
        }
        guard !isMountPoint(moved), !(replaced.map(isMountPoint) ?? false) else { throw .busy }
        if let replaced, !inodes[dentries[replaced].inode].entries.isEmpty { throw .notEmpty }

        let oldDirectory = dentries[source.directory.dentry].inode
        let newDirectory = dentries[target.directory.dentry].inode
        let oldName = dentries[moved].name
        let newName = Array(target.name)
        if let replaced { detach(replaced, from: newDirectory) }
        remove(moved, from: oldDirectory)
        dentries[moved].parent = target.directory.dentry
        dentries[moved].name = newName
        enter(moved, into: newDirectory)
        if isDirectory {
            inodes[oldDirectory].links -= 1
            inodes[newDirectory].links += 1
        }
        stampModification(oldDirectory)
        if newDirectory != oldDirectory { stampModification(newDirectory) }
        stampChange(inode)

        reportMove(
            of: inode, from: (oldDirectory, oldName), to: (newDirectory, newName),
            over: replaced.map { dentries[$0].inode })
        // Only now does the kernel let go of the replaced file, so its end is the last event.
        if let replaced { unlink(replaced) }
    }

    /// Swaps two names in one step: `RENAME_EXCHANGE` of rename(2).
    package mutating func exchange(_ path: RawPath, _ otherPath: RawPath) throws(ErrorNumber) {
        let (source, target) = try ends(path, otherPath, exchanges: true)
        guard let first = source.found, let second = target.found else { throw .noSuchFile }
        let (inode, otherInode) = (dentries[first].inode, dentries[second].inode)
        guard inode != otherInode else { return }
        guard !isMountPoint(first), !isMountPoint(second) else { throw .busy }

        let directory = dentries[source.directory.dentry].inode
        let otherDirectory = dentries[target.directory.dentry].inode
        remove(first, from: directory)
        remove(second, from: otherDirectory)
        (dentries[first], dentries[second]) = (
            dentries[first].renamed(as: dentries[second]),
            dentries[second].renamed(as: dentries[first])
        )
        enter(first, into: otherDirectory)
        enter(second, into: directory)
        if directory != otherDirectory {
            for (inode, from, to) in [
                (inode, directory, otherDirectory), (otherInode, otherDirectory, directory),
            ] where inodes[inode].kind == .directory {
                inodes[from].links -= 1
                inodes[to].links += 1
            }
        }
        stampModification(directory)
        if otherDirectory != directory { stampModification(otherDirectory) }
        stampChange(inode)
        stampChange(otherInode)

        let (name, otherName) = (dentries[second].name, dentries[first].name)
        reportMove(
            of: inode, from: (directory, name), to: (otherDirectory, otherName), over: nil)
        reportMove(
            of: otherInode, from: (otherDirectory, otherName), to: (directory, name), over: nil)
    }

    /// Both ends of a rename, and the refusals that do not depend on what the ends are.
    private func ends(
        _ path: RawPath, _ newPath: RawPath, exchanges: Bool
    ) throws(ErrorNumber) -> (Resolution, Resolution) {
        let source = try resolve(path, follow: false).get()
        let target = try resolve(newPath, follow: false).get()
        guard source.directory.mount == target.directory.mount else { throw .crossDevice }
        guard source.last == .name, target.last == .name else { throw .busy }
        guard let moved = source.found, target.found != nil || !exchanges else {
            throw .noSuchFile
        }
        for end in [source, target] where end.needsDirectory {
            guard inodes[dentries[moved].inode].kind == .directory else { throw .notADirectory }
        }
        if isAncestor(moved, of: target.directory.dentry) { throw .invalidArgument }
        if let replaced = target.found, isAncestor(replaced, of: source.directory.dentry) {
            throw exchanges ? .invalidArgument : .notEmpty
        }
        return (source, target)
    }

    /// Takes a file that is replaced out of its directory.
    private mutating func detach(_ dentry: Int, from directory: Int) {
        let inode = dentries[dentry].inode
        remove(dentry, from: directory)
        if inodes[inode].kind == .directory {
            inodes[inode].links = 0
            inodes[directory].links -= 1
        } else {
            inodes[inode].links -= 1
        }
        stampLink(inode, in: directory)
    }

    private mutating func reportMove(
        of inode: Int, from source: (directory: Int, name: [UInt8]),
        to target: (directory: Int, name: [UInt8]), over replaced: Int?
    ) {
        let cookie = nextCookie()
        notify(
            directory: source.directory, .movedFrom, name: source.name, of: inode, cookie: cookie)
        notify(
            directory: target.directory, .movedTo, name: target.name, of: inode, cookie: cookie)
        if let replaced { notify(inode: replaced, .attributes) }
        notify(inode: inode, .moveSelf)
    }

    /// Whether `dentry` is `other` or a directory above it.
    private func isAncestor(_ dentry: Int, of other: Int) -> Bool {
        var current = other
        while current >= 0 {
            if current == dentry { return true }
            current = dentries[current].parent
        }
        return false
    }
}

extension Dentry {
    /// The same file where `other` is now.
    fileprivate func renamed(as other: Dentry) -> Dentry {
        var dentry = self
        dentry.parent = other.parent
        dentry.name = other.name
        return dentry
    }
}
