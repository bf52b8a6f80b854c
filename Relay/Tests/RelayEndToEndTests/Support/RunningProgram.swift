import Foundation

/// A program that a test has started; it ends with the test.
final class RunningProgram: @unchecked Sendable {
    private let process = Process()
    private let output: String
    private let errors: String

    init(
        _ program: String, _ arguments: [String], scratch: Scratch, name: String,
        environment: [String: String] = [:]
    ) throws {
        output = "\(scratch.path)/\(name).out"
        errors = "\(scratch.path)/\(name).err"
        for path in [output, errors] {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ETCDCTL_") }
        all.merge(environment) { $1 }
        process.environment = all
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var standardOutput: String { content(output) ?? "" }
    var standardError: String { content(errors) ?? "" }

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Its status; a signal's number below zero.
    func status(within seconds: Double = 30) async throws -> Int32 {
        try await eventually("the end of a program: \(standardError)", within: seconds) {
            !process.isRunning
        }
        return process.terminationReason == .exit
            ? process.terminationStatus : -process.terminationStatus
    }
}
