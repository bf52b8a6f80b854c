import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// A test that takes seconds, as it tries very many cases: `make test-fast` leaves it out, and says so.
    static var thorough: Self {
        .disabled(
            if: ProcessInfo.processInfo.environment["TOUCHMON_TEST_FAST"] != nil,
            "tries very many cases; make test runs it")
    }
}
