import Foundation
import Testing

/// What a validator that others wrote says of files: Python's jsonschema.
enum SchemaValidator {
    enum Verdict: String { case valid, invalid, notJSON }

    static let isThere =
        (try? run(["-c", "from jsonschema import Draft202012Validator"], "")) != nil
    static let absence: Comment =
        "needs Python's jsonschema (python3-jsonschema): scripts/install-dependencies test"

    /// Numbers like NaN and a byte order mark, which Python's reader takes, are not JSON.
    private static let program = """
        import base64, json, sys
        from jsonschema import Draft202012Validator
        def refuse(constant): raise ValueError(constant)
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for line in sys.stdin:
            try:
                text = base64.b64decode(line).decode("utf-8")
                value = json.loads(text, parse_constant=refuse)
            except (ValueError, RecursionError):
                print("notJSON")
                continue
            print("valid" if validator.is_valid(value) else "invalid")
        """

    /// What it says of each file, by the schema in a file.
    static func verdicts(on files: [[UInt8]], schema: URL) throws -> [Verdict] {
        let lines = files.map { Data($0).base64EncodedString() + "\n" }.joined()
        let answer = try run(["-W", "ignore", "-c", program, schema.path], lines)
        return answer.split(separator: "\n").compactMap { Verdict(rawValue: String($0)) }
    }

    private struct Failed: Error {}

    private static func run(_ arguments: [String], _ input: String) throws -> String {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "touchmon-schema-\(UUID().uuidString)")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return String(decoding: answer, as: UTF8.self)
    }
}
