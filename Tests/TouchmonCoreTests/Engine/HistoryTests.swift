import Foundation
import Testing
import TouchmonCore
import TouchmonTestSupport

/// Histories that once broke a promise; `make simulate` prints more of them.
@Suite struct HistoryTests {
    private static let files: [URL] = {
        let directory = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Histories")
        let all = try? FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        return (all ?? []).sorted { $0.path < $1.path }
    }()

    @Test func `there are histories`() {
        #expect(Self.files.count > 10)
    }

    @Test(arguments: files) func `keeps its promises`(file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        let history = try #require(History(text))
        var player = try HistoryPlayer(history)
        #expect(try player.play() == nil)
    }

    @Test func `a history can be written and read again`() {
        for seed in 0..<500 as Range<UInt64> {
            let history = History(seed: seed)
            #expect(History(history.text) == history)
        }
    }

    @Test(.thorough) func `random histories keep every promise`() throws {
        for seed in 0..<2000 as Range<UInt64> {
            let history = History(seed: seed)
            var player = try HistoryPlayer(history)
            let broken = try player.play()
            #expect(broken == nil, "seed \(seed)")
        }
    }
}
