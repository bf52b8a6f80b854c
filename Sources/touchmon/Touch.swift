internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct Touch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Touch files; with --follow, wait for the run that this touch causes.",
        discussion: """
            With --follow, what the run prints is shown as far as `follow` of its action allows, and \
            touchmon ends with the run's own status, or with 128 and the number of the signal that \
            ended it. Who stops waiting leaves the run alone.
            """)

    @Argument(help: "The files; one that is not there is made.", completion: .watchedPath)
    var path: [PathArgument]

    @Flag(help: "Wait for the run, and end as it does. For one file.")
    var follow = false

    @Option(help: ArgumentHelp("How long to wait; then status 75.", valueName: "duration"))
    var timeout: DurationArgument?

    @Flag(help: "Tell what happens to the run as JSON Lines.")
    var json = false

    @OptionGroup var state: StateArguments

    func validate() throws {
        guard path.count == 1 || !follow else {
            throw ValidationError("one run can be followed at a time; name one file")
        }
        guard follow || timeout == nil else {
            throw ValidationError("without --follow nothing is waited for; leave out --timeout")
        }
        guard follow || !json else {
            throw ValidationError("without --follow there is nothing to tell; leave out --json")
        }
    }

    func run() throws {
        guard follow, let path = path.first?.path else {
            for file in path {
                orExit { () throws(StartupFailure) in try StartupFailure.touch(file.path) }
            }
            return
        }
        let deadline = timeout.map { Terminal.monotonic + $0.duration.nanoseconds }
        var touch = FollowedTouch(path, state.controlOfAny, deadline: deadline)
        let news = FollowedNews(json: json)
        let end = orExit { () throws(StartupFailure) in try touch.follow(news.tell) }
        try news.conclude(end)
    }
}
