/// How long to wait before something that failed is tried again: longer after every failure.
package struct BackOff: Hashable, Sendable {
    private static let first = Duration.seconds(1), longest = Duration.seconds(60)

    private var next = BackOff.first

    package init() {}

    /// How long to wait after one more failure.
    package mutating func failed() -> Duration {
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
