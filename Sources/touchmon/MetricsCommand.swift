internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print what the daemon has done, for Prometheus.",
        discussion: """
            With --textfile it is written into a file that node_exporter's textfile collector reads, \
            which is replaced at once. Where no daemon runs the file says that touchmon_up is 0.
            """)

    @Option(
        help: ArgumentHelp("Write into this file instead.", valueName: "file"), completion: .file())
    var textfile: String?

    @OptionGroup var state: StateArguments

    func run() throws {
        do throws(StartupFailure) {
            var client = try ControlClient(state.controlOfAny)
            let numbers = try client.askOnce(.metrics).bytes("text") ?? []
            var actions = ActionMetrics()
            _ = try client.eachStatus { actions.add($0) }
            try write(Self.head(isUp: true).bytes + numbers + actions.bytes)
        } catch {
            if error.status == .noDaemon, textfile != nil {
                do throws(StartupFailure) { try write(Self.head(isUp: false).bytes) } catch {
                    error.exit()
                }
            }
            error.exit()
        }
    }

    private static func head(isUp: Bool) -> MetricsText {
        var text = MetricsText()
        text.metric("up", .gauge, "Whether a daemon runs and answers.", value: isUp ? 1 : 0)
        text.metric("build_info", .gauge, "The version of touchmon.")
        text.sample("build_info", ["version": Version.current], "1")
        return text
    }

    private func write(_ bytes: [UInt8]) throws(StartupFailure) {
        guard let textfile else { return StandardOutput.write(bytes) }
        try TextFile.replace(Array(textfile.utf8), with: bytes)
    }
}
