internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct TriggerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Run the action of a path now, as if it had been touched.")

    @Argument(help: "The watched path.")
    var path: PathArgument

    @OptionGroup var state: StateArguments

    func run() throws { state.act(.trigger(path.path)) }
}

struct StopRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a run to stop, as its action says how.")

    @Argument(help: ArgumentHelp("The number of the run.", valueName: "run"))
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

extension StateArguments {
    /// Has the daemon do something, and ends the program where it does not.
    fileprivate func act(_ request: ControlRequest) {
        var client = connect()
        _ = orExit { () throws(StartupFailure) in try client.ask(request).last }
    }
}
