internal import TouchmonCore
internal import TouchmonSystem

/// Asks the kernel who touched.
///
/// A process is looked at as soon as its event is read, before anything else is waited for: it may be
/// about to end.
final class KernelTouchers {
    let queue: Fanotify
    private var touchers = Touchers()
    /// The names of users who have touched, until the action files are read again: the user database
    /// may be slow to ask.
    private var names: [UInt32: String?] = [:]
    /// Whether an action cares for the groups of who touched, which takes longer to find out.
    var wantsGroups = false

    /// nil where the kernel tells nobody who touches: see `Fanotify`.
    init?() {
        guard let queue = try? Fanotify() else { return nil }
        self.queue = queue
    }

    /// Forgets what the user database said.
    func forgetNames() {
        names = [:]
    }

    /// Has the kernel tell who touches what a watch of this mask is added to. Where its file system
    /// can't, nobody is known there.
    func mark(_ path: CPath, _ mask: InotifyMask) {
        var events: Fanotify.Events = mask.contains(.modify) ? .file : []
        if mask.contains(.create) { events.formUnion(.names) }
        if mask.contains(.attributes) { events.insert(.attributes) }
        try? queue.mark(path, events)
    }

    /// Reads some of the queue; false when it was empty.
    func read(at now: Instant) throws(SystemFailure) -> Bool {
        try queue.read { event in
            let toucher = TouchingProcess(
                event.process, pidfd: event.pidfd, withGroups: wantsGroups)
            touchers.heard(
                file: event.file, name: event.name,
                event.events.isSubset(of: [.attributes, .onDirectory]) ? .attributes : .change,
                process: event.process, toucher.map(known), at: now)
        }
    }

    private func known(_ process: TouchingProcess) -> Toucher {
        let name: String?
        if let known = names[process.user] {
            name = known
        } else {
            let record = try? Accounts.user(id: process.user)
            name = record.flatMap { $0 }.map { String(decoding: $0.name, as: UTF8.self) }
            names[process.user] = .some(name)
        }
        return Toucher(
            process: process.pid, user: process.user, group: process.group,
            groups: process.groups, session: process.session, name: name)
    }

    /// Who touched the path, the last one first, since this was last asked.
    ///
    /// The file that was changed need not be the one at the end of the path: a link or a directory on
    /// the way may have been exchanged.
    func take(_ path: RawPath, isThere: Bool, fileSystem: UInt64?, at now: Instant) -> [Toucher] {
        for isLast in [false, true] {
            // Later events than those that were read may be in the queue.
            if isLast { while (try? read(at: now)) == true {} }
            let found = find(path, isThere: isThere, fileSystem: fileSystem, at: now)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func find(
        _ path: RawPath, isThere: Bool, fileSystem: UInt64?, at now: Instant
    ) -> [Toucher] {
        guard touchers.count > 0 else { return [] }
        if isThere {
            let file = Fanotify.hash(of: CPath(path.bytes), follow: true, fileSystem: fileSystem)
            let found = touchers.take(file: file, name: nil, at: now)
            if !found.isEmpty { return found }
        }
        var place = path
        while place.bytes.count > 1 {
            let parent = place.parent
            let name = Fanotify.hash(
                of: CPath(parent.bytes), name: Array(place.name), follow: true)
            let found = touchers.take(file: nil, name: name, at: now)
            if !found.isEmpty { return found }
            place = parent
        }
        return []
    }
}
