import Testing

@testable import TouchmonCore

/// What the journal's bytes say, whole and torn.
@Suite struct JournalTests {
    static let state = HandledState(
        FileStatus(
            identity: FileIdentity(
                device: 0x1_0000_0801, inode: 77, birth: FileTime(seconds: -5, nanoseconds: 9)),
            kind: .regular, size: 1 << 40, modified: FileTime(seconds: 1, nanoseconds: 999_999_999),
            changed: FileTime(seconds: 2, nanoseconds: 3), mode: 0o4755, owner: 1000,
            group: 0xffff_fffe, links: 3),
        isBeingWritten: true)
    static let path = RawPath(bytes: Array("/srv/\u{e9}".utf8) + [0xff])
    static let moment = Instant(nanoseconds: -7)

    static let records: [JournalRecord] = [
        .began(
            JournalRecord.Beginning(
                number: RunNumber(.max), reason: .catchUp, path: path, state: state,
                started: moment, witness: JournalRecord.Witness(process: 4_000_000, time: 1 << 50),
                toucher: LedgerChange.Run.Toucher(process: 4711, user: 0xffff_fffe))),
        .began(
            JournalRecord.Beginning(
                number: RunNumber(1), reason: .interrupted, path: path, started: moment)),
        .ended(RunNumber(1), .ended(.exited(status: 255)), at: moment),
        .ended(RunNumber(2), .ended(.signalled(signal: 9)), at: moment),
        .ended(RunNumber(3), .ended(.unknown), at: moment),
        .ended(RunNumber(4), .notStarted, at: moment),
        .ended(RunNumber(5), .interrupted, at: moment),
        .due(path, .touch, state: state), .due(path, .interrupted, state: nil),
        .handled(path, state: state), .handled(path, state: nil),
        .owed(
            RunNumber(6), path,
            FailedRun(
                number: RunNumber(.max), attempt: 1000, ending: .ended(.signalled(signal: 31))),
            at: moment),
    ]
    static let header = Journal.Header(generation: 9, boot: Array("boot".utf8), calendar: -11)

    private static func journal(
        _ bytes: [UInt8], saved generation: UInt64 = 8, length: Int = 0
    ) -> Journal? {
        Journal(bytes, savedGeneration: generation, savedLength: length)
    }

    @Test func `every record is read as it was written`() {
        let bytes = Self.header.bytes + Self.records.flatMap(\.bytes)
        #expect(Self.journal(bytes)?.header == Self.header)
        #expect(Self.journal(bytes)?.records == Self.records)
    }

    @Test func `a journal that ends anywhere says what stands before that`() {
        var ends = [Self.header.bytes.count]
        for record in Self.records { ends.append(ends[ends.count - 1] + record.bytes.count) }
        let bytes = Self.header.bytes + Self.records.flatMap(\.bytes)
        for length in bytes.indices {
            let whole = ends.count { $0 <= length } - 1
            let journal = Self.journal(Array(bytes[..<length]))
            #expect(journal?.records == (whole < 0 ? nil : Array(Self.records[..<whole])))
        }
    }

    @Test func `a byte that was not written ends it, the process and its time excepted`() {
        let first = Self.header.bytes.count
        let bytes = Self.header.bytes + Self.records[0].bytes
        for index in bytes.indices where index >= first {
            var torn = bytes
            torn[index] ^= 0xff
            let isOutside = (first + 4..<first + 16).contains(index)
            #expect(Self.journal(torn)?.records.count == (isOutside ? 1 : 0), "byte \(index)")
        }
    }

    @Test func `the run's own process fills in its number and the time`() throws {
        var bytes = Self.records[1].bytes
        bytes[JournalRecord.processOffset] = 0x21
        bytes[JournalRecord.timeOffset] = 0x43
        let record = try #require(Self.journal(Self.header.bytes + bytes)?.records.first)
        guard case .began(let run) = record else {
            Issue.record("\(record)")
            return
        }
        #expect(run.witness == JournalRecord.Witness(process: 0x21, time: 0x43))
    }

    @Test func `what is saved already is not read again`() {
        let header = Self.header.bytes
        let bytes = header + Self.records.flatMap(\.bytes)
        let saved = header.count + Self.records[0].bytes.count
        #expect(Self.journal(bytes, saved: 9, length: saved)?.records == Array(Self.records[1...]))
        #expect(Self.journal(bytes, saved: 9, length: 0)?.records == Self.records)
        #expect(Self.journal(bytes, saved: 9, length: bytes.count)?.records == [])
        #expect(Self.journal(bytes, saved: 9, length: bytes.count + 1)?.records == [])
        #expect(Self.journal(bytes, saved: 8, length: saved)?.records == Self.records)
        #expect(Self.journal(bytes, saved: 10) == nil, "it is older than the database")
    }

