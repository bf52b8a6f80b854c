import TouchmonCore

/// What was done to one path, and the runs that it explains.
struct PathPromises {
    /// One save: from its first call to its last; the call at `completed` makes it a touch.
    private struct Save {
        var began: Instant
        var completed: Instant?
        /// The last call that changed the file.
        var changed: Instant?
        var ended: Instant?
        /// The daemon's life at its begin; nil where nobody was ready to hear it.
        var life: Int?
        /// How long after its end it may still be waited for before it counts.
        var grace = Duration.zero
        /// The file was gone before the daemon could look.
        var isGone = false
        /// A time was set, and nothing was opened.
        var isTimeAlone = false
        /// That time is not later than one that the path had: a clock was set back.
        var isBackward = false
        /// The tool restores a time after its close: of which it is not written down at once that it
        /// needs no run.
        var hasTail = false
        /// The run that it explained, when that drained the queue, and the daemon's life then.
        var run: (index: Int, drained: Instant, life: Int)?
        /// The daemon's life in which it was found a second time.
        var foundAgainIn: Int?
        /// Whether a run may follow once more.
        var isReusable = false
    }

    /// A time that was moved backwards, which is no touch; but while nobody looks it can't be told
    /// from one.
    private struct Restoration {
        var ended: Instant?
        /// The run that it explained, and the daemon's life then.
        var run: (index: Int, life: Int)?
        var isReusable = false
    }

    private var action: History.Action
    private var saves: [Save] = []
    private var restorations: [Restoration] = []
    private var latest = FileTime(seconds: .min)
    /// From when on touches count; nil before the first look.
    private(set) var watchedSince: Instant?
    /// How many runs a daemon owes for those that it did not see end.
    var rerunsDue = 0
    /// Whether a daemon could not look at the path: then any change of the file counts, once, and what
    /// lies on the other side of a clock that was set.
    var wasUnseen = false
    /// The last start that executed nothing and is not tried again, with the life of its daemon.
    private var failure: (time: Instant, life: Int?)?
    /// How often a daemon had been idle when the action was last carried out anew.
    private var idleCount = -1

    /// What is no touch, and can't be told from one by who did not see all of it.
    private static let deceptive = ["mtime moved backwards", "move away and back"]

    init(_ action: History.Action) {
        self.action = action
    }

    // MARK: What was done

    mutating func began(_ tool: Tool, isSave: Bool, at now: Instant, life: Int?) {
        guard isSave else {
            if Self.deceptive.contains(tool.description) { restorations.append(Restoration()) }
            return
        }
        var save = Save(began: now, life: life)
        save.isTimeAlone = ["utime(2)", "utimensat(2), mtime only"].contains(tool.description)
        save.hasTail = tool.completingStep < tool.steps.count - 1
        // They are heard as writing, and a close is waited for in vain.
        if ["truncate(2)", "utimensat(2), mtime only"].contains(tool.description) {
            save.grace = .milliseconds(60)
        }
        saves.append(save)
    }

    mutating func called(
        _ tool: Tool, _ step: Int, from before: FileTime?, to after: FileTime?, at now: Instant
    ) {
        let last = saves.count - 1
        if before != after { saves[last].changed = now }
        if let before { latest = max(latest, before) }
        if saves[last].isTimeAlone, let after, after <= latest { saves[last].isBackward = true }
        if let after { latest = max(latest, after) }
        if step == tool.completingStep { saves[last].completed = now }
    }

    /// The file has gone; the daemon has looked at what was done until `idle`, or at nothing.
    ///
    /// What was done to a file that is gone before anybody looked can't be known.
    mutating func vanished(since idle: Instant?) {
        for index in saves.indices {
            guard let end = saves[index].ended ?? saves[index].completed else { continue }
            guard end.advanced(by: saves[index].grace) >= idle ?? end else { continue }
            saves[index].isGone = true
        }
    }

    /// `isEmpty`: nothing was written to the file. Whether its creator has it open by now, a daemon asks
    /// again after a millisecond.
    mutating func ended(isSave: Bool, isEmpty: Bool, at now: Instant) {
        if isSave {
            let last = saves.count - 1
            saves[last].ended = now
            if isEmpty { saves[last].grace = max(saves[last].grace, .milliseconds(1)) }
        } else if let last = restorations.indices.last, restorations[last].ended == nil {
            restorations[last].ended = now
        }
    }

    /// A daemon carries out `action` from now on.
    mutating func carriedOut(_ action: History.Action, idleCount: Int) {
        if !action.isPlanned { watchedSince = nil }
        self.action = action
        self.idleCount = idleCount
    }

    /// The daemon that begins finds nothing about the path in the ledger: its first look only takes
    /// note.
    mutating func isUnknown(toDaemonSince isNew: Bool) {
        if isNew { watchedSince = nil }
    }

    /// So does one that can't read the ledger, where touches from before it do not matter.
    mutating func startsWithoutLedger() {
        if !action.catchUp { watchedSince = nil }
    }

