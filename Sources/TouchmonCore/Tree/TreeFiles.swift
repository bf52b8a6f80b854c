/// The files of trees in which something happened lately, each with what tells touches from everything
/// else.
///
/// No state is kept of all the others, or a tree would cost what its files cost. So the first thing that
/// is heard of a file has to say by itself what was there before: nothing, where the name is new; the same
/// file with an older time, where it was written, or its time set to the present; the same state, where
/// only something else changed. From then on, and as long as more may come of it, states are compared as
/// they are for a plain path.
struct TreeFiles {
    /// Of a file's path and its tree.
    struct Key: Hashable {
        var hash: UInt64
        func _rawHashValue(seed: Int) -> Int { Int(truncatingIfNeeded: hash) ^ seed }
    }

    struct File {
        var tree: ActionID
        /// From the tree's base.
        var path: [UInt8]
        var judge = TouchJudge()
        var evidence: Evidence = []
        /// Where the action counts other changes than touches.
        var change: ChangeJudge?
        /// Whether it was not looked at yet.
        var isFresh = true
        /// Whether the first look took it for the same file as before, and it has not counted since.
        var isGuessed = false
        /// Whether it was found by listing a directory that is new, or may have changed unheard.
        var isFound = false
        /// Whether that was before anybody listened.
        var isCaughtUp = false
        var isQueued = false
        /// Whether its name was heard to go, and not to come again.
        var isRemoved = false
        /// Whether nobody was heard to write to it since it was created: it may be a link to a file whose other
        /// name is gone, and what is done by that is told of that.
        var isWrittenUnheard = false
        /// When it is looked at again, where the system could not say what it is.
        var retry: Instant?
        /// Who did something to it since the last look, the last one last.
        var touchers: [Toucher] = []
        /// Until when all of the tree had been heard before the first that is not judged yet.
        var since: FileTime
        var used: Instant

        /// When it is to be looked at though nothing more is heard.
        var deadline: Instant? { retry ?? judge.deadline }

        /// Whether nothing more is to come of what was heard of it.
        var isIdle: Bool {
            !isQueued && retry == nil && judge.deadline == nil && !judge.isCloseAwaited
                && !judge.isRestored
        }
    }

    private var files: [Key: File] = [:]
    /// In the order in which they came; some are gone by now.
    private var order = Queue<Key>()

    /// So many are kept however old they are; and no more than that in any case, except those of which
    /// more is to come.
    private static let few = 256, most = 16384
    /// How long a tool may take from one change of a save to the next.
    private static let age = Duration.seconds(5)
    /// How many who touched are kept until a look.
    private static let mostTouchers = 8

    static func key(_ tree: ActionID, _ path: UnsafeRawBufferPointer) -> Key {
        var hasher = Hasher()
        hasher.combine(tree.index)
        hasher.combine(bytes: path)
        return Key(hash: UInt64(truncatingIfNeeded: hasher.finalize()))
    }

    subscript(_ key: Key) -> File? {
        get { files[key] }
        _modify { yield &files[key] }
    }

    /// Notes something of a file; true when it is to be looked at and was not before.
    mutating func note(
        _ key: Key, _ tree: ActionID, _ path: UnsafeRawBufferPointer, kinds: TouchKinds,
        since: FileTime, at now: Instant, _ change: (inout File) -> Void
    ) -> Bool {
        guard let index = files.index(forKey: key) else {
            makeRoom(at: now)
            var file = File(tree: tree, path: Array(path), since: since, used: now)
            if kinds != .touch { file.change = ChangeJudge(kinds: kinds) }
            change(&file)
            file.isQueued = true
            files[key] = file
            order.append(key)
            return true
        }
        let isIdle = files.values[index].isIdle
        files.values[index].since = isIdle ? since : min(since, files.values[index].since)
        files.values[index].used = now
        change(&files.values[index])
        guard !files.values[index].isQueued else { return false }
        files.values[index].isQueued = true
        return true
    }

    /// A directory came, and this file with it: whatever was taken for granted of it before was wrong.
    mutating func noteArrival(_ key: Key) {
        guard let index = files.index(forKey: key), files.values[index].isGuessed else { return }
        files.values[index].judge = TouchJudge()
        files.values[index].isFresh = true
    }

