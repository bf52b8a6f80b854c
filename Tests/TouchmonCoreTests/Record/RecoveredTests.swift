import Testing

@testable import TouchmonCore

/// The database and the journal after it, as one.
@Suite struct RecoveredTests {
    private static let state = JournalTests.state, path = RawPath("/srv/a")

    private static func recovered(
        _ records: [JournalRecord], boot: String = "now", calendar: Int64 = 0,
        change: (inout LedgerContents) -> Void = { _ in }
    ) -> Recovered {
        var contents = LedgerContents()
        contents.generation = 3
        contents.lastRun = 5
        contents.boot = Array("now".utf8)
        contents.journal =
            Journal.Header(generation: 4, boot: Array("now".utf8), calendar: 100).bytes
            + records.flatMap(\.bytes)
        change(&contents)
        return Recovered(contents, boot: Array(boot.utf8), calendar: calendar)
    }

    private static func began(_ number: UInt64, at time: Int64 = 1000) -> JournalRecord {
        .began(
            JournalRecord.Beginning(
                number: RunNumber(number), reason: .touch, path: path, state: state,
                started: Instant(nanoseconds: time),
                witness: JournalRecord.Witness(process: 42, time: 900)))
    }

    @Test func `a ledger that was never written`() {
        let recovered = Recovered()
        #expect(recovered.lastRun == RunNumber(0) && recovered.generation == 0)
        #expect(recovered.isSameBoot && recovered.paths.isEmpty)
    }

    @Test func `a run that began covers what was due, and counts on`() {
        let recovered = Self.recovered([
            .due(Self.path, .touch, state: nil), Self.began(6), Self.began(2),
        ])
        #expect(recovered.lastRun == RunNumber(6))
        #expect(recovered.generation == 4)
        #expect(recovered.unfinished.map(\.number) == [RunNumber(2), RunNumber(6)])
        #expect(
            recovered.paths[Self.path]
                == Recovered.Path(handled: Self.state, due: nil, isSaved: false))
    }

    @Test func `a run that ended is told with both of its moments, on this boot's clock`() {
        let recovered = Self.recovered(
            [Self.began(6), .ended(RunNumber(6), .notStarted, at: Instant(nanoseconds: 1500))],
            calendar: 40)
        #expect(recovered.unfinished.isEmpty)
        let run = recovered.finished.first
        #expect(run?.started.nanoseconds == 1060 && run?.ended?.nanoseconds == 1560)
        #expect(run?.ending == .notStarted && run?.process == 42)
    }

    @Test func `the end of a run that nobody knows says nothing`() {
        let recovered = Self.recovered([
            .ended(RunNumber(9), .interrupted, at: Instant(nanoseconds: 1))
        ])
        #expect(recovered.finished.isEmpty)
    }

    @Test func `a handled state leaves what is due`() {
        let recovered = Self.recovered([
            .due(Self.path, .catchUp, state: nil), .handled(Self.path, state: Self.state),
        ])
        #expect(recovered.paths[Self.path]?.due == .catchUp)
        #expect(recovered.paths[Self.path]?.handled == Self.state)
        #expect(recovered.known(Self.path)?.handled == Self.state)
        #expect(recovered.known(RawPath("/srv/b")) == nil)
    }

    @Test func `rows of the database`() {
        let recovered = Self.recovered([]) { contents in
            contents.paths = [
                LedgerContents.Path(
                    path: Self.path, state: HandledState.bytes(of: Self.state), due: 3),
                LedgerContents.Path(path: RawPath("/srv/b"), state: [], due: 0),
            ]
            contents.unfinished = [
                LedgerContents.Run(
                    number: 5, path: Self.path, reason: 9, started: Instant(nanoseconds: 1),
                    witness: JournalRecord.Witness(process: 7, time: 8))
            ]
        }
        #expect(
            recovered.paths[Self.path]
                == Recovered.Path(handled: Self.state, due: .interrupted, isSaved: true))
        #expect(
            recovered.paths[RawPath("/srv/b")]
                == Recovered.Path(handled: nil, due: nil, isSaved: true))
        #expect(recovered.unfinished.map(\.reason) == [.touch], "an unknown one is a touch")
        #expect(recovered.lastRun == RunNumber(5))
    }

    @Test func `without a journal the database's boot counts`() {
        let other = Self.recovered([], boot: "later") { $0.journal = [] }
        #expect(!other.isSameBoot && other.generation == 3)
        #expect(Self.recovered([]) { $0.journal = [] }.isSameBoot)
        // The journal was begun on this boot, the database saved on an earlier one.
        #expect(Self.recovered([]) { $0.boot = [] }.isSameBoot)
    }

    @Test func `no run outlives its machine`() {
        var recovered = Self.recovered([Self.began(6)])
        recovered.adopt { $0.witness.process == 42 }
        #expect(recovered.unfinished.map(\.isAlive) == [true])
        recovered = Self.recovered([Self.began(6)], boot: "later")
        recovered.adopt { _ in true }
        #expect(recovered.unfinished.map(\.isAlive) == [false])
    }
}
