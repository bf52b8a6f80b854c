import Testing

@testable import TouchmonCore

/// When the ledger is written, and with what.
@Suite struct LedgerTests {
    private static let a = ActionID(0), b = ActionID(1)
    private static let path = RawPath("/srv/a")

    private static func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    /// One path, saved, and nothing to do.
    private static func idle() -> Ledger {
        var ledger = Ledger(after: 4, at: at(0))
        ledger.added(a, path, isSaved: true)
        _ = ledger.saved()
        return ledger
    }

    private static func change(_ ledger: Ledger) -> LedgerChange {
        ledger.change(lastRun: RunNumber(3), active: [], pauses: Pauses()) {
            LedgerContents.Path(path: RawPath("/srv/\($0.index)"), state: [], due: 0)
        }
    }

    private static func run(_ number: UInt64) -> LedgerChange.Run {
        LedgerChange.Run(
            number: RunNumber(number), path: path, reason: .touch, process: 9, started: at(0))
    }

    @Test func `at the start a save comes before anything else, and tells whose journal it is`() {
        var ledger = Ledger(after: 4, at: Self.at(0))
        ledger.added(Self.a, Self.path, isSaved: true)
        ledger.added(Self.b, RawPath("/srv/b"), isSaved: false)
        #expect(ledger.needsUrgentSave && ledger.isBehind && ledger.needsSave(at: Self.at(0)))
        let change = Self.change(ledger)
        #expect(change.nextGeneration == 5 && change.lastRun == RunNumber(3))
        #expect(change.paths.map(\.path) == [RawPath("/srv/1")])
        let answer1 = ledger.saved()
        #expect(!answer1)
        #expect(!ledger.needsUrgentSave && !ledger.isBehind && ledger.deadline == nil)
        #expect(Self.change(ledger).nextGeneration == 6)
        #expect(Self.change(ledger).paths.isEmpty)
    }

    @Test func `a change is saved two seconds after the last, ten after the first`() {
        var ledger = Self.idle()
        ledger.changed(Self.a, at: Self.at(1))
        #expect(ledger.deadline == Self.at(3))
        #expect(!ledger.needsSave(at: Self.at(2.9)) && ledger.needsSave(at: Self.at(3)))
        for second in 2...10 { ledger.changed(Self.a, at: Self.at(Double(second))) }
        #expect(ledger.deadline == Self.at(11))
        #expect(ledger.isBehind)
        #expect(Self.change(ledger).paths.count == 1)
    }

    @Test func `a save at a bad moment comes a little later`() {
        var ledger = Self.idle()
        ledger.changed(Self.a, at: Self.at(1))
        ledger.postponed(at: Self.at(3))
        #expect(ledger.deadline == Self.at(3.05))
        ledger.added(Self.b, RawPath("/srv/b"), isSaved: false)
        #expect(ledger.needsUrgentSave)
        ledger.postponed(at: Self.at(4))
        #expect(!ledger.needsUrgentSave && !ledger.needsSave(at: Self.at(4)))
        #expect(ledger.needsSave(at: Self.at(4.05)))
    }

