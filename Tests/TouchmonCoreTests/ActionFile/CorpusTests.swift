import Foundation
import Testing
import TouchmonCore
import TouchmonTestSupport

/// Everything that the fuzzer ever found, and where it begins.
@Suite struct CorpusTests {
    private static let directory = URL(filePath: #filePath)
        .appending(path: "../../../../Fuzz/Corpus/ActionFile").standardizedFileURL

    @Test func `the fuzzer begins with every key`() throws {
        let bytes = Array(
            try Data(contentsOf: Self.directory.appending(path: "every-key")))
        let text = String(decoding: bytes, as: UTF8.self)
        for key in ActionKey.all {
            #expect(text.contains("\"\(key.name)\":"))
        }
        let source = SourceText(file: RawPath("every-key"), bytes: bytes)
        let reading = ActionFileReading(of: [source], relativeTo: RawPath("/"))
        #expect(reading.problems.isEmpty)
    }

    @Test func `every file of the corpus keeps the invariants`() throws {
        let directory = Self.directory
        let files = try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        #expect(files.count >= 30)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            #expect(ActionFileInvariants.violations(in: bytes) == [], "\(file.lastPathComponent)")
        }
    }

    /// A file that breaks them would be noticed: the invariants hold for every beginning of a file,
    /// wherever it is cut.
    @Test func `every beginning of a file keeps the invariants`() {
        let text = #"{"/é\udcff": {"argv": ["x", "\ud83d\ude00"], "user": 1, "settle": "1s"}}"#
        for count in 0...text.utf8.count {
            #expect(ActionFileInvariants.violations(in: Array(text.utf8.prefix(count))) == [])
        }
    }
}
