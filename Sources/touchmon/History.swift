internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the runs that were, the last one last.")

    @Argument(help: "Only runs of this path.", completion: .watchedPath)
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

    @Flag(help: "Go on, and show each run when it has ended.")
    var follow = false

    @OptionGroup var state: StateArguments

    func run() throws {
        var client = state.connect()
        var query = HistoryQuery()
        query.path = path?.path
        query.failed = failed
        query.user = user
        query.since = since.map { Terminal.now - $0.duration.nanoseconds }
        var printer = Printer(isJSON: json)
        guard follow else {
            let rows = orExit { () throws(StartupFailure) in
                try client.history(query, atMost: count)
            }
            return printer.print(rows, isFirst: true)
        }
        // A run that is under way, and may fail, is to be waited for.
        query.failed = false
        var ends = FollowedEnds()
        var isFirst = true
        while true {
            query.after = ends.after
            let rows = orExit { () throws(StartupFailure) in
                try client.history(query, atMost: isFirst ? count : .max)
            }
            let news = ends.news(in: rows).filter { !failed || $0.hasFailed }
            printer.print(news, isFirst: isFirst)
            isFirst = false
            Terminal.pause(500_000_000)
        }
    }

    /// Shows runs to people, or to programs.
    private struct Printer {
        let isJSON: Bool
        var table = ControlText.historyTable
        var names = UserNames()

        mutating func print(_ rows: [HistoryRow], isFirst: Bool) {
            guard !isJSON else {
                for row in rows {
                    var writer = JSONWriter()
                    row.write(to: &writer) { names.name($0) }
                    StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
                }
                return
            }
            ControlText.add(rows, to: &table, at: Terminal.now) { names.name($0) }
            let (width, isColored) = (Terminal.width, Terminal.isColored)
            if isFirst {
                StandardOutput.write(table.text(width: width, isColored: isColored))
                _ = table.takeRows(width: width)
            } else {
                StandardOutput.write(table.takeRows(width: width, isColored: isColored))
            }
        }
    }
}
