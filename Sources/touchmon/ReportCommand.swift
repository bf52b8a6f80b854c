internal import ArgumentParser
internal import Glibc
internal import TouchmonCore
internal import TouchmonDaemon

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print one HTML page about the runs that were, failures first.",
        discussion: """
            The page is complete in itself: touchmon report > report.html. It says what the commands' \
            arguments are and what failed runs have printed last; who gets it can read that.
            """)

    @Argument(help: "Only this path and its runs.", completion: .watchedPath)
    var path: PathArgument?

    @Option(help: ArgumentHelp("Only runs that began so long ago at most.", valueName: "duration"))
    var since: DurationArgument?

    @Option(help: "Only runs as this user, by number.")
    var user: UInt32?

    @Option(
        name: .customShort("n"),
        help: ArgumentHelp("At most so many runs, the latest.", valueName: "count"))
    var count = 1000

    @OptionGroup var state: StateArguments

    func validate() throws {
        guard count > 0 else { throw ValidationError("-n \(count) would show nothing") }
    }

    func run() throws {
        var client = state.connect()
        let report = orExit { () throws(StartupFailure) in try gather(&client) }
        StandardOutput.write(report.page)
    }

    private func gather(_ client: inout ControlClient) throws(StartupFailure) -> Report {
        let now = Terminal.now
        var query = HistoryQuery()
        query.user = user
        query.since = since.map { now - $0.duration.nanoseconds }
        let (actions, last) = try status(&client)
        var report = Report(
            name: state.name, host: Self.host, version: Version.current, now: now,
            process: last.number("pid") ?? 0, since: last.word("since") ?? "", limit: count)
        report.degraded = last.words("degraded")
        report.actions = actions
        query.path = path == nil ? nil : actions.first?.path
        report.runsSince = query.since
        report.runsOf = user
        report.runs = try client.history(query, atMost: count)
        for run in report.failures.prefix(Report.mostTails) {
            report.tails[run.run] = try client.tail(of: run.run)
        }
        var names = UserNames()
        for run in report.runs {
            for user in [run.user, run.toucher?.user] {
                if let user { report.users[user] = names.name(user) }
            }
        }
        return report
    }

    /// What is watched, and about the daemon.
    private func status(
        _ client: inout ControlClient
    ) throws(StartupFailure) -> ([StatusRow], ControlReply) {
        guard let path else { return try client.status() }
        let row = try client.status(of: path.path)
        // Of no action: what the daemon says of itself.
        let last = try client.ask(.status(path: nil, from: .max)).last
        return ([row], last)
    }

    private static var host: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "?" }
        return withUnsafeBytes(of: &name.nodename) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension ControlClient {
    /// The end of what a run has printed; nil where nothing of it is kept.
    fileprivate mutating func tail(of run: RunNumber) throws(StartupFailure) -> OutputTail? {
        do {
            // Where there is nothing, the answer says how much there is before.
            let size = try askOnce(.output(run, offset: .max)).number("size") ?? 0
            let begin = max(0, size - Int64(OutputTail.mostBytes))
            let bytes = try askOnce(.output(run, offset: begin)).bytes("bytes") ?? []
            return OutputTail(bytes, isCut: begin > 0)
        } catch {
            guard error.status == .noInput else { throw error }
            return nil
        }
    }
}
