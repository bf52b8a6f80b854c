/// Which runs have ended since the last look at the history, however they overtake each other.
package struct FollowedEnds: Sendable {
    /// The runs after this one are to be asked for; nil: all.
    package private(set) var after: RunNumber?
    /// Those of them that have been told.
    private var told: Set<RunNumber> = []

    package init() {}

    /// Takes what the history has after `after`, in order; returns what has ended and was not told.
    package mutating func news(in rows: [HistoryRow]) -> [HistoryRow] {
        let news = rows.filter { $0.ending != nil && !told.contains($0.run) }
        told.formUnion(news.map(\.run))
        // All before the first that is still under way are over.
        let end = rows.prefix { $0.ending != nil }.last?.run
        if let end {
            after = max(after ?? end, end)
            told = told.filter { $0 > end }
        }
        return news.sorted { ($0.ended ?? 0, $0.run.value) < ($1.ended ?? 0, $1.run.value) }
    }
}
