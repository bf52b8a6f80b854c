/// The record stage: what happened in, what is to be written down out.
///
/// Two things are written. What a crash must not take is appended to the journal at once, many
/// records with one write; and everything that changed is saved into the database at leisure, which
/// begins the journal anew. A run that begins is not appended here: its own process writes its
/// record before it executes anything.
///
/// When writing fails, nothing is lost as long as the daemon lives: what changed is kept until a save
/// succeeds, and saving is tried again, each time later.
struct Ledger {
    /// How long nothing must have changed before a save, and the longest that one is put off.
    /// In nanoseconds: the deadline is asked for at every wake-up.
    private static let leisure: Int64 = 2_000_000_000, latest: Int64 = 10_000_000_000
    /// When a save that came at a bad moment is tried again.
    private static let soon: Int64 = 50_000_000
    /// The most ended runs that are kept for a save that fails; of more, the oldest are forgotten.
    private static let mostEndedRuns = 10_000
    /// The database keeps no more of them.
    private static let mostRefusals = 1000

    private enum Access {
        /// Written to.
        case kept
        /// Read, or not even that; written again from the moment on.
        case failing(BackOff, retry: Instant)
        /// It has to be opened first.
        case closed(BackOff, retry: Instant)
    }

    /// What is known of an action's row, by the action's place.
    private struct Marks: OptionSet {
        var rawValue: UInt8
        /// The path has a row in the database.
        static let saved = Marks(rawValue: 1 << 0)
        /// The row is not what the database says; the action is in `changed`.
        static let changed = Marks(rawValue: 1 << 1)
        /// The journal has to be told; the action is in `unwritten`.
        static let unwritten = Marks(rawValue: 1 << 2)
        /// It is of a file of a tree: without it the tree's own row tells what was not handled.
        static let file = Marks(rawValue: 1 << 3)
    }

    private var access: Access
    private var generation: UInt64
    private var marks: [Marks] = []
    /// May hold actions whose mark is gone: those count no more.
    private var changed: [ActionID] = []
    private var unwritten: [ActionID] = []
    private var removed: Set<RawPath> = []
    private(set) var endedRuns: [LedgerChange.Run] = []
    private var refusals: [LedgerChange.Refusal] = []
    /// Whether the database has other pauses than there are.
    private var hasNewPauses = false
    /// What is to be appended to the journal.
    private var records: [UInt8] = []
    /// And before that.
    private var owed: [UInt8] = []
    /// When the first change came that no save holds, and the last.
    private var firstChange: Instant?
    private var lastChange: Instant?
    /// Whether a save can't wait: what is in the state directory is another daemon's, or a path is
    /// not in there at all.
    private var isUrgent = true
    /// The actions that ran while the ledger could not be opened.
    private var ranUnrecorded: Set<ActionID> = []

    /// Goes on after `generation`; nil where the ledger could not be opened.
    init(after generation: UInt64?, at now: Instant) {
        self.generation = generation ?? 0
        var backOff = BackOff()
        let wait = backOff.failed()
        access = generation == nil ? .closed(backOff, retry: now.advanced(by: wait)) : .kept
    }

    /// Whether a record that is written now is of use.
    var isKept: Bool { if case .kept = access { true } else { false } }

    /// Whether the ledger has to be opened before anything else, and may be tried now.
    func needsOpening(at now: Instant) -> Bool {
        if case .closed(_, let retry) = access { retry <= now } else { false }
    }

    // MARK: What happened

    /// A path is watched from now on; `isSaved`: the database has it as it is.
    mutating func added(_ action: ActionID, _ path: RawPath, isSaved: Bool) {
        while marks.count <= action.index { marks.append([]) }
        removed.remove(path)
        marks[action.index] = isSaved ? .saved : []
        guard !isSaved else { return }
        isUrgent = true
        mark(action)
    }

    /// A file of a tree has an action from now on.
    mutating func addedFile(_ action: ActionID) {
        while marks.count <= action.index { marks.append([]) }
        marks[action.index] = .file
    }

