internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct Follow: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wait for the run that the last change of a file causes, or has caused.",
        discussion: """
            Nothing is touched: it is for who has written the file himself, or renamed another to its \
            path, and for who was interrupted while he waited. Otherwise as `touch --follow`.
            """)

    @Argument(help: "The file.", completion: .watchedPath)
    var path: PathArgument

    @Option(help: ArgumentHelp("How long to wait; then status 75.", valueName: "duration"))
    var timeout: DurationArgument?

    @Flag(help: "Tell what happens to the run as JSON Lines.")
    var json = false

    @OptionGroup var state: StateArguments

    func run() throws {
        let deadline = timeout.map { Terminal.monotonic + $0.duration.nanoseconds }
        var touch = FollowedTouch(
            path.path, state.controlOfAny, deadline: deadline, touches: false)
        let news = FollowedNews(json: json)
        let end = orExit { () throws(StartupFailure) in try touch.follow(news.tell) }
        try news.conclude(end)
    }
}
