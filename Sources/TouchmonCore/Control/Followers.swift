/// Those who have touched a path, or will, and wait for the run that this touch causes.
///
/// That is the first run of the path's action that begins after the touch. Where none has begun yet, one is
/// to come as long as anything of the path is undecided or waits. Where nothing is, and one has begun since
/// the path is followed, the touch was what it began for: it was seen before it was over. Otherwise the
/// touch has led to nothing.
struct Followers {
    /// A run of a path that somebody follows.
    struct Seen: Equatable {
        var run: RunNumber
        var started: Instant
        var ending: RunEnding?
        /// Whether the same is tried again.
        var isRepeated = false

        /// Whether it began when a touch was over.
        func isAfter(_ touch: Instant?) -> Bool { touch.map { started >= $0 } ?? false }
    }

    /// Somebody who follows a path.
    struct Follower: Equatable {
        /// Of the action whose runs are meant; of a file of a tree a pair, where it has runs of its own.
        var key: RawPath
        var level: FollowLevel
        /// When the touch was over; nil before it was made.
        var touched: Instant?
        /// How often the queues must have been read to their ends before anything follows from silence.
        var drains = 0
        /// The runs since the path is followed, the last ones.
        var seen: [Seen] = []
        /// Whether a run of the path was due already when it was touched.
        var isJoined = false
        /// The run that is meant.
        var run: RunNumber?
        /// The last ones that were meant: what they have printed may be read later.
        private(set) var told: [RunNumber] = []
        /// One that was meant, and is tried again: the next is meant now.
        var repeated: RunNumber?
        /// Why the touch may have led to nothing.
        var reason: NothingReason?
        /// Whether all was said: what the run has printed may still be read.
        var isOver = false
        /// What was said last of what it waits for.
        var said: String?

        mutating func tell(_ run: RunNumber) {
            if told.count == Followers.mostTold { told.removeFirst() }
            told.append(run)
        }

        /// The run that the touch has caused, as far as that can be told by now.
        func cause(isPending: Bool) -> RunNumber? {
            if let repeated { return seen.first { $0.run > repeated }?.run }
            if let first = seen.first(where: { $0.isAfter(touched) }) { return first.run }
            return isPending ? nil : seen.last?.run
        }
    }

    /// So many runs are kept for one who has not said yet when he touched.
    private static let mostSeen = 8
    /// So many attempts are remembered.
    private static let mostTold = 64

    private var followers: [ControlClientID: Follower] = [:]

    var isEmpty: Bool { followers.isEmpty }
    var clients: [ControlClientID] { followers.keys.sorted { $0.value < $1.value } }

    subscript(_ client: ControlClientID) -> Follower? {
        get { followers[client] }
        set { followers[client] = newValue }
    }

    /// A run of an action began.
    mutating func began(_ run: RunNumber, _ key: RawPath, at now: Instant) {
        change(key) { follower in
            follower.seen.append(Seen(run: run, started: now))
            // The first after the touch stays, and the last.
            if follower.seen.count > Self.mostSeen {
                follower.seen.remove(at: follower.touched == nil ? 0 : Self.mostSeen - 1)
            }
        }
    }

    /// A run of an action is over. `isRepeated`: the same is tried again.
    mutating func ended(_ run: RunNumber, _ key: RawPath, _ ending: RunEnding, isRepeated: Bool) {
        change(key) { follower in
            guard let index = follower.seen.firstIndex(where: { $0.run == run }) else { return }
            follower.seen[index].ending = ending
            follower.seen[index].isRepeated = isRepeated
        }
    }

    /// A touch of a path led to nothing.
    mutating func note(_ key: RawPath, _ reason: NothingReason) {
        change(key) { $0.reason = reason }
    }

    private mutating func change(_ key: RawPath, _ body: (inout Follower) -> Void) {
        guard !followers.isEmpty else { return }
        for (client, follower) in followers where follower.key == key {
            var follower = follower
            body(&follower)
            followers[client] = follower
        }
    }
}
