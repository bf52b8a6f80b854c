internal import ArgumentParser
internal import Glibc
internal import TouchmonCore
internal import TouchmonDaemon

extension StateArguments {
    /// Connects to the daemon that is meant, and ends the program where there is none.
    func connect() -> ControlClient {
        do {
            return try ControlClient(controlOfAny)
        } catch {
            error.exit()
        }
    }
}

/// A path as action files have it: absolute, and normal.
struct PathArgument: ExpressibleByArgument {
    let path: RawPath

    init?(argument: String) {
        let bytes = RawArgument.bytes(of: argument)
        guard !bytes.isEmpty else { return nil }
        path = StateLocation.absolute(bytes)
    }
}

/// Does something that may fail for a reason that is for people, and ends the program then.
func orExit<Result: ~Copyable>(_ body: () throws(StartupFailure) -> Result) -> Result {
    do {
        return try body()
    } catch {
        error.exit()
    }
}
