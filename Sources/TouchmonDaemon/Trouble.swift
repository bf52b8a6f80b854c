internal import TouchmonCore

/// System calls of the loop that fail and may succeed again.
struct Trouble {
    /// How often, in nanoseconds, what failed by the way is tried again.
    static let interval: Int64 = 100_000_000
    private static let first = Duration.milliseconds(10), longest = Duration.seconds(2)

    private var next = Trouble.first
    /// What was said already and is not known to be over.
    private var said: Set<String> = []

    /// A turn of the loop failed: how long to wait before the next, twice as long every time; nil when
    /// that would be too long, some seconds after the first.
    mutating func failed() -> Duration? {
        defer { next = next * 2 }
        return next < Self.longest ? next : nil
    }

    /// A turn of the loop went well.
    mutating func isOver() {
        next = Self.first
    }

    /// Whether the failure of an operation was not said yet.
    mutating func isNews(_ operation: String) -> Bool { said.insert(operation).inserted }
}