    /// A file of a tree has no action any more; its row is of no use.
    mutating func removedFile(_ action: ActionID, _ path: RawPath, at now: Instant) {
        let isSaved = marks[action.index].contains(.saved)
        marks[action.index] = []
        ranUnrecorded.remove(action)
        if isSaved { leftOver(path, at: now) }
    }

    /// A path is not watched any more.
    mutating func removed(_ action: ActionID, _ path: RawPath, at now: Instant) {
        marks[action.index] = []
        ranUnrecorded.remove(action)
        leftOver(path, at: now)
    }

    /// A path of the database is not among the watched ones.
    mutating func leftOver(_ path: RawPath, at now: Instant) {
        removed.insert(path)
        note(now)
    }

    /// A run of the action began; its process writes that down itself.
    mutating func began(_ action: ActionID, at now: Instant) {
        if case .closed = access { ranUnrecorded.insert(action) }
        marks[action.index].remove(.unwritten)
        mark(action)
        note(now)
    }

    /// A run became due and did not begin, or a path's state changed without a run.
    mutating func changed(_ action: ActionID, at now: Instant) {
        if !marks[action.index].contains(.unwritten) {
            marks[action.index].insert(.unwritten)
            unwritten.append(action)
        }
        mark(action)
        note(now)
    }

    /// A run is over.
    mutating func ended(_ run: LedgerChange.Run, _ ending: RunEnding, at now: Instant) {
        var row = run
        row.ended = now
        row.ending = ending
        found(row, at: now)
        records += JournalRecord.ended(run.number, ending, at: now).bytes
    }

    /// A run failed, and one is to be told of it that has not begun.
    ///
    /// It stands before the end of that run: if the last bytes are lost, the run is cut off, and
    /// repeated, rather than the failure forgotten.
    mutating func owes(_ run: LedgerChange.Run, _ failed: FailedRun, at now: Instant) {
        owed += JournalRecord.owed(run.number, run.path, failed, at: now).bytes
        note(now)
    }

    /// A run that the last daemon saw end after its last save.
    mutating func found(_ run: LedgerChange.Run, at now: Instant) {
        endedRuns.append(run)
        if endedRuns.count > Self.mostEndedRuns {
            endedRuns.removeFirst(Self.mostEndedRuns / 2)
        }
        note(now)
    }

    /// A touch was refused. What is not saved yet is lost with a daemon that is killed: it leads to
    /// nothing.
    mutating func refused(_ refusal: LedgerChange.Refusal, at now: Instant) {
        refusals.append(refusal)
        if refusals.count > Self.mostRefusals {
            refusals.removeFirst(Self.mostRefusals / 2)
        }
        note(now)
    }

    /// A path was paused, or resumed. Nobody is told so before it is on disk.
    mutating func pausesChanged() {
        hasNewPauses = true
        isUrgent = true
    }

    /// The next save is to have the action's row as it is then.
    mutating func saves(_ action: ActionID) { mark(action) }

    private mutating func mark(_ action: ActionID) {
        guard !marks[action.index].contains(.changed) else { return }
        marks[action.index].insert(.changed)
        changed.append(action)
    }

    private mutating func note(_ now: Instant) {
        firstChange = firstChange ?? now
        lastChange = now
    }

    // MARK: What is to be written

    /// When `takeSave` is to be asked next, or the ledger is to be opened.
    var deadline: Instant? {
        switch access {
        case .failing(_, let retry), .closed(_, let retry): return retry
        case .kept:
            guard let firstChange, let lastChange else { return nil }
            return min(
                lastChange.after(nanoseconds: Self.leisure),
                firstChange.after(nanoseconds: Self.latest))
        }
    }

    /// Whether a save is due that can't wait for a run to begin.
    var needsUrgentSave: Bool { isKept && isUrgent }

