/// What the watching of trees asks of the kernel; each is answered by one `TreeReply`, `list` by its
/// entries before.
///
/// Every path is absolute and free of symbolic links, and no link in it is followed: whoever may write
/// into a tree must not lead touchmon out of it.
package enum TreeRequest: Equatable, Sendable {
    /// Tell all that happens on the file system at this path, if that can be had, and what kind of file
    /// system it is; answered by `.attached`. fanotify_mark(2), `FAN_MARK_FILESYSTEM`.
    case attach(RawPath)
    /// Nobody needs to know any more what happens on the file system at this path; answered by `.done`.
    case detach(RawPath)
    /// Tell again of every directory that was left out after `TreeHearing.unwanted`; answered by
    /// `.heardAll`.
    case hearAll
    /// inotify_add_watch(2) of one directory; answered by `.watch`.
    case watch(RawPath)
    /// inotify_rm_watch(2); answered by `.done`, also when the watch is gone already.
    case removeWatch(Int32)
    /// Some entries of a directory, or some more of the one that was watched or listed last: each is told
    /// by `entry`, then `.listed` answers. `withStatus`: with what lstat(2) says of each that is not a
    /// directory.
    case list(RawPath?, withStatus: Bool)
    /// lstat(2); answered by `.examination`.
    case examine(RawPath)
    /// Whether anybody has the regular file open for writing; answered by `.writer`.
    case probeWriter(RawPath)
    /// The bytes of a `.gitignore`; answered by `.content`.
    case readIgnored(RawPath)
}

/// The kernel's answer to a `TreeRequest`.
package enum TreeReply: Sendable {
    case done
    /// Why not all is told of the file system; nil where it is. `fileSystem` is the magic number of
    /// statfs(2); nil where there is none. `wall`: what the realtime clock says then.
    case attached(ErrorNumber?, fileSystem: UInt64?, wall: FileTime)
    /// False where the system refused.
    case heardAll(isDone: Bool)
    case watch(Result<Int32, ErrorNumber>)
    /// Whether there are more; a failure where the directory can't be read, or not any more.
    case listed(Result<Bool, ErrorNumber>)
    case examination(Examination)
    case writer(WriterPresence)
    /// nil where there is no such file.
    case content([UInt8]?)
}

/// How it is known what happens in a part of a tree.
package enum TreeMechanism: String, Hashable, Sendable {
    /// The kernel tells of the whole file system.
    case fanotify
    /// Every directory is watched.
    case inotify
    /// All of it is looked at in intervals.
    case poll
}

/// What became of an event that was heard of a name in a directory.
package enum TreeHearing: Sendable {
    /// It is not known where that directory is: `found` is to tell, and then it is heard again.
    case unknown
    /// It means nothing to anybody.
    case nothing
    /// The same, and so does all that happens in that directory: the kernel may leave out of what it tells
    /// whatever happens there, until `TreeRequest.hearAll`.
    case unwanted
    /// A file that an action selects: who did it matters.
    case selected
}
