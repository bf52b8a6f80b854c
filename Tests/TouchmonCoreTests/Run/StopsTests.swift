import Testing

@testable import TouchmonCore

@Suite struct StopsTests {
    private static let (one, two) = (RunNumber(1), RunNumber(2))

    private static func at(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }

    @Test func `a run without a limit is never overdue`() {
        var stops = Stops()
        stops.began(Self.one, timeout: nil, at: Self.at(0))
        #expect(stops.deadline == nil)
        #expect(stops.takeOverdue(at: Self.at(1_000_000)) == [])
    }

    @Test func `runs are overdue once, at their time`() {
        var stops = Stops()
        stops.began(Self.two, timeout: .seconds(5), at: Self.at(0))
        stops.began(Self.one, timeout: .seconds(10), at: Self.at(0))
        #expect(stops.deadline == Self.at(5))
        #expect(stops.takeOverdue(at: Self.at(4)) == [])
        #expect(stops.takeOverdue(at: Self.at(10)) == [Self.one, Self.two])
        #expect(stops.takeOverdue(at: Self.at(10)) == [])
        #expect(stops.deadline == nil)
    }

    @Test func `who was asked to stop is killed once, when its time is over`() {
        var stops = Stops()
        #expect(stops.stop(Self.one, .restart, within: .seconds(10), at: Self.at(0)) == true)
        #expect(stops.stop(Self.one, .timeout, within: .seconds(1), at: Self.at(1)) == false)
        #expect(stops.contains(Self.one) && !stops.contains(Self.two))
        #expect(stops.deadline == Self.at(10))
        #expect(stops.takeKills(at: Self.at(9)) == [])
        #expect(stops.takeKills(at: Self.at(10)) == [Self.one])
        #expect(stops.takeKills(at: Self.at(11)) == [])
        #expect(stops.deadline == nil)
        #expect(stops.ended(Self.one) == .restart)
        #expect(stops.ended(Self.one) == nil)
    }

    @Test func `who is being stopped is not overdue any more`() {
        var stops = Stops()
        stops.began(Self.one, timeout: .seconds(5), at: Self.at(0))
        _ = stops.stop(Self.one, .shutdown, within: .seconds(60), at: Self.at(1))
        #expect(stops.takeOverdue(at: Self.at(5)) == [])
        #expect(stops.deadline == Self.at(61))
    }

    @Test func `who has ended is neither`() {
        var stops = Stops()
        stops.began(Self.one, timeout: .seconds(5), at: Self.at(0))
        #expect(stops.ended(Self.one) == nil)
        #expect(stops.deadline == nil)
    }
}
