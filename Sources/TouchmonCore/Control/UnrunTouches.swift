/// Touches that began no run of their own, the last ones of each action, for whoever asks why.
///
/// Those that are alike count as one entry, so that a storm takes no more memory than a touch.
struct UnrunTouches {
    struct Entry: Equatable {
        var reason: NothingReason
        var last: Instant
        var count: Int
        /// Who made the last of them; nil where nobody knows.
        var toucher: LedgerChange.Run.Toucher?
    }

    /// So many are kept of an action, and of so many actions.
    static let most = 10, mostActions = 1000

    private var entries: [ActionID: [Entry]] = [:]

    mutating func note(
        _ action: ActionID, _ reason: NothingReason, by toucher: Toucher?, at now: Instant
    ) {
        if entries[action] == nil, entries.count >= Self.mostActions { forgetOldest() }
        var list = entries.removeValue(forKey: action) ?? []
        defer { entries[action] = list }
        if let last = list.indices.last, list[last].reason == reason,
            list[last].toucher?.user == toucher?.user
        {
            list[last].last = now
            list[last].count += 1
            list[last].toucher = toucher.map(LedgerChange.Run.Toucher.init)
            return
        }
        if list.count == Self.most { list.removeFirst() }
        list.append(
            Entry(
                reason: reason, last: now, count: 1,
                toucher: toucher.map(LedgerChange.Run.Toucher.init)))
    }

    /// The latest last.
    func entries(of action: ActionID) -> [Entry] { entries[action] ?? [] }

    /// There is no such action any more.
    mutating func forget(_ action: ActionID) {
        if !entries.isEmpty { entries[action] = nil }
    }

    private mutating func forgetOldest() {
        // No list is empty.
        let oldest = entries.min {
            $0.value[$0.value.count - 1].last < $1.value[$1.value.count - 1].last
        }
        if let oldest { entries[oldest.key] = nil }
    }
}

/// Why a touch led to no run of its own.
enum NothingReason: String, Equatable {
    /// Somebody else may touch it.
    case toucher
    /// The owner of the action file may not read it.
    case reader
    /// The bytes are as they were.
    case unchanged
    /// It came from a run of the same action.
    case own
    /// A run was busy, and the action says to leave it at that.
    case skipped
    /// A run was busy, and was sent a signal.
    case signalled
    /// A run was due already, and is for this one as well.
    case joined
}

/// A touch, and what it led to, as `explain` shows it. Times are nanoseconds since 1970.
package struct ExplainedTouch: Hashable, Sendable {
    package enum Result: Hashable, Sendable {
        case run(RunNumber, RunReason, RunEnding?)
        /// The word for why, and how many in a row.
        case nothing(String, count: Int)
    }

    package var time: Int64
    package var toucher: LedgerChange.Run.Toucher?
    package var result: Result

    package init(time: Int64, toucher: LedgerChange.Run.Toucher?, result: Result) {
        self.time = time
        self.toucher = toucher
        self.result = result
    }

    package init(_ run: HistoryRow) {
        self.init(
            time: run.started, toucher: run.toucher,
            result: .run(run.run, run.reason, run.ending))
    }

    package func write(to writer: inout JSONWriter, name: (UInt32) -> String? = { _ in nil }) {
        writer.object { writer in
            writer.member("time", time: time)
            switch result {
            case .run(let run, let reason, let ending):
                writer.member("run", run.value)
                writer.member("reason", reason.rawValue)
                writer.ending(ending)
            case .nothing(let why, let count):
                writer.member("nothing", why)
                writer.member("count", count)
            }
            writer.toucher(toucher, name)
        }
    }
}

extension Engine {
    /// A touch began no run of its own.
    mutating func ledToNothing(
        _ id: ActionID, _ reason: NothingReason, by toucher: Toucher? = nil, at now: Instant
    ) {
        if reason != .joined { followers.note(actions[id].action.path, reason) }
        unrun.note(id, reason, by: toucher, at: now)
    }

    /// The touches of a path that began no run of their own, since the daemon began. `calendar` is the
    /// realtime clock minus the monotonic one, in nanoseconds.
    package func unrunTouches(of path: RawPath, calendar: Int64) -> [ExplainedTouch] {
        guard let (id, _) = asked(path) else { return [] }
        return unrun.entries(of: id).map {
            ExplainedTouch(
                time: $0.last.nanoseconds + calendar, toucher: $0.toucher,
                result: .nothing($0.reason.rawValue, count: $0.count))
        }
    }
}
