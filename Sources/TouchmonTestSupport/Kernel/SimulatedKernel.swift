package import TouchmonCore

/// A kernel in memory: file systems, mounts, open files and one inotify instance.
///
/// It has two sides. *What programs do* (`open`, `rename`, `setTimes`, `mount`, …) changes files and
/// throws the error number that Linux would give. *What the daemon asks* (`addWatch`, `readEvents`,
/// `status`, …) answers with the bytes and values that the daemon's system layer would see, and can
/// be made to fail by `faults`. A kernel is a value: a copy is a fork of history. Nobody is refused
/// for lack of rights; relative paths begin at the root. What it does where the man pages are silent
/// is held to the running kernel by the tests in `TouchmonWorldTests`.
package struct SimulatedKernel: Sendable {
    /// The realtime clock, clock_gettime(2). Only the test moves it.
    package private(set) var now: FileTime
    /// What goes wrong on the daemon's side.
    package var faults = FaultPlan()
    /// `fs.inotify.max_user_watches`, inotify(7).
    package var watchLimit = Int.max
    /// `fs.inotify.max_queued_events`, inotify(7).
    package var queueLimit: Int {
        get { inotify.queueLimit }
        set {
            inotify.queueLimit = newValue
            treeInotify.queueLimit = newValue
            marked.queueLimit = newValue
        }
    }

    /// Whether what programs do now is done by another machine, or behind the file system's back:
    /// nothing is reported, and who opens a file is not known to have it open.
    package var isElsewhere: Bool {
        get { inotify.isDeaf }
        set {
            inotify.isDeaf = newValue
            treeInotify.isDeaf = newValue
            marked.isDeaf = newValue
        }
    }

    var fileSystems: [FileSystem] = []
    var inodes: [Inode] = []
    var dentries: [Dentry] = []
    var mounts: [Mount] = []
    /// A handle's open file; nil once it is closed.
    var openFiles: [OpenFile?] = []
    var inotify = InotifyInstance()
    /// The instance for trees.
    var treeInotify = InotifyInstance()
    /// What happened on marked file systems, fanotify(7).
    var marked = MarkedEvents()
    var lastCookie: UInt32 = 0
    var mountTableChanged = false
    /// The last full-resolution time given to any file: no later coarse time may be before it, or
    /// two files would seem to have changed in the wrong order.
    var timeFloor = FileTime(seconds: 0)

    /// A kernel that has one empty file system, mounted at the root.
    package init(
        root policy: FileSystemPolicy = .ext4, now: FileTime = FileTime(seconds: 1_800_000_000)
    ) {
        self.now = now
        let root = makeFileSystem(policy)
        mounts.append(
            Mount(point: nil, root: fileSystems[root.index].root, fileSystem: root.index))
    }

    /// Lets `duration` pass.
    package mutating func advance(by duration: Duration) {
        now = now.advanced(by: duration)
    }

    /// Sets the clock, forward or back, in no time at all. clock_settime(2).
    package mutating func setClock(to time: FileTime) {
        // The kernel keeps the floor on the clock that nobody sets.
        timeFloor = timeFloor.advanced(
            by: .seconds(time.seconds - now.seconds)
                + .nanoseconds(time.nanoseconds - now.nanoseconds))
        now = time
    }

    /// Sets the clock by `hours`, forward or back.
    package mutating func moveClock(hours: Int) {
        setClock(to: now.advanced(by: .seconds(3600 * hours)))
    }

    /// Makes an empty file system, which is not mounted anywhere yet; `mode` is its root's.
    package mutating func makeFileSystem(
        _ policy: FileSystemPolicy, mode: UInt16 = 0o755
    ) -> FileSystemID {
        let id = fileSystems.count
        // Inode 2 is the root of ext2 and its successors; the numbers below it are never seen.
        fileSystems.append(
            FileSystem(policy: policy, device: UInt64(0x800 + id), nextNumber: 2))
        let inode = makeInode(.directory, mode: mode, fileSystem: id)
        fileSystems[id].root = makeDentry(parent: -1, name: [], inode: inode)
        return FileSystemID(index: id)
    }

    // MARK: - Objects

    mutating func makeInode(_ kind: FileKind, mode: UInt16, fileSystem: Int) -> Int {
        let time = coarseTime(of: fileSystem)
        var inode = Inode(
            fileSystem: fileSystem, number: fileSystems[fileSystem].takeNumber(), kind: kind,
            mode: mode & 0o7777, modified: time, changed: time, birth: time)
        if kind == .directory {
            inode.links = 2
            inode.size = fileSystems[fileSystem].policy.directoryEntrySize == nil ? 4096 : 40
        }
        inodes.append(inode)
        return inodes.count - 1
    }

    mutating func makeDentry(parent: Int, name: [UInt8], inode: Int) -> Int {
        dentries.append(Dentry(parent: parent, name: name, inode: inode))
        inodes[inode].dentries += 1
        return dentries.count - 1
    }

    /// Enters `dentry` into `directory`, an inode.
    mutating func enter(_ dentry: Int, into directory: Int) {
        inodes[directory].entries.append(dentry)
        resize(directory)
    }

    /// Takes `dentry` out of `directory`, an inode.
    mutating func remove(_ dentry: Int, from directory: Int) {
        inodes[directory].entries.removeAll { $0 == dentry }
        resize(directory)
    }

    private mutating func resize(_ directory: Int) {
        let policy = fileSystems[inodes[directory].fileSystem].policy
        guard let size = policy.directoryEntrySize else { return }
        inodes[directory].size = 40 + UInt64(inodes[directory].entries.count) * size
    }

    // MARK: - Times

    func coarseTime(of fileSystem: Int) -> FileTime {
        let policy = fileSystems[fileSystem].policy
        return max(policy.coarse(now), policy.stored(timeFloor))
    }

    /// Writes the change time of `inode` and gives it back, for the modification time if that
    /// changes too.
    @discardableResult
    mutating func stampChange(_ inode: Int) -> FileTime {
        let fileSystem = inodes[inode].fileSystem
        var time = coarseTime(of: fileSystem)
        if fileSystems[fileSystem].policy.isMultigrain, inodes[inode].isQueried,
            time <= inodes[inode].changed
        {
            // The real clock moves between any two calls; this one may stand still.
            time = max(now, timeFloor.advanced(by: .nanoseconds(1)))
            if time == inodes[inode].changed { time = time.advanced(by: .nanoseconds(1)) }
            timeFloor = time
        }
        inodes[inode].changed = time
        inodes[inode].isQueried = false
        return time
    }

    /// Writes the change and the modification time of `inode`.
    mutating func stampModification(_ inode: Int) {
        inodes[inode].modified = stampChange(inode)
    }

    /// Writes the times of `inode`, which got or lost a name, and of `directory`, where the name is.
    mutating func stampLink(_ inode: Int, in directory: Int) {
        let time = stampChange(inode)
        guard fileSystems[inodes[inode].fileSystem].policy.directoryTakesFileTime else {
            stampModification(directory)
            return
        }
        inodes[directory].modified = time
        inodes[directory].changed = time
        inodes[directory].isQueried = false
    }

    // MARK: - Lifetime

    /// Makes `dentry` unreachable. It lives on while it is in use, and then so does its directory.
    mutating func unlink(_ dentry: Int) {
        dentries[dentry].isLinked = false
        let parent = dentries[dentry].parent
        dentries[parent].references += 1
        removeIfUnused(dentry)
    }

    /// Ends one use of `dentry`.
    mutating func release(_ dentry: Int) {
        dentries[dentry].references -= 1
        removeIfUnused(dentry)
    }

    /// Forgets a dentry that is neither linked nor in use.
    ///
    /// A file whose links are gone is reported as deleted with the *first* of its dentries that
    /// goes: opened by one name and then unlinked by two, it is reported deleted while it is open.
    private mutating func removeIfUnused(_ dentry: Int) {
        guard !dentries[dentry].isLinked, dentries[dentry].references == 0 else { return }
        let inode = dentries[dentry].inode
        inodes[inode].dentries -= 1
        if inodes[inode].links == 0 {
            notify(inode: inode, .deleteSelf)
            // What another machine removes is here as long as somebody watches it.
            if !isElsewhere { endWatch(of: inode) }
            if inodes[inode].dentries == 0 {
                fileSystems[inodes[inode].fileSystem].freeNumbers.append(inodes[inode].number)
            }
        }
        release(dentries[dentry].parent)
    }
}
