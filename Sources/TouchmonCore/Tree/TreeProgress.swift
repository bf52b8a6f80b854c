/// How far a tree has been handled: what the ledger keeps of it, in place of a row for every file.
package struct TreeProgress: Hashable, Sendable {
    /// Every touch until then has had its run, or has it now.
    package var until: FileTime
    /// The same, but for what the run that begins with this is for.
    package var before: FileTime
    /// The changes that were handled and are so late that `until` does not tell them from others: within
    /// one tick of the clock. By `mark`.
    package var marks: [UInt64] = []

    /// The directories that came with all that is in them, and whose files are not all handled: nothing
    /// else tells that those are new.
    package var arrivals: [Arrival] = []

    /// A directory that came to a path, from the tree's base.
    package struct Arrival: Hashable, Sendable {
        package var path: [UInt8]
        /// Until when all had been heard before.
        package var since: FileTime

        package init(path: [UInt8], since: FileTime) {
            self.path = path
            self.since = since
        }
    }

    package init(
        until: FileTime, before: FileTime, marks: [UInt64] = [], arrivals: [Arrival] = []
    ) {
        self.until = until
        self.before = before
        self.marks = marks
        self.arrivals = arrivals
    }

    /// No fewer bytes than it takes.
    var room: Int {
        8 * marks.count + arrivals.reduce(0) { $0 + $1.path.count + 16 }
    }

    /// The longest tick of the clocks that file systems take their times from.
    static let tick = Duration.milliseconds(20)
    /// More are not written down: then some are handled again after a crash.
    static let mostMarks = 2048, mostArrivals = 256, mostArrivalBytes = 16384

    /// Of a file that was changed at a time: FNV-1a over its path from the tree's base and that time. It
    /// has to be the same in the next daemon.
    static func mark(_ path: UnsafeRawBufferPointer, _ changed: FileTime) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in path { take(byte) }
        withUnsafeBytes(of: changed.seconds.littleEndian) { $0.forEach(take) }
        withUnsafeBytes(of: changed.nanoseconds.littleEndian) { $0.forEach(take) }
        return hash
    }
}

/// What an earlier daemon handled of a tree.
struct KnownTree {
    /// What was changed later was not handled.
    var until: FileTime
    /// Except these; see `TreeProgress.mark`.
    var marks: Set<UInt64> = []
    /// The directories that came and were not handled.
    var arrivals: [[UInt8]] = []

    /// All that was done until then.
    init(until: FileTime) { self.until = until }

    init(until: FileTime, _ progress: TreeProgress) {
        self.until = until
        marks = Set(progress.marks)
        arrivals = progress.arrivals.filter { $0.since >= until }.map(\.path)
    }
}
