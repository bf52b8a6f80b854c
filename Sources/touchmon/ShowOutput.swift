internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct ShowOutput: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "output", abstract: "Show what a run has printed, as it was written.")

    @Argument(help: ArgumentHelp("The number of the run.", valueName: "run"), completion: .run)
    var number: UInt64

    @Flag(help: "Go on until the run has ended.")
    var follow = false

    @OptionGroup var state: StateArguments

    private static let interval: Int64 = 50_000_000

    func run() throws {
        var client = state.connect()
        var offset: Int64 = 0
        while true {
            let request = ControlRequest.output(RunNumber(number), offset: offset)
            let piece = orExit { () throws(StartupFailure) in try client.askOnce(request) }
            let (start, size) = (piece.number("start") ?? 0, piece.number("size") ?? 0)
            let bytes = piece.bytes("bytes") ?? []
            if start > offset {
                StandardError.write(
                    "touchmon: \(start - offset) bytes were not kept, as `output_limit` says\n")
            }
            StandardOutput.write(bytes)
            offset = max(offset, start + Int64(bytes.count))
            if offset < size { continue }
            guard follow, piece.isTrue("running") else { return }
            Terminal.pause(Self.interval)
        }
    }
}
