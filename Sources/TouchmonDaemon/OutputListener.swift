internal import TouchmonCore
internal import TouchmonSystem

/// Hears when a run that was silent prints something: once, inotify(7).
///
/// In a queue of its own: what runs print never fills the queue of the watched paths.
struct OutputListener: ~Copyable {
    /// nil where the kernel has no queue left: then nobody is listened to.
    private let inotify: Inotify?
    private var runs: [Int32: RunNumber] = [:]
    private var watches: [RunNumber: Int32] = [:]

    /// Enough for many runs, and too much for none: the files have no names in the events.
    private static let room = 4096

    /// The poller reports `token` when there is news.
    init(_ poller: borrowing Poller, token: UInt64) throws(SystemFailure) {
        inotify = try Self.queue(poller, token)
    }

    private static func queue(
        _ poller: borrowing Poller, _ token: UInt64
    ) throws(SystemFailure) -> Inotify? {
        guard let queue = try? Inotify() else { return nil }
        try poller.add(queue.descriptor, token: token)
        return queue
    }

    /// Listens to the file of a run; false where nobody can.
    mutating func listen(_ run: RunNumber, _ path: CPath) throws(SystemFailure) -> Bool {
        let mask: InotifyMask = [.modify, .once]
        guard let watch = try inotify?.addWatch(path, mask: mask.rawValue) else { return false }
        runs[watch] = run
        watches[run] = watch
        return true
    }

    /// Does not listen to a run any more, if it did.
    mutating func forget(_ run: RunNumber) {
        guard let watch = watches.removeValue(forKey: run) else { return }
        runs[watch] = nil
        _ = try? inotify?.removeWatch(watch)
        // The kernel says that it is gone; nobody is to be woken by that.
        _ = try? changed()
    }

    /// The runs that have printed something since they were listened to.
    mutating func changed() throws(SystemFailure) -> [RunNumber] {
        let (events, isOverflown) = try read()
        // What was lost may be anybody's.
        let heard = isOverflown ? Array(runs.keys) : events
        return heard.compactMap { watch in
            guard let run = runs.removeValue(forKey: watch) else { return nil }
            watches[run] = nil
            return run
        }
    }

    private func read() throws(SystemFailure) -> (watches: [Int32], isOverflown: Bool) {
        var watches: [Int32] = []
        var isOverflown = false
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.room, alignment: 16)
        defer { buffer.deallocate() }
        while let count = try inotify?.read(into: buffer), count > 0 {
            var reader = EventReader(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
            while let event = reader.next() {
                if event.mask.contains(.queueOverflow) { isOverflown = true }
                watches.append(event.watch)
            }
        }
        return (watches, isOverflown)
    }
}