    @Test func `what is no journal is none`() {
        #expect(Self.journal([]) == nil)
        #expect(Self.journal([UInt8](repeating: 0, count: 500)) == nil)
        var other = Self.header.bytes
        other[17] += 1
        #expect(Self.journal(other) == nil)
    }

    /// What a journal says whose only record has this body, whole and with its checksum.
    private static func records(body: [UInt8]) -> [JournalRecord]? {
        let bytes = ByteWriter.bytes(capacity: 24 + body.count) { writer in
            writer.number(UInt32(body.count))
            writer.number(Int32(0))
            writer.number(Int64(0))
            writer.number(body.withUnsafeBytes(JournalRecord.checksum))
            writer.raw(body)
        }
        return journal(header.bytes + bytes)?.records
    }

    private static func body(_ record: JournalRecord) -> [UInt8] { Array(record.bytes[24...]) }

    @Test func `a body that no version wrote ends it`() {
        let due = Self.body(Self.records[7])
        #expect(Self.records(body: due) == [Self.records[7]])
        // Its kind, its reason; the reason of a run, and how one ended.
        for (record, offset, value) in [(7, 0, UInt8(9)), (7, 1, 8), (0, 9, 7), (2, 9, 5)] {
            var body = Self.body(Self.records[record])
            body[offset] = value
            #expect(Self.records(body: body) == [], "record \(record), byte \(offset)")
        }
    }

    @Test(arguments: records.indices) func `a body that is too short ends it`(index: Int) {
        let body = Self.body(Self.records[index])
        for length in 0..<body.count {
            #expect(Self.records(body: Array(body[..<length])) == [], "\(length) bytes")
        }
    }

    /// Another version has to read what this one wrote: its layout is not this version's to change
    /// without another number in the header.
    @Test func `a record's bytes are what every version writes`() {
        let record = JournalRecord.due(RawPath("/a"), .catchUp, state: nil)
        let body: [UInt8] = [3, 1, 2, 0, 0x2f, 0x61, 0, 0]
        #expect(Array(record.bytes[..<16]) == [8] + [UInt8](repeating: 0, count: 15))
        #expect(Array(record.bytes[24...]) == body)
        #expect(Array(record.bytes[16..<24]) == [0x1e, 0x30, 0xa1, 0xf2, 0xd4, 0x66, 0x07, 0xae])
        let long = JournalRecord.due(RawPath("/abcdefgh"), .catchUp, state: nil)
        #expect(Array(long.bytes[16..<24]) == [0xed, 0x74, 0xdd, 0xa2, 0xc4, 0x14, 0x8f, 0xb4])
        #expect(
            Self.header.bytes
                == Array("touchmon journal 1\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0, 0xf5]
                + [UInt8](repeating: 0xff, count: 7) + [4, 0] + Array("boot".utf8))
    }

    static let kinds: [FileKind] = [
        .regular, .directory, .symbolicLink, .fifo, .socket, .characterDevice, .blockDevice,
    ]

    @Test(arguments: kinds) func `a state is read as it was written`(kind: FileKind) {
        var state = Self.state
        state.status.kind = kind
        #expect(HandledState(bytes: HandledState.bytes(of: state)) == state)
        state.status.identity.birth = nil
        state.isBeingWritten = false
        #expect(HandledState(bytes: HandledState.bytes(of: state)) == state)
    }

    @Test func `a state that is not whole is none`() {
        let bytes = HandledState.bytes(of: Self.state)
        for length in bytes.indices {
            #expect(HandledState(bytes: Array(bytes[..<length])) == nil)
        }
        #expect(HandledState(bytes: bytes + [0]) == nil)
        for (offset, value) in [(0, UInt8(2)), (1, 7)] {
            var other = bytes
            other[offset] = value
            #expect(HandledState(bytes: other) == nil)
        }
        #expect(HandledState.bytes(of: nil).isEmpty)
    }

    @Test func `reasons and endings have numbers of their own`() {
        let reasons: [RunReason] = [
            .touch, .catchUp, .interrupted, .retry, .start, .failure, .manual,
        ]
        #expect(reasons.map(\.code) == [0, 1, 2, 3, 4, 5, 6])
        #expect(reasons.map { RunReason(code: $0.code) } == reasons)
        #expect(RunReason(code: 7) == nil)
        #expect(RunReason(due: 0) == nil)
        #expect(RunReason(due: 1) == .touch)
        #expect(RunReason(due: 3) == .interrupted)
        #expect(RunEnding(code: 5, value: 0) == nil)
        #expect(RunOutcome.exited(status: 0).isSuccess)
        #expect(!RunOutcome.exited(status: 1).isSuccess)
    }

    @Test func `what is tried again waits longer each time, up to a minute`() {
        var backOff = BackOff()
        let waits = (1...8).map { _ in backOff.failed() }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    }
}
