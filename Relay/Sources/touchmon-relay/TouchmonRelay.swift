internal import ArgumentParser
internal import RelayCore

@main
struct TouchmonRelay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "touchmon-relay",
        abstract: "Carry touches between the hosts of a fleet, through etcd.",
        subcommands: [Publish.self, Follow.self, Status.self])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let problem as RelayProblem {
            Terminal.complain(problem)
        } catch {
            exit(withError: error)
        }
    }
}
