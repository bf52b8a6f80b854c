import RelayCore
import Testing

@Suite struct LogBudgetTests {
    @Test func itIsByTime() {
        var budget = LogBudget(3, per: .seconds(3600))
        let start = ContinuousClock.now
        func spend(_ seconds: Int) -> LogBudget.Verdict {
            budget.spend(at: start.advanced(by: .seconds(seconds)))
        }
        #expect([spend(0), spend(1), spend(2)] == [.log, .log, .logAsLast])
        #expect([spend(3), spend(3599)] == [.drop, .drop])
        #expect([spend(3600), spend(3601), spend(3602)] == [.log, .log, .logAsLast])
        #expect(spend(7199) == .drop)
        #expect(spend(100_000) == .log)
    }
}
