internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Which action runs for a path, why, and what is in its way.",
        discussion: """
            Reads the action files that the daemon has read, and asks the daemon what it does with \
            them. With action files given, it reads those, and asks no daemon.
            """)

    @Argument(help: "The path.", completion: .watchedPath)
    var path: PathArgument

    @Argument(
        help: ArgumentHelp("Action files, instead of those of the daemon.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var files: [String] = []

    @OptionGroup var state: StateArguments

    @Flag(help: "As one JSON object.")
    var json = false

    func run() throws {
        let answer = files.isEmpty ? askDaemon() : read()
        var names = UserNames()
        if json {
            var writer = JSONWriter()
            answer.write(to: &writer) { names.name($0) }
            StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
        } else {
            StandardOutput.write(answer.text(width: Terminal.width) { names.name($0) })
        }
        if answer.actions.isEmpty { try ExitStatus.noInput.exit() }
    }

    private func read() -> ExplainedAnswer {
        let reading = orExit { () throws(StartupFailure) in
            try ActionFiles(files.map(RawArgument.bytes)).read(concerning: path.path)
        }
        return answer(reading)
    }

    private func askDaemon() -> ExplainedAnswer {
        var client = state.connect()
        let (reading, read) = orExit { () throws(StartupFailure) in
            let files = try client.files()
            return (
                try ActionFiles(files.arguments, relativeTo: files.directory)
                    .read(concerning: path.path), files.read
            )
        }
        var answer = answer(reading)
        answer.areFilesChanged = reading.lastChange > read
        for index in answer.actions.indices {
            orExit { () throws(StartupFailure) in try client.explain(&answer.actions[index]) }
        }
        return answer
    }

    /// What the action files say.
    private func answer(_ reading: ActionFiles.Reading) -> ExplainedAnswer {
        let place = ExplainedPath(path.path)
        let isDirectory = place.isDirectory
        let explanation = Explanation(
            of: path.path, isDirectory: isDirectory, in: reading.plan,
            overridden: reading.overridden
        ) {
            ExplainedPath.isIgnored($0, $1, isDirectory: isDirectory)
        }
        var names = UserNames()
        return ExplainedAnswer(
            path: path.path,
            actions: explanation.matches.map { match in
                let isTree = match.action.command.tree != nil
                return ExplainedAction(
                    match: match,
                    obstacles: [isTree ? nil : place.obstacle].compactMap { $0 }
                        + Obstacle.of(match.action.command) { names.name($0) })
            }, leftOut: explanation.leftOut,
            errors: reading.problems.count { $0.severity == .error })
    }
}
