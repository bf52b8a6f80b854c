internal import ArgumentParser
internal import Glibc
internal import TouchmonDaemon

/// Answers go here.
enum StandardOutput {
    static func write(_ text: String) { write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) { Descriptor.write(bytes, to: STDOUT_FILENO) }
}

/// What is wrong goes here.
enum StandardError {
    static func write(_ text: String) { write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) { Descriptor.write(bytes, to: STDERR_FILENO) }
}

private enum Descriptor {
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // Nobody is there to be told that nobody is there.
            guard count >= 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

extension ExitStatus {
    /// Ends the program with this status.
    func exit() throws {
        throw ExitCode(rawValue)
    }
}

extension StartupFailure {
    /// Says what was not possible, and ends the program.
    func exit() -> Never {
        StandardError.write(text)
        Glibc.exit(status.rawValue)
    }
}
