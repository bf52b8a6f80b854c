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
        #expect(bytes.count <= HandledState.mostBytes)
    }
}
