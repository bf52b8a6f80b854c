import Testing
import TouchmonTestSupport

@testable import TouchmonCore

/// Touches that leave the bytes as they were run nothing, where the action compares them.
@Suite struct ContentTests {
    private static let path = RawPath("/srv/a")
    private static let first = ContentDigest(high: 1, low: 1)
    private static let second = ContentDigest(high: 2, low: 2)

    private static func plan() -> [PlannedAction] {
        var touch = TouchPolicy()
        touch.compare = .content
        return [PlannedAction("/srv/a", touch: touch)]
    }

    private static func daemon(
        _ content: ContentDigest? = first, age: Duration = .seconds(10), readsContents: Bool = true
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        kernel.advance(by: age)
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan())
        daemon.readsContents = readsContents
        daemon.runDuration = .milliseconds(1)
        daemon.contents[path] = content
        daemon.settle()
        return daemon
    }

    private static func touch(
        _ daemon: inout SimulatedDaemon, _ content: ContentDigest?
    ) throws {
        daemon.contents[path] = content
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.pass(.seconds(1))
    }

    @Test func `only other bytes lead to a run`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.last == .unchanged(Self.path, by: nil))
        try Self.touch(&daemon, Self.second)
        #expect(daemon.runs.count == 1)
        try Self.touch(&daemon, Self.second)
        #expect(daemon.runs.count == 1)
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.count == 2)
    }

    @Test func `bytes that can't be read count`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon, nil)
        #expect(daemon.runs.count == 1)
        // What it held before is not known any more.
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.count == 2)
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.count == 2)
    }

    /// A write within a tick of the clock shows no other time: what was read may hold it already.
    @Test func `of a file that was written a moment before the start nothing is known`() throws {
        var daemon = try Self.daemon(age: .milliseconds(5))
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.count == 1)
    }

    @Test func `a touch while the first bytes are read counts`() throws {
        var daemon = try Self.daemon(readsContents: false)
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        daemon.answerContents()
        daemon.settle()
        daemon.answerContents()
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `a touch is not lost with a daemon that dies while it reads`() throws {
        var daemon = try Self.daemon()
        daemon.pass(.seconds(5))
        daemon.readsContents = false
        try Self.touch(&daemon, Self.second)
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.restart(Self.plan())
        daemon.readsContents = true
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `the next daemon knows the bytes`() throws {
        var daemon = try Self.daemon()
        try Self.touch(&daemon, Self.second)
        daemon.pass(.seconds(5))
        for content in [Self.second, Self.first] {
            daemon.crash()
            daemon.kernel.advance(by: .seconds(1))
            daemon.contents[Self.path] = content
            try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
            daemon.restart(Self.plan())
            daemon.pass(.seconds(5))
            #expect(daemon.runs.count == (content == Self.second ? 1 : 2))
        }
        #expect(
            daemon.runs[1].variable("TOUCHMON_REASON") == Array("catch-up".utf8))
    }

    @Test func `an answer that comes after the action was removed is nobody's`() throws {
        var daemon = try Self.daemon(readsContents: false)
        try Self.touch(&daemon, Self.second)
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload([PlannedAction("/srv/b")])
        daemon.answerContents()
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        // The place is another action's by now, which compares nothing.
        try daemon.kernel.close(try daemon.kernel.open(RawPath("/srv/b"), [.write, .create]))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
    }

    @Test func `a path without a file`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        var daemon = SimulatedDaemon(kernel: kernel, plan: Self.plan())
        daemon.runDuration = .milliseconds(1)
        daemon.contents[Self.path] = Self.first
        daemon.settle()
        try daemon.kernel.close(try daemon.kernel.open(Self.path, [.write, .create]))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.count == 1)
    }

    @Test func `the state of a file keeps what it held`() throws {
        var kernel = SimulatedKernel()
        try kernel.close(try kernel.open(RawPath("/a"), [.write, .create]))
        let state = HandledState(try kernel.status(RawPath("/a")).get())
        let holding = state.holding(ContentDigest(high: 3, low: 4))
        let bytes = HandledState.bytes(of: holding)
        #expect(HandledState(bytes: bytes) == holding)
        #expect(HandledState(bytes: bytes.dropLast()) == nil)
        #expect(HandledState(bytes: Array(bytes.dropLast(9))) == nil)
        #expect(HandledState(bytes: bytes + [0]) == nil)
        #expect(HandledState.bytes(of: state).count == bytes.count - 16)
        #expect(bytes.count <= HandledState.room(for: holding))
    }

    // MARK: Reload

    private static func reload(_ daemon: inout SimulatedDaemon, _ plan: [PlannedAction]) {
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload(plan)
        daemon.settle()
    }

    @Test func `a reload changes nothing of what is known of an action that stays`() throws {
        var daemon = try Self.daemon()
        Self.reload(&daemon, Self.plan())
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.isEmpty)
    }

    /// Before the first touch is read, nothing is known, and a reload asks for the bytes as at the start.
    @Test func `a touch whose bytes are being read outlives a reload`() throws {
        var daemon = try Self.daemon(nil, readsContents: false)
        daemon.answerContents()
        try Self.touch(&daemon, Self.second)
        Self.reload(&daemon, Self.plan())
        daemon.answerContents()
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        // And what was read is known.
        daemon.readsContents = true
        try Self.touch(&daemon, Self.second)
        #expect(daemon.runs.count == 1)
    }

    @Test func `a touch from before the start is not lost where nothing is known of the bytes`()
        throws
    {
        var daemon = try Self.daemon()
        Self.reload(&daemon, [PlannedAction("/srv/a")])
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.kernel.advance(by: .seconds(1))
        daemon.contents[Self.path] = Self.second
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        daemon.readsContents = false
        daemon.restart(Self.plan())
        daemon.settle()
        daemon.answerContents()
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
    }

    @Test func `what is read for an action that is gone is nobody's`() throws {
        var daemon = try Self.daemon(readsContents: false)
        Self.reload(&daemon, [PlannedAction("/srv/b")])
        Self.reload(&daemon, [PlannedAction("/srv/b"), PlannedAction("/srv/a")])
        daemon.answerContents()
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        // It was not read for this one.
        Self.reload(&daemon, Self.plan())
        daemon.contents[Self.path] = nil
        daemon.answerContents()
        try Self.touch(&daemon, Self.first)
        daemon.answerContents()
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `the file of an action that is removed at once is not read`() throws {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        var daemon = SimulatedDaemon(kernel: kernel, plan: Self.plan())
        var isRead = false
        daemon.tell = { isRead = isRead || $0.contains("readContent") }
        daemon.reload([])
        daemon.settle()
        #expect(!isRead)
    }

    @Test func `bytes are not compared any more after a reload says so`() throws {
        var daemon = try Self.daemon(readsContents: false)
        daemon.answerContents()
        try Self.touch(&daemon, Self.second)
        Self.reload(&daemon, [PlannedAction("/srv/a")])
        daemon.answerContents()
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        // Nor are they kept for the time when they are.
        daemon.readsContents = true
        try Self.touch(&daemon, Self.first)
        #expect(daemon.runs.count == 2)
        Self.reload(&daemon, Self.plan())
        try Self.touch(&daemon, Self.second)
        #expect(daemon.runs.count == 3)
    }

    @Test func `an action whose bytes were about to be read is not asked about when it is gone`()
        throws
    {
        let alice = RunIdentity(name: "alice", user: 1000, group: 1000, groups: [])
        let plan = Self.plan()
        var guarded = plan[0].command
        guarded.reader = alice
        var other = PlannedAction("/srv/b")
        var timed = other.command
        timed.policy.timeout = .seconds(1)
        other.shared = Shared(timed)
        var daemon = try Self.daemon(readsContents: false)
        try daemon.kernel.close(try daemon.kernel.open(RawPath("/srv/b"), [.write, .create]))
        daemon.runDuration = nil
        daemon.manner.obeysSignals = true
        Self.reload(&daemon, [PlannedAction(path: Self.path, Shared(guarded)), other])
        daemon.readersMayRead = nil
        for path in [Self.path, RawPath("/srv/b")] {
            try daemon.kernel.setTimes(path, access: .now, modification: .now)
        }
        daemon.settle()
        #expect(daemon.runs.count == 1)
        Self.reload(&daemon, plan + [other])
        // Both in one turn of the loop: the files are read again before the bytes are.
        daemon.tick(.seconds(1))
        daemon.signal(.hangUp)
        daemon.engine.timePassed(at: daemon.clock)
        while !daemon.wantsActionFiles, daemon.step() {}
        daemon.reload([other])
        var asked = false
        daemon.tell = { asked = asked || $0.contains("readContent") }
        daemon.settle()
        #expect(!asked)
        // What else was to be done is done.
        #expect(daemon.runs[0].signals == [15])
    }

    // MARK: What is no regular file

    @Test func `what comes after a directory, or after nothing that counted, is other bytes`()
        throws
    {
        var touch = TouchPolicy()
        touch.compare = .content
        touch.on = [.touch, .delete]
        let plan = [PlannedAction("/srv/a", touch: touch)]
        for isDirectory in [true, false] {
            var daemon = try Self.daemon()
            if !isDirectory { Self.reload(&daemon, plan) }
            try daemon.kernel.unlink(Self.path)
            daemon.pass(.seconds(1))
            if isDirectory {
                try daemon.kernel.makeDirectory(Self.path)
                daemon.pass(.seconds(1))
                try daemon.kernel.removeDirectory(Self.path)
            }
            daemon.pass(.seconds(1))
            #expect(daemon.runs.count == 1)
            try daemon.kernel.close(try daemon.kernel.open(Self.path, [.write, .create]))
            daemon.pass(.seconds(1))
            #expect(daemon.runs.count == 2)
        }
    }

    @Test func `a file that is removed and made anew with the same bytes was not touched`() throws {
        var daemon = try Self.daemon()
        try daemon.kernel.unlink(Self.path)
        daemon.pass(.seconds(1))
        try daemon.kernel.close(try daemon.kernel.open(Self.path, [.write, .create]))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
    }

    /// What is written so soon after that no time shows it may have been read already.
    @Test(arguments: [
        (FileSystemPolicy.ext2, Duration.milliseconds(1400), 1), (.ext2, .seconds(3), 0),
        (.ext4BeforeMultigrain, .milliseconds(15), 1), (.ext4, .milliseconds(30), 0),
    ])
    func `a file has to be older than its times can tell`(
        policy: FileSystemPolicy, age: Duration, runs: Int
    ) throws {
        var kernel = SimulatedKernel(root: policy)
        kernel.advance(by: .milliseconds(500))
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(Self.path, [.write, .create]))
        kernel.advance(by: age)
        var daemon = SimulatedDaemon(kernel: kernel, plan: Self.plan())
        daemon.runDuration = .milliseconds(1)
        daemon.contents[Self.path] = Self.first
        daemon.settle()
        daemon.pass(.seconds(5))
        try Self.touch(&daemon, Self.first)
        daemon.pass(.seconds(20))
        #expect(daemon.runs.count == runs)
    }
}