    mutating func idle(at now: Instant, _ count: Int) {
        if action.isPlanned, watchedSince == nil, count > idleCount { watchedSince = now }
    }

    mutating func failed(_ start: SimulatedDaemon.FailedStart, _ life: Int) {
        if !start.failure.isPassing {
            failure = (start.time, nil)
        } else if start.failure.step != .clone, action.interrupted == .ignore {
            // If its daemon dies now, the ledger says that it began.
            failure = (start.time, life)
        }
    }

    // MARK: What the daemon made of it

    /// A daemon read what its predecessors left. Up to `durable` everything is on disk.
    mutating func recovered(durable: Instant, life: Int, isKnown: (Int) -> Bool) {
        for index in saves.indices {
            guard let run = saves[index].run, run.life < life else { continue }
            // A run of which nothing is known is not known to have covered anything; and what a tool
            // did after the last look of a daemon that died may be another touch.
            let isCut =
                saves[index].ended.map {
                    let end = $0.advanced(by: saves[index].grace)
                    return end > durable && (end > run.drained || saves[index].hasTail)
                } ?? true
            if isCut || !isKnown(run.index) { saves[index].isReusable = true }
        }
        for index in restorations.indices {
            let isUnwritten = restorations[index].ended.map { $0 > durable } ?? true
            let isForgotten =
                restorations[index].run.map { $0.life < life && !isKnown($0.index) } ?? false
            if isUnwritten || isForgotten { restorations[index].isReusable = true }
        }
    }

    /// Whether something was done that the run is for, and that no earlier run was for.
    mutating func explain(
        _ run: SimulatedDaemon.Run, _ index: Int, reason: RunReason, life: Int, isDeaf: Bool,
        isBlind: Bool
    ) -> Bool {
        let this = (index, run.drained, life)
        let isLate = isBlind || reason == .catchUp || isDeaf
        var isExplained = false
        if reason == .interrupted {
            guard rerunsDue > 0 else { return false }
            rerunsDue -= 1
            isExplained = true
        }
        // All that was done before it is covered by it.
        for place in saves.indices where saves[place].run == nil || saves[place].isReusable {
            guard let ended = saves[place].ended,
                ended.advanced(by: grace(of: saves[place], isDeaf)) <= run.drained
            else { continue }
            if saves[place].run == nil || isLate { isExplained = true }
            saves[place].run = this
            saves[place].isReusable = false
        }
        for place in restorations.indices
        where restorations[place].isReusable
            || (restorations[place].run == nil && (isDeaf || isBlind))
        {
            guard restorations[place].ended.map({ $0 <= run.drained }) ?? true else { continue }
            if isLate { isExplained = true }
            restorations[place].isReusable = false
            restorations[place].run = (index, life)
        }
        if isExplained { return true }
        let place = saves.firstIndex { save in
            guard save.began <= run.started else { return false }
            guard save.run != nil else { return true }
            // What was not heard of a save, or could not be looked at, is found later, and may be a
            // touch of its own: once.
            return isLate && (save.isReusable || (isDeaf && save.foundAgainIn != life))
        }
        if let place {
            let isSecond = saves[place].run != nil
            let end = isSecond ? saves[place].ended ?? run.drained : run.drained
            if isSecond, !saves[place].isReusable { saves[place].foundAgainIn = life }
            saves[place].run = (index, max(run.drained, end), life)
            saves[place].isReusable = false
            return true
        }
        if wasUnseen {
            wasUnseen = false
            return true
        }
        guard rerunsDue > 0 else { return false }
        rerunsDue -= 1
        return true
    }

    private func grace(of save: Save, _ isDeaf: Bool) -> Duration {
        save.grace + (action.settle > 0 || wasSettling ? .milliseconds(120) : .zero)
            + (isDeaf ? .milliseconds(1200) : .zero)
    }

    /// A quiet time that a reload took away is still waited for.
    private var wasSettling: Bool { false }

    // MARK: At the end

    /// When the last touch was that a run is owed for and that none followed; nil when all is well.
    ///
    /// Where the kernel does not tell who writes, a file may count before it is closed.
    func lost(
        _ runs: [SimulatedDaemon.Run], life: Int, areWritersUnknown: Bool
    ) -> Instant? {
        guard let watchedSince else { return nil }
        let owed = saves.last { save in
            guard let completed = save.completed, save.began >= watchedSince else { return false }
            if let failure, completed <= failure.time, failure.life != life { return false }
            // A touch that came while nobody was there, or whose daemon did not come to it.
            if !action.catchUp, save.life != life { return false }
            return !save.isBackward && !save.isGone
        }
        guard let completed = owed?.completed else { return nil }
        // Of a save of which nothing but the close was left when its daemon died, nothing can be found.
        let isChangeEnough = areWritersUnknown || owed?.life != life
        let moment = isChangeEnough ? min(completed, owed?.changed ?? completed) : completed
        let isCovered = runs.contains { run in
            run.started >= moment && (run.outcome != nil || action.interrupted == .ignore)
        }
        return isCovered ? nil : moment
    }
}
