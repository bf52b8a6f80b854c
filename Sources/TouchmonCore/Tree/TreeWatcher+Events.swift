/// What is heard of trees, and what listings show.
extension TreeWatcher {
    // MARK: Events

    /// Takes the bytes of one read of the inotify descriptor of trees.
    package mutating func read(_ bytes: RawSpan, at now: Instant, wall: FileTime) {
        var reader = EventReader(bytes)
        while let event = reader.next() {
            if event.mask.contains(.queueOverflow) {
                overflowed(.inotify, wall: wall)
            } else if event.mask.contains(.ignored) {
                nodes.endWatch(event.watch)
            } else if !event.name.isEmpty {
                bytes.extracting(event.name).withUnsafeBytes { name in
                    for node in nodes.nodes(watchedBy: event.watch) {
                        _ = heard(node, name, event.mask, at: now)
                    }
                }
            }
        }
    }

    /// Takes one event of a file system: of a name in the directory that a number stands for.
    package mutating func heard(
        _ number: UInt64, _ name: UnsafeRawBufferPointer, _ mask: InotifyMask, at now: Instant
    ) -> TreeHearing {
        guard let known = nodes.nodes(numbered: number) else { return .unknown }
        guard !known.isEmpty else {
            traffic.heard(isNobodys: true)
            return nodes.silenced.heard(number) ? .unwanted : .nothing
        }
        lastSelected.removeAll(keepingCapacity: true)
        // Not of the directory itself.
        if !name.isEmpty, !name.elementsEqual(".".utf8) {
            for node in known {
                if let key = heard(node, name, mask, at: now) { lastSelected.append(key) }
            }
        }
        // A directory that came is to be listed.
        let isNobodys = lastSelected.isEmpty && !mask.contains(.isDirectory)
        traffic.heard(isNobodys: isNobodys)
        return lastSelected.isEmpty ? .nothing : .selected
    }

    func isHidden(_ path: RawPath) -> Bool { hidden.map(path.isWithin) ?? false }

    /// The same of a directory by its path from the tree's base: nothing is allocated.
    func isHidden(_ directory: [UInt8], of tree: Tree) -> Bool {
        guard let hidden, let place = tree.place else { return false }
        if place.isWithin(hidden) { return true }
        guard hidden.isWithin(place) else { return false }
        let start = place.bytes.count == 1 ? 1 : place.bytes.count + 1
        let inner = hidden.bytes[start...]
        return directory.starts(with: inner)
            && (directory.count == inner.count || directory[inner.count] == UInt8(ascii: "/"))
    }

    /// Events of whole file systems were lost with a full queue.
    package mutating func marksOverflowed(wall: FileTime) {
        traffic.heard(isNobodys: false)
        overflowed(.fanotify, wall: wall)
    }

    /// Where the directory is that a number stands for: free of symbolic links, and more than once where
    /// it can be reached by several mounts; nowhere, if it is gone.
    package mutating func found(_ number: UInt64, at paths: [RawPath]) {
        var ids: [TreeNodes.ID] = []
        for (action, tree) in trees {
            guard let place = tree.place else { continue }
            for path in paths where path.isWithin(place) && !isHidden(path) {
                let start = place.bytes.count == 1 ? 1 : place.bytes.count + 1
                let inner = Array(path.bytes.dropFirst(start))
                guard let number = part(tree, inner), tree.parts[number]?.mechanism == .fanotify,
                    inner.withUnsafeBytes(tree.selection.enters),
                    let node = makeNode(action, inner)
                else { continue }
                ids.append(node)
            }
        }
        nodes.setNumber(number, ids)
    }

    /// The system could not tell where the directory is of which something was heard.
    package mutating func notFound(wall: FileTime) { lost(.fanotify, wall: wall) }

    /// Who did what was last heard and selected.
    package mutating func heard(by toucher: Toucher) {
        for key in lastSelected { files.note(toucher, key) }
    }

