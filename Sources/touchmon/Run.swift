internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch files, and run what their action files say, until SIGINT or SIGTERM.",
        discussion: """
            Stays in the foreground. SIGHUP reads the action files again: with any error in them, \
            nothing changes. SIGINT or SIGTERM waits for running commands, then ends them; each \
            further one waits less.
            """)

    @OptionGroup var files: ActionFileArguments

    @Option(
        help: ArgumentHelp(
            "How long running commands may go on after SIGINT or SIGTERM.", valueName: "duration"))
    var drain = DurationArgument(.seconds(30), "30s")

    @Option(help: "How lines of the log are written: text or json.")
    var logFormat = LogFormatArgument.text

    @Option(help: "The least level that is logged: error, warning, notice, info or debug.")
    var logLevel = LogLevel.info

    @Option(
        help: ArgumentHelp("How many runs stay in the history.", valueName: "count"))
    var keepRuns = Retention().runs

    @Option(
        help: ArgumentHelp(
            "How long runs, and what they printed, stay; by itself whatever their age.",
            valueName: "duration"))
    var keepFor: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "How much of the disk what runs printed may take; the oldest goes first.",
            valueName: "size"))
    var keepOutput = SizeArgument(Retention().outputBytes, "1G")

    @Flag(
        help: ArgumentHelp(
            "Say in the log what would run, as whom and for which touch, and run nothing.",
            discussion: """
                Watches like the daemon that it would be, keeps nothing, and may run beside it. What \
                was touched before, it finds in the ledger.
                """))
    var dryRun = false

    @OptionGroup var state: StateArguments

    func validate() throws {
        guard keepRuns > 0 else {
            throw ValidationError("--keep-runs \(keepRuns) keeps none; write 1 or more")
        }
    }

    func run() throws {
        var options = Daemon.Options(
            drain: drain.duration, logFormat: logFormat.format, logLevel: logLevel,
            state: state.path, control: state.control, retention: retention)
        options.isDryRun = dryRun
        do {
            try Daemon.run(ActionFiles(files.bytes), options).exit()
        } catch let failure as StartupFailure {
            failure.exit()
        }
    }
}

extension Run {
    private var retention: Retention {
        var retention = Retention()
        retention.runs = keepRuns
        retention.age = keepFor?.duration
        retention.outputBytes = keepOutput.bytes
        return retention
    }
}

extension LogLevel: ExpressibleByArgument {}

/// The formats that can be asked for; the journal's is found out.
enum LogFormatArgument: String, ExpressibleByArgument, CaseIterable {
    case text, json

    var format: LogFormat { self == .json ? .json : .text }
}
