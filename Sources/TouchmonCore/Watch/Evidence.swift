/// What was heard of a watched path since it was last looked at.
struct Evidence: OptionSet {
    var rawValue: UInt16

    /// Closed after writing (also when nothing was written).
    static let closed = Evidence(rawValue: 1 << 0)
    /// Closed after writing, and something was written before.
    static let wrote = Evidence(rawValue: 1 << 1)
    /// Attributes changed: times, mode, owner, extended attributes.
    static let attributes = Evidence(rawValue: 1 << 2)
    /// Written to, or truncated, and not closed since.
    static let modified = Evidence(rawValue: 1 << 3)
    /// A file was created at the path, or linked to it.
    static let created = Evidence(rawValue: 1 << 4)
    /// A file was renamed to the path.
    static let arrived = Evidence(rawValue: 1 << 5)
    /// Entries of the watched path, a directory, came or went.
    static let entries = Evidence(rawValue: 1 << 6)
    /// Something may have happened unheard: a new watch, a full queue, a poll.
    static let unheard = Evidence(rawValue: 1 << 7)
    /// Events were lost with a full queue.
    static let lost = Evidence(rawValue: 1 << 8)
    /// The deadline of a wait passed.
    static let deadline = Evidence(rawValue: 1 << 9)
    /// Nothing was heard; the path is looked at in intervals.
    static let polled = Evidence(rawValue: 1 << 10)

    /// Such a look found another file, and the way to it was gone again.
    static let followed = Evidence(rawValue: 1 << 11)
    /// The close of a file that was created would be heard, however soon it came.
    static let closeFollows = Evidence(rawValue: 1 << 12)
    /// It was found in a directory that came with all that is in it. What happens to it is heard.
    static let listed = Evidence(rawValue: 1 << 13)

    /// Whether only a look in intervals led here.
    var isOnlySeen: Bool {
        !isDisjoint(with: [.polled, .followed]) && isSubset(of: [.unheard, .polled, .followed])
    }
}
