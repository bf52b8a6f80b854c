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

    @OptionGroup var state: StateArguments

    func validate() throws {
        guard path.count == 1 || !follow else {
            throw ValidationError("one run can be followed at a time; name one file")
        }
        guard follow || timeout == nil else {
            throw ValidationError("without --follow nothing is waited for; leave out --timeout")
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
        let end = orExit { () throws(StartupFailure) in try touch.follow(Self.tell) }
        switch end {
        case .ended(let run, let ending): try Self.exit(run, ending)
        case .nothing(let reason):
            StandardError.write(
                "touchmon: this touch runs nothing: \(reason)\nsee the daemon's log\n")
            throw ExitCode(ExitStatus.tryAgainLater.rawValue)
        case .late(nil):
            StandardError.write(
                "touchmon: unable to wait any longer: the run has not begun\n"
                    + "it comes all the same; see touchmon explain\n")
            throw ExitCode(ExitStatus.tryAgainLater.rawValue)
        case .late:
            StandardError.write(
                "touchmon: unable to wait any longer: the run has not ended\n"
                    + "it goes on; see touchmon history\n")
            throw ExitCode(ExitStatus.tryAgainLater.rawValue)
        }
    }

    private static func tell(_ news: FollowedTouch.News) {
        switch news {
        case .output(let bytes): StandardOutput.write(bytes)
        case .waiting(let word):
            StandardError.write("touchmon: waiting for \(ControlText.waiting(word))\n")
        case .run(let run, let isShared):
            let others = isShared ? ", for others' touches as well" : ""
            StandardError.write("touchmon: run \(run.value)\(others)\n")
        case .repeats(let run, let ending):
            StandardError.write(
                "touchmon: run \(run.value): \(ControlText.outcome(ending)); it is tried again\n")
        case .disconnected:
            StandardError.write("touchmon: the daemon has ended; waiting for the next one\n")
        }
    }

    private static func exit(_ run: RunNumber, _ ending: RunEnding) throws {
        switch ending {
        case .ended(.exited(let status)): throw ExitCode(status)
        case .ended(.signalled(let signal)): throw ExitCode(128 + signal)
        case .ended(.unknown), .interrupted, .notStarted:
            StandardError.write(
                "touchmon: run \(run.value): \(ControlText.outcome(ending))\n"
                    + "see the daemon's log\n")
            throw ExitCode(ExitStatus.system.rawValue)
        }
    }
}
