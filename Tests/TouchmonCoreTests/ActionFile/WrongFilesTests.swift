import Testing
import TouchmonCore

/// A file that is wrong, and exactly what is said about it.
struct WrongFile: Sendable, CustomTestStringConvertible {
    var name: String
    /// `⟨ff⟩` stands for the byte 0xff.
    var text: String
    /// Without the last newline.
    var report: String

    init(_ name: String, _ text: String, _ report: String) {
        self.name = name
        self.text = text
        self.report = report
    }

    /// Those of every table.
    static let all =
        text + tokens + structure + values + settings + policies + limits + process + touches
        + handlers + trees + treeRuns

    var testDescription: String { name }

    var bytes: [UInt8] { text.markedBytes }
}

@Suite struct WrongFilesTests {
    @Test(arguments: WrongFile.text + WrongFile.tokens)
    func `what is not JSON is explained`(file: WrongFile) {
        expectReport(of: file)
    }

    @Test(arguments: WrongFile.structure)
    func `what is not an action is explained`(file: WrongFile) {
        expectReport(of: file)
    }

    @Test(
        arguments: WrongFile.values + WrongFile.settings + WrongFile.policies + WrongFile.limits
            + WrongFile.process + WrongFile.touches + WrongFile.handlers + WrongFile.trees
            + WrongFile.treeRuns)
    func `a wrong value is explained`(file: WrongFile) {
        expectReport(of: file)
    }

    private func expectReport(of file: WrongFile) {
        let source = SourceText(file: RawPath("web.json"), bytes: file.bytes)
        let reading = ActionFileReading(of: [source], relativeTo: RawPath("/srv"))
        let report = ProblemReport(reading.problems, sources: [source]).text()
        #expect(report == file.report + "\n")
    }
}
