package import TouchmonCore

// Files as programs open, write and close them.
extension SimulatedKernel {
    /// Opens `path`, and makes a regular file of `mode` first where `create` asks for it. No call
    /// waits: a FIFO opens as with `O_NONBLOCK`. open(2).
    package mutating func open(
        _ path: RawPath, _ options: OpenOptions, mode: UInt16 = 0o644
    ) throws(ErrorNumber) -> FileHandle {
        let creates = options.contains(.create)
        let result = try resolve(
            path, follow: !options.isSuperset(of: [.create, .exclusive]), creates: creates
        ).get()
        if creates, result.needsDirectory { throw .isADirectory }
        guard let found = result.found else {
            guard creates else { throw .noSuchFile }
            try requireLife(of: result.directory)
            let dentry = make(.regular, at: result, mode: mode)
            return opened(
                Place(mount: result.directory.mount, dentry: dentry), options)
        }
        if creates, options.contains(.exclusive) { throw .exists }
        let place = crossMounts(Place(mount: result.directory.mount, dentry: found))
        let inode = dentries[place.dentry].inode
        if result.needsDirectory, inodes[inode].kind != .directory { throw .notADirectory }
        switch inodes[inode].kind {
        case .directory:
            if creates || !options.isDisjoint(with: [.write, .truncate]) { throw .isADirectory }
        case .fifo:
            let isOnlyWriter = options.contains(.write) && !options.contains(.read)
            if isOnlyWriter, !isOpen(inode, .read) { throw .noSuchDeviceOrAddress }
        case .socket:
            throw .noSuchDeviceOrAddress
        case .regular, .symbolicLink, .characterDevice, .blockDevice:
            break
        }
        let handle = opened(place, options)
        // Truncation comes after the file counts as open, and is reported also for an empty file.
        if options.contains(.truncate), inodes[inode].kind == .regular {
            resize(place.dentry, to: 0, touches: true)
        }
        return handle
    }

    /// Writes `count` bytes at the handle's position, or at the end where it appends. write(2).
    package mutating func write(_ handle: FileHandle, count: UInt64) throws(ErrorNumber) {
        guard let file = openFiles[handle.index], file.options.contains(.write) else {
            throw .badHandle
        }
        guard count > 0 else { return }
        switch inodes[file.inode].kind {
        case .regular:
            let start = file.options.contains(.append) ? inodes[file.inode].size : file.offset
            openFiles[handle.index]?.offset = start + count
            inodes[file.inode].size = max(inodes[file.inode].size, start + count)
            inodes[file.inode].hasData = true
            stampModification(file.inode)
        case .fifo:
            guard isOpen(file.inode, .read) else { throw .brokenPipe }
            stampModification(file.inode)
        default:
            // A device's driver takes the data; the node that names it stays as it is.
            break
        }
        notify(dentry: file.place.dentry, .modify, fromOpenFile: true)
    }

    /// Sets the size of an open file. ftruncate(2).
    package mutating func truncate(_ handle: FileHandle, to size: UInt64) throws(ErrorNumber) {
        guard let file = openFiles[handle.index] else { throw .badHandle }
        guard file.options.contains(.write), inodes[file.inode].kind == .regular else {
            throw .invalidArgument
        }
        resize(file.place.dentry, to: size, touches: true)
    }

    /// Sets the size of a file that need not be open. truncate(2).
    package mutating func truncate(_ path: RawPath, to size: UInt64) throws(ErrorNumber) {
        let dentry = try locate(path, follow: true).get().dentry
        switch inodes[dentries[dentry].inode].kind {
        case .regular: resize(dentry, to: size, touches: false)
        case .directory: throw .isADirectory
        default: throw .invalidArgument
        }
    }

    /// Closes `handle`. close(2).
    package mutating func close(_ handle: FileHandle) throws(ErrorNumber) {
        guard let file = openFiles[handle.index] else { throw .badHandle }
        openFiles[handle.index] = nil
        notify(
            dentry: file.place.dentry,
            file.options.contains(.write) ? .closeAfterWriting : .closeWithoutWriting,
            fromOpenFile: true)
        release(file.place.dentry)
        shutDownIfUnused(mounts[file.place.mount].fileSystem)
    }

    /// Counts `place` as open and reports it.
    private mutating func opened(_ place: Place, _ options: OpenOptions) -> FileHandle {
        let inode = dentries[place.dentry].inode
        openFiles.append(
            OpenFile(place: place, inode: inode, options: options, isElsewhere: isElsewhere))
        dentries[place.dentry].references += 1
        notify(dentry: place.dentry, .open, fromOpenFile: true)
        return FileHandle(index: openFiles.count - 1)
    }

    /// Sets a size. Where the file has that size already, truncate(2) alone may leave its times.
    private mutating func resize(_ dentry: Int, to size: UInt64, touches: Bool) {
        let inode = dentries[dentry].inode
        let policy = fileSystems[inodes[inode].fileSystem].policy
        let keepsTimes =
            policy.keepsTimesWithoutData && !inodes[inode].hasData && inodes[inode].size == size
        if touches || !keepsTimes { stampModification(inode) }
        inodes[inode].size = size
        if size == 0 { inodes[inode].hasData = false }
        notify(dentry: dentry, .modify)
    }

    /// Whether any handle on `inode` was opened with `option`.
    func isOpen(_ inode: Int, _ option: OpenOptions) -> Bool {
        openFiles.contains { file in
            guard let file else { return false }
            return file.inode == inode && file.options.contains(option)
        }
    }
}
