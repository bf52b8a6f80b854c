import RelayCore
import Testing

@Suite struct TouchIntakeTests {
    private let a: TouchKey
    private let b: TouchKey

    init() throws {
        a = try TouchKey("a")
        b = try TouchKey("b")
    }

    /// What a relay that was here before has on disk.
    private func intake(
        position: Int64, _ records: [String: HandledTouches.Record] = [:], limit: Int = 10
    ) -> TouchIntake {
        var handled = HandledTouches(cluster: 1, position: position)
        handled.keys = records
        return TouchIntake(handled: handled, limit: limit)
    }

    @Test func aNewHostTakesNoteAndRunsNothing() {
        var intake = TouchIntake(handled: nil, limit: 10)
        let plan = intake.listed(
            [.init(key: a, revision: 5)], cluster: 1, revision: 9, fromBeginning: false, first: true
        )
        #expect(plan.run.isEmpty)
        #expect(plan.noted == [.init(key: a, revision: 5)])
        #expect(intake.handled?.position == 9)
        let isOlderTaken = intake.heard(a, revision: 5)
        #expect(!isOlderTaken)
        let isNewerTaken = intake.heard(a, revision: 10)
        #expect(isNewerTaken)
    }

    @Test func aNewHostRunsAllIfItIsToldTo() {
        var intake = TouchIntake(handled: nil, limit: 10)
        let plan = intake.listed(
            [.init(key: a, revision: 5)], cluster: 1, revision: 9, fromBeginning: true, first: true)
        #expect(plan.run == [.init(key: a, revision: 5)])
        // Not done: a crash now must find it again.
        #expect(intake.handled?.position == 4)
    }

    @Test func whatWasTouchedMeanwhileIsRun() {
        var intake = intake(position: 9, ["a": .init(revision: 5, stage: .done)])
        let plan = intake.listed(
            [.init(key: a, revision: 12), .init(key: b, revision: 11)], cluster: 1, revision: 20,
            fromBeginning: false, first: true)
        #expect(plan.run == [.init(key: a, revision: 12), .init(key: b, revision: 11)])
        #expect(intake.handled?.position == 10)
    }

    @Test func whatWasNotFollowedBeforeIsNoted() {
        var intake = intake(position: 9, ["a": .init(revision: 5, stage: .done)])
        let plan = intake.listed(
            [.init(key: a, revision: 5), .init(key: b, revision: 7)], cluster: 1, revision: 9,
            fromBeginning: false, first: true)
        #expect(plan.run.isEmpty)
        #expect(plan.noted == [.init(key: b, revision: 7)])
    }

    @Test func whatHadBegunIsResumedOnce() {
        var intake = intake(position: 9, ["a": .init(revision: 5, stage: .placing)])
        let entries = [TouchIntake.Listed(key: a, revision: 5)]
        let first = intake.listed(
            entries, cluster: 1, revision: 9, fromBeginning: false, first: true)
        #expect(first.resume == [a])
        #expect(first.run.isEmpty)
        let second = intake.listed(
            entries, cluster: 1, revision: 9, fromBeginning: false, first: false)
        #expect(second.run.isEmpty && second.noted.isEmpty && second.resume.isEmpty)
    }

    @Test func anOldTouchNeverOvertakesANewerOne() {
        var intake = intake(position: 9)
        let takes = [12, 11, 12, 13].map { intake.heard(a, revision: $0) }
        #expect(takes == [true, false, false, true])
        intake.record(.init(revision: 13, stage: .placing), for: a)
        let again = [13, 12].map { intake.heard(a, revision: $0) }
        #expect(again == [false, false])
    }

    @Test func thePositionStaysBeforeWhatIsNotBegun() {
        var intake = intake(position: 9)
        _ = intake.heard(a, revision: 12)
        _ = intake.heard(b, revision: 15)
        intake.progressed(to: 15)
        #expect(intake.handled?.position == 11)
        intake.record(.init(revision: 12, stage: .placing), for: a)
        #expect(intake.handled?.position == 14)
        intake.record(.init(revision: 15, stage: .placing), for: b)
        #expect(intake.handled?.position == 15)
    }