    /// Whether a save is due.
    func needsSave(at now: Instant) -> Bool {
        switch access {
        case .kept: isUrgent || deadline.map { $0 <= now } ?? false
        case .failing(_, let retry): retry <= now
        case .closed: false
        }
    }

    /// Whether anything is not in the database that could be.
    var isBehind: Bool {
        if case .closed = access { return false }
        return isUrgent || firstChange != nil
    }

    /// What the next save writes; `row` gives a path's row as it is now.
    func change(
        lastRun: RunNumber, active: [LedgerChange.Run], pauses: Pauses,
        row: (ActionID) -> LedgerContents.Path?
    ) -> LedgerChange {
        LedgerChange(
            paths: changed.filter { marks[$0.index].contains(.changed) }.compactMap(row),
            removedPaths: removed.sorted(),
            runs: endedRuns + active, refusals: refusals, pauses: hasNewPauses ? pauses.all : nil,
            lastRun: lastRun,
            nextGeneration: generation + 1,
            mustLast: hasNewPauses
                || changed.contains {
                    marks[$0.index].contains(.changed)
                        && marks[$0.index].isDisjoint(with: [.saved, .file])
                })
    }

    /// Whether there may be something to append.
    var hasRecords: Bool { !records.isEmpty || !unwritten.isEmpty || !owed.isEmpty }

    /// Takes the next action whose state is to be appended to the journal.
    mutating func takeUnwritten() -> ActionID? {
        while let action = unwritten.popLast() {
            if marks[action.index].remove(.unwritten) != nil { return action }
        }
        return nil
    }

    /// Takes what is to be appended to the journal, `states` first; nil when there is nothing.
    ///
    /// What is due stands before what ended: if the last bytes are lost, a run that was cut off has
    /// not ended, or another is due.
    mutating func takeRecords(after states: [UInt8]) -> [UInt8]? {
        if !states.isEmpty || !owed.isEmpty {
            records = states + owed + records
            owed.removeAll()
        }
        // What was not appended is in the next save.
        guard isKept, !records.isEmpty else {
            records.removeAll(keepingCapacity: true)
            return nil
        }
        defer { records = [] }
        return records
    }

    // MARK: What became of it

    /// The save is on disk. True when it is the first after a failure.
    mutating func saved() -> Bool {
        for action in changed where marks[action.index].contains(.changed) {
            marks[action.index] = marks[action.index].subtracting(.changed).union(.saved)
        }
        changed.removeAll(keepingCapacity: changed.count < 256)
        removed.removeAll()
        endedRuns.removeAll()
        refusals.removeAll()
        hasNewPauses = false
        (firstChange, lastChange) = (nil, nil)
        isUrgent = false
        generation += 1
        defer { access = .kept }
        return !isKept
    }

    /// The save came at a bad moment.
    mutating func postponed(at now: Instant) {
        guard isKept else { return }
        isUrgent = false
        firstChange = now.after(nanoseconds: Self.soon - Self.latest)
        lastChange = now
    }

    /// Writing failed. True when it is the first time in a row.
    mutating func failed(at now: Instant) -> Bool {
        switch access {
        case .kept:
            var backOff = BackOff()
            let wait = backOff.failed()
            access = .failing(backOff, retry: now.advanced(by: wait))
            return true
        case .failing(var backOff, _):
            let wait = backOff.failed()
            access = .failing(backOff, retry: now.advanced(by: wait))
        case .closed(var backOff, _):
            let wait = backOff.failed()
            access = .closed(backOff, retry: now.advanced(by: wait))
        }
        return false
    }

    /// It was opened after all, and holds what was saved before `generation`; all is to be saved
    /// into it. Returns the actions that ran meanwhile.
    mutating func opened(after generation: UInt64, at now: Instant) -> Set<ActionID> {
        self.generation = generation
        access = .failing(BackOff(), retry: now)
        // The numbers of these runs may be those of others in there.
        endedRuns.removeAll()
        defer { ranUnrecorded = [] }
        return ranUnrecorded
    }
}
