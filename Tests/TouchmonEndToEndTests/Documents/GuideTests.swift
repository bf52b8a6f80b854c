import Foundation
import Testing

/// The guides do what they say.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct GuideTests {
    /// Whether what is printed is to be written into the guides, and not compared: `make guides`.
    private static let isWriting = ProcessInfo.processInfo.environment["TOUCHMON_GUIDES"] == "write"

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason), arguments: Guide.all)
    func `its commands print what it shows`(guide: Guide) throws {
        let contents = try guide.contents()
        #expect(!contents.entries.isEmpty)
        let outcomes = try ExamplePlace().run(contents.entries.map(\.step), after: "")
        var outputs: [[String]?] = []
        for (entry, outcome) in zip(contents.entries, outcomes) {
            let step = entry.step
            outputs.append(nil)
            guard let outcome else {
                Issue.record("did not come true, or was not reached: \(step.command)")
                continue
            }
            #expect(outcome.status == step.status, "\(step.command): \(outcome.output)")
            guard !step.isInBackground, !step.isAwaited else { continue }
            // What is waited for on the way depends on who is faster, where the document does not show it.
            let isWaiting = { (line: String) in line.hasPrefix("touchmon: waiting for ") }
            let output = outcome.output.filter {
                step.output.contains(where: isWaiting) || !isWaiting($0)
            }
            if Masked.matches(output, step.output) { continue }
            outputs[outputs.count - 1] = output
            if Self.isWriting { continue }
            Issue.record("\(step.command)\nprints\n\(output.joined(separator: "\n"))")
        }
        if Self.isWriting { try guide.write(outputs, into: contents) }
    }

    /// What can't be run here is nothing of touchmon's, and little.
    @Test func `every block is run, or says why not`() throws {
        var reasons: [String] = []
        for guide in Guide.all {
            let contents = try guide.contents()
            #expect(contents.problems.isEmpty, "\(guide.name)")
            reasons += contents.reasons
        }
        #expect(reasons.count <= 5, "\(reasons.joined(separator: "\n"))")
    }

    @Test func `what is masked`() {
        let line = "2026-11-23T11:03:29.462Z info run 1 started as deploy with pid 14502: /srv/x"
        #expect(Masked.line(line) == "TIME info run 1 started as deploy with PROCESS: /srv/x")
        #expect(Masked.line("a  1.5 ms   b 3s") == "a DURATION b DURATION")
        #expect(Masked.matches(["a", "b", "c"], ["…", "c"]))
        #expect(Masked.matches(["a"], ["a", "…"]))
        #expect(!Masked.matches(["a", "b"], ["a"]))
        #expect(!Masked.matches(["a", "b", "d"], ["…", "c"]))
        #expect(!Masked.matches(["run 2 ended"], ["run 1 ended"]))
    }
}
