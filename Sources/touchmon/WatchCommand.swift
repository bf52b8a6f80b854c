internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract:
            "Run a command at this terminal whenever files are touched, without an action file.",
        usage: "touchmon watch [OPTIONS] [PATH…] -- COMMAND [ARGUMENT…]",
        discussion: """
            The command runs at once, and again after each touch; --postpone waits for the first. \
            There is one run at a time, and touches during it become one more, also those that the \
            command itself makes: --exclude what it writes, or say --busy do-nothing. A directory is \
            watched with all below it, but not hidden files, what editors leave behind, and what \
            .gitignore files say. Without a PATH, paths are read from standard input, one a line, \
            where that is a pipe or a file; else it is the working directory.

            The command has this terminal's environment and directory, and its output goes here. \
            It runs in a session of its own: it can't read keys, and finds on standard input what \
            was touched, a line of JSON for each file. An argument /_ or {path} is the first of \
            these files, {paths} all of them.

            Control-C stops the command, and a second one kills it; Control-Z is not known.

            Exit status: 0 after Control-C; with --once the command's own, 128 and the number of \
            the signal that ended it, or touchmon before that, and 127 if it could not be started; \
            64 for wrong usage, 66 for a PATH without even a directory, 71 if the system refused.

            The short options of entr(1) and most of watchexec(1)'s are known, with two meanings \
            where these differ: -d and -s are entr's; for watchexec's write --settle and --signal.
            """)

    @Argument(
        help: ArgumentHelp(
            "Files, directories, and quoted patterns such as 'src/**/*.c'; behind -- the command.",
            valueName: "path"),
        completion: .file())
    var arguments: [String] = []

    /// How many of them stand behind `--`: the parser gives them all in one list, of which these are the
    /// last.
    private static let countOfCommand =
        CommandLine.arguments.firstIndex(of: "--").map { CommandLine.arguments.count - $0 - 1 } ?? 0

    private var path: ArraySlice<String> { arguments.dropLast(Self.countOfCommand) }
    private var command: ArraySlice<String> { arguments.suffix(Self.countOfCommand) }

    @Flag(name: .shortAndLong, help: "Stop a run that is under way, and begin anew.")
    var restart = false

    @Flag(
        name: .shortAndLong,
        help: "Clear the terminal before each run; -cc also what was scrolled out of it.")
    var clear: Int

    @Flag(name: .shortAndLong, help: "Wait for a touch before the first run.")
    var postpone = false

    @Flag(
        name: [.customLong("once"), .customShort("z")], help: "End with the first run, as it did.")
    var once = false

    @Flag(
        name: [.customLong("print"), .customLong("only-emit-events")],
        help: "Run nothing; print each touch as a line of JSON.")
    var print = false

    @Flag(
        name: [.customLong("shell"), .customShort("s")], help: "The command is a text for $SHELL.")
    var shell = false

    @Flag(
        name: [.customLong("new-files"), .customShort("d")],
        help: "Beside the files that are named, also new ones whose names end as theirs.")
    var newFiles = false

    @Option(
        name: [
            .customLong("exclude"), .customShort("i", allowingJoined: true), .customLong("ignore"),
        ],
        parsing: .singleValue,
        help: ArgumentHelp("What is left out, such as '*.log' or 'build/'.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        name: [
            .customLong("filter"), .customShort("f", allowingJoined: true), .customLong("include"),
        ],
        parsing: .singleValue,
        help: ArgumentHelp("What alone counts, such as '*.c'.", valueName: "pattern"))
    var filter: [String] = []

    @Option(
        name: [.customLong("exts"), .customShort("e", allowingJoined: true)], parsing: .singleValue,
        help: ArgumentHelp("Endings of names that alone count, such as c,h.", valueName: "list"))
    var exts: [String] = []

    @Option(
        name: [.customLong("on"), .customLong("fs-events")], parsing: .singleValue,
        help: ArgumentHelp(
            "Which changes count: a list of touch, create, delete, move, attribute and modify; "
                + "touch,delete unless given.", valueName: "list"))
    var kinds: [KindsArgument] = []

    @Flag(
        name: [.customLong("gitignore")], inversion: .prefixedNo,
        help: "Whether what .gitignore files say is left out.")
    var gitignore = true

    @Flag(help: "Do not leave out hidden files and what editors leave behind.")
    var noDefaults = false

    @Option(
        name: [.customLong("settle"), .customLong("debounce")],
        help: ArgumentHelp(
            "How long all must be quiet before a run; 50ms unless given. It begins after 20 times "
                + "as long at the latest.", valueName: "duration"))
    var settle: DurationArgument?

    @Option(
        name: [
            .customLong("on-busy-update"), .customShort("o", allowingJoined: true),
            .customLong("busy"),
        ],
        help: ArgumentHelp(
            "What a touch during a run does: queue, do-nothing, restart or signal.",
            valueName: "mode"))
    var busy: BusyArgument?

    @Option(
        help: ArgumentHelp(
            "What a run gets on a touch; implies --busy signal.", valueName: "signal"))
    var signal: SignalArgument?

    @Option(help: ArgumentHelp("What a run is asked to stop with.", valueName: "signal"))
    var stopSignal = SignalArgument(number: 15, defaultValueDescription: "TERM")

    @Option(
        help: ArgumentHelp(
            "How long a run may take to stop before it is killed.", valueName: "duration"))
    var stopTimeout = DurationArgument(.seconds(10), "10s")

    @OptionGroup var peers: PeerOptions

    func validate() throws {
        if print {
            guard command.isEmpty else {
                throw ValidationError(
                    "with --print nothing is run; leave out the command or --print")
            }
        } else if command.isEmpty {
            throw ValidationError(
                "there is no command; write it behind `--`: touchmon watch PATH -- COMMAND")
        }
        if restart, let busy, busy != .restart {
            throw ValidationError("--restart and --busy \(busy.rawValue) exclude each other")
        }
        if signal != nil, restart || busy ?? .signal != .signal {
            throw ValidationError(
                "--signal is for --busy signal; a run is stopped with --stop-signal")
        }
        for path in path {
            if shell, let signal = SignalArgument(argument: path)?.defaultValueDescription {
                throw ValidationError(
                    "-s is for a command that is a text for the shell; watchexec's -s \(path) is "
                        + "--signal \(signal), and ./\(path) a file of that name")
            }
            if newFiles, DurationArgument(argument: path) != nil || UInt64(path) != nil {
                throw ValidationError(
                    "-d is for new files beside those that are named; watchexec's -d \(path) is "
                        + "--settle 50ms, and ./\(path) a file of that name")
            }
        }
    }

    func run() throws {
        let plan = orExit { () throws(StartupFailure) -> Plan in try makePlan() }
        var foreground = Foreground()
        foreground.clears = clear == 0 ? .nothing : clear == 1 ? .screen : .all
        foreground.prints = print
        foreground.endsWithRun = once
        let status = orExit { () throws(StartupFailure) -> Int32 in
            try Daemon.run(plan, for: foreground)
        }
        throw ExitCode(status)
    }

    private func makePlan() throws(StartupFailure) -> Plan {
        var places = try WatchedPlaces()
        for path in path + peers.watch[...] { try places.add(RawArgument.bytes(of: path)) }
        for path in peers.watchNonRecursive {
            try places.add(RawArgument.bytes(of: path), isFlat: true)
        }
        if places.items.isEmpty {
            if let paths = StandardInput.paths() {
                for path in paths { try places.add(path) }
            } else {
                try places.add(Array(".".utf8))
            }
        }
        for path in places.missing {
            StandardError.write(
                "touchmon: \(TerminalText.quoted(path)) is not there yet; watching for it\n")
        }
        guard !places.items.isEmpty else {
            throw StartupFailure(
                message: "watch anything: standard input names no path",
                remedy: "name a PATH; `.` is the working directory", status: .noInput)
        }
        let order = order(places.items)
        let base = order.base(from: places.directory)
        do {
            return Plan(resolved: [
                try order.action(
                    try places.surroundings(), repository: WatchedPlaces.repository(of: base))
            ])
        } catch let problem as WatchOrder.Problem {
            throw StartupFailure(
                message: "watch: \(problem.message)", remedy: problem.remedy, status: .usage)
        } catch let failure as StartupFailure {
            throw failure
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    private func order(_ items: [WatchedPaths.Item]) -> WatchOrder {
        var order = WatchOrder(items, command: command.map(RawArgument.bytes))
        order.usesShell = shell
        order.watchesNewFiles = newFiles
        order.include = filter.map(RawArgument.bytes)
        order.extensions = exts.map(RawArgument.bytes)
            .flatMap { $0.split(separator: UInt8(ascii: ",")).map(Array.init) }
        if !kinds.isEmpty { order.kinds = TouchKinds(kinds.map(\.kinds)) }
        order.exclude = exclude.map(RawArgument.bytes)
        order.usesGitignore = gitignore && !peers.ignoresNothing
        order.leavesOutUsual = !noDefaults && !peers.noDefaultIgnore
        order.settle = settle?.duration
        order.isPostponed = postpone
        order.policy.busy =
            restart ? .restart : (busy ?? (signal == nil ? .queue : .signal)).policy
        if let signal { order.policy.busySignal = signal.number }
        order.policy.stopSignal = stopSignal.number
        order.policy.stopTimeout = stopTimeout.duration
        return order
    }
}

/// What is known to those who come from entr(1) and watchexec(1), and means what is said already.
struct PeerOptions: ParsableArguments {
    @Option(name: .shortAndLong, parsing: .singleValue, help: .hidden)
    var watch: [String] = []

    @Option(
        name: [.customLong("watch-non-recursive"), .customShort("W")], parsing: .singleValue,
        help: .hidden)
    var watchNonRecursive: [String] = []

    /// entr's: what it asks for is always so.
    @Flag(name: [.customShort("a"), .customLong("all-events")], help: .hidden)
    var allEvents = false

    /// entr's: not interactive; watchexec's: no shell.
    @Flag(name: [.customShort("n"), .customLong("non-interactive")], help: .hidden)
    var nonInteractive = false

    @Flag(help: .hidden) var noVcsIgnore = false
    @Flag(help: .hidden) var noProjectIgnore = false
    @Flag(help: .hidden) var noDefaultIgnore = false

    var ignoresNothing: Bool { noVcsIgnore || noProjectIgnore }
}

/// What a touch during a run does, by watchexec's names and an action file's.
enum BusyArgument: String, ExpressibleByArgument, CaseIterable {
    case queue, restart, signal, skip
    case doNothing = "do-nothing"

    var policy: BusyPolicy {
        switch self {
        case .queue: .queue
        case .restart: .restart
        case .signal: .signal
        case .skip, .doNothing: .skip
        }
    }
}

/// A signal by its name, with or without `SIG`.
struct SignalArgument: ExpressibleByArgument {
    var number: Int32
    var defaultValueDescription: String

    init(number: Int32, defaultValueDescription: String) {
        self.number = number
        self.defaultValueDescription = defaultValueDescription
    }

    init?(argument: String) {
        let name = argument.uppercased()
        guard let number = SignalName.number(of: Array(name.utf8)) else { return nil }
        self.init(number: number, defaultValueDescription: SignalName.short(number))
    }
}

/// A list of changes, by an action file's names and watchexec's.
struct KindsArgument: ExpressibleByArgument {
    var kinds: TouchKinds = []

    private static let others: [String: TouchKinds] = [
        "remove": .delete, "rename": .move, "metadata": .attribute,
    ]

    init?(argument: String) {
        for name in argument.split(separator: ",") {
            let known =
                TouchKinds.names.first { $0.name == name }?.kind ?? Self.others[String(name)]
            guard let known, !TouchKinds([.exists, .notEmpty]).contains(known) else { return nil }
            kinds.formUnion(known)
        }
        if kinds.isEmpty { return nil }
    }
}
