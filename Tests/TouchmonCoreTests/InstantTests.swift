import Testing

@testable import TouchmonCore

/// Moments and durations at the ends of what can be told: held there, never wrapped around.
@Suite struct InstantTests {
    private static let end = Instant(nanoseconds: .max), beginning = Instant(nanoseconds: .min)

    @Test func `time does not go on past its ends`() {
        #expect(Self.end.advanced(by: .nanoseconds(1)) == Self.end)
        #expect(Self.beginning.advanced(by: .nanoseconds(-1)) == Self.beginning)
        #expect(Instant(nanoseconds: 1).advanced(by: .seconds(Int64.max)) == Self.end)
        #expect(Instant(nanoseconds: -1).advanced(by: .seconds(Int64.min)) == Self.beginning)
        #expect(
            Self.beginning.advanced(by: .nanoseconds(5)) == Instant(nanoseconds: .min + 5))
    }

    @Test(
        arguments: [
            (.zero, 0), (.seconds(3), 3_000_000_000), (.seconds(-3600), -3_600_000_000_000),
            (.nanoseconds(Int64.max), .max), (.nanoseconds(Int64.min), .min),
            (.nanoseconds(Int64.max) + .nanoseconds(1), .max),
            (.nanoseconds(Int64.min) - .nanoseconds(1), .min),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
        ] as [(Duration, Int64)])
    func `a duration in nanoseconds`(duration: Duration, nanoseconds: Int64) {
        #expect(duration.nanoseconds == nanoseconds)
    }

    @Test func `how long after another a moment is`() {
        let (early, late) = (Instant(nanoseconds: 5), Instant(nanoseconds: 1_000_000_005))
        #expect(late.elapsed(since: early) == .seconds(1))
        #expect(early.elapsed(since: late) == .seconds(-1))
        #expect(late.nanoseconds(since: early) == 1_000_000_000)
        #expect(early.after(nanoseconds: 1_000_000_000) == late)
    }

    @Test(
        arguments: [
            (.min, .max, Int64.max), (.max, .min, .min), (-1, .max, .max), (2, .min, .min),
            (5, 7, 2), (7, 5, -2),
        ] as [(Int64, Int64, Int64)])
    func `the time between two files' times is held at what can be told`(
        first: Int64, second: Int64, seconds: Int64
    ) {
        let elapsed = FileTime(seconds: first).elapsed(until: FileTime(seconds: second))
        #expect(elapsed == .seconds(seconds))
    }
}