    @Test func `what was saved or written is not written again until it changes again`() {
        var ledger = Self.idle()
        let record = JournalRecord.handled(Self.path, state: nil)
        for second in 1...3 {
            ledger.changed(Self.a, at: Self.at(Double(second)))
            let first = ledger.takeRecords { _ in record }
            #expect(first == record.bytes)
            let second = ledger.takeRecords { _ in record }
            #expect(second == nil)
            #expect(Self.change(ledger).paths.map(\.path) == [RawPath("/srv/0")])
            _ = ledger.saved()
            #expect(Self.change(ledger).paths.isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func `only what the database does not hold yet has to last`(isSaved: Bool) {
        var ledger = Ledger(after: 4, at: Self.at(0))
        ledger.added(Self.a, Self.path, isSaved: isSaved)
        ledger.changed(Self.a, at: Self.at(1))
        #expect(Self.change(ledger).mustLast == !isSaved)
        _ = ledger.saved()
        ledger.changed(Self.a, at: Self.at(2))
        #expect(!Self.change(ledger).mustLast)
    }

    @Test func `a path that is gone has nothing to be written, and is removed once`() {
        var ledger = Self.idle()
        ledger.changed(Self.a, at: Self.at(1))
        ledger.removed(Self.a, Self.path, at: Self.at(1))
        let records = ledger.takeRecords { _ in JournalRecord.handled(Self.path, state: nil) }
        #expect(records == nil)
        #expect(Self.change(ledger).paths.isEmpty)
        #expect(Self.change(ledger).removedPaths == [Self.path])
        _ = ledger.saved()
        #expect(Self.change(ledger).removedPaths.isEmpty)
    }

    @Test func `a new path is saved at once, one that is gone is removed`() {
        var ledger = Self.idle()
        ledger.removed(Self.a, Self.path, at: Self.at(1))
        #expect(Self.change(ledger).removedPaths == [Self.path])
        #expect(ledger.deadline == Self.at(3))
        ledger.added(Self.a, Self.path, isSaved: false)
        #expect(Self.change(ledger).removedPaths.isEmpty)
        #expect(ledger.needsUrgentSave)
        _ = ledger.saved()
        #expect(Self.change(ledger).removedPaths.isEmpty)
    }

    @Test func `what is due is appended before the end of the run that it follows`() {
        var ledger = Self.idle()
        #expect(!ledger.hasRecords)
        ledger.ended(Self.run(1), .notStarted, at: Self.at(1))
        ledger.changed(Self.a, at: Self.at(1))
        ledger.changed(Self.a, at: Self.at(1))
        #expect(ledger.hasRecords)
        let due = JournalRecord.due(Self.path, .touch, state: nil)
        let ended = JournalRecord.ended(RunNumber(1), .notStarted, at: Self.at(1))
        let answer2 = ledger.takeRecords { _ in due }
        #expect(answer2 == due.bytes + ended.bytes)
        #expect(!ledger.hasRecords)
        let answer3 = ledger.takeRecords { _ in due }
        #expect(answer3 == nil)
    }

    @Test func `a run that begins writes what was due itself`() {
        var ledger = Self.idle()
        ledger.changed(Self.a, at: Self.at(1))
        ledger.began(Self.a, at: Self.at(4))
        let answer4 = ledger.takeRecords { .handled(RawPath("/srv/\($0.index)"), state: nil) }
        #expect(answer4 == nil)
        #expect(ledger.deadline == Self.at(6))
        #expect(Self.change(ledger).paths.count == 1)
    }

    @Test func `runs that ended are saved with how, once`() {
        var ledger = Self.idle()
        ledger.ended(Self.run(1), .interrupted, at: Self.at(1))
        let runs = ledger.change(
            lastRun: RunNumber(1), active: [Self.run(2)], pauses: Pauses()
        ) { _ in nil }.runs
        #expect(runs.map(\.number) == [RunNumber(1), RunNumber(2)])
        #expect(runs.map(\.ending) == [.interrupted, nil])
        #expect(runs[0].ended == Self.at(1))
        _ = ledger.saved()
        #expect(Self.change(ledger).runs.isEmpty)
    }

    @Test func `of more runs than can be kept the oldest are forgotten`() {
        var ledger = Self.idle()
        for number in 1...10_000 { ledger.found(Self.run(UInt64(number)), at: Self.at(1)) }
        #expect(Self.change(ledger).runs.count == 10_000)
        ledger.found(Self.run(10_001), at: Self.at(1))
        let runs = Self.change(ledger).runs
        #expect(runs.count == 5001 && runs.first?.number == RunNumber(5001))
    }

    @Test func `refused touches are saved once, and of many the last`() {
        var ledger = Self.idle()
        func refuse(_ second: Double) {
            ledger.refused(
                LedgerChange.Refusal(
                    path: RawPath("/a"), time: Self.at(second), reason: .toucher,
                    toucher: LedgerChange.Run.Toucher(process: 1, user: 2)), at: Self.at(second))
        }
        refuse(1)
        #expect(ledger.needsSave(at: Self.at(1000)))
        #expect(Self.change(ledger).refusals.map(\.time) == [Self.at(1)])
        _ = ledger.saved()
        #expect(Self.change(ledger).refusals.isEmpty)
        for second in 1...1001 { refuse(Double(second)) }
        #expect(
            Self.change(ledger).refusals.map(\.time) == (501...1001).map { Self.at(Double($0)) })
    }

