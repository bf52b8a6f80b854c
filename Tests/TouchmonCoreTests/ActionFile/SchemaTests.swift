import Foundation
import Testing
import TouchmonCore
import TouchmonTestSupport

/// The JSON Schema of action files says of a file what the parser says of it.
@Suite struct SchemaTests {
    private static let root = URL(filePath: #filePath)
        .appending(path: "../../../..").standardizedFileURL
    private static let schema = root.appending(path: "packaging/touchmon.schema.json")

    @Test func `the file is what the keys say; make schema writes it`() throws {
        #expect(try String(contentsOf: Self.schema, encoding: .utf8) == ActionFileSchema.text)
    }

    @Test func `it knows each key that this version supports, and says what it is`() {
        #expect(
            ActionFileSchema.keys.map(\.name)
                == ActionKey.all.map(\.name))
    }

    @Test(arguments: ActionFileSchema.keys.filter { $0.standard != nil })
    func `a default says the same as nothing`(key: ActionFileSchema.Key) throws {
        func action(_ more: String) throws -> ActionDefinition {
            let text = "{\"/f\": {\"argv\": [\"x\"]\(more)}}"
            let source = SourceText(file: RawPath("f"), bytes: Array(text.utf8))
            let reading = ActionFileReading(of: [source], relativeTo: RawPath("/"))
            #expect(reading.problems.isEmpty)
            var action = try #require(reading.actions.first)
            // Whether it was said matters where there is a sandbox.
            action.process.noNewPrivileges = action.process.noNewPrivileges ?? false
            return action
        }
        let standard = try #require(key.standard)
        #expect(try action(", \"\(key.name)\": \(standard)") == action(""))
    }

    @Test(.enabled(if: SchemaValidator.isThere, SchemaValidator.absence))
    func `what the parser accepts is valid`() throws {
        var files = try Self.corpus() + Self.examples()
        var random = SplitMix64(seed: 1)
        for number in 0..<500 {
            let path = RawPath("/srv/\(number)")
            let action = ActionDefinition.random(path: path, using: &random)
            files.append(("random \(number)", ActionFileInvariants.actionFile(of: [action])))
        }
        let accepted = files.filter { Self.isAccepted($0.1) }
        #expect(accepted.count > 500)
        let verdicts = try SchemaValidator.verdicts(
            on: accepted.map(\.1), schema: Self.schema)
        try #require(verdicts.count == accepted.count)
        for ((name, bytes), verdict) in zip(accepted, verdicts) where verdict != .valid {
            Issue.record("\(verdict): \(name): \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func `every random definition is accepted`() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<500 {
            let action = ActionDefinition.random(path: RawPath("/f"), using: &random)
            let file = ActionFileInvariants.actionFile(of: [action])
            #expect(Self.isAccepted(file), "\(String(decoding: file, as: UTF8.self))")
            #expect(ActionFileInvariants.violations(in: file) == [])
        }
    }

    @Test(.enabled(if: SchemaValidator.isThere, SchemaValidator.absence))
    func `what the parser refuses is not, but for what a schema can't say`() throws {
        let refused = WrongFile.all.filter { !Self.isAccepted($0.bytes) }
        let verdicts = try SchemaValidator.verdicts(
            on: refused.map(\.bytes), schema: Self.schema)
        try #require(verdicts.count == refused.count)
        let passed = zip(refused, verdicts).filter { $1 == .valid }.map(\.0.name)
        #expect(passed.sorted() == Self.beyondSchemas.flatMap(\.value).sorted())
    }

    /// The wrong files that the schema accepts, by what it is that a schema can't say.
    private static let beyondSchemas: KeyValuePairs<String, [String]> = [
        "Names of one object are told apart before a schema sees it.": [
            "a duplicate key", "a key of retry twice", "a limit that is there twice",
            "a path that is there twice",
            "a path that is there twice, and once in another spelling",
            "a sandbox with a list that is there twice", "a variable that is there twice",
            "an on_failure with a key twice",
            "two spellings of a path that is there twice",
        ],
        "It compares no two values.": [
            "a max_delay that is shorter than the delay", "a settle with a shorter max",
        ],
        "It does not see that a key is a path, a pattern or a directory.": [
            "a recursive plain path that is not", "a recursive pattern of files",
            "an each of a plain path", "an exclude of a plain path", "an include of a plain path",
            "changes on the standard input for a plain path",
            "keys for trees where what looks like a pattern is none",
            "states of a directory's files", "contents of a pattern's files",
            "patterns that begin at the root", "one path for many files",
            "many paths for one file", "a program that is what was touched",
        ],
        "It counts no brackets and braces.": [
            "a key that stands for too much", "an exclude that stands for too much",
            "excludes that stand for too much together",
            "an exclude with a brace that nothing closes",
            "an exclude with a wrong pattern in its object",
            "an include with a bracket that nothing closes",
        ],
        "It has no number within a string.": [
            "a poll that is too long", "a settle that is too long", "a timeout that is too long",
            "a size that is too large", "less memory than any program needs",
            "an output_limit that is too large", "an output_limit that is too small",
            "an output_limit that no number can hold",
        ],
        "Which halves of characters there may be differs between its implementations.": [
            "half of a character", "a user that is not UTF-8",
        ],
    ]

    private static func isAccepted(_ bytes: [UInt8]) -> Bool {
        let source = SourceText(file: RawPath("f"), bytes: bytes)
        return !ActionFileReading(of: [source], relativeTo: RawPath("/srv")).problems.haveErrors
    }

    private static func corpus() throws -> [(String, [UInt8])] {
        let directory = root.appending(path: "Fuzz/Corpus/ActionFile")
        return try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil
        ).map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
    }

    /// The examples of the documents.
    private static func examples() throws -> [(String, [UInt8])] {
        let guides = try FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: "docs/guides").path
        ).filter { $0.hasSuffix(".md") }.map { "docs/guides/\($0)" }
        let documents = try (["README.md", "docs/action-files.md"] + guides).map {
            ($0, try String(contentsOf: root.appending(path: $0), encoding: .utf8))
        }
        let examples = documents.flatMap { name, text in
            text.components(separatedBy: "```json\n").dropFirst().compactMap {
                $0.components(separatedBy: "\n```").first
            }.filter { $0.contains("argv") && !$0.contains("\"usr\"") }.map { (name, $0) }
        }
        #expect(Set(examples.map(\.0)).isSuperset(of: ["README.md", "docs/action-files.md"]))
        for (name, example) in examples {
            #expect(isAccepted(Array(example.utf8)), "\(name): \(example)")
        }
        return examples.map { ($0.0, Array($0.1.utf8)) }
    }
}
