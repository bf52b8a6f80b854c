/// When to read what the kernel tells of whole file systems: at once; or, where much is told that is
/// nobody's, what has gathered for a moment.
///
/// To be woken costs more than to read. So after several times in a row in which nothing was any tree's,
/// close upon each other, the queue is not listened to for a moment and then read, until it is found empty
/// or something was a tree's. What is a tree's is heard later by no more than that moment, and only while
/// others write much.
package struct TreeTraffic {
    /// The queue is to be read then, and nothing of it to be waited for before; nil: it is listened to.
    package private(set) var restsUntil: Instant?
    /// How many events were heard since the last `woke`.
    private var events = 0
    /// Whether any of them may be a tree's.
    private var hasSomebodys = false
    /// How often in a row nothing was, and since when.
    private var row = 0
    private var rowBegan = Instant(nanoseconds: 0)

    /// A rest may come late by the kernel's timer slack of 50 µs, prctl(2); with that it is below 1 ms.
    private static let rest = Duration.microseconds(900)
    /// So many wake-ups in no more than that time are worth a rest.
    private static let longRow = 8, shortTime = Duration.milliseconds(8)

    /// An event was heard: a tree's, or not known whose.
    mutating func heardSomebodys() {
        events += 1
        hasSomebodys = true
    }

    /// An event was heard that is nobody's.
    mutating func heardNobodys() { events += 1 }

    /// What woke the daemon was read. `mayRest`: whether nothing is lost to a tree by hearing later.
    mutating func woke(at now: Instant, mayRest: @autoclosure () -> Bool) {
        defer { (events, hasSomebodys) = (0, false) }
        if events == 0 || hasSomebodys {
            (row, restsUntil) = (0, nil)
            return
        }
        if restsUntil != nil { return restsUntil = now.advanced(by: Self.rest) }
        if row == 0 { rowBegan = now }
        row += 1
        guard row >= Self.longRow else { return }
        row = 0
        if rowBegan.elapsed(until: now) <= Self.shortTime, mayRest() {
            restsUntil = now.advanced(by: Self.rest)
        }
    }
}
