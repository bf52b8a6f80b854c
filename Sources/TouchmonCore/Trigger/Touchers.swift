/// Who did what lately, until the touches are looked at that came of it.
///
/// The kernel tells who in a queue of its own. What is heard there is kept under two numbers, one of
/// the file and one of the name that it was changed through, and taken when a touch of either is
/// found. Most of it is nobody's touch, and is forgotten.
package struct Touchers: Sendable {
    /// How much a change says of who touched.
    package enum Weight: Sendable {
        /// Attributes: a touch without opening the file, or a mode that was changed.
        case attributes
        /// Written, closed, created, renamed, removed.
        case change
    }

    private struct Entry: Sendable {
        var file: UInt64
        var name: UInt64
        var weight: Weight
        var time: Instant
        /// nil where it was gone when the kernel was asked.
        var toucher: Toucher?
        var process: Int32

        func isOf(_ number: UInt64) -> Bool { file == number || name == number }
    }

    /// In the order in which it was heard.
    private var entries: [Entry] = []
    /// How many there may be before those that are too old are let go.
    private var room = Touchers.many

    /// How long a touch may take to be found: who writes may hold the file open for 10 s.
    private static let span = Duration.seconds(15)
    /// So many are kept as long as that, and more for a moment only: whoever makes files beside the
    /// watched one must not fill the memory.
    private static let many = 256, most = 16384
    private static let moment = Duration.milliseconds(100)

    package init() {}

    /// How many changes are kept.
    package var count: Int { entries.count }

    /// Takes one event. A number is 0 where the kernel did not tell it; `toucher` is nil where the
    /// process was gone.
    package mutating func heard(
        file: UInt64, name: UInt64, _ weight: Weight, process: Int32, _ toucher: Toucher?,
        at now: Instant
    ) {
        if entries.count >= room { makeRoom(at: now) }
        entries.append(
            Entry(
                file: file, name: name, weight: weight, time: now,
                toucher: toucher ?? known(process, at: now), process: process))
    }

    private mutating func makeRoom(at now: Instant) {
        entries.removeAll { $0.time.advanced(by: Self.moment) <= now }
        if entries.count >= Self.most { entries.removeFirst(entries.count - Self.most / 2) }
        room = max(Self.many, min(2 * entries.count, Self.most))
    }

    /// A process that was there a moment ago: its number is not another's yet.
    private func known(_ process: Int32, at now: Instant) -> Toucher? {
        entries.last {
            $0.process == process && $0.toucher != nil
                && now < $0.time.advanced(by: Self.moment)
        }?.toucher
    }

    /// Who changed something since this was last asked.
    package struct Found: Equatable, Sendable {
        package var last: Toucher?
        /// The others, the last one first, each once.
        package var earlier: [Toucher] = []

        package init() {}

        /// In the order in which they did something.
        init(_ touchers: [Toucher]) {
            for toucher in touchers.reversed() { add(toucher) }
        }

        fileprivate mutating func add(_ toucher: Toucher) {
            if last == nil {
                last = toucher
            } else if last != toucher, !earlier.contains(toucher) {
                earlier.append(toucher)
            }
        }

        /// The last one that is such.
        func first(where isMeant: (Toucher) -> Bool) -> Toucher? {
            if let last, isMeant(last) { return last }
            return earlier.first(where: isMeant)
        }
    }

    /// Takes what was heard of the file or the name that a number stands for. Where only attributes
    /// changed, that was a touch and a new mode, or two of the one or the other: the last one counts.
    package mutating func take(_ number: UInt64, at now: Instant) -> Found {
        var found = Found()
        guard number != 0, !entries.isEmpty else { return found }
        var (isAny, isChange) = (false, false)
        for index in entries.indices where entries[index].isOf(number) {
            isAny = true
            isChange = isChange || entries[index].weight == .change
        }
        guard isAny else { return found }
        for index in entries.indices.reversed() where entries[index].isOf(number) {
            guard entries[index].weight == .change || !isChange else { continue }
            if now < entries[index].time.advanced(by: Self.span),
                let toucher = entries[index].toucher
            {
                found.add(toucher)
            }
            if !isChange { break }
        }
        if entries.count == 1 {
            entries.removeAll(keepingCapacity: true)
        } else {
            entries.removeAll { $0.isOf(number) }
        }
        return found
    }
}
