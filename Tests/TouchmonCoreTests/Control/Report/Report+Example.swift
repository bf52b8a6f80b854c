@testable import TouchmonCore

extension Report {
    var text: String { String(decoding: page, as: UTF8.self) }

    /// 2026-11-23 09:00:00.
    private static let begin: Int64 = 1_795_424_400_000_000_000
    private static let second: Int64 = 1_000_000_000

    private static func run(
        _ number: UInt64, _ path: RawPath, at seconds: Int64, took: Int64?, _ ending: RunEnding?,
        reason: RunReason = .touch
    ) -> HistoryRow {
        let started = begin + seconds * second
        return HistoryRow(
            run: RunNumber(number), path: path, reason: reason, started: started,
            ended: took.map { started + $0 * second }, ending: ending, user: 1000, process: 4242,
            attempt: nil, toucher: nil)
    }

    /// A few runs of everything that there is.
    static func example() -> Report {
        var report = Report(
            name: "web", host: "host", version: "1.0", now: begin + 12_600 * second, process: 99,
            since: "2026-11-23T08:59:00.000000000Z", limit: 1000)
        let deploy = RawPath("/srv/app/deploy.stamp")
        report.degraded = ["output"]
        report.actions = [
            StatusRow(
                path: deploy,
                argv: PackedStrings(["/bin/deploy", "to production"].map { Array($0.utf8) }),
                state: .idle, mechanism: "inotify"),
            StatusRow(
                path: RawPath("/srv/idle"), argv: PackedStrings([[]]), state: .waiting,
                mechanism: "poll",
                last: run(0, RawPath("/srv/idle"), at: -86_400, took: 1, .ended(.exited(status: 0)))
            ),
        ]
        report.runs = [
            run(1, deploy, at: 0, took: 4, .ended(.exited(status: 0))),
            run(2, deploy, at: 100, took: 3, .ended(.exited(status: 0))),
            run(3, deploy, at: 200, took: 125, .ended(.exited(status: 1))),
            run(4, deploy, at: 326, took: 1, .ended(.signalled(signal: 9)), reason: .failure),
            run(
                5, RawPath(action: RawPath("/srv/tree/"), file: RawPath("/srv/tree/file")),
                at: 3600, took: 125, .interrupted),
            run(6, RawPath("/srv/gone"), at: 10_800, took: nil, nil),
        ]
        report.runs[2].attempt = 2
        report.runs[2].toucher = LedgerChange.Run.Toucher(process: 77, user: 33)
        report.tails = [
            RunNumber(3): OutputTail(Array("of it\nthe end\nof it\n\n".utf8), isCut: true),
            RunNumber(4): OutputTail([], isCut: false),
        ]
        report.users = [33: "www-data"]
        return report
    }

    /// Many runs of many actions, every third a failure.
    static func large(actions: Int, runs: Int) -> Report {
        var report = example()
        report.limit = runs
        let paths = (0..<actions).map { RawPath("/srv/some/where/stamp-\($0)") }
        report.actions = paths.map {
            StatusRow(
                path: $0,
                argv: PackedStrings(["/usr/local/bin/command", "argument"].map { Array($0.utf8) }),
                state: .idle, mechanism: "inotify")
        }
        report.runs = (0..<runs).map { index in
            run(
                UInt64(index), paths[index * 7 % actions], at: Int64(index) * 60,
                took: Int64(index % 977), .ended(.exited(status: index % 3 == 0 ? 1 : 0)))
        }
        let tail = OutputTail([UInt8](repeating: UInt8(ascii: "<"), count: 4096), isCut: true)
        report.tails = [:]
        for run in report.failures.prefix(mostTails) { report.tails[run.run] = tail }
        return report
    }
}
