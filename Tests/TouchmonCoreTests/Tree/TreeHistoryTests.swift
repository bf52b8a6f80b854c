import Testing
import TouchmonCore

@testable import TouchmonTestSupport

/// Random histories of trees keep the promises: nothing lost, nothing doubled. `make simulate` plays more.
@Suite struct TreeHistoryTests {
    @Test(.thorough, arguments: 0..<20) func `a random history keeps all promises`(hundred: Int)
        throws
    {
        for seed in UInt64(hundred * 100)..<UInt64(hundred * 100 + 100) {
            let history = TreeHistory(seed: seed)
            var player = try TreeHistoryPlayer(history)
            let broken = try player.play()
            #expect(broken == nil, "seed \(seed)\n\(history.text)")
        }
    }

    @Test func `a file written by one of its names counts at both after a power loss`() throws {
        var history = TreeHistory(seed: 0)
        (history.marks, history.each, history.settle) = (true, .file, 0)
        history.runDuration = 5000
        history.steps = [.write(0), .link(0, 1), .pass(50), .write(0), .powerLoss]
        var player = try TreeHistoryPlayer(history)
        let broken = try player.play()
        #expect(broken == nil)
        let runs = player.runs.joined(separator: "\n")
        #expect(runs.split(separator: "/srv/t/g").count - 1 == 3, "\(runs)")
    }

    /// What random histories have shown.
    private struct Story: CustomTestStringConvertible {
        var testDescription: String
        var history: TreeHistory

        init(
            _ name: String, marks: Bool, settle: Int = 0, runDuration: Int = 5000,
            _ steps: [TreeHistory.Step]
        ) {
            testDescription = name
            history = TreeHistory(seed: 0)
            (history.marks, history.each, history.settle) = (marks, .batch, settle)
            (history.runDuration, history.listings, history.steps) = (runDuration, 1, steps)
        }

        static let told = [
            Story(
                "a file is truncated, and moved with its directory, before its close is judged",
                marks: true,
                [
                    // Not at a whole second, as which a file system without fractions has it.
                    .pass(30_000), .makeDirectory(at("/srv/t/c")), .makeDirectory(at("/out/a")),
                    .write(file("/out/a/g")), .work(2), .truncate(file("/out/a/g")),
                    .moveDirectory(at("/out/a"), at("/srv/t/c/d")),
                ]),
            Story(
                "a file is written again, and stays open, where another one was", marks: false,
                settle: 5000, runDuration: 200_000,
                [
                    .makeDirectory(at("/srv/t/a")), .write(file("/srv/t/a/g")), .pass(3000),
                    .moveDirectory(at("/srv/t/a"), at("/srv/t/c")), .makeDirectory(at("/srv/t/a")),
                    .pass(3_000_000), .write(file("/srv/t/a/g")), .hold(file("/srv/t/a/g")),
                    .pass(30_000),
                ]),
            Story(
                "a directory comes while a run is due, and the daemon is killed", marks: true,
                settle: 5000, runDuration: 100,
                [
                    .makeDirectory(at("/srv/t/c")), .write(file("/srv/t/c/f")), .pass(30_000),
                    .powerLoss, .start, .write(file("/srv/t/c/g")), .flood,
                    .moveDirectory(at("/srv/t/c"), at("/srv/t/b")), .pass(3000), .kill,
                ]),
            Story(
                "a link to an open file whose other name is gone", marks: true, settle: 5000,
                runDuration: 200_000,
                [
                    .makeDirectory(at("/srv/t/b")), .hold(file("/out/f")),
                    .link(file("/out/f"), file("/srv/t/b/f")), .remove(file("/out/f")),
                    .pass(3_000_000),
                ]),
        ]

        private static func at(_ path: String) -> Int {
            TreeHistory.directories.firstIndex(of: path) ?? -1
        }

        private static func file(_ path: String) -> Int {
            TreeHistory.files.firstIndex(of: path) ?? -1
        }
    }

    @Test(arguments: Story.told)
    private func `what was broken once keeps all promises`(story: Story) throws {
        var player = try TreeHistoryPlayer(story.history)
        let broken = try player.play()
        #expect(broken == nil, "\(story.history.text)")
    }
}
