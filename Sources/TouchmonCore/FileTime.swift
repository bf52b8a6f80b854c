/// A time as the kernel writes it on a file: seconds and nanoseconds since 1970, UTC.
///
/// Seconds may be negative; nanoseconds are 0 to 999,999,999. Rests on statx(2).
package struct FileTime: Hashable, Comparable, Sendable {
    package var seconds: Int64
    package var nanoseconds: Int32

    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// From a count that the realtime clock gives, clock_gettime(2).
    package init(nanosecondsSince1970 time: Int64) {
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(
            seconds: rest < 0 ? seconds - 1 : seconds,
            nanoseconds: Int32(rest < 0 ? rest + 1_000_000_000 : rest))
    }

    package static func < (left: FileTime, right: FileTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// How much later `other` is, negative where it is earlier; held at what a `Duration` can hold.
    func elapsed(until other: FileTime) -> Duration {
        .seconds(other.seconds.subtractingSaturating(seconds))
            + .nanoseconds(Int64(other.nanoseconds) - Int64(nanoseconds))
    }

    /// The time `duration` later, or earlier if that is negative; fractions of a nanosecond are lost.
    package func advanced(by duration: Duration) -> FileTime {
        let (seconds, attoseconds) = duration.components
        let sum = Int64(nanoseconds) + attoseconds / 1_000_000_000
        let (carried, rest) = sum.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0
            ? FileTime(
                seconds: self.seconds + seconds + carried - 1,
                nanoseconds: Int32(rest + 1_000_000_000))
            : FileTime(seconds: self.seconds + seconds + carried, nanoseconds: Int32(rest))
    }

    /// The whole time in nanoseconds, as decimal digits: far past and future do not fit in 64 bits.
    package var nanosecondsSinceEpoch: String {
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = whole.addingReportingOverflow(Int64(nanoseconds))
        guard overflow || carried else { return String(sum) }
        return String(Int128(seconds) * 1_000_000_000 + Int128(nanoseconds))
    }
}

extension Int64 {
    fileprivate func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? .end(isPast: self < 0) : difference
    }
}
