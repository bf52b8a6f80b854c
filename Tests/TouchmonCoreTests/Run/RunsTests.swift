import Testing

@testable import TouchmonCore

@Suite struct RunsTests {
    private static let now = Instant(nanoseconds: 0)
    private static let (a, b) = (ActionID(0), ActionID(1))

    private static func due(_ seconds: Int64 = 0) -> Runs.Due {
        Runs.Due(reason: .touch, modified: FileTime(seconds: seconds))
    }

    /// Starts all that can start, draining the queue as the engine would, and returns the numbers.
    private static func start(_ runs: inout Runs) -> [UInt64] {
        var numbers: [UInt64] = []
        while true {
            if let run = runs.takeStart(at: now) {
                numbers.append(run.number.value)
            } else if runs.needsDrain() {
                runs.eventsDrained()
            } else {
                return numbers
            }
        }
    }

    @Test func `a run starts only after the queue was drained`() throws {
        var runs = Runs()
        #expect(runs.needsDrain() == false)
        runs.request(Self.a, Self.due(7))
        #expect(runs.isWaiting(Self.a))
        #expect(runs.takeStart(at: Self.now) == nil)
        #expect(runs.needsDrain() == true)
        runs.eventsDrained()
        let start = runs.takeStart(at: Self.now)
        let run = try #require(start)
        #expect(run.number == RunNumber(1))
        #expect(run.action == Self.a)
        #expect(run.due == Self.due(7))
        #expect(runs.isBusy(Self.a))
        #expect(!runs.isWaiting(Self.a))
        #expect(runs.needsDrain() == false)
    }

    @Test func `touches before the start are one run, with the last one's time`() throws {
        var runs = Runs()
        runs.request(Self.a, Self.due(1))
        runs.request(Self.a, Self.due(2))
        runs.eventsDrained()
        runs.request(Self.a, Self.due(3))
        let start = runs.takeStart(at: Self.now)
        let due = try #require(start).due
        #expect(due.modified == FileTime(seconds: 3))
        #expect(runs.takeStart(at: Self.now) == nil)
        #expect(runs.waitingCount == 0)
    }

    @Test func `a thousand touches of a busy action are one more run`() throws {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [1])
        for _ in 0..<1000 {
            runs.request(Self.a, Self.due())
            #expect(Self.start(&runs).isEmpty)
        }
        #expect(runs.waitingCount == 1)
        #expect(runs.ended(RunNumber(1))?.action == Self.a)
        // Events that came before the end have to be heard first: they are the same run's.
        #expect(runs.takeStart(at: Self.now) == nil)
        #expect(Self.start(&runs) == [2])
        #expect(runs.ended(RunNumber(2)) != nil)
        #expect(Self.start(&runs).isEmpty)
        #expect(!runs.hasActiveRuns)
    }

    @Test func `different actions run side by side, in the order of their touches`() {
        var runs = Runs()
        runs.request(Self.b, Self.due())
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [1, 2])
        #expect(runs.activeRuns.map(\.action) == [Self.b, Self.a])
    }

    @Test func `an action that was removed does not start, and its run goes on`() {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [1])
        runs.request(Self.a, Self.due())
        runs.request(Self.b, Self.due())
        runs.remove(Self.a)
        #expect(Self.start(&runs) == [2])
        #expect(runs.isBusy(Self.a))
        #expect(runs.ended(RunNumber(1)) != nil)
        #expect(Self.start(&runs).isEmpty)
    }

    @Test func `one that was removed and is due again starts once`() {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        runs.remove(Self.a)
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [1])
        #expect(runs.ended(RunNumber(1)) != nil)
        #expect(Self.start(&runs).isEmpty)
    }

    @Test func `nothing starts while stopping, and what waits is counted`() {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        runs.isStopping = true
        #expect(runs.needsDrain() == false)
        runs.eventsDrained()
        #expect(runs.takeStart(at: Self.now) == nil)
        #expect(runs.waitingCount == 1)
    }

    @Test func `numbers go on from the last`() {
        var runs = Runs(lastNumber: RunNumber(41))
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [42])
    }

    @Test func `the process is known once it was made, and a run ends once`() {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [1])
        #expect(runs.run(RunNumber(1))?.process == nil)
        runs.made(RunNumber(1), process: 4711)
        #expect(runs.run(RunNumber(1))?.process == 4711)
        #expect(runs.ended(RunNumber(1)) != nil)
        #expect(runs.ended(RunNumber(1)) == nil)
        #expect(runs.run(RunNumber(1)) == nil)
    }
}
