/// That a path is looked at in intervals, and why. What is heard of it counts all the same.
package struct Polling: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// Its action says so.
        case asked
        /// On the way to it lies a file system on which things change unheard.
        case fileSystem(QuietFileSystem)
        /// The kernel refuses to watch this file or directory.
        case unwatched(RawPath, ErrorNumber)
    }

    package var reason: Reason
    package var interval: Duration
    /// The file system on which things change unheard, whatever the reason.
    var fileSystem: QuietFileSystem?

    /// Whether the system is short of something.
    package var isLimited: Bool {
        if case .unwatched = reason { true } else { false }
    }

    /// How often a path is looked at whose action does not say it.
    static let usualInterval = Duration.seconds(1)

    package init(_ reason: Reason, every interval: Duration) {
        self.reason = reason
        self.interval = interval
        if case .fileSystem(let fileSystem) = reason { self.fileSystem = fileSystem }
    }

    /// What follows for a path; nil where everything is heard of it. `asked` is its action's interval.
    init?(asked: Duration?, blind: PathWalk.Blind?, fileSystem: QuietFileSystem?) {
        let reason: Reason? =
            if let blind {
                .unwatched(blind.path, blind.error)
            } else if let fileSystem {
                .fileSystem(fileSystem)
            } else {
                asked == nil ? nil : .asked
            }
        guard let reason else { return nil }
        self.init(reason, every: asked ?? Self.usualInterval)
        self.fileSystem = fileSystem
    }
}

/// When polled paths are looked at: all those of one interval at the same moments, so that a
/// thousand paths wake the daemon as often as one.
struct PollSchedule {
    private struct Group {
        var actions: [ActionID]
        /// nil until the clock was seen.
        var next: Instant?
    }

    private var groups: [Duration: Group] = [:]
    private var isUnarmed = false

    /// The moment of the next looks.
    var deadline: Instant? {
        groups.isEmpty ? nil : groups.values.compactMap(\.next).min()
    }

    /// Begins to look at a path; the first time comes within the interval after `arm`.
    mutating func insert(_ action: ActionID, every interval: Duration) {
        groups[interval, default: Group(actions: [])].actions.append(action)
        if groups[interval]?.next == nil { isUnarmed = true }
    }

    mutating func remove(_ action: ActionID, every interval: Duration) {
        groups[interval]?.actions.removeAll { $0 == action }
        if groups[interval]?.actions.isEmpty == true { groups[interval] = nil }
    }

    /// Gives new intervals their first moment.
    mutating func arm(at now: Instant) {
        guard isUnarmed else { return }
        isUnarmed = false
        for (interval, group) in groups where group.next == nil {
            groups[interval]?.next = Self.moment(after: now, every: interval)
        }
    }

    /// The paths that are to be looked at now.
    mutating func takeDue(at now: Instant) -> [ActionID] {
        var due: [ActionID] = []
        for (interval, group) in groups {
            guard let next = group.next, next <= now else { continue }
            due += group.actions
            groups[interval]?.next = Self.moment(after: now, every: interval)
        }
        return due
    }

    /// Moments are multiples of the interval, so that a second's and half a second's fall together.
    private static func moment(after now: Instant, every interval: Duration) -> Instant {
        let length = max(1, interval.nanoseconds)
        let rest = now.nanoseconds % length
        return now.advanced(by: .nanoseconds(length - (rest < 0 ? rest + length : rest)))
    }
}
