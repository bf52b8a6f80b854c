import ArgumentParser

@main
struct Touchmon: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "touchmon")
}
