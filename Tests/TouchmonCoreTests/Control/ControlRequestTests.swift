import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// The lines that go over the control socket, both ways.
@Suite struct ControlRequestTests {
    private static let requests: [ControlRequest] = {
        var query = HistoryQuery(limit: 7)
        query.path = RawPath(bytes: [0x2F, 0xFF, 0x0A])
        query.user = 33
        query.failed = true
        query.since = 1_700_000_000_000_000_000
        query.before = RunNumber(9)
        query.after = RunNumber(2)
        return [
            .status(path: nil, from: 0), .status(path: RawPath("/srv/a"), from: 400),
            .history(HistoryQuery()), .history(query), .output(RunNumber(3), offset: 1 << 40),
            .trigger(RawPath("/srv/a")), .stopRun(RunNumber(5)), .reload,
            .follow(RawPath("/a"), after: nil, touched: nil),
            .follow(RawPath("/a"), after: RunNumber(1), touched: Instant(nanoseconds: 5)),
            .touched(Instant(nanoseconds: 77)),
            .pause(RawPath("/a"), for: .seconds(3), reason: [0xFF]),
            .pause(RawPath("/a"), for: nil, reason: []), .resume(RawPath("/a")),
        ]
    }()

    @Test(arguments: requests)
    func `what is written is read`(request: ControlRequest) throws {
        #expect(try ControlRequest(request.line.dropLast()) == request)
        #expect(request.line.count { $0 == UInt8(ascii: "\n") } == 1)
    }

    @Test func `a pause needs no reason`() throws {
        let line = Array(#"{"request":"pause","path":"/a"}"#.utf8)
        #expect(try ControlRequest(line) == .pause(RawPath("/a"), for: nil, reason: []))
    }

    @Test func `the longest path of any bytes fits`() {
        let path = RawPath(bytes: [0x2F] + [UInt8](repeating: 0xFF, count: 4095))
        #expect(ControlRequest.trigger(path).line.count <= ControlRequest.mostBytes)
    }

    @Test(arguments: [
        "", "x", "[]", "{}", "{\"request\":1}", "{\"request\":\"dance\"}",
        "{\"request\":\"trigger\"}", "{\"request\":\"trigger\",\"path\":\"a\"}",
        "{\"request\":\"trigger\",\"path\":\"/a\\u0000b\"}", "{\"request\":\"trigger\",\"path\":1}",
        "{\"request\":\"stop-run\",\"run\":-1}", "{\"request\":\"stop-run\",\"run\":1.5}",
        "{\"request\":\"stop-run\",\"run\":99999999999999999999}", "{\"request\":\"output\"}",
        "{\"request\":\"touched\"}", "{\"request\":\"history\",\"limit\":\"all\"}",
    ])
    func `anything else is refused`(line: String) {
        #expect {
            try ControlRequest(Array(line.utf8))
        } throws: { error in
            (error as? ControlProblem)?.kind == .usage
        }
    }

