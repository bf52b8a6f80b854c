/// A moment on the monotonic clock, in nanoseconds since an arbitrary origin.
///
/// The engine never reads a clock: every input carries the moment at which it happened, so that
/// tests can play years in a second. Rests on `CLOCK_MONOTONIC`, clock_gettime(2).
package struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's origin.
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment `duration` after this one, held at the end of time instead of overflowing.
    package func advanced(by duration: Duration) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return Instant(nanoseconds: overflow ? .end(isPast: duration < .zero) : sum)
    }

    /// The moment so many nanoseconds after this one; few enough not to overflow.
    package func after(nanoseconds count: Int64) -> Instant {
        Instant(nanoseconds: nanoseconds + count)
    }

    /// The same in nanoseconds.
    package func nanoseconds(since earlier: Instant) -> Int64 {
        nanoseconds - earlier.nanoseconds
    }

    /// How long after `earlier` this moment is; negative when it is before.
    package func elapsed(since earlier: Instant) -> Duration {
        .nanoseconds(nanoseconds - earlier.nanoseconds)
    }
}

extension Duration {
    /// The whole duration in nanoseconds, held at the ends of `Int64`.
    package var nanoseconds: Int64 {
        // Nine seconds fit, as nearly all that is asked for does: no 128-bit arithmetic for them.
        if let small = Int64(exactly: attoseconds) { return small / 1_000_000_000 }
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || carried ? .end(isPast: seconds < 0) : sum
    }
}

extension Int64 {
    /// Where a time is held that would overflow.
    static func end(isPast: Bool) -> Int64 { isPast ? .min : .max }
}
