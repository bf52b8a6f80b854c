import TouchmonCore

/// What a fanotify(7) group with marks on file systems has to tell.
struct MarkedEvents: Sendable {
    struct Event: Sendable {
        var mask: InotifyMask
        /// The directory's inode.
        var directory: Int
        var name: [UInt8]
    }

    private var events: [Event] = []
    private var isOverflowQueued = false
    var queueLimit = 16384
    var isDeaf = false
    /// The directories, by their inodes, of which nothing is told.
    var ignored: Set<Int> = []

    private static let told: InotifyMask = [
        .modify, .attributes, .closeAfterWriting, .create, .delete, .movedFrom, .movedTo,
    ]

    /// What waits of one entry becomes one event, whatever came between: all that happens here may be one
    /// process's doing. Directories and files are never joined.
    mutating func report(_ mask: InotifyMask, directory: Int, name: [UInt8]) {
        let isDirectory = mask.contains(.isDirectory)
        let told = mask.intersection(Self.told)
        guard !isDeaf, !told.isEmpty, !ignored.contains(directory) else { return }
        let same = events.firstIndex {
            $0.directory == directory && $0.name == name
                && $0.mask.contains(.isDirectory) == isDirectory
        }
        if let same { return events[same].mask.formUnion(told) }
        guard events.count < queueLimit else {
            isOverflowQueued = true
            return
        }
        events.append(
            Event(
                mask: isDirectory ? told.union(.isDirectory) : told, directory: directory,
                name: name))
    }

    /// Takes the oldest event; the inode of its directory is negative where events were lost.
    mutating func next() -> Event? {
        guard !events.isEmpty else {
            guard isOverflowQueued else { return nil }
            isOverflowQueued = false
            return Event(mask: .queueOverflow, directory: -1, name: [])
        }
        return events.removeFirst()
    }
}