    private mutating func heard(
        _ node: TreeNodes.ID, _ name: UnsafeRawBufferPointer, _ mask: InotifyMask, at now: Instant
    ) -> TreeFiles.Key? {
        let action = nodes[node].tree
        guard let tree = trees[action] else { return nil }
        setPath(node, name)
        if mask.contains(.isDirectory) {
            if !mask.isDisjoint(with: .names) { directory(node, name, mask, tree) }
            if mask.contains(.attributes) { mayBeRead(node, name, tree) }
            guard tree.kinds != .touch, scratch.withUnsafeBytes(tree.selection.selectsDirectory)
            else { return nil }
        } else {
            if tree.selection.usesGitignore, name.elementsEqual(".gitignore".utf8) {
                ignoredChanged(node, tree)
            }
            guard scratch.withUnsafeBytes(tree.selection.selects) else { return nil }
        }
        return note(action, tree, since: heardUntil, at: now) { file in
            if !mask.isDisjoint(with: .names) {
                // Whatever was heard before was heard of a file that is not there any more.
                file.evidence = []
                file.isRemoved = mask.isDisjoint(with: [.create, .movedTo])
                file.change?.heardName(mask)
                file.isWrittenUnheard = mask.contains(.create)
                if mask.contains(.create) { file.evidence.formUnion([.created, .closeFollows]) }
                if mask.contains(.movedTo) { file.evidence.insert(.arrived) }
            }
            if !mask.isDisjoint(with: .evidence) {
                if mask.contains(.modify) { file.isWrittenUnheard = false }
                file.evidence.formUnion(file.judge.heard(mask))
                file.change?.heardFile(mask)
            }
        }
    }

    private mutating func setPath(_ node: TreeNodes.ID, _ name: UnsafeRawBufferPointer) {
        scratch.removeAll(keepingCapacity: true)
        nodes.appendPath(node, to: &scratch)
        if !scratch.isEmpty { scratch.append(UInt8(ascii: "/")) }
        scratch.append(contentsOf: name)
    }

    /// Notes something of the file at the path in `scratch`.
    private mutating func note(
        _ action: ActionID, _ tree: Tree, since: FileTime, at now: Instant,
        _ change: (inout TreeFiles.File) -> Void
    ) -> TreeFiles.Key {
        let (key, isNew) = scratch.withUnsafeBytes { path in
            let key = TreeFiles.key(action, path)
            return (
                key,
                files.note(
                    key, action, path, kinds: tree.kinds, since: since, at: now, change)
            )
        }
        if isNew { looks.append(key) }
        return key
    }

    /// A directory came, or went.
    private mutating func directory(
        _ node: TreeNodes.ID, _ name: UnsafeRawBufferPointer, _ mask: InotifyMask, _ tree: Tree
    ) {
        if !mask.isDisjoint(with: [.delete, .movedFrom, .movedTo]),
            let child = nodes.child(node, name)
        {
            drop(child)
        }
        guard !mask.isDisjoint(with: [.create, .movedTo]),
            scratch.withUnsafeBytes(tree.selection.enters), let part = part(tree, scratch)
        else { return }
        // Directories that were no tree's may have come with it.
        if mask.contains(.movedTo) {
            nodes.forgetUnrelated()
            arrived(nodes[node].tree, scratch)
        }
        // Of a whole file system all is heard that happens in a new directory.
        guard mask.contains(.movedTo) || tree.parts[part]?.mechanism == .inotify else { return }
        scans.add(
            TreeScans.Item(
                tree: nodes[node].tree, part: part, directory: scratch, files: .new,
                since: heardUntil))
    }

    /// The attributes of a directory changed: if it could not be watched because it may not be read, perhaps
    /// it can now. What was changed in it meanwhile was not heard.
    private mutating func mayBeRead(
        _ node: TreeNodes.ID, _ name: UnsafeRawBufferPointer, _ tree: Tree
    ) {
        guard let child = nodes.child(node, name), nodes[child].isClosed,
            scratch.withUnsafeBytes(tree.selection.enters), let part = part(tree, scratch),
            tree.parts[part]?.mechanism == .inotify
        else { return }
        let from = tree.began.advanced(by: .zero - TreeProgress.tick)
        for files in [TreeScans.Files.ignored, .changed(from: from, to: .distantFuture)] {
            scans.add(
                TreeScans.Item(
                    tree: nodes[node].tree, part: part, directory: scratch, files: files,
                    since: tree.began))
        }
    }

    /// What is excluded in a directory changed: what is not any more has to be watched.
    private mutating func ignoredChanged(_ node: TreeNodes.ID, _ tree: Tree) {
        nodes.setIgnored(node, .unread)
        var path: [UInt8] = []
        nodes.appendPath(node, to: &path)
        guard let part = part(tree, path), tree.parts[part]?.mechanism == .inotify else { return }
        scans.add(
            TreeScans.Item(
                tree: nodes[node].tree, part: part, directory: path, files: .ignored,
                since: heardUntil))
    }

