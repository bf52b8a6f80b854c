import Testing
@testable import TouchmonTestSupport

@testable import TouchmonCore

/// What `status` is told of each action, on a simulated clock.
@Suite struct StatusTests {
    private static func daemon(_ plan: [PlannedAction]) throws -> SimulatedDaemon {
        var kernel = SimulatedKernel()
        try kernel.makeDirectory(RawPath("/srv"))
        try kernel.makeDirectory(RawPath("/srv/t"))
        for name in 0..<5 {
            try kernel.close(try kernel.open(RawPath("/srv/\(name)"), [.write, .create]))
        }
        kernel.advance(by: .seconds(3600))
        var daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.settle()
        return daemon
    }

    private static func plan(_ names: some Sequence<Int>) -> [PlannedAction] {
        names.map { PlannedAction("/srv/\($0)") }
    }

    /// The paths of all pages of so many rows.
    private static func pages(_ daemon: SimulatedDaemon, of count: Int) -> [[String]] {
        var pages: [[String]] = []
        var place: Int? = 0
        while let from = place {
            let (rows, next) = daemon.engine.status(from: from, atMost: count, calendar: 0)
            pages.append(rows.map { String(decoding: $0.path.bytes, as: UTF8.self) })
            place = next
        }
        return pages
    }

    @Test func `all actions, some at a time, and none that is gone`() throws {
        var daemon = try Self.daemon(Self.plan(0..<5))
        #expect(Self.pages(daemon, of: 100).map(\.count) == [5])
        #expect(Self.pages(daemon, of: 2).map(\.count) == [2, 2, 1])
        // With the last row there is nothing more to come.
        #expect(Self.pages(daemon, of: 5).map(\.count) == [5])
        daemon.reload(Self.plan([0, 3, 4]))
        daemon.settle()
        #expect(
            Self.pages(daemon, of: 2).flatMap { $0 }.sorted() == ["/srv/0", "/srv/3", "/srv/4"])
        #expect(daemon.engine.status(from: -3, atMost: 9, calendar: 0).rows.count == 3)
        #expect(daemon.engine.status(from: 99, atMost: 9, calendar: 0).rows.isEmpty)
    }

    @Test func `files of a tree have no rows, and their runs are the tree's`() throws {
        var daemon = try Self.daemon([try .tree("/srv/t/", each: .file), PlannedAction("/srv/0")])
        func row() throws -> StatusRow {
            try #require(daemon.engine.status(of: RawPath("/srv/t"), calendar: 0))
        }
        #expect(try row().state == .idle && row().mechanism == "inotify")
        for name in ["a", "b"] { try TreeTests.write("/srv/t/\(name)", &daemon.kernel) }
        daemon.settle()
        #expect(try row().state == .running)
        #expect(try row().runs == [RunNumber(1), RunNumber(2)])
        #expect(Self.pages(daemon, of: 9) == [["/srv/t/", "/srv/0"]])
        let rows = daemon.engine.status(from: 0, atMost: 9, calendar: 0).rows
        #expect(rows.map(\.runs) == [[RunNumber(1), RunNumber(2)], []])
    }

    @Test func `what an action does, the most important thing`() throws {
        let path = RawPath("/srv/0")
        var policy = RunPolicy()
        policy.rateLimit = RateLimit(runs: 1, per: .seconds(60))
        var daemon = try Self.daemon([
            PlannedAction("/srv/0", settle: SettlePolicy(quiet: .seconds(1)), policy: policy)
        ])
        daemon.runDuration = .seconds(1)
        func state() -> StatusRow.State? { daemon.engine.status(of: path, calendar: 0)?.state }
        func touch() throws {
            try daemon.kernel.setTimes(path, access: .now, modification: .now)
            daemon.settle()
        }
        #expect(state() == .idle)
        try touch()
        #expect(state() == .settling)
        daemon.pass(.seconds(1))
        #expect(state() == .running)
        try touch()
        daemon.pass(.seconds(2))
        #expect(state() == .waiting)
        try daemon.engine.pause(
            Pause(
                path: path, since: daemon.clock, until: daemon.clock.advanced(by: .seconds(9)),
                user: 0), at: daemon.clock)
        #expect(state() == .paused)
        let row = try #require(daemon.engine.status(of: path, calendar: 1000))
        let pause = try #require(row.pause)
        #expect(pause.since == daemon.clock.nanoseconds + 1000)
        #expect(pause.until == pause.since + 9_000_000_000)
        #expect(daemon.engine.status(of: RawPath("/srv/4"), calendar: 0) == nil)
    }

    @Test func `a file of a tree that is still to become quiet`() throws {
        var daemon = try Self.daemon([
            try .tree("/srv/t/", each: .file, settle: SettlePolicy(quiet: .seconds(1)))
        ])
        try TreeTests.write("/srv/t/a", &daemon.kernel)
        daemon.settle()
        let row = daemon.engine.status(of: RawPath("/srv/t/"), calendar: 0)
        #expect(row?.state == .settling)
    }

    @Test func `how each path is watched`() throws {
        let daemon = try Self.daemon([
            PlannedAction("/srv/0"), PlannedAction("/srv/1", poll: .seconds(5)),
            try .tree("/srv/t/", poll: .seconds(5)),
        ])
        let rows = daemon.engine.status(from: 0, atMost: 9, calendar: 0).rows
        #expect(rows.map(\.mechanism) == ["inotify", "poll", "poll"])
        #expect(rows.map(\.unreadable) == [0, 0, 0])
    }

    @Test func `directories that may not be read are counted`() throws {
        var daemon = try Self.daemon([try .tree("/srv/t/")])
        daemon.kernel.faults.fail(.addWatch, .forever, with: .permissionDenied)
        for name in ["a", "b"] { try daemon.kernel.makeDirectory(RawPath("/srv/t/\(name)")) }
        daemon.pass(.seconds(1))
        #expect(daemon.engine.status(of: RawPath("/srv/t/"), calendar: 0)?.unreadable == 2)
    }

    /// What the ledger has of a touch that led to no run is a word for people, too.
    @Test func `what refused a touch has words`() {
        let refusals: [LedgerChange.Refusal.Reason] = [.reader, .toucher]
        #expect(refusals.map(\.word) == ["reader", "toucher"])
        #expect(Set(refusals.map { ControlText.reason($0.word) }).count == 2)
    }
}
