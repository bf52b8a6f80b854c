import TouchmonCore

/// An inotify instance: its watches and its queue of events, inotify(7).
struct InotifyInstance: Sendable {
    struct Watch: Sendable {
        /// -1 once the watch is gone.
        var inode: Int
        var mask: InotifyMask
    }

    struct Event: Sendable {
        var watch: Int32
        var mask: InotifyMask
        var cookie: UInt32
        var name: [UInt8]
    }

    /// By watch descriptor, from 1. Descriptors are never used again: the kernel counts to 2^31
    /// before it starts over.
    private var watches: [Watch] = []
    private(set) var watchCount = 0
    private var events: [Event] = []
    private var isOverflowQueued = false
    var queueLimit = 16384
    /// Whether what happens is not reported, because others do it.
    var isDeaf = false

    subscript(_ descriptor: Int32) -> Watch? {
        guard descriptor > 0, descriptor <= watches.count else { return nil }
        let watch = watches[Int(descriptor) - 1]
        return watch.inode < 0 ? nil : watch
    }

    /// The next watch descriptor, for `inode`, or nil. A `limit` on watches is checked after the number was
    /// taken, so that a refused watch leaves a gap, as it does in the kernel.
    mutating func add(inode: Int, mask: InotifyMask, limit: Int) -> Int32? {
        guard watchCount < limit else {
            watches.append(Watch(inode: -1, mask: []))
            return nil
        }
        watches.append(Watch(inode: inode, mask: mask))
        watchCount += 1
        return Int32(watches.count)
    }

    mutating func setMask(_ mask: InotifyMask, of descriptor: Int32) {
        watches[Int(descriptor) - 1].mask = mask
    }

    /// Ends a watch. What it has reported already stays in the queue, before its end.
    mutating func remove(_ descriptor: Int32) {
        watches[Int(descriptor) - 1].inode = -1
        watchCount -= 1
        queue(Event(watch: descriptor, mask: .ignored, cookie: 0, name: []))
    }

    /// Reports to one watch what it asked for.
    mutating func report(
        _ mask: InotifyMask, to descriptor: Int32, cookie: UInt32, name: [UInt8]
    ) {
        guard !isDeaf, !watches[Int(descriptor) - 1].mask.isDisjoint(with: mask) else { return }
        var mask = mask
        // inotify never told whether what deletes or moves itself is a directory.
        if !mask.isDisjoint(with: [.deleteSelf, .moveSelf]) { mask.remove(.isDirectory) }
        queue(Event(watch: descriptor, mask: mask, cookie: cookie, name: name))
    }

    private mutating func queue(_ event: Event) {
        guard events.count < queueLimit else {
            // One overflow stands for all that is lost, until it has been read.
            guard !isOverflowQueued else { return }
            isOverflowQueued = true
            events.append(Event(watch: -1, mask: .queueOverflow, cookie: 0, name: []))
            return
        }
        // The cookie is not compared; the end of a watch never merges.
        if let last = events.last, last.watch == event.watch, last.mask == event.mask,
            event.mask != .ignored, last.name == event.name
        {
            return
        }
        events.append(event)
    }

    /// The whole events at the head of the queue that fit into `maximumBytes`, as read(2) gives
    /// them: `struct inotify_event` in the byte order of the machine.
    ///
    /// Traps when not even one event fits, where the kernel would answer `EINVAL`.
    mutating func read(maximumBytes: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var count = 0
        for event in events {
            let padded = event.name.isEmpty ? 0 : (event.name.count + 1 + 15) / 16 * 16
            guard bytes.count + 16 + padded <= maximumBytes else { break }
            bytes.appendWord(UInt32(bitPattern: event.watch))
            bytes.appendWord(event.mask.rawValue)
            bytes.appendWord(event.cookie)
            bytes.appendWord(UInt32(padded))
            bytes.append(contentsOf: event.name)
            bytes.append(contentsOf: repeatElement(0, count: padded - event.name.count))
            if event.mask == .queueOverflow { isOverflowQueued = false }
            count += 1
        }
        precondition(count > 0 || events.isEmpty, "a buffer too small for one inotify event")
        events.removeFirst(count)
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func appendWord(_ word: UInt32) {
        Swift.withUnsafeBytes(of: word) { append(contentsOf: $0) }
    }
}
