/// When to read what the kernel tells of whole file systems: at once; or, where much is told that is
/// nobody's, what has gathered for a moment.
///
/// To be woken costs more than to read. So after several reads in a row, close upon each other, in which
/// nothing was of any tree, the queue is not waited for during a moment and then read: until it is found
/// empty, or something was of a tree. What is of a tree is heard later by no more than that moment, and
/// only while others write much. Nothing is heard out of order: before a run starts the queue is read to
/// its end, whether it is waited for or not.
package struct TreeTraffic {
    /// The queue is to be read then, and not waited for before; nil: it is waited for.
    package private(set) var restsUntil: Instant?
    /// How much was heard since the daemon began, of trees and of nobody.
    private(set) var somebodys: UInt64 = 0, nobodys: UInt64 = 0
    /// How much was heard since the last `read`.
    private var events = 0
    /// Whether any of it mattered to a tree.
    private var isSomebodys = false
    /// How many reads in a row brought nothing that did, and since when.
    private var row = 0
    private var rowBegan = Instant(nanoseconds: 0)

    /// A wait may be late by the kernel's timer slack, 50 µs, prctl(2): with that it is below 1 ms.
    private static let rest = Duration.microseconds(900)
    /// So many reads within that time are worth a rest.
    private static let longRow = 8, shortTime = Duration.milliseconds(8)

    /// One event was heard that concerns a tree, or not.
    mutating func heard(isNobodys: Bool) {
        events += 1
        guard !isNobodys else { return nobodys += 1 }
        somebodys += 1
        isSomebodys = true
    }

    /// The queue was read once, after it was waited for or when a rest ended; true when to rest from now
    /// on.
    ///
    /// `isEmptied`: that took all there was. Where it did not, enough gathers by itself. One read takes
    /// about a thousand events and the queue holds 16,384, fanotify(7): for it to be full after a rest,
    /// sixteen times as much must happen in that as in the one before.
    mutating func read(isEmptied: Bool, at now: Instant) -> Bool {
        defer { (events, isSomebodys) = (0, false) }
        let wasResting = restsUntil != nil
        restsUntil = nil
        guard events > 0, isEmptied, !isSomebodys else {
            row = 0
            return false
        }
        if wasResting { return true }
        if row == 0 { rowBegan = now }
        row += 1
        guard row >= Self.longRow else { return false }
        row = 0
        return now.elapsed(since: rowBegan) <= Self.shortTime
    }

    /// A moment begins in which the queue is not waited for.
    mutating func rest(at now: Instant) { restsUntil = now.advanced(by: Self.rest) }
}
