import TouchmonCore

/// How one kind of file system keeps times and numbers its inodes.
package struct FileSystemPolicy: Hashable, Sendable {
    /// Where the times that the kernel writes on files come from.
    package enum Timestamps: Hashable, Sendable {
        /// The time of the last tick; but a change after the inode's times were asked for takes a
        /// strictly later one, with full resolution. ext4, xfs, btrfs and tmpfs since Linux 6.13.
        case multigrain(tick: Duration)
        /// The time of the last tick, always.
        case coarse(tick: Duration)
        /// Times are cut to whole multiples of some seconds on disk.
        case granular(seconds: Int64)
    }

    package var timestamps: Timestamps
    /// Whether statx(2) tells when an inode came to be.
    package var keepsBirthTime: Bool
    /// Whether a freed inode number is given to the next new file.
    package var reusesInodeNumbers: Bool
    /// What each entry adds to the size of its directory, in bytes; nil: directories are one block.
    package var directoryEntrySize: UInt64?
    /// Whether a directory whose entry is linked or unlinked takes the *file's* new change time, as
    /// tmpfs does. On a multigrain file system the directory's times then may not move, although
    /// they were asked for.
    package var directoryTakesFileTime: Bool
    /// Whether truncate(2) to the size that a file has already leaves its times alone, if the file
    /// holds no data.
    package var keepsTimesWithoutData: Bool
    /// What statfs(2) says in `f_type`.
    package var magic: UInt64

    package init(
        timestamps: Timestamps, keepsBirthTime: Bool, reusesInodeNumbers: Bool,
        directoryEntrySize: UInt64? = nil, directoryTakesFileTime: Bool = false,
        keepsTimesWithoutData: Bool = false, magic: UInt64 = 0xEF53
    ) {
        self.timestamps = timestamps
        self.keepsBirthTime = keepsBirthTime
        self.reusesInodeNumbers = reusesInodeNumbers
        self.directoryEntrySize = directoryEntrySize
        self.directoryTakesFileTime = directoryTakesFileTime
        self.keepsTimesWithoutData = keepsTimesWithoutData
        self.magic = magic
    }

    /// ext4 as a current kernel (6.13 or later, 250 Hz) mounts it.
    package static let ext4 = FileSystemPolicy(
        timestamps: .multigrain(tick: .milliseconds(4)), keepsBirthTime: true,
        reusesInodeNumbers: true)
    /// tmpfs on the same kernel.
    package static let tmpfs = FileSystemPolicy(
        timestamps: .multigrain(tick: .milliseconds(4)), keepsBirthTime: true,
        reusesInodeNumbers: false, directoryEntrySize: 20, directoryTakesFileTime: true,
        keepsTimesWithoutData: true, magic: 0x0102_1994)
    /// ext4 on a kernel before 6.13, with the slowest tick that Linux has.
    package static let ext4BeforeMultigrain = FileSystemPolicy(
        timestamps: .coarse(tick: .milliseconds(10)), keepsBirthTime: true,
        reusesInodeNumbers: true)
    /// ext2 or ext3 with 128-byte inodes: no room for nanoseconds or a birth time.
    package static let ext2 = FileSystemPolicy(
        timestamps: .granular(seconds: 1), keepsBirthTime: false, reusesInodeNumbers: true)
    /// vfat's two seconds. What vfat cannot store (links, owners) is not refused.
    package static let vfat = FileSystemPolicy(
        timestamps: .granular(seconds: 2), keepsBirthTime: false, reusesInodeNumbers: true,
        magic: 0x4D44)
    /// NFS, of a server whose clock moves in ticks.
    package static let nfs = FileSystemPolicy(
        timestamps: .coarse(tick: .milliseconds(10)), keepsBirthTime: false,
        reusesInodeNumbers: false, magic: 0x6969)
    /// FUSE, before a file system with times of two seconds.
    package static let fuseOnVfat = FileSystemPolicy(
        timestamps: .granular(seconds: 2), keepsBirthTime: false, reusesInodeNumbers: false,
        magic: 0x6573_5546)

    /// The latest moment that this file system's coarse clock shows at `now`.
    func coarse(_ now: FileTime) -> FileTime {
        switch timestamps {
        case .multigrain(let tick), .coarse(let tick):
            // Every tick that Linux offers divides the second.
            let length = Int32(tick.nanoseconds)
            return FileTime(
                seconds: now.seconds, nanoseconds: now.nanoseconds - now.nanoseconds % length)
        case .granular:
            return stored(now)
        }
    }

    /// `time` as it reads after it was written to the disk.
    func stored(_ time: FileTime) -> FileTime {
        guard case .granular(let seconds) = timestamps else { return time }
        let excess = time.seconds % seconds
        return FileTime(seconds: time.seconds - (excess < 0 ? excess + seconds : excess))
    }

    var isMultigrain: Bool {
        guard case .multigrain = timestamps else { return false }
        return true
    }
}
