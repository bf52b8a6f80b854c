import Foundation
import Testing

/// What a command of touchmon answered, each stream by itself.
struct Answer: Equatable {
    var status: Int32
    var output: String
    var errors: String

    /// Runs the binary to its end.
    static func of(
        _ arguments: [String], in directory: String? = nil, prefix: [String] = []
    ) throws -> Answer {
        let scratch = try Scratch()
        let (output, errors) = (try scratch.write("output"), try scratch.write("errors"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = prefix + [try #require(Binary.path)] + arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}
