import RelayCore
import Testing

@Suite struct FollowedRunTests {
    private func start() throws -> FollowedRun {
        FollowedRun(Outcome(host: try HostName("web1"), revision: 7, state: .waiting))
    }

    private func play(_ lines: [String]) throws -> Outcome {
        var run = try start()
        for (second, line) in lines.enumerated() {
            guard let event = FollowEvent(line: Array(line.utf8)) else { continue }
            _ = run.apply(event, elapsed: .seconds(second), now: "T\(second)")
        }
        return run.outcome
    }

    @Test func aRunThatSucceeds() throws {
        let outcome = try play([
            #"{"event":"waiting","for":"settle"}"#, #"{"event":"run","run":7,"shared":false}"#,
            #"{"event":"output","base64":"aGVsbG8="}"#,
            #"{"event":"ended","run":7,"outcome":"success","status":0}"#,
        ])
        #expect(outcome.state == .ended && outcome.succeeded)
        #expect(outcome.run == 7 && outcome.status == 0 && outcome.seconds == 2)
        #expect(outcome.started == "T1" && outcome.reason == nil)
        #expect(outcome.tail.map { String(decoding: $0, as: UTF8.self) } == "hello")
    }

    @Test func aRunThatIsTriedAgainIsTheLastOne() throws {
        let outcome = try play([
            #"{"event":"run","run":7}"#, #"{"event":"output","base64":"aGVsbG8="}"#,
            #"{"event":"repeat","run":7,"outcome":"failure","status":1}"#,
            #"{"event":"run","run":8}"#,
            #"{"event":"ended","run":8,"outcome":"signal","signal":"SIGKILL"}"#,
        ])
        #expect(outcome.state == .ended && outcome.failed)
        #expect(outcome.run == 8 && outcome.signal == "SIGKILL" && outcome.seconds == 4)
        #expect(outcome.tail == nil)
    }

    @Test func ends() throws {
        #expect(
            try play([#"{"event":"ended","run":7,"outcome":"interrupted"}"#]).state == .interrupted)
        #expect(try play([#"{"event":"ended","run":7,"outcome":"unknown"}"#]).state == .interrupted)
        #expect(
            try play([#"{"event":"ended","run":7,"outcome":"not-started"}"#]).state
                == .failedToStart)
        let nothing = try play([#"{"event":"nothing","reason":"unchanged"}"#])
        #expect(nothing.state == .noRun && nothing.reason == "unchanged" && nothing.failed)
    }

    @Test func onlyTheTailIsKept() throws {
        var run = try start()
        _ = run.apply(.run(1), elapsed: .zero, now: "")
        for byte in UInt8(0)..<200 {
            _ = run.apply(.output(Array(repeating: byte, count: 1000)), elapsed: .zero, now: "")
        }
        _ = run.apply(.ended(run: 1, status: 0, signal: nil, outcome: nil), elapsed: .zero, now: "")
        #expect(run.outcome.tail?.count == FollowedRun.longestTail)
        #expect(run.outcome.tail?.last == 199)
    }

    @Test func whatIsToldToOthers() throws {
        var run = try start()
        let waits = run.apply(.waiting("settle"), elapsed: .zero, now: "")
        let waitsAgain = run.apply(.waiting("settle"), elapsed: .zero, now: "")
        let prints = run.apply(.output([1]), elapsed: .zero, now: "")
        #expect(waits && !waitsAgain && !prints)
    }

    @Test func aProgramThatSaysNothing() throws {
        for status in [69, 75, nil] as [Int?] {
            var run = try start()
            let retries = run.programEnded(status: status, complaint: "x")
            #expect(retries && run.outcome.state == .waiting)
        }
        var run = try start()
        let retries = run.programEnded(status: 66, complaint: "touchmon: unable to x")
        #expect(!retries && run.outcome.state == .failedToStart)
        #expect(run.outcome.reason == "touchmon: unable to x")
    }

    @Test(arguments: [
        "", "{}", "[]", "{\"event\":7}", "{\"event\":\"run\"}", "\u{0}",
        "{\"event\":\"output\",\"base64\":\"%\"}",
    ])
    func otherLinesAreNoEvents(_ line: String) {
        #expect(FollowEvent(line: Array(line.utf8)) == nil)
    }

    @Test func whatIsNewIsPassedOver() {
        #expect(FollowEvent(line: Array(#"{"event":"later"}"#.utf8)) == .other)
    }
}
