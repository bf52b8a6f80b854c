internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct TriggerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Run the action of a path now, as if it had been touched.")

    @Argument(help: "The watched path.", completion: .watchedPath)
    var path: PathArgument

    @OptionGroup var state: StateArguments

    func run() throws { state.act(.trigger(path.path)) }
}

struct StopRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a run to stop, as its action says how.")

    @Argument(
        help: ArgumentHelp("The number of the run.", valueName: "run"), completion: .activeRun)
    var number: UInt64

    @OptionGroup var state: StateArguments

    func run() throws { state.act(.stopRun(RunNumber(number))) }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the action files read again; with any error in them, nothing changes.")

    @OptionGroup var state: StateArguments

    func run() throws { state.act(.reload) }
}

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let the actions of paths begin no runs; touches wait, and are not lost.",
        discussion: "A run that is under way goes on. A pause outlasts a restart of the daemon.")

    @Argument(help: "The watched paths.", completion: .watchedPath)
    var path: [PathArgument]

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long, as in 2h; by itself until touchmon resume.", valueName: "duration"))
    var duration: DurationArgument?

    @Option(help: ArgumentHelp("Why, for whoever asks.", valueName: "text"))
    var reason: String?

    @OptionGroup var state: StateArguments

    func validate() throws {
        guard (reason?.utf8.count ?? 0) <= Pause.longestReason else {
            throw ValidationError(
                "the reason is longer than \(Pause.longestReason) bytes; write a shorter one")
        }
    }

    func run() throws {
        let reason = reason.map(RawArgument.bytes) ?? []
        for path in path {
            state.actAndKeep(.pause(path.path, for: duration?.duration, reason: reason))
        }
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the actions of paused paths run again, at once for what was touched.")

    @Argument(help: "The paused paths.", completion: .pausedPath)
    var path: [PathArgument]

    @OptionGroup var state: StateArguments

    func run() throws { for path in path { state.actAndKeep(.resume(path.path)) } }
}

extension StateArguments {
    /// Has the daemon do something, and ends the program where it does not.
    @discardableResult
    fileprivate func act(_ request: ControlRequest) -> ControlReply {
        var client = connect()
        return orExit { () throws(StartupFailure) in try client.ask(request).last }
    }

    /// The same of something that is to outlast the daemon; says where it does not.
    fileprivate func actAndKeep(_ request: ControlRequest) {
        guard act(request).isTrue("kept") else {
            return StandardError.write(
                "touchmon: it holds, but not after a restart of the daemon: its ledger can't be "
                    + "written\nsee what the daemon's log says of its state directory\n")
        }
    }
}
