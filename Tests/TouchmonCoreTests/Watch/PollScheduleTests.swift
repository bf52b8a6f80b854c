import Testing

@testable import TouchmonCore

@Suite struct PollScheduleTests {
    private static func moment(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test func `a thousand paths of one interval are due at one moment`() {
        var schedule = PollSchedule()
        #expect(schedule.deadline == nil)
        for number in 0..<1000 {
            schedule.insert(ActionID(number), every: .seconds(1))
            schedule.arm(at: Self.moment(1500 + Int64(number) / 10))
        }
        #expect(schedule.deadline == Self.moment(2000))
        #expect(schedule.takeDue(at: Self.moment(1999)).isEmpty)
        #expect(schedule.takeDue(at: Self.moment(2003)).count == 1000)
        #expect(schedule.takeDue(at: Self.moment(2003)).isEmpty)
        #expect(schedule.deadline == Self.moment(3000))
    }

    @Test func `intervals that divide each other fall together`() {
        var schedule = PollSchedule()
        for (number, interval) in [Duration.milliseconds(500), .seconds(1), .seconds(2)]
            .enumerated()
        {
            schedule.insert(ActionID(number), every: interval)
        }
        schedule.arm(at: Self.moment(100))
        var wakeUps: [Instant: Int] = [:]
        while let next = schedule.deadline, next <= Self.moment(4000) {
            wakeUps[next] = schedule.takeDue(at: next).count
        }
        #expect(wakeUps.count == 8)
        #expect(wakeUps[Self.moment(500)] == 1)
        #expect(wakeUps[Self.moment(1000)] == 2)
        #expect(wakeUps[Self.moment(4000)] == 3)
    }

    @Test func `nothing is due before the clock was seen, nor after the path is gone`() {
        var schedule = PollSchedule()
        schedule.insert(ActionID(0), every: .seconds(1))
        schedule.insert(ActionID(1), every: .seconds(1))
        #expect(schedule.deadline == nil)
        #expect(schedule.takeDue(at: Self.moment(5000)).isEmpty)
        schedule.arm(at: Self.moment(5000))
        schedule.remove(ActionID(0), every: .seconds(1))
        #expect(schedule.takeDue(at: Self.moment(6000)) == [ActionID(1)])
        schedule.remove(ActionID(1), every: .seconds(1))
        #expect(schedule.deadline == nil)
    }

    @Test func `a moment before the clock's origin has a next one`() {
        var schedule = PollSchedule()
        schedule.insert(ActionID(0), every: .seconds(1))
        schedule.arm(at: Self.moment(-1500))
        #expect(schedule.deadline == Self.moment(-1000))
    }
}
