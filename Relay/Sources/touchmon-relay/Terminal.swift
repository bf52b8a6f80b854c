internal import ArgumentParser
internal import Glibc
internal import RelayCore

/// Answers go to standard output, what is wrong to standard error.
enum Terminal {
    static func answer(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Says what was not possible, and ends the program.
    static func complain(_ problem: RelayProblem) -> Never {
        write("touchmon-relay: \(problem)\n", to: STDERR_FILENO)
        exit(problem.status.rawValue)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // Nobody is there to be told that nobody is there.
            guard count >= 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

/// A duration, as in `250ms`, `10s`, `5m` or `1h`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let duration = Duration(text: argument) else { return nil }
        self.duration = duration
    }

    var defaultValueDescription: String { "\(duration.components.seconds)s" }
}

/// The name of a touch.
struct KeyArgument: ExpressibleByArgument {
    let text: String

    init(argument: String) { text = argument }

    /// Throws what is wrong with it.
    func key() throws -> TouchKey {
        do { return try TouchKey(text) } catch {
            throw RelayProblem(
                .usage, "use \(FleetTable.printable(text, longest: 80)) as a key", error.rawValue,
                "A key is such as web/deploy: parts of A-Z a-z 0-9 . _ - with / between them.")
        }
    }
}