    /// Every line of a few changed bytes is read, or refused: none traps.
    @Test func `no line does harm`() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            guard var line = Self.requests.randomElement(using: &random)?.line else { continue }
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let index = Int.random(in: line.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line[index] = UInt8.random(in: 0...255, using: &random)
                case 1: line.removeSubrange(index...)
                default: line.insert(contentsOf: line[index...], at: index)
                }
                if line.isEmpty { break }
            }
            _ = try? ControlRequest(line)
        }
    }

    @Test func `a limit is held to what is answered at once`() {
        #expect(HistoryQuery(limit: 100_000).limit == HistoryQuery.most)
        #expect(HistoryQuery(limit: -3).limit == 1)
    }

    private static let endings: [RunEnding?] = [
        nil, .ended(.exited(status: 0)), .ended(.exited(status: 3)), .ended(.signalled(signal: 9)),
        .ended(.unknown), .notStarted, .interrupted,
    ]

    @Test(arguments: endings)
    func `a run is read as it was written`(ending: RunEnding?) throws {
        for path in [RawPath("/srv/a"), RawPath(action: RawPath("/t/"), file: RawPath("/t/f"))] {
            let row = HistoryRow(
                run: RunNumber(7), path: path, reason: .catchUp,
                started: 1_700_000_000_123_456_789, ended: ending.map { _ in -5_000_000_001 },
                ending: ending, user: 33, process: 4242, attempt: 2,
                toucher: LedgerChange.Run.Toucher(process: 5, user: 0))
            let bytes = RowBytes.bytes(of: [row, row])
            #expect(RowBytes.historyRows(bytes) == [row, row])
            for length in 0..<bytes.count where length != bytes.count / 2 && length > 0 {
                #expect(RowBytes.historyRows(Array(bytes[..<length])) == nil)
            }
            var writer = JSONWriter()
            row.write(to: &writer) { $0 == 0 ? "root" : nil }
            let json = try #require(ControlReply(writer.bytes))
            #expect(json.object("touched_by")?.word("user") == "root")
        }
    }

    @Test func `an action is read as it was written`() throws {
        let row = StatusRow(
            path: RawPath("/srv/a"),
            argv: PackedStrings([Array("a b".utf8), [], [0xFF, 0x22, 0x0A]]), state: .waiting,
            mechanism: "poll", runs: [RunNumber(3), RunNumber(4)], due: .retry,
            pause: StatusRow.Paused(since: 5, until: nil, reason: [0xFF], user: 7),
            touched: FileTime(seconds: 1_000_000_000, nanoseconds: 7),
            scan: TreeScan(directories: 5, files: 6, left: 7), unreadable: 8, last: nil)
        var known = row
        known.last = HistoryRow(
            run: RunNumber(3), path: RawPath("/srv/a"), reason: .touch, started: 5, ended: 6,
            ending: .interrupted, user: 1, process: 2, attempt: 1, toucher: nil)
        known.pause?.until = 9
        let bare = StatusRow(path: RawPath("/"), state: .idle, mechanism: "")
        let bytes = RowBytes.bytes(of: [row, known, bare])
        #expect(RowBytes.statusRows(bytes) == [row, known, bare])
        let ends = [[row], [row, known]].map { RowBytes.bytes(of: $0).count }
        for length in 1..<bytes.count where !ends.contains(length) {
            #expect(RowBytes.statusRows(Array(bytes[..<length])) == nil, "\(length)")
        }
    }

    @Test func `arguments whose last one has no end are none`() {
        #expect(PackedStrings(packed: Array("a\0b".utf8)) == nil)
        #expect(
            PackedStrings(packed: Array("a\0b\0".utf8))
                == PackedStrings(["a", "b"].map { Array($0.utf8) }))
        #expect(PackedStrings(packed: [])?.count == 0)
    }

    @Test func `a state of another version is none`() {
        var bytes = RowBytes.bytes(of: [
            StatusRow(path: RawPath("/a"), state: .idle, mechanism: "")
        ])
        // After the path and the arguments, each with its length before it.
        bytes[4 + 2 + 4] = 200
        #expect(RowBytes.statusRows(bytes) == nil)
    }

    @Test func `a command is shown as words of a shell`() {
        let words = ["/bin/sh", "-c", "echo 'a' > $B", "", "x=1,2"].map { Array($0.utf8) }
        #expect(
            ControlText.command(words + [[0x1B, 0xFF]])
                == #"/bin/sh -c 'echo '\''a'\'' > $B' '' x=1,2 '\x1b\xff'"#)
    }

    @Test func `a problem is read as it was written`() throws {
        let problem = ControlProblem(.tryAgain, "do it: not now", "wait")
        #expect(try #require(ControlReply(problem.json)).problem == problem)
    }

    @Test(
        arguments: [
            -9_000_000_000_000_000_000, -1, 0, 951_782_399_999_999_999, 951_868_800_000_000_000,
            1_709_164_800_000_000_001, 4_102_444_800_000_000_000,
        ] as [Int64])
    func `a time is read as it was written`(time: Int64) {
        let text = Timestamp.text(nanosecondsSince1970: time)
        #expect(Timestamp.nanosecondsSince1970(of: Array(text.utf8)) == time)
        #expect(Timestamp.nanosecondsSince1970(of: Array(text.utf8.dropLast())) == nil)
    }

    @Test func `a table fits where it has to`() {
        var table = TextTable(["RUN", "PATH", "END"], flexible: 1)
        table.add(["1", "/srv/a/very/long/path/that/does/not/fit/anywhere", "ok"])
        table.add(["20", "/srv/日本語/日本語/日本語/日本語", "status 3"])
        let narrow = table.text(width: 40).split(separator: "\n")
        #expect(narrow.allSatisfy { TerminalText.width(of: String($0)) <= 40 })
        #expect(narrow[1].hasPrefix("1    /srv/a") && narrow[1].hasSuffix("/anywhere  ok"))
        #expect(table.text(width: nil).contains("/srv/a/very/long/path/that/does/not/fit/anywhere"))
    }
}
