package import TouchmonCore

// The objects of the simulated kernel live in arrays and name each other by index, so that a copy
// of the kernel is a copy of a few array references. Slots are never used twice: a history is short,
// and a stale index then names something dead rather than something else.

/// A file system: what mkfs makes and mount(2) shows.
struct FileSystem: Sendable {
    var policy: FileSystemPolicy
    var device: UInt64
    /// The dentry of its root directory.
    var root = 0
    /// Whether all that happens on it is told, fanotify(7).
    var isMarked = false
    var nextNumber: UInt64
    /// Freed inode numbers, where the policy uses them again.
    var freeNumbers: [UInt64] = []

    /// The lowest free inode number, as ext4 hands them out.
    mutating func takeNumber() -> UInt64 {
        if policy.reusesInodeNumbers,
            let lowest = freeNumbers.indices.min(by: { freeNumbers[$0] < freeNumbers[$1] })
        {
            return freeNumbers.remove(at: lowest)
        }
        defer { nextNumber += 1 }
        return nextNumber
    }
}

/// A file itself, inode(7).
struct Inode: Sendable {
    var fileSystem: Int
    var number: UInt64
    var kind: FileKind
    var mode: UInt16
    var owner: UInt32 = 0
    var group: UInt32 = 0
    var links: UInt32 = 1
    var size: UInt64 = 0
    /// Whether anything was written: a size alone takes no space.
    var hasData = false
    var modified: FileTime
    var changed: FileTime
    var birth: FileTime
    /// The times were asked for since `changed` was written: the next change must differ.
    var isQueried = false
    /// Dentries that keep the inode in memory, linked or not.
    var dentries = 0
    /// The watch descriptor on this inode, 0 for none: an inotify instance has one for each inode.
    var watch: Int32 = 0
    /// The same of the instance for trees.
    var treeWatch: Int32 = 0
    /// The dentries of a directory's entries, in the order of their creation.
    var entries: [Int] = []
    /// The text of a symbolic link.
    var target: [UInt8] = []
}

/// A name in a directory, as the kernel remembers it: also after unlink(2) while the file is open,
/// for the events of an open file carry the directory and the name that it had.
struct Dentry: Sendable {
    /// The directory's dentry, -1 for the root of a file system.
    var parent: Int
    var name: [UInt8]
    var inode: Int
    /// Whether a lookup finds it.
    var isLinked = true
    /// Open handles, mounts of it, and unlinked dentries below it.
    var references = 0
}

/// A tree that is seen at a place, mount(2).
struct Mount: Sendable {
    /// Where it is mounted; nil for the first mount and for a detached one.
    var point: Place?
    /// The dentry that shows there: the file system's root, or any directory in a bind mount.
    var root: Int
    var fileSystem: Int
}

/// A dentry as it is reached: the same directory may be seen through several mounts.
struct Place: Hashable, Sendable {
    var mount: Int
    var dentry: Int
}

/// An open file description, open(2).
struct OpenFile: Sendable {
    var place: Place
    var inode: Int
    var options: OpenOptions
    var offset: UInt64 = 0
    /// Whether another machine has it open.
    var isElsewhere = false
}

/// How a file is opened: the flags of open(2) that matter to who watches.
package struct OpenOptions: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let read = OpenOptions(rawValue: 1)
    package static let write = OpenOptions(rawValue: 2)
    package static let create = OpenOptions(rawValue: 4)
    package static let exclusive = OpenOptions(rawValue: 8)
    package static let truncate = OpenOptions(rawValue: 16)
    package static let append = OpenOptions(rawValue: 32)
}

/// An open file of the simulated kernel; its number is never used again.
package struct FileHandle: Hashable, Sendable {
    var index: Int
}

/// A file system of the simulated kernel, mounted or not.
package struct FileSystemID: Hashable, Sendable {
    var index: Int
}

/// A line of the mount table, mountinfo in proc(5).
package struct MountEntry: Hashable, Sendable {
    package var point: RawPath
    /// `st_dev` of what is mounted there.
    package var device: UInt64

    package init(point: RawPath, device: UInt64) {
        self.point = point
        self.device = device
    }
}
