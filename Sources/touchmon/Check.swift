internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report every problem of action files, and run nothing.")

    @OptionGroup var files: ActionFileArguments

    @Flag(help: "Report as one JSON object, for editors.")
    var json = false

    func run() throws {
        do {
            let reading = try ActionFiles(files.bytes).read(examiningPrograms: true)
            let count = reading.plan.items.count
            if json {
                StandardOutput.write(reading.report.json(actionCount: count))
            } else {
                StandardError.write(reading.report.text())
                if reading.problems.isEmpty {
                    StandardOutput.write(
                        "\(count) action\(count == 1 ? "" : "s"), no problems\n")
                }
            }
            try reading.exitStatus.exit()
        } catch let failure as StartupFailure {
            failure.exit()
        }
    }
}
