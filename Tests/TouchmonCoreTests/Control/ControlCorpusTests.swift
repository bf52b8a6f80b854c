import Foundation
import Testing
import TouchmonCore
import TouchmonTestSupport

/// Everything that the fuzzer ever found on the control socket, and where it begins.
@Suite struct ControlCorpusTests {
    private static let files: [URL] = {
        let directory = URL(filePath: #filePath)
            .appending(path: "../../../../Fuzz/Corpus/Control").standardizedFileURL
        let files = try? FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        return files ?? []
    }()

    @Test func `every file of the corpus keeps the invariants`() throws {
        #expect(Self.files.count >= 20)
        for file in Self.files {
            let bytes = Array(try Data(contentsOf: file))
            #expect(ControlInvariants.violations(in: bytes) == [], "\(file.lastPathComponent)")
        }
    }

    /// The fuzzer begins with every request, and with rows of both kinds.
    @Test func `what it begins with is understood`() throws {
        var requests: Set<String> = []
        for file in Self.files {
            let bytes = Array(try Data(contentsOf: file))
            if (try? ControlRequest(bytes)) != nil {
                requests.insert(ControlReply(bytes)?.word("request") ?? "")
            }
            switch file.lastPathComponent {
            case "run-row": #expect(RowBytes.historyRows(bytes)?.count == 1)
            case "action-row": #expect(RowBytes.statusRows(bytes)?.count == 1)
            default: break
            }
        }
        #expect(requests.count == 13, "\(requests.sorted())")
    }
}
