package import TouchmonCore

/// What utimensat(2) does with one of a file's two times.
package enum TimeChange: Hashable, Sendable {
    case now
    /// The time stays: `UTIME_OMIT`.
    case omit
    case set(FileTime)
}

// Attributes as programs change them.
extension SimulatedKernel {
    /// Sets the times of `path`. utimensat(2).
    package mutating func setTimes(
        _ path: RawPath, access: TimeChange, modification: TimeChange, follow: Bool = true
    ) throws(ErrorNumber) {
        // With nothing to do, not even the path is looked at.
        guard access != .omit || modification != .omit else { return }
        setTimes(dentry: try locate(path, follow: follow).get().dentry, access, modification)
    }

    /// Sets the times of an open file. futimens(3).
    package mutating func setTimes(
        _ handle: FileHandle, access: TimeChange, modification: TimeChange
    ) throws(ErrorNumber) {
        guard let file = openFiles[handle.index] else { throw .badHandle }
        guard access != .omit || modification != .omit else { return }
        setTimes(dentry: file.place.dentry, access, modification)
    }

    /// Sets the permission bits of `path`. chmod(2).
    package mutating func setMode(_ path: RawPath, to mode: UInt16) throws(ErrorNumber) {
        let dentry = try locate(path, follow: true).get().dentry
        let inode = dentries[dentry].inode
        inodes[inode].mode = mode & 0o7777
        stampChange(inode)
        notify(dentry: dentry, .attributes)
    }

    /// Sets the owner, the group or both. chown(2), lchown(2).
    package mutating func setOwner(
        _ path: RawPath, owner: UInt32?, group: UInt32?, follow: Bool = true
    ) throws(ErrorNumber) {
        let dentry = try locate(path, follow: follow).get().dentry
        let inode = dentries[dentry].inode
        if let owner { inodes[inode].owner = owner }
        if let group { inodes[inode].group = group }
        let oldMode = inodes[inode].mode
        // A new owner must not inherit a program that runs as its owner. Without group execution
        // the set-group-ID bit meant mandatory locking, and stays.
        if inodes[inode].kind != .directory {
            inodes[inode].mode &= oldMode & 0o010 == 0 ? ~0o4000 : ~0o6000
        }
        stampChange(inode)
        if owner != nil || group != nil || inodes[inode].mode != oldMode {
            notify(dentry: dentry, .attributes)
        }
    }

    private mutating func setTimes(
        dentry: Int, _ access: TimeChange, _ modification: TimeChange
    ) {
        let inode = dentries[dentry].inode
        let time = stampChange(inode)
        switch modification {
        case .omit: break
        case .now: inodes[inode].modified = time
        case .set(let explicit):
            inodes[inode].modified =
                fileSystems[inodes[inode].fileSystem].policy.stored(explicit)
        }
        // Both times together are an attribute; one of them passes for the reading or the writing
        // that would have set it.
        switch (access, modification) {
        case (.omit, _): notify(dentry: dentry, .modify)
        case (_, .omit): notify(dentry: dentry, .access)
        default: notify(dentry: dentry, .attributes)
        }
    }
}
