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

    @Test func `a run that waited for another needs the queue to be read after its end`() throws {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [1])
        runs.request(Self.a, Self.due())
        runs.eventsDrained()
        #expect(runs.needsDrain() == false)
        _ = runs.ended(RunNumber(1))
        #expect(runs.takeStart(at: Self.now) == nil)
        #expect(runs.needsDrain() == true)
        #expect(Self.start(&runs) == [2])
    }

    @Test func `an action that was removed and came back runs once at a time`() {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        runs.remove(Self.a)
        #expect(runs.needsDrain() == false)
        runs.request(Self.a, Self.due())
        runs.remove(Self.a)
        runs.request(Self.a, Self.due())
        runs.eventsDrained()
        let start = runs.takeStart(at: Self.now)
        #expect(start?.number == RunNumber(1))
        runs.request(Self.a, Self.due())
        runs.eventsDrained()
        #expect(runs.takeStart(at: Self.now) == nil)
        _ = runs.ended(RunNumber(1))
        #expect(Self.start(&runs) == [2])
    }

    @Test func `an action that may have more runs than one changes nothing for the others`() {
        var runs = Runs()
        var policy = RunPolicy()
        policy.busy = .parallel
        policy.maxParallel = 2
        runs.setPolicy(Self.a, policy)
        for action in [Self.a, Self.b, Self.a, Self.b] {
            runs.request(action, Self.due())
            _ = Self.start(&runs)
        }
        #expect(runs.activeRuns.map(\.action) == [Self.a, Self.b, Self.a])
    }

    @Test func `what is paused with its tree goes on with it, in the order of the places`() {
        var runs = Runs()
        let tree = ActionID(5), files = [ActionID(9), ActionID(7), ActionID(8)]
        #expect(runs.resume(tree) == [])
        for file in files { runs.join(file, to: tree) }
        runs.pause(tree)
        for file in files + [Self.a] { runs.request(file, Self.due()) }
        #expect((files + [tree]).allSatisfy(runs.isPaused) && !runs.isPaused(Self.a))
        #expect(Self.start(&runs) == [1])
        #expect(runs.activeRuns.map(\.action) == [Self.a])
        #expect(runs.resume(tree) == [ActionID(7), ActionID(8), ActionID(9)])
        #expect(Self.start(&runs) == [2, 3, 4])
        #expect(runs.resume(tree) == [])
    }

    // MARK: Runs that are put off

    private static func at(_ seconds: Int64) -> Instant {
        Instant(nanoseconds: seconds * 1_000_000_000)
    }

    @Test func `a run that is put off is due again, later each time, until one starts`() {
        var runs = Runs()
        runs.request(Self.a, Self.due(7))
        #expect(Self.start(&runs) == [1])
        #expect(runs.postpone(RunNumber(1), at: Self.at(0)) == .seconds(1))
        #expect(runs.isHeldBack(Self.a) && runs.isWaiting(Self.a) && !runs.isBusy(Self.a))
        #expect(runs.deadline == Self.at(1))
        // Further touches wait with it.
        runs.request(Self.a, Self.due(8))
        runs.timePassed(at: Self.now)
        #expect(Self.start(&runs).isEmpty)
        runs.eventsDrained()
        runs.timePassed(at: Self.at(1))
        #expect(!runs.isHeldBack(Self.a))
        #expect(runs.deadline == nil)
        #expect(runs.takeStart(at: Self.at(1)) == nil, "the queue was not read since")
        #expect(Self.start(&runs) == [2])
        #expect(runs.run(RunNumber(2))?.due.modified == FileTime(seconds: 8))
        #expect(runs.postpone(RunNumber(2), at: Self.at(1)) == nil, "it is said once")
        #expect(runs.deadline == Self.at(3))
        runs.timePassed(at: Self.at(3))
        #expect(Self.start(&runs) == [3])
        runs.started(RunNumber(3))
        _ = runs.ended(RunNumber(3))
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [4])
        #expect(runs.postpone(RunNumber(4), at: Self.at(4)) == .seconds(1), "from the beginning")
    }

    @Test func `another action's start does not help one that is put off`() {
        var runs = Runs()
        for action in [Self.a, Self.b] { runs.request(action, Self.due()) }
        #expect(Self.start(&runs) == [1, 2])
        _ = runs.postpone(RunNumber(1), at: Self.at(0))
        runs.started(RunNumber(2))
        #expect(runs.isHeldBack(Self.a))
        #expect(runs.deadline == Self.at(1))
    }

    @Test func `what was put off is forgotten with its action`() {
        var runs = Runs()
        runs.request(Self.a, Self.due())
        #expect(Self.start(&runs) == [1])
        _ = runs.postpone(RunNumber(1), at: Self.at(0))
        runs.remove(Self.a)
        #expect(runs.deadline == nil && runs.waitingCount == 0)
        runs.request(Self.a, Self.due())
        #expect(!runs.isHeldBack(Self.a))
        #expect(Self.start(&runs) == [2])
    }

    @Test func `a run that nobody began can't be put off`() {
        var runs = Runs()
        let wait = runs.postpone(RunNumber(9), at: Self.now)
        #expect(wait == nil)
        #expect(runs.waitingCount == 0 && runs.deadline == nil)
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
