import Testing

/// That the verdict on a torture can be guilty, and is not where nothing happened.
@Suite struct TortureCheckTests {
    typealias Records = TortureRecords

    /// Daemon 1 lives from 0 to 1000, daemon 2 from 2000 on.
    static func records(_ touches: [Records.Touch], _ runs: [Records.Run]) -> Records {
        var records = Records()
        records.touches = touches
        records.runs = runs
        records.lives = [
            Records.Life(process: 1, begin: 0, end: 1000...1010, status: 9),
            Records.Life(process: 2, begin: 2000),
        ]
        return records
    }

    static func touch(_ moment: Int64, way: Int = 0) -> Records.Touch {
        Records.Touch(path: 0, way: way, begin: moment, decisive: moment + 2, end: moment + 4)
    }

    static func run(
        _ number: UInt64, _ begin: Int64, _ end: Int64?, _ reason: Records.Run.Reason = .touch,
        killed: ClosedRange<Int64>? = nil
    ) -> Records.Run {
        Records.Run(
            number: number, path: 0, reason: reason, process: 100, parent: begin < 1000 ? 1 : 2,
            begin: begin, end: end, killed: killed)
    }

    static func problems(
        _ touches: [Records.Touch], _ runs: [Records.Run], told: Set<UInt64> = [],
        ignoring: Bool = false
    ) -> [TortureCheck.Problem.Kind] {
        TortureCheck(records(touches, runs), endsTold: told, ignoresInterruption: { _ in ignoring })
            .problems.map(\.kind)
    }

    @Test func `a run for each touch, or one for several, is fine`() {
        #expect(Self.problems([], []) == [])
        #expect(
            Self.problems(
                [Self.touch(10), Self.touch(50)], [Self.run(1, 20, 30), Self.run(2, 60, 70)])
                == [])
        #expect(Self.problems([Self.touch(10), Self.touch(50)], [Self.run(1, 60, 70)]) == [])
    }

    @Test func `a touch after the last run began is lost`() {
        #expect(Self.problems([Self.touch(10)], []) == [.lost])
        #expect(Self.problems([Self.touch(10), Self.touch(30)], [Self.run(1, 20, 40)]) == [.lost])
        // It began while the file was being touched, but before the call that counts.
        #expect(Self.problems([Self.touch(20)], [Self.run(1, 21, 40)]) == [.lost])
    }

    @Test func `a run that nobody explains is doubled`() {
        #expect(Self.problems([], [Self.run(1, 20, 30)]) == [.doubled])
        #expect(
            Self.problems([Self.touch(10)], [Self.run(1, 20, 30), Self.run(2, 40, 50)])
                == [.doubled])
        #expect(
            Self.problems(
                [Self.touch(10)], [Self.run(1, 20, 30), Self.run(2, 2040, 2050, .catchUp)])
                == [.doubled])
    }

    @Test func `what was done when the run before the last ended explains no run`() {
        let touches = [Self.touch(10), Self.touch(12), Self.touch(14), Self.touch(45)]
        let runs = [Self.run(1, 20, 30), Self.run(2, 40, 50), Self.run(3, 60, 70)]
        #expect(Self.problems(touches, runs) == [])
        #expect(Self.problems(Array(touches.dropLast()), runs) == [.doubled])
        // It is told of a truncation only later.
        let later = [Self.touch(10), Self.touch(12), Self.touch(14, way: 6)]
        #expect(Self.problems(later, runs) == [])
        #expect(
            Self.problems(
                later + [Self.touch(66)],
                [Self.run(1, 12, 13)] + runs.dropFirst() + [
                    Self.run(4, 80, 90), Self.run(5, 95, 99),
                ])
                == [.doubled])
    }

    @Test func `only a run whose end nobody saw runs again`() {
        let touch = [Self.touch(10)]
        let again = Self.run(2, 2040, 2050, .interrupted)
        #expect(Self.problems(touch, [Self.run(1, 20, 1500), again]) == [])
        #expect(Self.problems(touch, [Self.run(1, 20, 30), again]) == [])
        #expect(Self.problems(touch, [Self.run(1, 20, 30), again], told: [1]) == [.doubled])
        #expect(Self.problems(touch, [Self.run(1, 20, 30), again], ignoring: true) == [.doubled])
        // The daemon lives.
        let soon = Self.run(2, 40, 50, .interrupted)
        #expect(Self.problems(touch, [Self.run(1, 20, 30), soon]) == [.doubled])
        // Once is enough.
        let third = Self.run(3, 2060, 2070, .interrupted)
        #expect(Self.problems(touch, [Self.run(1, 20, 1500), again, third]) == [.doubled])
    }

    @Test func `a run that was killed while nobody looked has to run again`() {
        let touch = [Self.touch(10)]
        let unseen = Self.run(1, 20, nil, killed: 1500...1510)
        let again = Self.run(2, 2040, 2050, .interrupted)
        #expect(Self.problems(touch, [unseen, again]) == [])
        #expect(Self.problems(touch, [unseen]) == [.lost])
        #expect(Self.problems(touch, [unseen], ignoring: true) == [])
        #expect(Self.problems(touch, [Self.run(1, 20, nil, killed: 500...510)]) == [])
    }

    @Test func `runs that overlap, vanish or share a number are found`() {
        let touches = [Self.touch(10), Self.touch(24)]
        #expect(
            Self.problems(touches, [Self.run(1, 20, 50), Self.run(2, 40, 60)]) == [.sideBySide])
        #expect(
            Self.problems(touches, [Self.run(1, 20, nil), Self.run(2, 40, 60)]) == [.vanished])
        #expect(
            Self.problems(touches, [Self.run(7, 20, 30), Self.run(7, 40, 60)]) == [.numberTwice])
    }

    @Test func `a daemon that ends by itself has failed`() {
        var records = Self.records([], [])
        records.lives[0].status = 11
        #expect(TortureCheck(records).problems.map(\.kind) == [.daemonFailed])
    }
}
