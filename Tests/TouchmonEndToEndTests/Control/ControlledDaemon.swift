import Foundation
import Testing

/// A daemon with some stamps that anybody may write, and its commands.
final class ControlledDaemon {
    let scratch: Scratch
    let daemon: TouchmonProcess
    let file: String
    let state: String

    /// `actions`: by the name of a stamp, which is made.
    init(
        _ actions: [String: [String: Any]], at scratch: Scratch? = nil, prefix: [String] = [],
        isMade: Bool = true
    ) throws {
        let scratch = try scratch ?? Scratch()
        self.scratch = scratch
        state = scratch("state")
        let keys = try actions.map { name, action -> (String, [String: Any]) in
            let path = scratch(name)
            if isMade, !name.hasSuffix("/"), access(path, F_OK) != 0 {
                _ = try scratch.write(name)
                chmod(path, 0o666)
            }
            return (path, ["user": NSUserName()].merging(action) { $1 })
        }
        file = try scratch.actions(Dictionary(uniqueKeysWithValues: keys))
        daemon = try .daemon([file], prefix: prefix, state: state)
    }

    /// A further daemon in the place of the first, which has ended.
    func restarted(prefix: [String] = []) throws -> TouchmonProcess {
        try .daemon([file], prefix: prefix, state: state)
    }

    /// Writes the action file anew.
    func rewrite(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    /// Runs a command of touchmon to its end.
    func command(_ arguments: [String], as user: User? = nil) throws -> Answer {
        try Answer.of(
            arguments.prefix(1) + ["--state-directory", state] + arguments.dropFirst(),
            in: scratch.path, prefix: user?.prefix ?? [])
    }

    /// The lines of JSON that a command prints.
    func objects(_ arguments: [String]) throws -> [[String: Any]] {
        let answer = try command(arguments)
        try #require(answer.status == 0, "\(answer.errors)")
        return try answer.output.split(separator: "\n").map {
            try #require(
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// Begins a command of touchmon that goes on.
    func begin(_ arguments: [String], as user: User? = nil) throws -> RunningCommand {
        try RunningCommand(
            (user?.prefix ?? []) + [try #require(Binary.path)] + arguments.prefix(1)
                + ["--state-directory", state] + arguments.dropFirst(), in: scratch)
    }

    func touch(_ name: String) { utimes(scratch(name), nil) }
}

/// A command that goes on while a test does something else.
final class RunningCommand {
    private let process = Process()
    private let outputFile: String
    private let errorFile: String

    init(_ command: [String], in scratch: Scratch) throws {
        let id = UUID().uuidString
        outputFile = try scratch.write("output-\(id)")
        errorFile = try scratch.write("errors-\(id)")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = Command.withoutBlockedSignals + command
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(
            forWritingTo: URL(fileURLWithPath: outputFile))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorFile))
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }
    var pid: Int32 { process.processIdentifier }

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end, at most so long; nil where it does not come.
    func status(within seconds: Double = 60) -> Int32? {
        eventually(within: seconds) { !process.isRunning } ? process.terminationStatus : nil
    }
}
