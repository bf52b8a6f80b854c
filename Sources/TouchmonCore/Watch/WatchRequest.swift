/// What the watch stage asks of the kernel; each is answered by one `WatchReply`.
package enum WatchRequest: Equatable, Sendable {
    /// inotify_add_watch(2); answered by `.watch`.
    case addWatch(path: RawPath, mask: InotifyMask)
    /// inotify_rm_watch(2); answered by `.done`, also when the watch is gone already.
    case removeWatch(Int32)
    /// lstat(2): the file at the path itself, a symbolic link not followed; answered by `.status`.
    case status(path: RawPath)
    /// readlink(2); answered by `.link`.
    case readLink(path: RawPath)
    /// stat(2) of an action's watched path, links followed; answered by `.examination`.
    case examine(ActionID, path: RawPath)
    /// Whether anybody has the regular file open for writing; answered by `.writer`.
    case probeWriter(ActionID, path: RawPath)
}

/// The kernel's answer to a `WatchRequest`.
package enum WatchReply: Sendable {
    case done
    case watch(Result<Int32, ErrorNumber>)
    case status(Result<FileStatus, ErrorNumber>)
    case link(Result<[UInt8], ErrorNumber>)
    case examination(Examination)
    case writer(WriterPresence)
}

/// Whether a regular file is open for writing somewhere. fcntl(2), `F_SETLEASE`.
package enum WriterPresence: Sendable {
    case present, absent
    /// The kernel does not tell: another user's file, or a file system without leases.
    case unknown
}

/// The file at a watched path at one moment.
package struct Examination: Sendable {
    package var status: Result<FileStatus, ErrorNumber>
    /// The kernel's wall clock just before the file was looked at.
    package var time: FileTime
    /// How far apart two changes must be for their times to differ; zero where a change that comes
    /// after a look at the file always shows another time (multigrain timestamps).
    package var granularity: Duration

    package init(
        status: Result<FileStatus, ErrorNumber>, time: FileTime, granularity: Duration
    ) {
        self.status = status
        self.time = time
        self.granularity = granularity
    }

    /// Whether a change after this moment could leave the file's times as they are.
    var isRacy: Bool {
        guard case .success(let status) = status else { return false }
        // A file system that keeps no nanoseconds at all has one or two seconds (ext2, FAT).
        let granule = status.changed.nanoseconds == 0 ? .seconds(2) : granularity
        guard granule > .zero else { return false }
        let age =
            Duration.seconds(time.seconds - status.changed.seconds)
            + .nanoseconds(Int64(time.nanoseconds) - Int64(status.changed.nanoseconds))
        return age < granule
    }
}
