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
        var isFirst = true
        repeat {
            let (rows, last) = orExit { () throws(StartupFailure) in try client.status() }
            if json { return StandardOutput.write(object(rows, last, &names)) }
            let troubles = (last?.words("degraded") ?? []).map {
                "touchmon: degraded: \($0); see the daemon's log\n"
            }.joined()
            let table = ControlText.status(
                rows, at: Terminal.now, width: Terminal.width, isColored: Terminal.isColored)
            if watch {
                Terminal.show(troubles + table, isFirst: isFirst)
                Terminal.pause(1_000_000_000)
            } else {
                StandardError.write(troubles)
                StandardOutput.write(table)
            }
            isFirst = false
        } while watch
    }

    private func object(
        _ rows: [StatusRow], _ last: ControlReply?, _ names: inout UserNames
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("name", state.name)
            writer.member("pid", last?.number("pid") ?? 0)
            writer.member("since", last?.word("since") ?? "")
            writer.key("degraded")
            writer.list { for word in last?.words("degraded") ?? [] { $0.string(word) } }
            writer.key("actions")
            writer.list { writer in
                for row in rows { row.write(to: &writer) { names.name($0) } }
            }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
