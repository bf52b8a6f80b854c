/// The directories that are nobody's and in which so much happens that the kernel is asked to tell nothing
/// more of them.
///
/// What was nobody's may become a tree's: then all are heard again, before anything else is asked of the
/// kernel. What happened meanwhile in a directory that came into a tree is found by the listing that
/// follows.
struct SilencedDirectories {
    private struct Count {
        var number: UInt64 = 0
        var events = 0
    }

    /// Those that were heard lately, each at the place that its number says.
    private var counts = [Count](repeating: Count(), count: places)
    /// How many were silenced since all were heard.
    private var silenced = 0
    /// Whether the kernel is to be asked to tell of all again.
    private(set) var mustHearAll = false
    /// When to ask that again; nil unless the system refused.
    var retry: Instant?

    private static let places = 256
    /// To silence a directory takes four system calls, as much as to hear of it so often.
    private static let oftenEnough = 8
    /// The kernel keeps a mark for each, some 200 bytes: of more, all are heard again.
    private static let most = 4096

    /// An event was heard of a directory that is nobody's; true when it was the last that is wanted.
    mutating func heard(_ number: UInt64) -> Bool {
        let place = Int(truncatingIfNeeded: number) & (Self.places - 1)
        if counts[place].number != number { counts[place] = Count(number: number) }
        counts[place].events += 1
        guard counts[place].events >= Self.oftenEnough else { return false }
        counts[place].events = 0
        if silenced >= Self.most { mustHearAll = true }
        silenced += 1
        return true
    }

    /// Any of them may be a tree's now.
    mutating func forget() {
        if silenced > 0 { mustHearAll = true }
        // Of whom was heard before says nothing of whose it is.
        for place in counts.indices { counts[place].events = 0 }
    }

    /// The kernel tells of all again.
    mutating func heardAll() { (silenced, mustHearAll, retry) = (0, false, nil) }
}
