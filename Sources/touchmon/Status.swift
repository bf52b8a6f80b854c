internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is watched, what runs, and how the last run ended.")

    @Argument(help: "Only this path, and all about it.")
    var path: PathArgument?

    @Flag(help: "As one JSON object.")
    var json = false

    @OptionGroup var state: StateArguments

    func run() throws {
        var client = state.connect()
        var names = UserNames()
        if let path {
            let row = orExit { () throws(StartupFailure) in
                try client.askOnce(.status(path: path.path, from: 0)).statusRow
            }
            guard let row else { return }
            if json {
                var writer = JSONWriter()
                row.write(to: &writer) { names.name($0) }
                return StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
            }
            return StandardOutput.write(
                ControlText.details(row, at: Terminal.now) { names.name($0) })
        }
        var (rows, place): ([StatusRow], Int?) = ([], 0)
        var last: ControlReply?
        while let from = place {
            let answer = orExit { () throws(StartupFailure) in
                try client.ask(.status(path: nil, from: from))
            }
            rows += answer.lines.compactMap(\.statusRow)
            place = answer.last.number("next").map { Int($0) }
            last = answer.last
        }
        rows.sort { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
        if json { return StandardOutput.write(object(rows, last, &names)) }
        for word in last?.words("degraded") ?? [] {
            StandardError.write("touchmon: degraded: \(word); see the daemon's log\n")
        }
        StandardOutput.write(ControlText.status(rows, at: Terminal.now, width: Terminal.width))
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
