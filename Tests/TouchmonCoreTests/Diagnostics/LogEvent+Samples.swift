import TouchmonCore

extension LogEvent {
    static let path = RawPath("/srv/app/stamp")
    static let identity = RunIdentity(name: "deploy", user: 1000, group: 1000, groups: [1000])
    static let run = RunNumber(7)

    /// Every event, in every form of its message, as `docs/log-messages.md` shows it.
    static let samples: [LogEvent] = {
        let path = RawPath("/srv/app/deploy.stamp")
        let ledger = RawPath("/var/lib/touchmon/default")
        let web = Toucher(process: 4710, user: 33, group: 33, name: "www-data")
        let stranger = Toucher(process: 4710, user: 4242, group: 4242)
        return [
            .ready(actions: 3, elapsed: .microseconds(1050)),
            .touched(path),
            .touched(path, by: web),
            .touched(path, by: stranger),
            .unchanged(path, by: web),
            .ownChange(path, by: web),
            .toucherRefused(path, by: web),
            .toucherRefused(path, by: nil),
            .started(run, path, identity, process: 4711),
            .wouldRun(
                path, identity,
                argv: PackedStrings(["make", "-C", "/srv/the app"].map { Array($0.utf8) }), .touch),
            .ended(run, path, .exited(status: 0), elapsed: .milliseconds(1250)),
            .ended(run, path, .exited(status: 3), elapsed: .milliseconds(1250)),
            .ended(run, path, .signalled(signal: 9), elapsed: .milliseconds(1250)),
            .output(run, path, Array("deploying production".utf8)),
            .output(run, path, [0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x72, 0x65, 0x64, 0x07]),
            .outputCut(
                run, path, logged: 524_288,
                file: RawPath("/var/lib/touchmon/default/output/7")),
            .outputShortened(
                run, path, printed: 209_715_200, kept: 1_048_576,
                file: RawPath("/var/lib/touchmon/default/output/7")),
            .outputDegraded(
                LedgerFailure(
                    .full, RawPath("/var/lib/touchmon/default/output"), reason: "no space left")),
            .controlDegraded(
                LedgerFailure(
                    .unusable, RawPath("/run/touchmon/default/control"),
                    reason: "permission denied")),
            .outputRestored,
            .notStarted(
                run, path, identity, program: RawPath("deploy-app"),
                StartFailure(step: .execute, error: .noSuchFile)),
            .ended(run, path, .unknown, elapsed: .milliseconds(1250)),
            .postponed(
                run, path, identity, program: RawPath("deploy-app"),
                StartFailure(step: .clone, error: .tryAgain), retry: .seconds(1)),
            .stoppingRun(run, path, .timeout, signal: 15),
            .stoppingRun(run, path, .restart, signal: 2),
            .stoppingRun(run, path, .shutdown, signal: 15),
            .stoppingRun(run, path, .request, signal: 15),
            .killingRun(run, path),
            .skipped(path),
            .signalledRun(run, path, signal: 1),
            .throttled(path, wait: .milliseconds(12_500)),
            .retrying(run, path, attempt: 2, of: 3, wait: .milliseconds(1900)),
            .exhausted(run, path, attempts: 3),
            .exhausted(run, path, attempts: 1),
            .handling(run, path, handler: RunNumber(8), insteadOf: nil),
            .handling(run, path, handler: RunNumber(8), insteadOf: RunNumber(5)),
            .caughtUp(path, runs: true),
            .caughtUp(path, runs: false),
            .adopted(run, path, process: 4711),
            .interrupted(run, path, reruns: true),
            .interrupted(run, path, reruns: false),
            .ledgerDegraded(LedgerFailure(.full, ledger, reason: "no space left")),
            .ledgerRestored,
            .ledgerSetAside(
                RawPath("/var/lib/touchmon/default/ledger.sqlite.corrupt-1"),
                reason: "file is not a database"),
            .refused(
                path, reader: RunIdentity(name: "alice", user: 1001, group: 1001, groups: [])),
            .polled(path, Polling(.unwatched(RawPath("/srv/app"), .noSpace), every: .seconds(1))),
            .polled(path, Polling(.fileSystem(.nfs), every: .seconds(1))),
            .polled(path, Polling(.fileSystem(.fuse), every: .milliseconds(250))),
            .polled(path, Polling(.fileSystem(.overlay), every: .seconds(1))),
            .polled(path, Polling(.fileSystem(.proc), every: .seconds(5))),
            .treeWatched(RawPath("/srv/in/"), part: RawPath("/srv/in"), .fanotify, nil),
            .treeWatched(RawPath("/srv/in/"), part: RawPath("/srv/in"), .inotify, nil),
            .treeWatched(RawPath("/srv/in/"), part: RawPath("/srv/in"), .inotify, .notSupported),
            .treeWatched(RawPath("/srv/in/"), part: RawPath("/srv/in/nfs"), .poll, nil),
            .treeWatched(RawPath("/srv/in/"), part: RawPath("/srv/in"), .poll, .noSpace),
            .overflowed,
            .troubled("wait", .noMemory),
            .reloading,
            .reloaded(actions: 3, added: 1, changed: 0, removed: 2),
            .reloadRefused(problems: 2),
            .paused(path, for: nil, reason: [], user: 0),
            .paused(path, for: .seconds(7200), reason: Array("the disk is moved".utf8), user: 1000),
            .resumed(path, isOver: false, runs: true),
            .resumed(path, isOver: true, runs: false),
            .draining(runs: 0, within: .seconds(30)),
            .draining(runs: 2, within: .seconds(30)),
            .stopping(runs: 1),
            .killing(runs: 1),
            .handingOver(runs: 0),
            .handingOver(runs: 2),
            .stopped(waiting: 0),
            .stopped(waiting: 1),
        ]
    }()

    /// The place of the event's case in the list of all cases. A new case does not compile before it
    /// is here, and fails the tests before it is among the samples.
    var caseNumber: Int {
        switch self {
        case .ready: 0
        case .touched: 1
        case .started: 2
        case .ended: 3
        case .notStarted: 4
        case .refused: 5
        case .polled: 6
        case .overflowed: 7
        case .reloading: 8
        case .reloaded: 9
        case .reloadRefused: 10
        case .draining: 11
        case .stopping: 12
        case .killing: 13
        case .stopped: 14
        case .postponed: 15
        case .caughtUp: 16
        case .adopted: 17
        case .interrupted: 18
        case .ledgerDegraded: 19
        case .ledgerRestored: 20
        case .ledgerSetAside: 21
        case .troubled: 22
        case .stoppingRun: 23
        case .killingRun: 24
        case .skipped: 25
        case .signalledRun: 26
        case .throttled: 27
        case .retrying: 28
        case .exhausted: 29
        case .unchanged: 30
        case .ownChange: 31
        case .toucherRefused: 32
        case .output: 33
        case .outputCut: 34
        case .outputShortened: 35
        case .outputDegraded: 36
        case .outputRestored: 37
        case .handling: 38
        case .treeWatched: 39
        case .controlDegraded: 40
        case .paused: 41
        case .resumed: 42
        case .wouldRun: 43
        case .handingOver: 44
        }
    }

    static let caseCount = 45
}
