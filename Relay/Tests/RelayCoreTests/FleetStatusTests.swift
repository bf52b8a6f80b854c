import RelayCore
import Testing

@Suite struct FleetStatusTests {
    private let key: TouchKey

    init() throws { key = try TouchKey("web/deploy") }

    private func said(
        _ host: String, _ revision: Int64, _ state: Outcome.State, status: Int? = nil,
        attempt: Int = 1, elected: Bool = false
    ) throws -> Outcome {
        var outcome = Outcome(
            host: try HostName(host), revision: revision, state: state, attempt: attempt,
            elected: elected)
        outcome.status = status
        return outcome
    }

    private func fleet(
        _ outcomes: [Outcome], alive: [String]? = nil, revision: Int64? = 7,
        _ expectation: FleetStatus.Expectation = .init()
    ) throws -> FleetStatus {
        var all: [HostName: Outcome?] = [:]
        for outcome in outcomes { all[try HostName(outcome.host)] = .some(outcome) }
        let alive = try (alive ?? outcomes.map(\.host)).map { try HostName($0) }
        return FleetStatus(
            key: key, revision: revision, outcomes: all, alive: Set(alive), expectation: expectation
        )
    }

    @Test func allHaveEnded() throws {
        let fleet = try fleet([
            try said("a", 7, .ended, status: 0), try said("b", 7, .ended, status: 0),
        ])
        #expect(fleet.isSettled && fleet.succeeded)
        #expect(fleet.rows.map(\.state) == ["ended", "ended"])
    }

    @Test(arguments: [Outcome.State.failedToStart, .heldBack, .interrupted, .noRun])
    func oneHasFailed(_ state: Outcome.State) throws {
        let fleet = try fleet([try said("a", 7, .ended, status: 0), try said("b", 7, state)])
        #expect(fleet.isSettled && !fleet.succeeded)
    }

    @Test func statesOfWhoHasNotEnded() throws {
        let fleet = try fleet(
            [
                try said("behind", 6, .ended, status: 0), try said("gone", 6, .ended, status: 0),
                try said("new", 7, .following), try said("runs", 7, .running),
                try said("dead", 7, .running), try said("waits", 7, .waiting),
            ], alive: ["behind", "new", "runs", "waits"])
        let states = Dictionary(uniqueKeysWithValues: fleet.rows.map { ($0.host, $0.state) })
        #expect(
            states == [
                "behind": "behind", "gone": "silent", "new": "following", "runs": "running",
                "dead": "silent", "waits": "waiting",
            ])
        #expect(!fleet.isSettled)
    }

    @Test func whoFallsSilentWhileItRunsHasFailed() throws {
        let outcomes = [try said("a", 7, .ended, status: 0), try said("b", 7, .running)]
        #expect(try !fleet(outcomes).isSettled)
        let later = try fleet(outcomes, alive: ["a"])
        #expect(later.isSettled && !later.succeeded)
    }

    @Test func whoJoinedLaterIsNotWaitedFor() throws {
        let fleet = try fleet([try said("a", 7, .ended, status: 0), try said("new", 7, .following)])
        #expect(fleet.isSettled && fleet.succeeded)
    }

    @Test func nobodyHasSaidAnything() throws {
        #expect(try !fleet([]).isSettled)
        #expect(try !fleet([], revision: nil).isSettled)
        #expect(
            try fleet([try said("a", 0, .following)], revision: nil).rows[0].state == "following")
    }

    @Test func namedHostsCount() throws {
        let outcomes = [try said("a", 7, .ended, status: 0), try said("b", 7, .ended, status: 1)]
        let a = try HostName("a")
        let c = try HostName("c")
        #expect(try fleet(outcomes, .init(hosts: [a])).succeeded)
        let missing = try fleet(outcomes, .init(hosts: [a, c]))
        #expect(missing.rows.map(\.state) == ["ended", "missing"])
        #expect(!missing.isSettled)
    }

    @Test func soManyAreEnough() throws {
        let outcomes = [try said("a", 7, .ended, status: 0), try said("b", 6, .ended, status: 0)]
        #expect(try fleet(outcomes, .init(count: 1)).isSettled)
        #expect(try !fleet(outcomes, .init(count: 2)).isSettled)
    }

    @Test func oneOfAllIsAll() throws {
        let standby = try said("b", 7, .following, elected: true)
        #expect(
            try fleet([try said("a", 7, .ended, status: 0, elected: true), standby]).isSettled)
        let died = try said("a", 7, .running, elected: true)
        #expect(try !fleet([died, standby], alive: ["b"]).isSettled)
        let taken = try fleet(
            [died, try said("b", 7, .ended, status: 0, attempt: 2, elected: true)], alive: ["b"])
        #expect(taken.isSettled && taken.succeeded)
        #expect(taken.rows.map(\.state) == ["silent", "ended"])
    }

    @Test func theTable() throws {
        var ran = try said("web1", 7, .ended, status: 0)
        ran.run = 12
        ran.seconds = 1.25
        ran.started = "2026-11-27T16:50:03.123Z"
        var failed = try said("web2", 7, .ended, status: 3, attempt: 2)
        failed.run = 4
        var late = try said("web3", 7, .failedToStart)
        late.reason = "no such\u{1b}[2J directory"
        let text = FleetTable.text(try fleet([ran, failed, late]))
        #expect(
            text == """
                HOST  STATE            RUN  STATUS  SECONDS  WHEN
                web1  ended             12       0      1.3  11-27 16:50:03Z
                web2  failed (2)         4       3        -  -
                web3  failed to start    -       -        -  -
                web3: no such?[2J directory
                web/deploy at revision 7: 3 hosts: 1 ended, 1 failed, 1 failed to start

                """)
    }

    @Test func noLineIsWiderThanATerminal() throws {
        var outcome = try said(String(repeating: "h", count: 200), 7, .failedToStart)
        outcome.run = .max
        outcome.signal = String(repeating: "S", count: 500)
        outcome.status = .max
        outcome.seconds = 1e300
        outcome.started = String(repeating: "9", count: 500)
        outcome.reason = String(repeating: "r", count: 500)
        outcome.attempt = 1000
        let lines = FleetTable.text(try fleet([outcome])).split(separator: "\n")
        #expect(lines.dropLast().allSatisfy { $0.count <= 80 })
    }

    @Test func json() throws {
        let fleet = try fleet([try said("a", 7, .heldBack)])
        #expect(
            String(decoding: RelayJSON.bytes(FleetObject(fleet)), as: UTF8.self)
                == #"{"elected":false,"hosts":[{"host":"a","outcome":{"attempt":1,"elected":false,"#
                + #""host":"a","revision":7,"state":"held back"},"state":"held back"}],"#
                + #""key":"web/deploy","revision":7,"settled":true,"succeeded":false}"#)
    }

    @Test func outcomesOfStrangersAreUnreadable() throws {
        let host = try HostName("a")
        #expect(RelayJSON.value(Outcome.self, Array("{}".utf8)) == nil)
        let nothing: Outcome? = nil
        let fleet = FleetStatus(key: key, revision: 7, outcomes: [host: nothing], alive: [host])
        #expect(fleet.rows.map(\.state) == ["unreadable"])
        #expect(!fleet.isSettled)
    }

    @Test func anOutcomeSurvivesItsJSON() throws {
        var outcome = try said("a", 7, .ended, status: 0)
        outcome.seconds = 0.125
        #expect(RelayJSON.value(Outcome.self, RelayJSON.bytes(outcome)) == outcome)
    }
}
