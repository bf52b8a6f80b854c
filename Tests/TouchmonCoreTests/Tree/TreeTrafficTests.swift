import Testing

@testable import TouchmonCore
@testable import TouchmonTestSupport

/// When the queue of whole file systems is waited for, and when what is nobody's gathers in it.
@Suite struct TreeTrafficTests {
    private static func at(_ microseconds: Int64) -> Instant {
        Instant(nanoseconds: 1_000_000_000 + microseconds * 1000)
    }

    /// Reads of some events each, so many microseconds apart from a time on; nobody's unless said.
    private static func read(
        _ traffic: inout TreeTraffic, _ times: [Int64], events: Int = 1, isNobodys: Bool = true,
        isEmptied: Bool = true
    ) -> [Bool] {
        times.map { time in
            for _ in 0..<events { traffic.heard(isNobodys: isNobodys) }
            let rests = traffic.read(isEmptied: isEmptied, at: at(time))
            if rests { traffic.rest(at: at(time)) }
            return rests
        }
    }

    private static func resting() -> TreeTraffic {
        var traffic = TreeTraffic()
        _ = read(&traffic, Array(0..<8))
        return traffic
    }

    @Test
    func `the eighth read in a row that is nobody's begins a rest of less than a millisecond`() {
        var traffic = TreeTraffic()
        let rests = Self.read(&traffic, [0, 300, 600, 900, 1200, 1500, 1800, 2100])
        #expect(rests == [Bool](repeating: false, count: 7) + [true])
        #expect(traffic.restsUntil == Self.at(3000))
    }

    @Test func `reads that are far from each other begin none`() {
        var traffic = TreeTraffic()
        #expect(!Self.read(&traffic, (0..<64).map { $0 * 1200 }).contains(true))
        // Eight of them in no more than eight milliseconds.
        #expect(Self.read(&traffic, (64..<72).map { $0 * 1140 }).last == true)
    }

    @Test func `one that is somebody's begins the row anew`() {
        var traffic = TreeTraffic()
        _ = Self.read(&traffic, Array(0..<7))
        #expect(Self.read(&traffic, [8], isNobodys: false) == [false])
        #expect(Self.read(&traffic, Array(9..<17)) == [Bool](repeating: false, count: 7) + [true])
    }

    @Test func `a rest is followed by the next as long as something comes that is nobody's`() {
        var traffic = Self.resting()
        #expect(Self.read(&traffic, [910, 1830, 2740], events: 5) == [true, true, true])
        #expect(traffic.restsUntil == Self.at(3640))
    }

    @Test func `nothing, something of a tree, or more than one read takes ends it`() {
        for (events, isNobodys, isEmptied) in [(0, true, true), (1, false, true), (1, true, false)]
        {
            var traffic = Self.resting()
            #expect(traffic.restsUntil != nil)
            let rests = Self.read(
                &traffic, [910], events: events, isNobodys: isNobodys, isEmptied: isEmptied)
            #expect(rests == [false] && traffic.restsUntil == nil)
            #expect(Self.read(&traffic, Array(920..<927)).contains(true) == false)
        }
    }

    @Test func `what was read for a run meanwhile counts at its end`() {
        var traffic = Self.resting()
        traffic.heard(isNobodys: false)
        #expect(Self.read(&traffic, [910]) == [false])
    }

    /// Hears of a directory that is no tree's until the queue is not waited for, or so often.
    private static func rests(_ actions: [PlannedAction]) throws -> Bool {
        var daemon = try TreeTests.daemon(actions, marks: true, directories: ["/out"])
        for number in 0..<8 {
            try TreeTests.write("/out/\(number)", &daemon.kernel)
            daemon.settle()
            daemon.engine.marksRead(isEmptied: true, at: daemon.clock)
        }
        return daemon.engine.trees.traffic.restsUntil != nil
    }

    @Test func `where it decides who touched, nothing gathers`() throws {
        #expect(try Self.rests([.tree("/srv/")]))
        var touch = TouchPolicy.standard
        touch.ownChanges = .ignore
        #expect(try !Self.rests([.tree("/srv/", touch: touch)]))
        #expect(try !Self.rests([.tree("/srv/"), .tree("/var/", touch: touch)]))
    }

    @Test func `only what has consequences is somebody's`() throws {
        var daemon = try TreeTests.daemon(
            [.tree("/srv/*.csv")], marks: true, directories: ["/srv/d"])
        func rests(_ change: (inout SimulatedKernel) throws -> Void) rethrows -> Bool {
            daemon.engine.trees.traffic = Self.resting()
            try change(&daemon.kernel)
            daemon.settle()
            daemon.engine.marksRead(isEmptied: true, at: daemon.clock)
            return daemon.engine.trees.traffic.restsUntil != nil
        }
        let unselected = try rests { try TreeTests.write("/srv/a.txt", &$0) }
        let selected = try rests { try TreeTests.write("/srv/a.csv", &$0) }
        let directory = try rests { try $0.makeDirectory(RawPath("/srv/e")) }
        #expect(unselected && !selected && !directory)
        daemon.kernel.queueLimit = 0
        let lost = try rests { try TreeTests.write("/srv/b.txt", &$0) }
        #expect(!lost)
    }
}