    @Test func `while it can't be written, nothing is appended, and saving is tried less and less`()
    {
        var ledger = Self.idle()
        let answer5 = ledger.failed(at: Self.at(10))
        #expect(answer5)
        #expect(!ledger.isKept && ledger.deadline == Self.at(11))
        #expect(!ledger.needsSave(at: Self.at(10.9)) && ledger.needsSave(at: Self.at(11)))
        let answer6 = ledger.failed(at: Self.at(11))
        #expect(!answer6)
        #expect(ledger.deadline == Self.at(13))
        ledger.ended(Self.run(1), .interrupted, at: Self.at(12))
        ledger.changed(Self.a, at: Self.at(12))
        let answer7 = ledger.takeRecords { _ in nil }
        #expect(answer7 == nil)
        #expect(!ledger.hasRecords && !ledger.needsUrgentSave && ledger.isBehind)
        ledger.postponed(at: Self.at(12))
        #expect(ledger.deadline == Self.at(13))
        let answer8 = ledger.saved()
        #expect(answer8, "that it is kept again is news")
        #expect(ledger.isKept && !ledger.isBehind)
    }

    @Test func `one that can't be read is opened before it is written`() {
        var ledger = Ledger(after: nil, at: Self.at(0))
        ledger.added(Self.a, Self.path, isSaved: false)
        ledger.added(Self.b, RawPath("/srv/b"), isSaved: false)
        #expect(!ledger.isKept && !ledger.isBehind && !ledger.needsUrgentSave)
        #expect(!ledger.needsOpening(at: Self.at(0.9)) && ledger.needsOpening(at: Self.at(1)))
        #expect(!ledger.needsSave(at: Self.at(9)))
        let answer9 = ledger.failed(at: Self.at(1))
        #expect(!answer9)
        #expect(ledger.deadline == Self.at(3))
        ledger.began(Self.a, at: Self.at(2))
        ledger.began(Self.b, at: Self.at(2))
        ledger.ended(Self.run(1), .interrupted, at: Self.at(2))
        ledger.removed(Self.b, RawPath("/srv/b"), at: Self.at(2))
        let answer10 = ledger.opened(after: 7, at: Self.at(3))
        #expect(answer10 == [Self.a])
        #expect(Self.change(ledger).nextGeneration == 8)
        #expect(Self.change(ledger).runs.isEmpty, "their numbers may be others'")
        #expect(ledger.needsSave(at: Self.at(3)) && !ledger.needsOpening(at: Self.at(9)))
        let answer11 = ledger.opened(after: 7, at: Self.at(3))
        #expect(answer11.isEmpty)
    }

    /// The path that was resumed must not be paused after a power loss, nor the other way round.
    @Test func `pauses are saved at once and for good, all of them and once`() {
        var ledger = Self.idle()
        #expect(Self.change(ledger).pauses == nil)
        ledger.pausesChanged()
        #expect(ledger.needsUrgentSave && Self.change(ledger).mustLast)
        #expect(Self.change(ledger).pauses == [])
        _ = ledger.saved()
        #expect(Self.change(ledger).pauses == nil && !Self.change(ledger).mustLast)
    }
}

extension Ledger {
    /// Takes what is to be appended to the journal, where `record` says what that is of an action.
    fileprivate mutating func takeRecords(_ record: (ActionID) -> JournalRecord?) -> [UInt8]? {
        var states: [UInt8] = []
        while let action = takeUnwritten() { states += record(action)?.bytes ?? [] }
        return takeRecords(after: states)
    }
}
