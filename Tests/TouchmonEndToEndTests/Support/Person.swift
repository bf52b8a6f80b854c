import Foundation
import Testing

/// A process of some user that does what a test tells it, line by line, in Python: it is there as long
/// as the test wants it to be.
final class Person {
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    let user: User

    private static let program = """
        import os, sys
        for line in sys.stdin:
            try:
                exec(line)
                print("done", flush=True)
            except Exception as error:
                print(error, flush=True)
        """

    /// `prefix` is a command to start it with, besides what makes it the user's.
    init(_ user: User, prefix: [String] = []) throws {
        self.user = user
        let command = prefix + user.prefix + ["/usr/bin/python3", "-c", Self.program]
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try self("pass")
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    var pid: Int32 { process.processIdentifier }

    /// Has it execute a line, and waits until it has.
    func callAsFunction(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
        var answer = Data()
        while answer.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.readData(ofLength: 1)
            try #require(!more.isEmpty, "\(user.name) has ended")
            answer += more
        }
        try #require(String(decoding: answer, as: UTF8.self) == "done\n", "\(line)")
    }
}
