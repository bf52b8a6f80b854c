/// The runs that are told of failures, `on_failure`: of each path one at a time, beside the runs of its
/// action, which is not busy by them.
///
/// One that waits is for the latest failure: of a command that fails all the time it is enough to be
/// told what is true now.
struct Handlers {
    struct Handler: Hashable {
        /// Its own number, which it has before it begins: under it the ledger keeps what is owed.
        var number: RunNumber
        var path: RawPath
        var failed: FailedRun
        /// When the run failed.
        var since: Instant
    }

    private struct Hold {
        var backOff = BackOff()
        var until: Instant
    }

    /// In the order of the failures; of each path one.
    private(set) var waiting: [Handler] = []
    private var active: [RunNumber: (handler: Handler, command: Shared<RunCommand>)] = [:]
    /// The paths of which one was tried and the system was short of something.
    private var holds: [RawPath: Hold] = [:]

    /// What a run executes that is under way; nil where it is a run of an action.
    func command(_ run: RunNumber) -> Shared<RunCommand>? { active[run]?.command }

    /// What a run is told of that is under way; nil where it is a run of an action.
    func handler(_ run: RunNumber) -> Handler? { active[run]?.handler }

    /// The run that waits for its turn at a path; nil where none does.
    func waiting(at path: RawPath) -> Handler? { waiting.first { $0.path == path } }

    /// A run failed; what is told of it waits for its turn, in the place of one that waits already.
    mutating func owe(_ handler: Handler) {
        if let place = waiting.firstIndex(where: { $0.path == handler.path }) {
            waiting[place] = handler
        } else {
            waiting.append(handler)
        }
    }

    /// Drops what waits at a path, and returns it.
    mutating func drop(_ path: RawPath) -> Handler? {
        guard let place = waiting.firstIndex(where: { $0.path == path }) else { return nil }
        holds[path] = nil
        return waiting.remove(at: place)
    }

    /// Takes the next one that may begin; `isEarly` of a failed run of which one can't be told yet.
    mutating func takeNext(
        at now: Instant, unless isEarly: (RunNumber) -> Bool
    ) -> Handler? {
        guard !waiting.isEmpty else { return nil }
        let busy = Set(active.values.map(\.handler.path))
        let place = waiting.firstIndex { next in
            !busy.contains(next.path) && !isEarly(next.failed.number)
                && holds[next.path].map { $0.until <= now } != false
        }
        return place.map { waiting.remove(at: $0) }
    }

    /// One begins, or an earlier daemon had begun it.
    mutating func began(_ handler: Handler, _ command: Shared<RunCommand>) {
        active[handler.number] = (handler, command)
    }

    /// One executes its program: the system has what it was short of.
    mutating func started(_ run: RunNumber) {
        guard !holds.isEmpty, let handler = active[run]?.handler else { return }
        holds[handler.path] = nil
    }

    /// The system was short of something: the path's next one is held back. Returns for how long, the
    /// first time in a row.
    mutating func hold(_ path: RawPath, at now: Instant) -> Duration? {
        var hold = holds[path] ?? Hold(until: now)
        let wait = hold.backOff.failed()
        hold.until = now.advanced(by: wait)
        let isFirst = holds.updateValue(hold, forKey: path) == nil
        return isFirst ? wait : nil
    }

    /// One is over.
    mutating func ended(_ run: RunNumber) {
        active[run] = nil
    }

    /// When `takeNext` is to be asked next.
    var deadline: Instant? {
        holds.isEmpty ? nil : waiting.compactMap { holds[$0.path]?.until }.min()
    }
}
