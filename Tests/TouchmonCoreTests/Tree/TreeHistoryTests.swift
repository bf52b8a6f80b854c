import Testing
import TouchmonCore
import TouchmonTestSupport

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
}
