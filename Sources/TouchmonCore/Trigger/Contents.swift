/// The bytes of files as they last counted, for the actions that compare them.
struct Contents {
    private var digests: [ActionID: ContentDigest] = [:]
    /// The actions of whose files nothing is known.
    private var wanted: [ActionID] = []
    /// Those whose files are being read.
    private var asked: Set<ActionID> = []

    /// How old a file must be for its times to show any later change; no clock of a file system that
    /// keeps nanoseconds ticks more slowly. Others keep whole seconds, or two.
    private static let oldestTick = Duration.milliseconds(20), oldestSecond = Duration.seconds(2)

    /// What the ledger is to say of an action's file.
    func digest(_ action: ActionID) -> ContentDigest? { digests.isEmpty ? nil : digests[action] }

    /// Begins with what the ledger says, or with what is found.
    mutating func add(_ action: ActionID, known: ContentDigest?) {
        guard digests[action] == nil else { return }
        digests[action] = known
        if known == nil { wanted.append(action) }
    }

    mutating func remove(_ action: ActionID) {
        digests[action] = nil
        wanted.removeAll { $0 == action }
        asked.remove(action)
    }

    /// Nothing is known any more of what an action's file holds.
    mutating func forget(_ action: ActionID) { digests[action] = nil }

    /// Takes an action whose file is to be read, before any touch of it.
    mutating func takeWanted() -> ActionID? { wanted.popLast() }

    /// Its file is being read.
    mutating func ask(_ action: ActionID) { asked.insert(action) }

    /// Whether the answer is awaited.
    func isAsked(_ action: ActionID) -> Bool { asked.contains(action) }

    /// Takes what a file was found to hold that is as it was handled. Only where any touch since would
    /// show: what is not known counts as changed.
    mutating func found(_ action: ActionID, _ reading: ContentReading, handled: FileStatus?) {
        asked.remove(action)
        guard case .digest(let digest, let status, let began) = reading, let handled,
            digests[action] == nil, status.identity == handled.identity,
            status.modified == handled.modified, status.size == handled.size
        else { return }
        let age = status.changed.elapsed(until: began)
        let tick = status.changed.nanoseconds == 0 ? Self.oldestSecond : Self.oldestTick
        if age >= tick { digests[action] = digest }
    }

    /// Takes what a touched file was found to hold; whether that is something else than before.
    mutating func isChanged(_ action: ActionID, _ reading: ContentReading) -> Bool {
        let old = digests[action]
        guard case .digest(let digest, _, _) = reading else {
            digests[action] = nil
            return true
        }
        digests[action] = digest
        return old != digest
    }
}
