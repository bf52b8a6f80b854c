package import RelayCore
internal import Subprocess
internal import SystemPackage

/// `touchmon follow`, which knows what becomes of a file that was put in its place.
package struct FollowedProgram: Sendable {
    package let program: String
    /// For the daemon's name and state directory.
    package let arguments: [String]

    package init(program: String, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    /// Secrets, and what a service manager says to the relay.
    private static let notForIt: [Environment.Key: String?] = [
        "ETCDCTL_PASSWORD": nil, "ETCDCTL_USER": nil, "NOTIFY_SOCKET": nil,
    ]

    /// How it ended: nil where a signal ended it. `complaint` is what it wrote to standard error.
    package struct End: Sendable {
        package let status: Int?
        package let complaint: String
    }

    /// Runs it to its end, and tells each of its lines. It is killed when the task is cancelled; the run that
    /// it follows goes on.
    package func run(
        _ path: String, _ tell: @Sendable (FollowEvent) async -> Void
    ) async throws -> End {
        let executable: Executable =
            program.contains("/") ? .path(FilePath(program)) : .name(program)
        let result = try await Subprocess.run(
            executable, arguments: .init(["follow", path, "--json"] + arguments),
            environment: .inherit.updating(Self.notForIt),
            input: .none, output: .sequence, error: .sequence
        ) { execution in
            async let complaint = Self.beginning(of: execution.standardError)
            var line: [UInt8] = []
            for try await buffer in execution.standardOutput {
                for byte in buffer.withUnsafeBytes({ Array($0) }) {
                    if byte != UInt8(ascii: "\n") {
                        line.append(byte)
                        continue
                    }
                    if let event = FollowEvent(line: line) { await tell(event) }
                    line.removeAll(keepingCapacity: true)
                }
            }
            return try await complaint
        }
        let status: Int? =
            if case .exited(let code) = result.terminationStatus { Int(code) } else { nil }
        return End(status: status, complaint: result.closureResult)
    }

    private static func beginning(of output: SubprocessOutputSequence) async throws -> String {
        var bytes: [UInt8] = []
        for try await buffer in output where bytes.count < 400 {
            bytes += buffer.withUnsafeBytes { Array($0) }
        }
        let line = bytes.prefix(400).prefix { $0 != UInt8(ascii: "\n") }
        return String(decoding: line, as: UTF8.self)
    }
}
