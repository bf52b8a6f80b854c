import Testing
import TouchmonCore
import TouchmonTestSupport

/// Who touched: recorded, told to the run, and what guards an action.
@Suite struct ToucherTests {
    private static let path = RawPath("/srv/a")
    private static let alice = Toucher(process: 10, user: 1, group: 1, name: "alice")
    private static let bob = Toucher(process: 20, user: 2, group: 2, groups: [3, 4])

    private static func plan(
        _ guardian: ToucherGuard? = nil, own: OwnChangesPolicy = .run, settle: Duration = .zero
    ) -> [PlannedAction] {
        var touch = TouchPolicy()
        touch.ownChanges = own
        return [
            PlannedAction(
                "/srv/a", settle: SettlePolicy(quiet: settle), touch: touch, guardian: guardian)
        ]
    }

    private static func daemon(
        _ plan: [PlannedAction], tellsTouchers: Bool = true
    ) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan, tellsTouchers: tellsTouchers)
        daemon.settle()
        return daemon
    }

    private static func touch(_ daemon: inout SimulatedDaemon, by touchers: [Toucher]) throws {
        daemon.kernel.advance(by: .milliseconds(1))
        daemon.touchers[path] = touchers
        try daemon.kernel.setTimes(path, access: .now, modification: .now)
        daemon.settle()
    }

    private static func variables(_ run: SimulatedDaemon.Run) -> [String?] {
        ["PID", "UID", "USER"].map { name in
            run.variable("TOUCHMON_TOUCHED_BY_\(name)").map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `the run is told, the log and the ledger`() throws {
        var daemon = try Self.daemon(Self.plan())
        try Self.touch(&daemon, by: [Self.alice])
        #expect(Self.variables(daemon.runs[0]) == ["10", "1", "alice"])
        #expect(daemon.logs.contains(.touched(Self.path, by: Self.alice)))
        daemon.end(RunNumber(1))
        daemon.pass(.seconds(10))
        #expect(daemon.state.history[RunNumber(1)]?.toucher?.user == 1)
        #expect(daemon.state.history[RunNumber(1)]?.toucher?.process == 10)
        // One whom the user database does not know, and nobody.
        try Self.touch(&daemon, by: [Self.bob])
        daemon.end(RunNumber(2))
        daemon.settle()
        try Self.touch(&daemon, by: [])
        #expect(daemon.runs.map(Self.variables)[1...] == [["20", "2", nil], [nil, nil, nil]])
    }

    @Test func `what the journal says of who touched outlives the daemon`() throws {
        var daemon = try Self.daemon(Self.plan())
        daemon.pass(.seconds(10))
        try Self.touch(&daemon, by: [Self.alice])
        daemon.crash()
        daemon.restart(Self.plan())
        daemon.settle()
        daemon.end(RunNumber(1))
        daemon.pass(.seconds(10))
        #expect(daemon.state.history[RunNumber(1)]?.toucher?.user == 1)
    }

    @Test func `the last one before a run that waits, or settles`() throws {
        var daemon = try Self.daemon(Self.plan(settle: .seconds(1)))
        try Self.touch(&daemon, by: [Self.bob])
        try Self.touch(&daemon, by: [Self.alice])
        daemon.pass(.seconds(1))
        #expect(Self.variables(daemon.runs[0])[0] == "10")
        try Self.touch(&daemon, by: [Self.alice])
        daemon.pass(.seconds(1))
        try Self.touch(&daemon, by: [Self.bob])
        daemon.pass(.seconds(1))
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(Self.variables(daemon.runs[1])[0] == "20")
    }

    @Test(arguments: [
        (ToucherGuard(users: [1]), [true, false]), (ToucherGuard(groups: [2]), [false, true]),
        (ToucherGuard(groups: [4]), [false, true]),
        (ToucherGuard(users: [7], groups: [1, 3]), [true, true]),
    ])
    func `touched_by: only these`(guardian: ToucherGuard, counts: [Bool]) throws {
        for (toucher, count) in zip([Self.alice, Self.bob], counts) {
            var daemon = try Self.daemon(Self.plan(guardian))
            try Self.touch(&daemon, by: [toucher])
            #expect(daemon.runs.count == (count ? 1 : 0))
            #expect(daemon.logs.contains(.toucherRefused(Self.path, by: toucher)) == !count)
        }
    }

    @Test func `touched_by: one of several is enough`() throws {
        var daemon = try Self.daemon(Self.plan(ToucherGuard(users: [1])))
        try Self.touch(&daemon, by: [Self.bob, Self.alice])
        #expect(daemon.runs.map { Self.variables($0)[0] } == ["10"])
    }

    @Test func `touched_by: nobody knows, asked twice`() throws {
        var daemon = try Self.daemon(Self.plan(ToucherGuard(users: [1])))
        try Self.touch(&daemon, by: [])
        #expect(!daemon.logs.contains(.toucherRefused(Self.path, by: nil)))
        daemon.pass(.milliseconds(5))
        #expect(daemon.logs.contains(.toucherRefused(Self.path, by: nil)))
        // The kernel may say so a moment later.
        try Self.touch(&daemon, by: [])
        daemon.touchers[Self.path] = [Self.alice]
        daemon.pass(.milliseconds(5))
        #expect(daemon.runs.count == 1)
    }

    @Test func `touched_by: what came before the start is nobody's`() throws {
        var daemon = try Self.daemon(Self.plan(ToucherGuard(users: [1])))
        daemon.pass(.seconds(5))
        daemon.crash()
        try daemon.kernel.setTimes(Self.path, access: .now, modification: .now)
        daemon.restart(Self.plan(ToucherGuard(users: [1])))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.contains(.toucherRefused(Self.path, by: nil)))
        // Refused once, and not by every daemon again.
        daemon.pass(.seconds(5))
        #expect(daemon.state.refusals.map(\.reason) == [.toucher])
        daemon.crash()
        daemon.restart(Self.plan(ToucherGuard(users: [1])))
        daemon.pass(.seconds(1))
        #expect(daemon.logs.count { $0 == .toucherRefused(Self.path, by: nil) } == 1)
    }

    @Test func `touched_by: where the kernel tells nobody, nothing runs`() throws {
        var daemon = try Self.daemon(Self.plan(ToucherGuard(users: [1])), tellsTouchers: false)
        try Self.touch(&daemon, by: [Self.alice])
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.contains(.toucherRefused(Self.path, by: nil)))
    }

    @Test func `touched_by: who only looked, or changed nothing that counts, has not touched`()
        throws
    {
        var daemon = try Self.daemon(Self.plan(ToucherGuard(users: [1])))
        daemon.tellsNumbers = true
        try daemon.kernel.unlink(Self.path)
        try daemon.kernel.close(try daemon.kernel.open(Self.path, [.write, .create]))
        daemon.pass(.milliseconds(1))
        let refused = daemon.logs.count { $0 == .toucherRefused(Self.path, by: nil) }
        daemon.hear(Self.alice)
        try daemon.kernel.setMode(Self.path, to: 0o600)
        daemon.settle()
        try Self.touch(&daemon, by: [Self.bob])
        #expect(daemon.runs.isEmpty)
        #expect(daemon.logs.count { $0 == .toucherRefused(Self.path, by: Self.bob) } == 1)
        #expect(refused <= 1)
    }

    // MARK: own_changes

    /// A process of the session of the run with this number.
    private static func own(_ run: Int32) -> Toucher {
        Toucher(process: 5000, user: 1000, group: 1000, session: 1000 + run)
    }

    @Test func `own_changes: a run's own touches lead to none`() throws {
        var daemon = try Self.daemon(Self.plan(own: .ignore))
        try Self.touch(&daemon, by: [Self.alice])
        try Self.touch(&daemon, by: [Self.own(1)])
        #expect(daemon.logs.last == .ownChange(Self.path, by: Self.own(1)))
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.count == 1)
        // Heard of a moment after its end.
        try Self.touch(&daemon, by: [Self.own(1)])
        #expect(daemon.runs.count == 1)
        // Nor does the next daemon make good for it.
        daemon.pass(.seconds(5))
        daemon.crash()
        daemon.restart(Self.plan(own: .ignore))
        daemon.pass(.seconds(1))
        #expect(daemon.runs.count == 1)
        // Long after, it is somebody else's session.
        daemon.pass(.seconds(2))
        try Self.touch(&daemon, by: [Self.own(1)])
        #expect(daemon.runs.count == 2)
    }

    @Test func `own_changes: of several touches the others' count`() throws {
        var daemon = try Self.daemon(Self.plan(own: .ignore))
        try Self.touch(&daemon, by: [Self.alice])
        try Self.touch(&daemon, by: [Self.own(1), Self.bob])
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.map { Self.variables($0)[0] } == ["10", "20"])
    }

    @Test func `own_changes: the allowed among the others count`() throws {
        var daemon = try Self.daemon(Self.plan(ToucherGuard(users: [1, 1000]), own: .ignore))
        try Self.touch(&daemon, by: [Self.alice])
        try Self.touch(&daemon, by: [Self.own(1), Self.bob])
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.count == 1)
    }

    @Test func `own_changes: who is not known is not one's own`() throws {
        var daemon = try Self.daemon(Self.plan(own: .ignore))
        try Self.touch(&daemon, by: [])
        daemon.pass(.milliseconds(10))
        #expect(daemon.runs.count == 1)
    }

    @Test func `own_changes: without that word they run`() throws {
        var daemon = try Self.daemon(Self.plan())
        try Self.touch(&daemon, by: [Self.alice])
        try Self.touch(&daemon, by: [Self.own(1)])
        daemon.end(RunNumber(1))
        daemon.settle()
        #expect(daemon.runs.count == 2)
    }

    @Test func `an action that is removed asks nobody any more`() throws {
        var daemon = try Self.daemon(Self.plan(ToucherGuard(users: [1])))
        try Self.touch(&daemon, by: [])
        daemon.signal(.hangUp)
        daemon.settle()
        daemon.reload([PlannedAction("/srv/b")])
        daemon.pass(.seconds(1))
        #expect(daemon.runs.isEmpty)
    }

    // MARK: Files that the kernel tells the numbers of

    /// A daemon that knows the number of the file.
    private static func numbered(_ plan: [PlannedAction]) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.close(try kernel.open(path, [.write, .create]))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan, tellsTouchers: true)
        daemon.tellsNumbers = true
        daemon.settle()
        return daemon
    }

    @Test func `touched_by: who is known already is not asked for`() throws {
        for (toucher, count) in [(Self.alice, 1), (Self.bob, 0)] {
            var daemon = try Self.numbered(Self.plan(ToucherGuard(users: [1])))
            var asked = false
            daemon.tell = { asked = asked || $0.contains("findToucher") }
            daemon.hear(toucher)
            try Self.touch(&daemon, by: [])
            #expect(!asked)
            #expect(daemon.runs.count == count)
            #expect(daemon.logs.contains(.toucherRefused(Self.path, by: toucher)) == (count == 0))
        }
    }

    @Test func `who writes is known until the file is closed`() throws {
        var daemon = try Self.numbered(Self.plan(ToucherGuard(users: [1])))
        let file = try daemon.kernel.open(Self.path, [.write])
        daemon.hear(Self.alice)
        try daemon.kernel.write(file, count: 3)
        daemon.settle()
        try daemon.kernel.setMode(Self.path, to: 0o600)
        daemon.settle()
        #expect(daemon.runs.isEmpty)
        try daemon.kernel.close(file)
        daemon.settle()
        #expect(daemon.runs.map { Self.variables($0)[0] } == ["10"])
    }

    @Test func `own_changes: the sessions of several runs are known`() throws {
        var daemon = try Self.daemon(Self.plan(own: .ignore))
        for run in UInt64(1)...3 {
            try Self.touch(&daemon, by: [Self.alice])
            daemon.end(RunNumber(run))
            daemon.settle()
            if run == 2 { daemon.pass(.milliseconds(1500)) }
        }
        #expect(daemon.runs.count == 3)
        daemon.pass(.milliseconds(600))
        // The first two are over for too long, the third is not.
        try Self.touch(&daemon, by: [Self.own(3)])
        #expect(daemon.runs.count == 3)
        try Self.touch(&daemon, by: [Self.own(2)])
        #expect(daemon.runs.count == 4)
        daemon.end(RunNumber(4))
        daemon.settle()
        try Self.touch(&daemon, by: [Self.own(3)])
        try Self.touch(&daemon, by: [Self.own(4)])
        #expect(daemon.runs.count == 4)
    }

    @Test func `who is asked for again is not kept waiting by bytes that are being read`() throws {
        var touch = TouchPolicy()
        touch.compare = .content
        let plan =
            Self.plan(ToucherGuard(users: [1])) + [PlannedAction("/srv/b", touch: touch)]
        var daemon = try Self.daemon(plan)
        daemon.readsContents = false
        try daemon.kernel.close(try daemon.kernel.open(RawPath("/srv/b"), [.write, .create]))
        try Self.touch(&daemon, by: [])
        daemon.touchers[Self.path] = [Self.alice]
        daemon.pass(.milliseconds(5))
        #expect(daemon.runs.map(\.path) == [Self.path])
        daemon.answerContents()
        daemon.settle()
        #expect(daemon.runs.map(\.path) == [Self.path, RawPath("/srv/b")])
    }
}
