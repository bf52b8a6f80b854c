import Testing
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
}
