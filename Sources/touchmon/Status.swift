internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is watched, what runs, and how the last run ended.")

    @Argument(help: "Only this path, and all about it.", completion: .watchedPath)
    var path: PathArgument?

    @Flag(help: "As one JSON object.")
    var json = false

    @Flag(help: "Go on, and show every second how it is then.")
    var watch = false

    @OptionGroup var state: StateArguments

    func validate() throws {
        guard watch else { return }
        guard !json, path == nil else {
            throw ValidationError(
                "--watch shows all actions, as a table: leave out what else is asked")
        }
        guard Terminal.height != nil else {
            throw ValidationError(
                "--watch needs a terminal; without one, history --follow tells what comes")
        }
    }

    func run() throws {
        var client = state.connect()
        var names = UserNames()
        if let path {
            let row = orExit { () throws(StartupFailure) in try client.status(of: path.path) }
            if json {
                var writer = JSONWriter()
                row.write(to: &writer) { names.name($0) }
                return StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
            }
            return StandardOutput.write(
                ControlText.details(row, at: Terminal.now) { names.name($0) })
        }
        if json {
            var object = StatusObject()
            let last = orExit { () throws(StartupFailure) in
                try client.eachStatus { object.add($0) { names.name($0) } }
            }
            return StandardOutput.write(object.json(name: state.name, last))
        }
        var isFirst = true
        repeat {
            var table = StatusTable(at: Terminal.now)
            let last = orExit { () throws(StartupFailure) in
                try client.eachStatus { table.add($0) }
            }
            let troubles = last.words("degraded").map {
                "touchmon: degraded: \($0); see the daemon's log\n"
            }.joined()
            let text = table.text(width: Terminal.width, isColored: Terminal.isColored)
            if watch {
                Terminal.show(troubles + text, isFirst: isFirst)
                Terminal.pause(1_000_000_000)
            } else {
                StandardError.write(troubles)
                StandardOutput.write(text)
            }
            isFirst = false
        } while watch
    }
}
