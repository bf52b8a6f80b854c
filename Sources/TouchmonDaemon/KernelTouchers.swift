internal import TouchmonCore
internal import TouchmonSystem

/// Asks the kernel who touched.
///
/// A process is looked at as soon as its event is read, before anything else is waited for: it may be
/// about to end.
final class KernelTouchers {
    private(set) var queue: Fanotify
    private var last: (process: TouchingProcess, toucher: Toucher)?
    /// Who was told last by a number alone: mostly the same one touches again.
    private var numbered: NumberedProcess?
    /// The names of users who have touched, until the action files are read again: the user database
    /// may be slow to ask.
    private var names: [UInt32: String?] = [:]
    /// What actions ask of who touched.
    var wishes = TouchingProcess.Wishes()

    /// nil where the kernel tells nobody who touches: see `Fanotify`.
    init?() {
        guard let queue = try? Fanotify() else { return nil }
        self.queue = queue
    }

    /// Forgets what the user database said.
    func forgetNames() {
        names = [:]
        last = nil
    }

    /// Has the kernel tell who touches what a watch of this mask is added to, and returns its number, of
    /// a file. 0 where its file system can't: nobody is known there. `fileSystem` is that one's number, if it
    /// is known.
    func mark(_ path: CPath, _ mask: InotifyMask, fileSystem: UInt64?) -> UInt64 {
        var events: Fanotify.Events = mask.contains(.modify) ? .file : []
        if mask.contains(.create) { events.formUnion(.names) }
        if mask.contains(.attributes) { events.insert(.attributes) }
        guard (try? queue.mark(path, events)) != nil, mask.contains(.attributes) else {
            return 0
        }
        return queue.number(of: path, fileSystem: fileSystem)
    }

    /// Hands some of the queue to the engine; false when it was empty.
    func read(into engine: inout Engine, at now: Instant) throws(SystemFailure) -> Bool {
        try queue.read { event in
            engine.heard(
                file: event.file, name: event.name,
                event.isOfAttributes ? .attributes : .change, process: event.process,
                toucher(of: event), at: now)
        }
    }

    /// Does what has time.
    func rest() {
        queue.letGo()
    }

    private func toucher(of event: Fanotify.Event) -> Toucher? {
        guard
            let process = TouchingProcess(
                event.process, pidfd: event.pidfd, wishes)
        else { return nil }
        // Whoever touches often is one object.
        if process == last?.process { return last?.toucher }
        let toucher = Toucher(
            process: process.pid, user: process.user, group: process.group,
            groups: process.groups, session: process.session, name: name(of: process.user))
        last = (process, toucher)
        return toucher
    }

    /// Who a process is that was told by its number alone.
    func toucher(_ process: Int32) -> Toucher? {
        let now = Clock.realtime()
        guard let process = present(process) ?? opened(process, at: now) else { return nil }
        return Toucher(
            process: process.pid, user: process.user, group: process.group,
            groups: process.groups, session: process.session, name: name(of: process.user),
            began: FileTime(nanosecondsSince1970: now - (Clock.boot() - process.began)))
    }

    private func present(_ process: Int32) -> TouchingProcess? {
        guard numbered?.pid == process else { return nil }
        return numbered?.present(wishes)
    }

    private func opened(_ process: Int32, at now: Int64) -> TouchingProcess? {
        numbered = NumberedProcess(
            process,
            touched: FileMetadata.Time(
                seconds: now / 1_000_000_000, nanoseconds: Int32(now % 1_000_000_000)))
        return numbered?.present(wishes)
    }

    private func name(of user: UInt32) -> String? {
        if let known = names[user] { return known }
        let name = Accounts.userName(user).map { String(decoding: $0, as: UTF8.self) }
        names[user] = .some(name)
        return name
    }

    /// The numbers of the file at the end of a path, and of every name on the way there: a link or a
    /// directory may have been exchanged.
    func numbers(of path: RawPath) -> [UInt64] {
        var numbers = [queue.number(of: CPath(path.bytes))]
        var place = path
        while place.bytes.count > 1 {
            let parent = place.parent
            numbers.append(queue.number(of: CPath(parent.bytes), name: Array(place.name)))
            place = parent
        }
        return numbers
    }
}

extension TouchingProcess.Wishes {
    init(_ plan: Plan) {
        self.init()
        groups = plan.asksForGroups
        session = plan.asksForSessions
    }

    init(_ change: PlanChange) {
        self.init()
        groups = change.asksForGroups
        session = change.asksForSessions
    }
}
