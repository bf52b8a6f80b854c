/// Holds what happened in a torture to the promises, without believing the daemon.
///
/// **Lost** is a touch without a run that began after the call that counts, and did its work. A run
/// that was killed will do if a daemon may have seen it end, or if the action says `ignore`; if it was
/// killed while there was no daemon, another has to follow.
///
/// **Doubled** is a run that nothing explains. It is explained
/// - by a touch that explains no other run, that began before the run did, and that the run before
///   may have missed. A run starts when the end of the one before was seen and the queue was read once
///   more. So it has missed nothing that was done when the one before ended, and the touch that
///   explains the next run was done later than that. Only truncate(2) may be one run later: there is
///   no close, and it counts 20 ms after it was heard.
/// - or as a rerun: its reason is `interrupted`, the action says `rerun`, the daemon that began the run
///   before was killed since, and no log tells how that run ended. It may well have done its work:
///   who did not see it end can't know.
///
/// **Side by side** are two runs of one path of which one began before the other was over.
struct TortureCheck {
    /// What was found.
    struct Problem: Hashable, CustomStringConvertible {
        enum Kind: String { case lost, doubled, sideBySide, vanished, numberTwice, daemonFailed }

        var kind: Kind
        var path: Int
        var moment: Int64

        var description: String { "\(kind.rawValue): path \(path) at \(moment)" }
    }

    private(set) var problems: [Problem] = []
    private(set) var reruns = 0, catchUps = 0
    /// Runs that outlived their daemon; runs that were killed; those of them that nobody saw.
    private(set) var survivors = 0, killed = 0, unseen = 0
    /// Touches whose run began between the moment noted before the call that counts and their end:
    /// they count as covered.
    private(set) var undecided = 0

    private let records: TortureRecords
    private let ignoresInterruption: (Int) -> Bool
    private let endsTold: Set<UInt64>

    /// `ignoresInterruption` says which paths' actions have `"interrupted": "ignore"`; `endsTold` are
    /// the runs whose ends are in a log.
    init(
        _ records: TortureRecords, endsTold: Set<UInt64> = [],
        ignoresInterruption: @escaping (Int) -> Bool = { _ in false }
    ) {
        self.records = records
        self.endsTold = endsTold
        self.ignoresInterruption = ignoresInterruption
        let touches = Dictionary(grouping: records.touches, by: \.path)
        let runs = Dictionary(grouping: records.runs, by: \.path)
        for path in Set(touches.keys).union(runs.keys).sorted() {
            let (touches, runs) = (touches[path] ?? [], runs[path] ?? [])
            checkLost(touches, runs)
            checkDoubled(touches, runs)
            checkSideBySide(runs)
        }
        checkNumbers()
        for life in records.lives where !Self.goodEnds.contains(life.status) {
            report(.daemonFailed, -1, life.begin)
        }
        count()
    }

    /// SIGKILL, or what the torture sometimes sends shortly before: SIGTERM, which may end it at once
    /// while it starts, as SIGHUP does.
    private static let goodEnds: Set<UInt32> = [9, 0, 15, 1]

    private mutating func report(_ kind: Problem.Kind, _ path: Int, _ moment: Int64) {
        problems.append(Problem(kind: kind, path: path, moment: moment))
    }

    private mutating func checkLost(
        _ touches: [TortureRecords.Touch], _ runs: [TortureRecords.Run]
    ) {
        let covering = runs.filter(covers)
        var next = 0
        for touch in touches {
            while next < covering.count, covering[next].begin < touch.decisive { next += 1 }
            guard next < covering.count else {
                report(.lost, touch.path, touch.begin)
                continue
            }
            if covering[next].begin <= touch.end { undecided += 1 }
        }
    }

    /// Whether the touches before a run need no other.
    private func covers(_ run: TortureRecords.Run) -> Bool {
        guard run.end == nil else { return true }
        guard let killed = run.killed else { return false }
        return ignoresInterruption(run.path) || isSeen(killed)
    }

    /// Whether there was a daemon at any of these moments.
    private func isSeen(_ moments: ClosedRange<Int64>) -> Bool {
        // In the order of time; the last that was started before.
        let next = records.lives.partitioningIndex { $0.begin > moments.upperBound }
        guard next > 0 else { return false }
        let end = records.lives[next - 1].end
        return end.map { $0.upperBound >= moments.lowerBound } ?? true
    }

