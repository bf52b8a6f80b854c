internal import ArgumentParser

/// The command line: `touchmon FILE…` is `touchmon run FILE…`, as it always was.
@main
struct Touchmon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "touchmon",
        abstract: "Run a configured command, as a configured user, whenever a file is touched.",
        version: Version.current,
        subcommands: [
            Run.self, Check.self, Explain.self, Status.self, History.self, ShowOutput.self,
            Touch.self, Follow.self, WatchCommand.self, TriggerCommand.self, StopRun.self,
            PauseCommand.self, Resume.self, Reload.self, ReportCommand.self, MetricsCommand.self,
            ImportCommand.self,
        ],
        defaultSubcommand: Run.self)
}
