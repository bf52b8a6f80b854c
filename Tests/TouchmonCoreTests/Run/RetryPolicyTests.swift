import Testing
import TouchmonCore

@Suite struct RetryPolicyTests {
    private static func policy(_ change: (inout RetryPolicy) -> Void) -> RetryPolicy {
        var policy = RetryPolicy(attempts: 10)
        change(&policy)
        return policy
    }

    @Test(arguments: [(2, 1), (3, 2), (4, 4), (5, 8), (9, 128), (10, 256), (11, 300), (1000, 300)])
    func `waits double, up to five minutes`(attempt: Int, seconds: Int) {
        let wait = RetryPolicy(attempts: 1000).wait(before: attempt, salt: 0)
        #expect(wait == .seconds(seconds))
    }

    @Test func `delay, factor and bound are the action's`() {
        let policy = Self.policy {
            $0.delay = .milliseconds(100)
            $0.backOff = 1.5
            $0.maxDelay = .milliseconds(200)
        }
        let waits = (2...5).map { policy.wait(before: $0, salt: 0) }
        #expect(waits == [100, 150, 200, 200].map(Duration.milliseconds))
        #expect(Self.policy { $0.backOff = 1 }.wait(before: 9, salt: 0) == .seconds(1))
    }

    @Test func `no wait is no wait`() {
        #expect(Self.policy { $0.delay = .zero }.wait(before: 9, salt: 7) == .zero)
    }

    @Test func `runs that failed together wait up to a tenth less, each differently`() {
        let waits = (1...1000).map { RetryPolicy(attempts: 2).wait(before: 2, salt: $0) }
        #expect(waits.allSatisfy { $0 > .milliseconds(900) && $0 <= .seconds(1) })
        #expect(Set(waits).count == 1000)
        #expect(waits.contains { $0 < .milliseconds(910) })
        #expect(waits.contains { $0 > .milliseconds(990) })
    }
}