    /// Whether a daemon was killed between two moments.
    private func isKill(between first: Int64, and last: Int64) -> Bool {
        let next = records.lives.partitioningIndex { ($0.end?.upperBound ?? .max) >= first }
        guard next < records.lives.count, let end = records.lives[next].end else { return false }
        return end.lowerBound <= last
    }

    private mutating func checkDoubled(
        _ touches: [TortureRecords.Touch], _ runs: [TortureRecords.Run]
    ) {
        // Each in the order of time.
        var unused = (
            now: touches.filter { !$0.isJudgedLater }[...],
            later: touches.filter(\.isJudgedLater)[...]
        )
        for (index, run) in runs.enumerated() {
            if run.reason == .interrupted, index > 0, isRerun(run, of: runs[index - 1]) { continue }
            let done = index > 1 ? runs[index - 2].over ?? .min : .min
            let longDone = index > 2 ? runs[index - 3].over ?? .min : .min
            unused.now = unused.now.drop { $0.end < done }
            unused.later = unused.later.drop { $0.end < longDone }
            if let touch = unused.now.first, touch.begin <= run.begin {
                unused.now.removeFirst()
            } else if let touch = unused.later.first, touch.begin <= run.begin {
                unused.later.removeFirst()
            } else {
                report(.doubled, run.path, run.begin)
            }
        }
    }

    private func isRerun(_ run: TortureRecords.Run, of last: TortureRecords.Run) -> Bool {
        guard !ignoresInterruption(run.path), !endsTold.contains(last.number) else { return false }
        // Its daemon was dead before the run's first act.
        guard let mother = mother(of: last) else { return true }
        return mother.end.map { $0.lowerBound <= run.begin } ?? false
            && run.parent != mother.process
    }

    /// The daemon that a run had when it began; nil for an orphan.
    private func mother(of run: TortureRecords.Run) -> TortureRecords.Life? {
        let next = records.lives.partitioningIndex { $0.begin > run.begin }
        return records.lives[..<next].suffix(2).last { $0.process == run.parent }
    }

    private mutating func checkSideBySide(_ runs: [TortureRecords.Run]) {
        var over = Int64.min
        for run in runs {
            if run.begin < over { report(.sideBySide, run.path, run.begin) }
            guard let end = run.over else {
                report(.vanished, run.path, run.begin)
                continue
            }
            over = max(over, end)
        }
    }

    private mutating func checkNumbers() {
        var seen: Set<UInt64> = []
        for run in records.runs where !seen.insert(run.number).inserted {
            report(.numberTwice, run.path, run.begin)
        }
    }

    private mutating func count() {
        for run in records.runs {
            switch run.reason {
            case .interrupted: reruns += 1
            case .catchUp: catchUps += 1
            case .touch, .other: break
            }
            if let over = run.over, isKill(between: run.begin, and: over) { survivors += 1 }
            guard let moments = run.killed, run.end == nil else { continue }
            killed += 1
            if !isSeen(moments) { unseen += 1 }
        }
    }

    /// What there was, and what was wrong with it.
    var summary: String {
        let kinds = Dictionary(grouping: problems, by: \.kind).mapValues(\.count)
        func number(_ kind: Problem.Kind) -> Int { kinds[kind] ?? 0 }
        return """
            \(records.touches.count) touches, \(records.runs.count) runs: \(number(.lost)) lost \
            (\(undecided) undecided), \(number(.doubled)) doubled, \(number(.sideBySide)) side by \
            side, \(number(.vanished)) vanished, \(number(.numberTwice)) numbers used twice, \
            \(number(.daemonFailed)) daemons failed
            """
    }

    /// How hard it was.
    var circumstances: String {
        """
        \(records.lives.count { $0.end != nil }) daemons killed; of the runs \(catchUps) caught up, \
        \(reruns) ran again, \(survivors) outlived their daemon, \(killed) were killed (\(unseen) \
        while there was no daemon), \(endsTold.count) were told to have ended
        """
    }
}

extension Array {
    /// The first index whose element, and every one after it, meets the condition.
    fileprivate func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
