internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the runs that were, the last one last.")

    @Argument(help: "Only runs of this path.")
    var path: PathArgument?

    @Flag(help: "Only runs that ended otherwise than with status 0.")
    var failed = false

    @Option(help: ArgumentHelp("Only runs that began so long ago at most.", valueName: "duration"))
    var since: DurationArgument?

    @Option(help: "Only runs as this user, by number.")
    var user: UInt32?

    @Option(name: .customShort("n"), help: ArgumentHelp("At most so many.", valueName: "count"))
    var count = 50

    @Flag(help: "As JSON Lines, one object for each run.")
    var json = false

    @OptionGroup var state: StateArguments

    func run() throws {
        var client = state.connect()
        var query = HistoryQuery()
        query.path = path?.path
        query.failed = failed
        query.user = user
        query.since = since.map { Terminal.now - $0.duration.nanoseconds }
        var rows: [HistoryRow] = []
        while rows.count < count {
            query.limit = min(count - rows.count, HistoryQuery.most)
            let page = orExit { () throws(StartupFailure) in
                try client.ask(.history(query)).lines.compactMap(\.historyRow)
            }
            rows += page
            guard let last = page.last, page.count == query.limit else { break }
            query.before = last.run
        }
        rows.reverse()
        var names = UserNames()
        guard json else {
            return StandardOutput.write(
                ControlText.history(rows, at: Terminal.now, width: Terminal.width) {
                    names.name($0)
                })
        }
        for row in rows {
            var writer = JSONWriter()
            row.write(to: &writer) { names.name($0) }
            StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
        }
    }
}
