import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// What runs print: in the log, in their files, and when anybody looks, on a simulated clock.
@Suite struct OutputTests {
    private static let path = RawPath("/srv/a")
    private static let second = RawPath("/srv/b")

    private static func plan(
        _ limit: Int64, output: OutputPolicy = .record, paths: [RawPath] = [path, second]
    ) -> [PlannedAction] {
        paths.map { path in
            var command = PlannedAction("/srv/a").command
            command.outputLimit = limit
            command.output = output
            return PlannedAction(path: path, Shared(command))
        }
    }

    /// A daemon on two files, of which nothing is to be done for now.
    private static func daemon(_ limit: Int64 = 1 << 20) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        for path in [path, second] { try kernel.close(try kernel.open(path, [.write, .create])) }
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan(limit))
        daemon.outputs.isKept = true
        daemon.engine.outputDirectory = RawPath("/state/output")
        daemon.pass(.seconds(10))
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon, _ path: RawPath = path) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.settle()
    }

    private static func end(_ daemon: inout SimulatedDaemon, _ number: UInt64 = 1) {
        daemon.end(RunNumber(number))
        daemon.settle()
    }

    /// The lines in the log of a run, as text.
    private static func lines(_ daemon: SimulatedDaemon, _ run: UInt64 = 1) -> [String] {
        daemon.logs.compactMap {
            guard case .output(RunNumber(run), _, let text) = $0 else { return nil }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private static func file(_ daemon: SimulatedDaemon, _ run: UInt64 = 1)
        -> SimulatedOutputs.File?
    {
        daemon.outputs.files[RunNumber(run)]
    }

    private static func block(_ text: String, _ count: Int) -> [UInt8] {
        Array(String(repeating: text, count: count).utf8)
    }

    // MARK: The log

    @Test func `each line is in the log, and the run's end after the last`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.print(1, "one\ntwo\nthr")
        daemon.settle()
        #expect(Self.lines(daemon) == ["one", "two"])
        daemon.pass(.seconds(1))
        daemon.print(1, "ee\n\u{0}\u{1b}[m\nno newline")
        Self.end(&daemon)
        #expect(Self.lines(daemon) == ["one", "two", "three", "\u{0}\u{1b}[m", "no newline"])
        daemon.pass(.seconds(20))
        guard case .ended = daemon.logs.last else {
            Issue.record("\(daemon.logs.suffix(2))")
            return
        }
        #expect(Self.file(daemon)?.text == "one\ntwo\nthree\n\u{0}\u{1b}[m\nno newline")
        #expect(Self.file(daemon)?.holes == [])
        #expect(daemon.engine.outputFile(of: RunNumber(1)) == RawPath("/state/output/1"))
        #expect(daemon.engine.nextRun == RunNumber(2))
    }

    @Test func `what a run printed is before its end, however much, and other runs do not wait`()
        throws
    {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        try Self.touch(&daemon, Self.second)
        let bytes = Self.block("0123456789abcde\n", 12_000)
        daemon.print(1, bytes)
        daemon.print(2, "second\n")
        daemon.end(RunNumber(1))
        daemon.end(RunNumber(2))
        // The next run of the action begins while the last one's output is still being read.
        try Self.touch(&daemon)
        #expect(daemon.runs.count == 3)
        #expect(Self.lines(daemon).count < 12_000)
        daemon.pass(.milliseconds(1))
        #expect(Self.lines(daemon).count == 12_000)
        let ends = daemon.logs.indices.filter { index in
            if case .ended = daemon.logs[index] { true } else { false }
        }
        #expect(ends.count == 2)
        let last = daemon.logs.lastIndex {
            if case .output(RunNumber(1), _, _) = $0 { true } else { false }
        }
        #expect(last.map { $0 < ends[0] } == true)
        let second = daemon.logs.lastIndex {
            if case .output(RunNumber(2), _, _) = $0 { true } else { false }
        }
        #expect(second.map { $0 < ends[1] && $0 > ends[0] } == true)
    }

    @Test func `what is printed without an end is copied up to the limit, and the rest is told`()
        throws
    {
        var daemon = try Self.daemon(65_536)
        try Self.touch(&daemon)
        for _ in 0..<200 {
            daemon.print(1, Self.block("0123456789abcde\n", 64))
            daemon.pass(.milliseconds(100))
        }
        #expect(Self.lines(daemon).count == 4096)
        #expect(
            daemon.logs.last
                == .outputCut(
                    RunNumber(1), Self.path, logged: 65_536, file: RawPath("/state/output/1")))
        Self.end(&daemon)
        daemon.pass(.milliseconds(1))
        #expect(
            daemon.logs.contains(
                .outputShortened(
                    RunNumber(1), Self.path, printed: 204_800, kept: 65_536,
                    file: RawPath("/state/output/1"))))
        #expect(daemon.logs.count { if case .outputCut = $0 { true } else { false } } == 1)
    }

    @Test func `what comes faster than it can be copied is in the log from its head alone`() throws
    {
        var daemon = try Self.daemon(65_536)
        try Self.touch(&daemon)
        daemon.print(1, Self.block("0123456789abcde\n", 40_000))
        daemon.pass(.seconds(1))
        #expect(Self.lines(daemon).count == 2048)
        #expect(
            daemon.logs.contains {
                if case .outputCut(_, _, 32_768, _) = $0 { true } else { false }
            })
        // What it prints later is not there either.
        daemon.print(1, "later\n")
        daemon.pass(.seconds(1))
        Self.end(&daemon)
        #expect(Self.lines(daemon).count == 2048)
        #expect(Self.file(daemon)?.text.hasSuffix("later\n") == true)
    }

    @Test func `a log that is slow gets less, and nobody waits for it`() throws {
        var daemon = try Self.daemon(16_384)
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        daemon.engine.logIsSlow(by: 100_000_000, at: daemon.clock)
        daemon.print(1, "one\n")
        daemon.pass(.milliseconds(900))
        #expect(Self.lines(daemon) == [])
        daemon.pass(.milliseconds(200))
        #expect(Self.lines(daemon) == ["one"])
        // What is too much for the disk is taken out meanwhile.
        daemon.engine.logIsSlow(by: 100_000_000, at: daemon.clock)
        daemon.print(1, Self.block("0123456789abcde\n", 4096))
        daemon.pass(.milliseconds(100))
        #expect(Self.file(daemon)?.holes.isEmpty == false)
        #expect(Self.lines(daemon) == ["one"])
        daemon.pass(.seconds(2))
        #expect(Self.lines(daemon).count > 500)
    }

    @Test func `a run's end waits for a slow log a little, and then no more`() throws {
        for isSlow in [false, true] {
            var daemon = try Self.daemon()
            try Self.touch(&daemon)
            daemon.print(1, "one\n")
            daemon.engine.logIsSlow(by: isSlow ? 200_000_000 : 1, at: daemon.clock)
            Self.end(&daemon)
            #expect(Self.lines(daemon) == [])
            for _ in 0..<4 {
                if isSlow { daemon.engine.logIsSlow(by: 200_000_000, at: daemon.clock) }
                daemon.pass(.seconds(1))
            }
            #expect(Self.lines(daemon) == (isSlow ? [] : ["one"]))
            let isCut = daemon.logs.contains { if case .outputCut = $0 { true } else { false } }
            #expect(isCut == isSlow)
            guard case .ended = daemon.logs.last else {
                Issue.record("\(daemon.logs.suffix(2))")
                return
            }
        }
    }

    @Test func `after the end no more than a mebibyte is copied`() throws {
        var daemon = try Self.daemon(1 << 30)
        try Self.touch(&daemon)
        daemon.print(1, Self.block(String(repeating: "x", count: 4095) + "\n", 300))
        Self.end(&daemon)
        daemon.pass(.milliseconds(1))
        #expect(Self.lines(daemon).count == 256)
        #expect(
            daemon.logs.suffix(2).first
                == .outputCut(
                    RunNumber(1), Self.path, logged: 1 << 20, file: RawPath("/state/output/1")))
        #expect(Self.file(daemon)?.bytes.count == 300 * 4096)
        #expect(!daemon.logs.contains { if case .outputShortened = $0 { true } else { false } })
    }

    // MARK: The file

    @Test func `of a run that prints without end head and tail are kept`() throws {
        var daemon = try Self.daemon(16_384)
        try Self.touch(&daemon)
        var all: [UInt8] = []
        for number in 0..<50 {
            let piece = Self.block("\(number) ", 1000)
            all += piece
            daemon.print(1, piece)
            daemon.pass(.milliseconds(20))
        }
        let before = try #require(Self.file(daemon))
        // While it goes on, by whole pages, and never what belongs to head or tail.
        #expect(before.holes.count > 5)
        for hole in before.holes {
            #expect(hole.lowerBound % 4096 == 0 && hole.upperBound % 4096 == 0)
            #expect(hole.lowerBound >= 8192 && Int(hole.upperBound) <= all.count - 8192)
        }
        for (hole, next) in zip(before.holes, before.holes.dropFirst()) {
            #expect(hole.upperBound == next.lowerBound)
        }
        Self.end(&daemon)
        let after = try #require(Self.file(daemon))
        #expect(after.holes.last == 8192..<Int64(all.count - 8192))
        #expect(after.bytes.prefix(8192) == all.prefix(8192))
        #expect(after.bytes.suffix(8192) == all.suffix(8192))
        #expect(after.bytes.dropFirst(8192).dropLast(8192).allSatisfy { $0 == 0 })
    }

    @Test func `without holes what is beyond the head is cut off`() throws {
        var daemon = try Self.daemon(16_384)
        daemon.outputs.hasHoles = false
        try Self.touch(&daemon)
        for _ in 0..<40 {
            daemon.print(1, Self.block("0123456789abcde\n", 256))
            daemon.pass(.milliseconds(20))
            #expect(Self.file(daemon).map { $0.bytes.count <= 16_384 + 8192 } == true)
        }
        daemon.print(1, "the end\n")
        Self.end(&daemon)
        #expect(Self.file(daemon)?.bytes.prefix(8192) == Self.block("0123456789abcde\n", 512)[...])
        #expect(Self.file(daemon)?.text.hasSuffix("the end\n") == true)
        #expect(
            daemon.logs.contains(
                .outputShortened(
                    RunNumber(1), Self.path, printed: 40 * 4096 + 8, kept: 16_384,
                    file: RawPath("/state/output/1"))))
    }

    @Test func `a run that empties its file goes on from there`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.print(1, "a long line before\n")
        daemon.pass(.seconds(1))
        daemon.empty(1)
        daemon.print(1, "after\n")
        daemon.pass(.seconds(1))
        Self.end(&daemon)
        #expect(Self.lines(daemon) == ["a long line before", "after"])
        #expect(Self.file(daemon)?.text == "after\n")
    }

    @Test
    func `a file that was shortened between a look's question and its answer is read on later`()
        throws
    {
        var daemon = try Self.daemon()
        daemon.outputs.readSize = 4
        try Self.touch(&daemon)
        daemon.print(1, "one\ntwo\n")
        daemon.settle()
        #expect(Self.lines(daemon) == ["one"])
        daemon.outputs.readSize = 0
        daemon.pass(.milliseconds(200))
        #expect(Self.lines(daemon) == ["one"])
        daemon.outputs.readSize = 100
        daemon.print(1, "three\n")
        Self.end(&daemon)
        #expect(Self.lines(daemon) == ["one", "two", "three"])
    }

    @Test func `a run that printed nothing leaves nothing`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.settle()
        #expect(Self.file(daemon) != nil)
        Self.end(&daemon)
        #expect(Self.file(daemon) == nil)
        // Nor does one that did not start.
        daemon.startFailure = StartFailure(step: .execute, error: .noSuchFile)
        try Self.touch(&daemon)
        #expect(daemon.failedStarts.count == 1)
        #expect(daemon.outputs.files.isEmpty)
    }

    @Test func `a run whose process was made and executed nothing leaves nothing`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.engine.notStarted(
            RunNumber(1), StartFailure(step: .execute, error: .noSuchFile), at: daemon.clock)
        daemon.settle()
        #expect(Self.file(daemon) == nil)
    }

    @Test func `the files of the last thousand runs that printed are kept`() throws {
        var daemon = try Self.daemon()
        for run in 1...UInt64(Retention.mostOutputs + 5) {
            try Self.touch(&daemon)
            if run != 3 { daemon.print(run, "x\n") }
            Self.end(&daemon, run)
        }
        let first = UInt64(6)
        #expect(
            daemon.outputs.files.keys.sorted()
                == (first...UInt64(Retention.mostOutputs + 5)).map { RunNumber($0) })
    }

    @Test func `of what runs printed no more stays than it may take, nor older`() throws {
        var daemon = try Self.daemon()
        let plan = Self.plan(1 << 20)
        daemon.crash()
        daemon.retention.outputBytes = 10
        daemon.retention.age = .seconds(3600)
        daemon.restart(plan)
        daemon.settle()
        func run(_ number: UInt64, _ text: String) throws {
            try Self.touch(&daemon)
            daemon.print(number, text)
            Self.end(&daemon, number)
        }
        for number in 1...5 as ClosedRange<UInt64> { try run(number, "abcd") }
        #expect(daemon.outputs.files.keys.sorted() == [4, 5].map { RunNumber($0) })
        daemon.pass(.seconds(3601))
        try run(6, "ef")
        #expect(daemon.outputs.files.keys.sorted() == [RunNumber(6)])
        // Another daemon knows what is there.
        daemon.crash()
        daemon.restart(plan)
        daemon.settle()
        try run(7, "0123456789")
        #expect(daemon.outputs.files.keys.sorted() == [RunNumber(7)])
    }

    // MARK: Looking

    @Test func `a silent run is looked at once, and wakes nobody`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.pass(.seconds(30))
        let looks = daemon.outputs.looks
        #expect(looks == 1)
        let idle = daemon.idleCount
        daemon.pass(.seconds(3600))
        #expect(daemon.outputs.looks == looks)
        #expect(daemon.idleCount - idle <= 2)
        #expect(daemon.engine.nextDeadline() == nil)
        #expect(Self.file(daemon)?.isListenedTo == true)
        Self.end(&daemon)
        #expect(daemon.outputs.files.isEmpty)
    }

    @Test func `a run that prints all the time is looked at every 50 ms`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        let looks = daemon.outputs.looks
        for _ in 0..<1000 {
            daemon.print(1, "x\n")
            daemon.pass(.milliseconds(1))
        }
        #expect((18...22).contains(daemon.outputs.looks - looks))
        daemon.pass(.seconds(1))
        #expect(Self.lines(daemon).count == 1000)
    }

    @Test func `news of a run that is about to be looked at are no news`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        let looks = daemon.outputs.looks
        daemon.print(1, "x\n")
        daemon.engine.outputChanged(RunNumber(1))
        daemon.engine.outputChanged(RunNumber(1))
        daemon.settle()
        #expect(daemon.outputs.looks == looks + 1)
        #expect(Self.lines(daemon) == ["x"])
    }

    @Test func `one that prints much is looked at every 10 ms`() throws {
        var daemon = try Self.daemon(4096)
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        let looks = daemon.outputs.looks
        for _ in 0..<200 {
            daemon.print(1, [UInt8](repeating: 0x78, count: 10_000))
            daemon.pass(.milliseconds(1))
        }
        #expect((18...25).contains(daemon.outputs.looks - looks))
    }

    @Test func `where nobody can listen it is looked at by the clock`() throws {
        var daemon = try Self.daemon()
        daemon.outputs.canListen = false
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        daemon.print(1, "x\n")
        daemon.pass(.milliseconds(100))
        #expect(Self.lines(daemon) == ["x"])
        Self.end(&daemon)
    }

    @Test func `a file that can't be looked at for a while is read later`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        daemon.outputs.canLook = false
        daemon.print(1, "one\n")
        daemon.pass(.seconds(5))
        #expect(Self.lines(daemon) == [])
        daemon.outputs.canLook = true
        daemon.pass(.seconds(1))
        #expect(Self.lines(daemon) == ["one"])
        daemon.print(1, "two\nthr")
        daemon.pass(.milliseconds(200))
        daemon.outputs.canLook = false
        Self.end(&daemon)
        #expect(Self.lines(daemon) == ["one", "two", "thr"])
        // It may have been written to: it stays.
        #expect(Self.file(daemon) != nil)
    }

    @Test func `a file that is gone is not asked for any more`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.pass(.seconds(1))
        daemon.print(1, "x\n")
        daemon.outputs.files[RunNumber(1)] = nil
        daemon.pass(.seconds(1))
        let looks = daemon.outputs.looks
        daemon.pass(.seconds(60))
        #expect(daemon.outputs.looks == looks)
        Self.end(&daemon)
        guard case .ended = daemon.logs.last else {
            Issue.record("\(daemon.logs.suffix(2))")
            return
        }
    }

    // MARK: From one daemon to the next

    @Test func `a run that outlived its daemon is followed from where it is`() throws {
        var daemon = try Self.daemon(16_384)
        try Self.touch(&daemon)
        daemon.print(1, "before\n")
        daemon.pass(.seconds(1))
        daemon.crash()
        daemon.print(1, "between\n")
        daemon.restart(Self.plan(16_384))
        daemon.settle()
        daemon.print(1, "after\n")
        daemon.pass(.seconds(1))
        #expect(Self.lines(daemon) == ["before", "after"])
        daemon.print(1, Self.block("0123456789abcde\n", 4096))
        daemon.pass(.seconds(1))
        Self.end(&daemon)
        let file = try #require(Self.file(daemon))
        #expect(file.text.hasPrefix("before\nbetween\nafter\n"))
        #expect(file.holes.last == 8192..<Int64(file.bytes.count - 8192))
    }

    @Test func `the file of a run that was cut off stays, within its limit`() throws {
        for isForgotten in [false, true] {
            var daemon = try Self.daemon(16_384)
            try Self.touch(&daemon)
            daemon.crash()
            daemon.print(1, Self.block("0123456789abcde\n", 4096))
            daemon.end(RunNumber(1))
            daemon.restart(isForgotten ? [] : Self.plan(16_384))
            daemon.settle()
            #expect(Self.lines(daemon) == [])
            let size: Int64 = isForgotten ? 1 << 20 : 16_384
            #expect(
                Self.file(daemon)?.holes == (isForgotten ? [] : [size / 2..<65_536 - size / 2]))
        }
    }

    @Test func `a run that was cut off before it printed leaves nothing`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.crash()
        daemon.end(RunNumber(1))
        daemon.restart(Self.plan(4096, paths: [Self.second]))
        daemon.settle()
        #expect(daemon.outputs.files.isEmpty)
    }

    @Test func `files of runs that never were are removed, others count among the thousand`() throws
    {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.print(1, "x\n")
        Self.end(&daemon)
        daemon.pass(.seconds(30))
        daemon.crash()
        daemon.outputs.files[RunNumber(2)] = SimulatedOutputs.File()
        daemon.outputs.files[RunNumber(77)] = SimulatedOutputs.File()
        daemon.restart(Self.plan(1 << 20))
        daemon.settle()
        #expect(daemon.outputs.files.keys.sorted() == [RunNumber(1)])
    }

    @Test func `a file that was made for a run that never was is the next run's, if it has begun`()
        throws
    {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.crash()
        daemon.end(RunNumber(1))
        daemon.outputs.files[RunNumber(2)] = SimulatedOutputs.File()
        daemon.restart(Self.plan(1 << 20))
        daemon.settle()
        #expect(daemon.runs.count == 2)
        daemon.print(2, "x\n")
        Self.end(&daemon, 2)
        #expect(Self.lines(daemon, 2) == ["x"])
        #expect(Self.file(daemon, 2)?.text == "x\n")
    }

    @Test func `a run that ends before anybody listens is not listened to`() throws {
        var daemon = try Self.daemon()
        daemon.kernel.advance(by: .milliseconds(1))
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        while daemon.runs.isEmpty, daemon.step() {}
        daemon.print(1, "x\n")
        daemon.end(RunNumber(1))
        while daemon.step() { #expect(Self.file(daemon)?.isListenedTo == false) }
        #expect(daemon.outputs.looks == 1)
        #expect(Self.lines(daemon) == ["x"])
    }

    @Test func `an adopted run without a file has none`() throws {
        var daemon = try Self.daemon()
        daemon.outputs.isKept = false
        try Self.touch(&daemon)
        daemon.crash()
        daemon.restart(Self.plan(4096))
        daemon.settle()
        #expect(daemon.outputs.looks == 0)
        Self.end(&daemon)
        #expect(daemon.outputs.looks == 0)
    }

    @Test func `the daemon ends when all is read`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon)
        daemon.print(1, Self.block("0123456789abcde\n", 4096))
        daemon.signal(.terminate)
        daemon.settle()
        Self.end(&daemon)
        #expect(!daemon.hasExited)
        daemon.pass(.milliseconds(1))
        #expect(daemon.hasExited)
        #expect(Self.lines(daemon).count == 4096)
    }

    // MARK: Where it can't be kept

    @Test func `that it can't be kept is said once, and that it can again`() throws {
        var daemon = try Self.daemon()
        let failure = LedgerFailure(.full, RawPath("/state/output"), reason: "no space left")
        daemon.outputs.failure = failure
        for run in UInt64(1)...3 {
            try Self.touch(&daemon)
            Self.end(&daemon, run)
        }
        #expect(daemon.logs.filter { $0 == .outputDegraded(failure) }.count == 1)
        #expect(daemon.outputs.files.isEmpty)
        #expect(daemon.engine.degradations == ["output"])
        daemon.outputs.failure = nil
        for run in UInt64(4)...5 {
            try Self.touch(&daemon)
            Self.end(&daemon, run)
        }
        #expect(daemon.logs.filter { $0 == .outputRestored }.count == 1)
        #expect(daemon.engine.degradations == [])
    }

    @Test func `whether any output is kept is known`() throws {
        var daemon = try Self.daemon()
        #expect(daemon.engine.recordsOutput)
        daemon.reload(Self.plan(4096, output: .inherit))
        #expect(!daemon.engine.recordsOutput)
        daemon.reload([])
        #expect(!daemon.engine.recordsOutput)
    }

    @Test func `answers about a run that nobody follows change nothing`() throws {
        var daemon = try Self.daemon()
        let stranger = RunNumber(99)
        #expect(daemon.engine.foundOutput(stranger, size: 1, at: daemon.clock) == nil)
        daemon.engine.tookOutput(stranger, [1], at: daemon.clock)
        daemon.engine.outputChanged(stranger)
        daemon.engine.listensToOutput(stranger, true, at: daemon.clock)
        daemon.engine.lostOutput(stranger, isGone: false, at: daemon.clock)
        daemon.engine.outputWasCutOff(stranger, at: 1)
        daemon.settle()
        #expect(daemon.outputs.looks == 0)
    }
}
