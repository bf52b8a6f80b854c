internal import ArgumentParser
internal import TouchmonCore
internal import TouchmonDaemon

/// Which daemon is meant, and where it keeps what outlives it.
struct StateArguments: ParsableArguments {
    @Option(help: "The daemon's name: one daemon of a name runs at a time.")
    var name = "default"

    @Option(
        help: ArgumentHelp(
            "Where the ledger is kept; by itself below /var/lib/touchmon, or below the user's "
                + "state directory.",
            valueName: "directory"), completion: .directory)
    var stateDirectory: String?

    var path: RawPath {
        StateLocation.path(name: name, directory: stateDirectory.map { Array($0.utf8) })
    }

    /// Where commands for a daemon come in that this user starts.
    var control: RawPath {
        StateLocation.control(name: name, directory: stateDirectory.map { Array($0.utf8) })
    }

    /// Where commands for a daemon come in: for this user's where it listens, else for root's, who says what
    /// others may ask.
    var controlOfAny: RawPath {
        StateLocation.controlOfAny(name: name, directory: stateDirectory.map { Array($0.utf8) })
    }

    func validate() throws {
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")) else {
            throw ValidationError(
                "the name \"\(name)\" can't be that of a directory; write a word, as in --name web")
        }
    }
}
