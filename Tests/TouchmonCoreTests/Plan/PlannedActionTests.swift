import Testing
import TouchmonTestSupport

@testable import TouchmonCore

@Suite struct PlannedActionTests {
    private static func variables(_ path: RawPath, modified: FileTime?) throws -> [[UInt8]] {
        var runs = Runs(lastNumber: RunNumber(6))
        runs.request(ActionID(3), Runs.Due(reason: .touch, modified: modified))
        runs.eventsDrained()
        let start = runs.takeStart(at: Instant(nanoseconds: 0))
        let run = try #require(start)
        var action = PlannedAction("/")
        action.path = path
        let spec = action.spec(run)
        #expect(spec.number == RunNumber(7))
        #expect(spec.action == ActionID(3))
        #expect(spec.shared === action.shared)
        #expect(spec.variables.last == 0)
        return spec.variables.split(separator: 0).map(Array.init)
    }

    @Test func `a run is told its path, its number and its reason`() throws {
        let time = FileTime(seconds: 1_700_000_000, nanoseconds: 5)
        #expect(
            try Self.variables(RawPath("/srv/stamp"), modified: time)
                == [
                    "TOUCHMON_ACTION=/srv/stamp", "TOUCHMON_PATH=/srv/stamp",
                    "TOUCHMON_REASON=touch", "TOUCHMON_RUN=7",
                    "TOUCHMON_MTIME_NS=1700000000000000005",
                ].map { Array($0.utf8) })
    }

    @Test func `a path is handed over in its own bytes`() throws {
        let path = RawPath(bytes: [0x2f, 0xff, 0x0a, 0x3d])
        let variables = try Self.variables(path, modified: nil)
        #expect(variables.count == 4)
        #expect(variables[1] == Array("TOUCHMON_PATH=".utf8) + path.bytes)
    }

    @Test(arguments: [
        (FileTime(seconds: -1, nanoseconds: 999_999_999), "-1"),
        (FileTime(seconds: 0), "0"),
        (FileTime(seconds: 9_223_372_036, nanoseconds: 854_775_807), "9223372036854775807"),
        (FileTime(seconds: 9_223_372_036, nanoseconds: 854_775_808), "9223372036854775808"),
        (FileTime(seconds: .max, nanoseconds: 1), "9223372036854775807000000001"),
        (FileTime(seconds: .min, nanoseconds: 0), "-9223372036854775808000000000"),
    ])
    func `times of any age are whole numbers of nanoseconds`(time: FileTime, text: String) throws {
        #expect(time.nanosecondsSinceEpoch == text)
        let variables = try Self.variables(RawPath("/srv/stamp"), modified: time)
        #expect(variables.last == Array("TOUCHMON_MTIME_NS=\(text)".utf8))
    }

    /// Whatever the names and numbers are, there is room for them.
    @Test func `the longest variables`() {
        let action = PlannedAction("/" + String(repeating: "x", count: 4000))
        var due = Runs.Due(reason: .interrupted, modified: FileTime(seconds: .min))
        due.attempt = .max
        due.toucher = Toucher(
            process: .max, user: .max, group: 0, name: String(repeating: "n", count: 1000))
        let run = Runs.Active(
            number: RunNumber(.max), action: ActionID(0), started: Instant(nanoseconds: 0), due: due
        )
        #expect(action.spec(run).variables.split(separator: 0).count == 9)
        let failed = FailedRun(
            number: RunNumber(.max), attempt: .max, ending: .ended(.signalled(signal: 31)))
        let output = RawPath("/" + String(repeating: "o", count: 4000))
        #expect(
            action.spec(run, after: failed, output: output).variables.split(separator: 0).count == 7
        )
    }
}
