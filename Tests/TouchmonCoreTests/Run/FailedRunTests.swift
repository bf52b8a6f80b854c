import Testing
import TouchmonTestSupport

@testable import TouchmonCore

@Suite struct FailedRunTests {
    private static func variables(_ attempt: Int, _ ending: RunEnding) -> [String] {
        let failed = FailedRun(number: RunNumber(7), attempt: attempt, ending: ending)
        let run = Runs.Active(
            number: RunNumber(8), action: ActionID(0), started: Instant(nanoseconds: 0),
            due: Runs.Due(reason: .failure))
        return PlannedAction("/srv/a").spec(run, after: failed).variables
            .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static let all = [
        "TOUCHMON_ACTION=/srv/a", "TOUCHMON_PATH=/srv/a", "TOUCHMON_REASON=failure",
    ]

    @Test(arguments: [
        (1, RunEnding.ended(.exited(status: 3)), ["TOUCHMON_STATUS=3"]),
        (4, .ended(.exited(status: 255)), ["TOUCHMON_STATUS=255"]),
        (1, .ended(.signalled(signal: 15)), ["TOUCHMON_SIGNAL=TERM"]),
        (1, .ended(.signalled(signal: 40)), ["TOUCHMON_SIGNAL=40"]),
        (2, .notStarted, []),
    ])
    func `what the command learns`(attempt: Int, ending: RunEnding, more: [String]) {
        #expect(
            Self.variables(attempt, ending)
                == Self.all + ["TOUCHMON_RUN=7", "TOUCHMON_ATTEMPT=\(attempt)"] + more)
    }

    @Test func `what the ledger keeps is read as it was written, whole or not at all`() {
        let failed = FailedRun(
            number: RunNumber(.max), attempt: 1000, ending: .ended(.exited(status: 255)))
        #expect(FailedRun(bytes: failed.bytes) == failed)
        for length in failed.bytes.indices {
            #expect(FailedRun(bytes: Array(failed.bytes[..<length])) == nil)
        }
        var other = failed.bytes
        other[12] = 77
        #expect(FailedRun(bytes: other) == nil)
    }
}
