import Testing

@testable import TouchmonCore

/// Runs that end in another order than they began in.
@Suite struct FollowedEndsTests {
    private static func row(_ run: UInt64, ended: Int64?) -> HistoryRow {
        HistoryRow(
            run: RunNumber(run), path: RawPath("/a"), reason: .touch, started: Int64(run),
            ended: ended, ending: ended.map { _ in .ended(.exited(status: 0)) }, user: 0,
            process: 1, attempt: 1, toucher: nil)
    }

    /// The runs that are news in a history, of which only those after `after` are given.
    private static func news(
        _ ends: inout FollowedEnds, _ history: [HistoryRow]
    ) -> [UInt64] {
        let after = ends.after?.value ?? 0
        return ends.news(in: history.filter { $0.run.value > after }).map(\.run.value)
    }

    @Test func `each end is news once, in the order of the ends`() {
        var ends = FollowedEnds()
        var history = [
            Self.row(1, ended: 10), Self.row(2, ended: nil), Self.row(3, ended: nil),
            Self.row(4, ended: 12),
        ]
        #expect(Self.news(&ends, history) == [1, 4])
        #expect(ends.after == RunNumber(1))
        #expect(Self.news(&ends, history) == [])
        history[2] = Self.row(3, ended: 13)
        history.append(Self.row(5, ended: nil))
        #expect(Self.news(&ends, history) == [3])
        history[1] = Self.row(2, ended: 15)
        history[4] = Self.row(5, ended: 14)
        #expect(Self.news(&ends, history) == [5, 2])
        #expect(ends.after == RunNumber(5))
        #expect(Self.news(&ends, history) == [])
    }

    /// Of a run that was cut off nobody may know when.
    @Test func `an end at a time that nobody knows comes first`() {
        var cut = Self.row(2, ended: nil)
        cut.ending = .interrupted
        var other = Self.row(3, ended: nil)
        other.ending = .interrupted
        var ends = FollowedEnds()
        #expect(Self.news(&ends, [Self.row(1, ended: 10), cut, other]) == [2, 3, 1])
    }

    @Test func `nothing is no news`() {
        var ends = FollowedEnds()
        #expect(Self.news(&ends, []) == [])
        #expect(ends.after == nil)
    }
}