    mutating func note(_ toucher: Toucher, _ key: Key) {
        guard let index = files.index(forKey: key) else { return }
        if files.values[index].touchers.last == toucher { return }
        if files.values[index].touchers.count >= Self.mostTouchers {
            files.values[index].touchers.removeFirst()
        }
        files.values[index].touchers.append(toucher)
    }

    /// Lets go of some that were not needed lately.
    private mutating func makeRoom(at now: Instant) {
        var tries = 4
        while files.count >= Self.few, tries > 0, let key = order.first {
            guard let file = files[key] else {
                _ = order.popFirst()
                continue
            }
            let isOld = file.used.advanced(by: Self.age) <= now
            guard isOld || files.count >= Self.most else { return }
            _ = order.popFirst()
            if file.isIdle { files[key] = nil } else { order.append(key) }
            tries -= 1
        }
    }

    /// Forgets all of a tree.
    mutating func remove(_ tree: ActionID) {
        files = files.filter { $0.value.tree != tree }
    }

    /// Whether a path from the base is a directory, or lies in it; in the base all do.
    static func isPath(_ path: [UInt8], in directory: [UInt8]) -> Bool {
        guard !directory.isEmpty else { return true }
        return path.starts(with: directory)
            && (path.count == directory.count || path[directory.count] == UInt8(ascii: "/"))
    }

    /// Until when all of a tree is known that may still come to something.
    func oldest(_ tree: ActionID) -> FileTime? {
        files.values.lazy.filter { $0.tree == tree && !$0.isIdle }.map(\.since).min()
    }

    /// The marks of what was handled lately of a tree; see `TreeProgress`.
    func marks(of tree: ActionID, from time: FileTime, except isExcluded: (File) -> Bool)
        -> [UInt64]
    {
        let edge = time.advanced(by: .zero - TreeProgress.tick)
        var marks: [UInt64] = []
        for file in files.values where file.tree == tree && file.isIdle {
            guard let changed = file.judge.handledState?.status.changed, changed >= edge,
                marks.count < TreeProgress.mostMarks, !isExcluded(file)
            else { continue }
            marks.append(file.path.withUnsafeBytes { TreeProgress.mark($0, changed) })
        }
        return marks
    }

    /// What was there before the first look at a file.
    ///
    /// `doubt` is a time until which writing may have gone unheard.
    mutating func assume(_ key: Key, _ status: FileStatus?, doubt: FileTime?) {
        guard let index = files.index(forKey: key), files.values[index].isFresh else { return }
        files.values[index].isFresh = false
        let evidence = files.values[index].evidence
        guard let status else { return files.values[index].judge.assume(nil) }
        if files.values[index].isFound || files.values[index].isRemoved
            || !evidence.isDisjoint(with: [.created, .arrived])
        {
            return files.values[index].judge.assume(nil)
        }
        // A time that was set to the present, and not with a mode or an owner.
        let isTimeSet =
            evidence.contains(.attributes)
            && (evidence.contains(.closed)
                || status.modified.elapsed(until: status.changed) <= Self.present)
        var isWritten = !evidence.isDisjoint(with: [.wrote, .modified])
        if evidence.contains(.closed), !isWritten, let doubt {
            let age = status.modified.elapsed(until: doubt)
            isWritten = age >= .zero && age <= Self.writing
        }
        var before = status
        files.values[index].isGuessed = !isTimeSet && !isWritten
        if isTimeSet || isWritten {
            before.modified.seconds -= 1
        } else if evidence.contains(.attributes), status.kind == .regular {
            // A mode, or a time that was set into the past: which counts if it was set by somebody who
            // has opened the file for writing (`touch -d`) and is still to close it.
            before.modified.seconds += 1
        }
        files.values[index].judge.assume(before)
    }

    /// Who passes the present to utime(2) himself may have it in whole seconds.
    private static let present = Duration.seconds(2)
    /// How long before a file may have been written that is closed when it is listened to.
    private static let writing = Duration.seconds(10)
}
