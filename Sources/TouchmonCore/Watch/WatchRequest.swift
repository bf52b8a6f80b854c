/// What the watch stage asks of the kernel; each is answered by one `WatchReply`.
package enum WatchRequest: Equatable, Sendable {
    /// inotify_add_watch(2); answered by `.watch`.
    case addWatch(path: RawPath, mask: InotifyMask)
    /// inotify_rm_watch(2); answered by `.done`, also when the watch is gone already.
    case removeWatch(Int32)
    /// lstat(2) and statfs(2): the file at the path itself, a symbolic link not followed, and what
    /// it lies on; answered by `.status`.
    case status(path: RawPath)
    /// readlink(2); answered by `.link`.
    case readLink(path: RawPath)
    /// stat(2) of an action's watched path, links followed; answered by `.examination`. `isFresh`:
    /// what the kernel remembers of another machine's file is not good enough.
    case examine(ActionID, path: RawPath, isFresh: Bool)
    /// Whether anybody has the regular file open for writing; answered by `.writer`.
    case probeWriter(ActionID, path: RawPath)
    /// Whether the directory has entries besides itself and its parent, readdir(3); answered by
    /// `.entries`.
    case hasEntries(ActionID, path: RawPath)
}

/// The kernel's answer to a `WatchRequest`.
package enum WatchReply: Sendable {
    case done
    /// With the number of what is watched in what the kernel tells of who touches; 0 where it does not
    /// tell.
    case watch(Result<Int32, ErrorNumber>, number: UInt64 = 0)
    /// `fileSystem` is the magic number of statfs(2); nil where there is none.
    case status(Result<FileStatus, ErrorNumber>, fileSystem: UInt64?)
    case link(Result<[UInt8], ErrorNumber>)
    case examination(Examination)
    case writer(WriterPresence)
    case entries(Bool)
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
    /// Where things change unheard, as far as the watch stage knows.
    var fileSystem: QuietFileSystem?
    /// How often the path is looked at.
    var pollInterval = Duration.seconds(1)

    package init(
        status: Result<FileStatus, ErrorNumber>, time: FileTime, granularity: Duration
    ) {
        self.status = status
        self.time = time
        self.granularity = granularity
    }

    /// Takes the place of the file into account.
    mutating func polled(_ polling: Polling) {
        fileSystem = polling.fileSystem
        pollInterval = polling.interval
        guard fileSystem?.keepsBirthTime == false, case .success(var status) = status else {
            return
        }
        status.identity.birth = nil
        self.status = .success(status)
    }

    /// Whether a change after this moment could leave the times of the file, which were `status`'s,
    /// as they are.
    func isRacy(_ status: FileStatus) -> Bool {
        if fileSystem?.keepsTimes == false { return true }
        let granule = granule(of: status)
        guard granule > .zero else { return false }
        // Before a time in the future comes again, the clock was set back: the next change shows.
        // Another machine's clock may just be ahead.
        let age = status.changed.elapsed(until: time)
        return age < granule && (age > .zero - granule || fileSystem != nil)
    }

    /// How long a file must be as it is before what somebody may have written unheard counts. Also
    /// in that time the file system's clock has moved on: whatever comes later will show.
    func quietBound(_ status: FileStatus) -> Duration {
        guard let fileSystem else { return .seconds(1) }
        let bound = min(pollInterval, .seconds(1))
        return fileSystem.keepsTimes ? max(bound, granule(of: status)) : bound
    }

    private func granule(of status: FileStatus) -> Duration {
        // A file system that keeps no nanoseconds at all has one or two seconds (ext2, FAT).
        status.changed.nanoseconds == 0 ? .seconds(2) : granularity
    }
}
