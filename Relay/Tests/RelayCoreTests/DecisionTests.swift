import RelayCore
import Testing

@Suite struct ElectionTests {
    private let we: HostName
    private let other: HostName

    init() throws {
        we = try HostName("we")
        other = try HostName("other")
    }

    private func next(_ claim: Claim?, attempts: Int = 0, begun: Int? = nil) -> ElectionStep {
        ElectionStep.next(claim: claim, attempts: attempts, begun: begun, host: we)
    }

    @Test func theFirstClaims() { #expect(next(nil) == .claim(attempt: 1)) }

    @Test func afterADeathTheNextAttemptIsMarked() {
        #expect(next(nil, attempts: 1) == .claim(attempt: 2))
    }

    @Test func whoIsLateStandsBy() {
        #expect(next(Claim(host: other, attempt: 1), attempts: 1) == .standBy)
        #expect(next(Claim(host: other, attempt: 1, ended: .ended), attempts: 1) == .done)
        #expect(next(Claim(host: we, attempt: 1, ended: .ended), attempts: 1) == .done)
    }

    @Test func afterARestartOurClaimIsOurs() {
        #expect(next(Claim(host: we, attempt: 2), attempts: 2) == .renew(attempt: 2))
        #expect(next(Claim(host: we, attempt: 2), attempts: 2, begun: 2) == .renew(attempt: 2))
        // The lease is over, and nobody has taken the claim: the run is the same one.
        #expect(next(nil, attempts: 2, begun: 2) == .claim(attempt: 2))
    }

    @Test func whoWasOvertakenLeavesTheClaimAlone() {
        #expect(next(nil, attempts: 3, begun: 2) == .overtaken)
        #expect(next(Claim(host: other, attempt: 3), attempts: 3, begun: 2) == .overtaken)
        #expect(
            next(Claim(host: other, attempt: 3, ended: .ended), attempts: 3, begun: 2) == .overtaken
        )
    }
}

@Suite struct RollingTests {
    private let policy = RollingPolicy(maxParallel: 2, maxFailures: 1)

    private func outcome(_ host: String, _ state: Outcome.State, _ status: Int? = nil) throws
        -> Outcome
    {
        var outcome = Outcome(host: try HostName(host), revision: 7, state: state)
        outcome.status = status
        return outcome
    }

    @Test func aFreeSlotIsTaken() throws {
        let we = try HostName("we")
        #expect(policy.next(taken: [0: "x"], host: we, random: 5) == .take(1))
        #expect(policy.next(taken: [0: "x", 1: "y"], host: we, random: 0) == .wait)
        #expect(policy.next(taken: [0: "x", 1: "we"], host: we, random: 0) == .renew(1))
        // A slot that somebody made by hand is none.
        #expect(policy.next(taken: [7: "we"], host: we, random: 0) == .take(0))
    }

    @Test func tooManyFailuresHoldTheOthersBack() throws {
        var outcomes = [
            try outcome("a", .ended, 0), try outcome("b", .ended, 1), try outcome("c", .running),
        ]
        #expect(!policy.holdsBack(revision: 7, outcomes: outcomes))
        outcomes.append(try outcome("d", .failedToStart))
        #expect(policy.holdsBack(revision: 7, outcomes: outcomes))
        #expect(!policy.holdsBack(revision: 8, outcomes: outcomes))
        #expect(
            !RollingPolicy(maxParallel: 1, maxFailures: nil).holdsBack(
                revision: 7, outcomes: outcomes))
    }

    @Test func whoWasHeldBackIsNoFailureOfItsOwn() throws {
        let outcomes = [
            try outcome("a", .heldBack), try outcome("b", .heldBack), try outcome("c", .ended, 1),
        ]
        #expect(!policy.holdsBack(revision: 7, outcomes: outcomes))
    }
}

@Suite struct BackOffTests {
    @Test func itGrowsToItsLimit() {
        var backOff = BackOff(first: .milliseconds(100), longest: .seconds(1))
        let waits = (0..<6).map { _ in backOff.next(random: 1) }
        #expect(waits.map(\.inSeconds) == [0.1, 0.2, 0.4, 0.8, 1, 1])
        backOff.reset()
        let (least, most) = (backOff.next(random: 0), backOff.next(random: 1))
        #expect(least == .milliseconds(50))
        #expect(most == .milliseconds(200))
        for _ in 0..<100 { _ = backOff.next(random: 1) }
        let last = backOff.next(random: 1)
        #expect(last == .seconds(1))
    }
}

@Suite struct EndpointTests {
    @Test(arguments: [
        ("http://127.0.0.1:2379", "http://127.0.0.1:2379"),
        ("https://etcd1.example.org:23790/", "https://etcd1.example.org:23790"),
        ("etcd1", "http://etcd1:2379"), ("[::1]:2379", "http://[::1]:2379"),
        ("https://[fe80::1]", "https://[fe80::1]:2379"),
    ])
    func isRead(_ text: String, _ written: String) {
        #expect(EtcdEndpoint(text)?.description == written)
    }

    @Test(arguments: [
        "", "http://", ":2379", "a:b", "a:0", "a:65536", "http://u:p@h:1", "h:1/path", "[::1",
    ])
    func isNone(_ text: String) { #expect(EtcdEndpoint(text) == nil) }

    @Test func certificatesMeanTLS() {
        #expect(EtcdEndpoint("etcd1:2379", secureByDefault: true)?.isSecure == true)
        #expect(EtcdEndpoint("http://etcd1:2379", secureByDefault: true)?.isSecure == false)
    }
}

@Suite struct DurationTests {
    @Test func texts() {
        #expect(Duration(text: "250ms") == .milliseconds(250))
        #expect(Duration(text: "5m") == .seconds(300))
        #expect(Duration(text: "1h") == .seconds(3600))
        for wrong in ["", "5", "s", "-1s", "1.5s", "5d", "99999999999999999999s", "٣s"] {
            #expect(Duration(text: wrong) == nil)
        }
    }
}

@Suite struct LogRecordTests {
    @Test func aLineStaysALine() throws {
        let record = LogRecord(
            .warning, "disconnected", "unable to x\nDo y\u{1b}[2J", key: try TouchKey("a/b"),
            revision: 7)
        #expect(
            String(decoding: record.line(.text, time: "T"), as: UTF8.self)
                == "T warning a/b at revision 7: unable to x | Do y?[2J\n")
        #expect(
            String(decoding: record.line(.json, time: "T"), as: UTF8.self)
                == #"{"event":"disconnected","key":"a/b","level":"warning","#
                + #""message":"unable to x\nDo y\u001b[2J","revision":7,"time":"T"}"# + "\n")
    }
}