    @Test func anotherClusterCountsAnew() {
        for (cluster, revision) in [(UInt64(2), Int64(500)), (1, 8)] {
            var intake = intake(position: 9, ["a": .init(revision: 5, stage: .done)])
            let plan = intake.listed(
                [.init(key: a, revision: 7)], cluster: cluster, revision: revision,
                fromBeginning: true, first: true)
            #expect(plan.startsAnew)
            #expect(plan.run.isEmpty)
            #expect(plan.noted == [.init(key: a, revision: 7)])
        }
    }

    @Test func aKeyThatIsGoneIsForgotten() {
        var intake = intake(position: 9, ["a": .init(revision: 5, stage: .done)])
        _ = intake.listed([], cluster: 1, revision: 12, fromBeginning: false, first: true)
        #expect(intake.handled?.keys.isEmpty == true)
        let isTaken = intake.heard(a, revision: 13)
        #expect(isTaken)
    }

    @Test func noMoreKeysThanTheLimit() throws {
        var intake = intake(position: 9, limit: 3)
        let taken = try (0..<10).filter { number in
            intake.heard(try TouchKey("k\(number)"), revision: Int64(10 + number))
        }
        #expect(taken == [0, 1, 2])
        let isKnownOneTaken = intake.heard(try TouchKey("k1"), revision: 30)
        #expect(isKnownOneTaken)
        var new = TouchIntake(handled: nil, limit: 3)
        let listed = try (0..<10).map {
            TouchIntake.Listed(key: try TouchKey("k\($0)"), revision: 1)
        }
        let plan = new.listed(listed, cluster: 1, revision: 9, fromBeginning: false, first: true)
        #expect(plan.noted.count == 3)
    }

    /// Random histories of touches, losses of the watch, crashes and compactions: whatever happens, the
    /// latest touch of a key is begun exactly once, and never an older one after a newer one.
    @Test(arguments: 0..<200) func theLatestTouchIsBegunExactlyOnce(_ seed: UInt64) throws {
        var random = Numbers(state: seed)
        let keys = [a, b, try TouchKey("c")]
        var intake = TouchIntake(handled: HandledTouches(cluster: 1, position: 0), limit: 10)
        var disk = intake.handled
        var etcd: [TouchKey: Int64] = [:]
        var revision: Int64 = 1
        var undelivered: [(TouchKey, Int64)] = []
        var pending: [TouchKey: Int64] = [:]
        var begun: [TouchKey: [Int64]] = [:]

        func list(first: Bool) {
            let entries = etcd.map { TouchIntake.Listed(key: $0.key, revision: $0.value) }
            let plan = intake.listed(
                entries, cluster: 1, revision: revision, fromBeginning: false, first: first)
            disk = intake.handled
            for touch in plan.run { pending[touch.key] = touch.revision }
            undelivered = []
        }
        func deliver() {
            for (key, touched) in undelivered {
                if intake.heard(key, revision: touched) { pending[key] = touched }
                intake.progressed(to: touched)
            }
            undelivered = []
        }
        func begin(_ key: TouchKey) {
            guard let touched = pending.removeValue(forKey: key) else { return }
            intake.record(.init(revision: touched, stage: .placing), for: key)
            disk = intake.handled
            begun[key, default: []].append(touched)
        }
        list(first: true)
        for _ in 0..<60 {
            switch random.next(6) {
            case 0, 1:
                revision += 1
                let key = keys[random.next(3)]
                etcd[key] = revision
                undelivered.append((key, revision))
            case 2: deliver()
            case 3: begin(keys[random.next(3)])
            case 4: list(first: false)
            default:
                intake = TouchIntake(handled: disk, limit: 10)
                pending = [:]
                list(first: true)
            }
        }
        deliver()
        keys.forEach(begin)
        for (key, latest) in etcd {
            let all = begun[key] ?? []
            #expect(all.last == latest)
            #expect(all == all.sorted() && Set(all).count == all.count)
        }
    }
}

/// Numbers that are the same for the same seed.
struct Numbers {
    var state: UInt64

    mutating func next(_ count: Int) -> Int {
        state = (state &+ 1) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(count))
    }
}
