/// The event bits of inotify(7), with the values of the kernel's user interface.
package struct InotifyMask: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let access = InotifyMask(rawValue: 0x1)
    package static let modify = InotifyMask(rawValue: 0x2)
    package static let attributes = InotifyMask(rawValue: 0x4)
    package static let closeAfterWriting = InotifyMask(rawValue: 0x8)
    package static let closeWithoutWriting = InotifyMask(rawValue: 0x10)
    package static let open = InotifyMask(rawValue: 0x20)
    package static let movedFrom = InotifyMask(rawValue: 0x40)
    package static let movedTo = InotifyMask(rawValue: 0x80)
    package static let create = InotifyMask(rawValue: 0x100)
    package static let delete = InotifyMask(rawValue: 0x200)
    package static let deleteSelf = InotifyMask(rawValue: 0x400)
    package static let moveSelf = InotifyMask(rawValue: 0x800)

    /// The watched file system was unmounted.
    package static let unmount = InotifyMask(rawValue: 0x2000)
    /// The queue was full and events were dropped; its watch descriptor is -1.
    package static let queueOverflow = InotifyMask(rawValue: 0x4000)
    /// The watch is gone: removed, its inode deleted, or its file system unmounted.
    package static let ignored = InotifyMask(rawValue: 0x8000)

    /// Only when adding: fail unless the path is a directory.
    package static let onlyDirectory = InotifyMask(rawValue: 0x0100_0000)
    /// Only when adding: do not follow a symbolic link at the end of the path.
    package static let doNotFollow = InotifyMask(rawValue: 0x0200_0000)
    /// Only when adding: no events for children after they were unlinked.
    package static let excludeUnlinked = InotifyMask(rawValue: 0x0400_0000)
    /// Only when adding: join the bits to an existing watch instead of replacing them.
    package static let add = InotifyMask(rawValue: 0x2000_0000)
    /// Only when adding: the watch ends with its first event.
    package static let once = InotifyMask(rawValue: 0x8000_0000)
    /// The subject of the event is a directory.
    package static let isDirectory = InotifyMask(rawValue: 0x4000_0000)

    /// For a directory on the way to a watched path: only its names matter, so that writing to
    /// other files in it costs nothing.
    static let directory: InotifyMask = [.names, .onlyDirectory, .doNotFollow, .add]
    /// For the file at a watched path, whatever name it is changed through.
    static let ownFile: InotifyMask = [.evidence, .doNotFollow, .add]
    /// For a directory that is itself a watched path.
    static let ownDirectory: InotifyMask = [.attributes, .names, .doNotFollow, .add]
    /// For a directory whose watched file can't be watched itself.
    static let evidenceByName: InotifyMask = [.directory, .evidence]

    /// Entries of a directory come, go and change their names.
    static let names: InotifyMask = [.create, .delete, .movedFrom, .movedTo]
    /// A file's own changes.
    static let evidence: InotifyMask = [.attributes, .modify, .closeAfterWriting]
}
