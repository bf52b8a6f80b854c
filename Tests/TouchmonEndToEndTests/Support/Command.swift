import Foundation

/// A command that a test runs to its end.
struct Command {
    var status: Int32
    var output: String

    /// To be put before a command that is to be ended by a signal: the threads that tests run on
    /// block signals, and a child inherits that.
    static let withoutBlockedSignals = [
        "python3", "-c",
        "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); "
            + "[signal.signal(s, signal.SIG_DFL) for s in (signal.SIGINT, signal.SIGTERM)]; "
            + "os.execvp(sys.argv[1], sys.argv[1:])",
    ]

    /// Runs a command, found in PATH, and returns what it printed on both streams.
    @discardableResult
    static func run(
        _ command: [String], in directory: String? = nil, environment: [String: String] = [:]
    ) throws -> Command {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Command(
            status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
    }
}
