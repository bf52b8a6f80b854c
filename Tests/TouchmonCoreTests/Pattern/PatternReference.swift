import Foundation

/// Asks programs that others wrote.
enum Reference {
    struct Failed: Error {
        var status: Int32
        var output: String
    }

    /// What a program prints that is given `input`.
    static func output(
        of program: String, _ arguments: [String], in directory: URL? = nil,
        environment: [String: String]? = nil, input: Data, mayFail: Bool = false
    ) throws -> Data {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "touchmon-reference-\(UUID().uuidString)")
        try input.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = directory
        if let environment { process.environment = environment }
        process.standardInput = try FileHandle(forReadingFrom: file)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let answer = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard mayFail || process.terminationStatus == 0 else {
            throw Failed(
                status: process.terminationStatus, output: String(decoding: answer, as: UTF8.self))
        }
        return answer
    }
}

/// Python's wcmatch, whose patterns are those of bash for paths that need not be there.
enum Wcmatch {
    static let isThere =
        (try? Reference.output(
            of: "/usr/bin/python3", ["-c", "import wcmatch.glob"], input: Data())) != nil
    static let absence =
        "needs Python's wcmatch (python3-wcmatch): scripts/install-dependencies test"

    private static let program = """
        import base64, sys
        from wcmatch import glob
        flags = glob.GLOBSTAR | glob.BRACE | glob.FORCEUNIX
        if sys.argv[1] == "dots": flags |= glob.DOTGLOB
        def text(word): return base64.b64decode(word).decode("utf-8", "surrogateescape")
        for line in sys.stdin:
            pattern, *paths = map(text, line.rstrip("\\n").split(" "))
            print("".join("01"[glob.globmatch(path, pattern, flags=flags)] for path in paths))
        """

    /// Whether each pattern matches each of its paths. `hidesDots`: names that begin with a dot need
    /// one in the pattern.
    static func verdicts(
        on questions: [(pattern: [UInt8], paths: [[UInt8]])], hidesDots: Bool = false
    ) throws -> [[Bool]] {
        let lines = questions.map { question in
            ([question.pattern] + question.paths).map { Data($0).base64EncodedString() }
                .joined(separator: " ") + "\n"
        }
        let answer = try Reference.output(
            of: "/usr/bin/python3", ["-W", "ignore", "-c", program, hidesDots ? "hides" : "dots"],
            input: Data(lines.joined().utf8))
        return String(decoding: answer, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.map { $0 == "1" } }
    }
}