    // MARK: Listings

    /// One entry of the directory that is being listed.
    package mutating func entry(
        _ name: UnsafeRawBufferPointer, _ kind: FileKind, _ status: FileStatus?, at now: Instant
    ) {
        if kind != .directory {
            scans.files += 1
            if scans.passesOver(status) { return }
        }
        guard let item = scans.current, let tree = trees[item.tree] else { return }
        scratch.removeAll(keepingCapacity: true)
        scratch += item.directory
        if !scratch.isEmpty { scratch.append(UInt8(ascii: "/")) }
        scratch.append(contentsOf: name)
        if kind == .directory {
            directoryEntry(item, tree, status, at: now)
        } else if scratch.withUnsafeBytes(tree.selection.selects) {
            fileEntry(item, tree, status, at: now)
        }
    }

    private mutating func directoryEntry(
        _ item: TreeScans.Item, _ tree: Tree, _ status: FileStatus?, at now: Instant
    ) {
        if item.files == .new, tree.kinds != .touch,
            scratch.withUnsafeBytes(tree.selection.selectsDirectory)
        {
            found(item, tree, at: now)
        }
        guard scratch.withUnsafeBytes(tree.selection.enters),
            // Another file system begins there.
            tree.parts.count == 1 || !tree.parts.values.contains(where: { $0.root == scratch })
        else { return }
        if tree.selection.usesGitignore, let node = node(item.tree, item.directory),
            isIgnored(scratch, in: node, isDirectory: true)
        {
            return
        }
        var next = item
        next.directory = scratch
        if case .changed(let from, let to) = item.files, let status, status.changed >= from,
            status.changed != status.modified
        {
            // Only its own attributes changed, or it was moved here with all that is in it.
            next.files = .changed(from: .distantPast, to: to)
        }
        scans.add(next)
    }

    private mutating func fileEntry(
        _ item: TreeScans.Item, _ tree: Tree, _ status: FileStatus?, at now: Instant
    ) {
        switch item.files {
        case .ignored: break
        case .new: found(item, tree, at: now)
        case .changed:
            guard let status else { return }
            let mark = scratch.withUnsafeBytes { TreeProgress.mark($0, status.changed) }
            if tree.known?.marks.contains(mark) == true { return }
            found(item, tree, isCaughtUp: true, at: now)
        case .compared:
            guard let status else { return }
            compare(item, tree, status, at: now)
        }
    }

    private mutating func found(
        _ item: TreeScans.Item, _ tree: Tree, isCaughtUp: Bool = false, at now: Instant
    ) {
        if item.files == .new {
            files.noteArrival(scratch.withUnsafeBytes { TreeFiles.key(item.tree, $0) })
        }
        // A close that has not come yet is no close that was missed.
        let isHeard = item.files == .new && tree.parts[item.part]?.mechanism == .fanotify
        _ = note(item.tree, tree, since: item.since, at: now) { file in
            file.evidence.insert(isHeard ? .listed : .unheard)
            if file.isFresh { (file.isFound, file.isCaughtUp) = (true, isCaughtUp) }
        }
    }

    /// Compares a file with what the last look at all saw.
    private mutating func compare(
        _ item: TreeScans.Item, _ tree: Tree, _ status: FileStatus, at now: Instant
    ) {
        guard let part = tree.parts[item.part] else { return }
        let hash = scratch.withUnsafeBytes { TreeFiles.key(item.tree, $0).hash }
        let sight = Sight(state: Self.state(status), pass: part.pass)
        let before = snapshots[item.tree, default: [:]].updateValue(sight, forKey: hash)
        if before?.state == sight.state { return }
        if before == nil, part.pass == 1, part.arrival == .start {
            guard let known = tree.known, status.changed >= known.until,
                !known.marks.contains(
                    scratch.withUnsafeBytes { TreeProgress.mark($0, status.changed) })
            else { return }
        }
        _ = note(item.tree, tree, since: item.since, at: now) { file in
            file.evidence.formUnion([.unheard, .polled])
            if file.isFresh { file.isFound = true }
        }
    }

    private static func state(_ status: FileStatus) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(status.identity.inode)
        hasher.combine(status.identity.device)
        hasher.combine(status.modified)
        hasher.combine(status.size)
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }
}
