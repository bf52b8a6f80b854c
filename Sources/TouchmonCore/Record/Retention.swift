/// How much of the past is kept. What runs are needed for, not for people, does not depend on it: what
/// was handled, and what has not ended, always stays.
package struct Retention: Hashable, Sendable {
    /// So many runs stay in the history, the last ones.
    package var runs = 100_000
    /// And of those, and of what they printed, what is not older; nil: whatever its age.
    package var age: Duration?
    /// What runs printed stays as long as it takes no more bytes than this, of the last ones.
    package var outputBytes: Int64 = 1 << 30
    /// And of no more runs.
    package var outputs: Int { min(runs, Self.mostOutputs) }

    static let mostOutputs = 1000

    package init() {}
}

/// What a run that has ended has printed.
package struct KeptOutput: Hashable, Sendable {
    package var run: RunNumber
    /// What it takes of the disk.
    package var bytes: Int64
    package var ended: Instant

    package init(run: RunNumber, bytes: Int64, ended: Instant) {
        self.run = run
        self.bytes = bytes
        self.ended = ended
    }
}
