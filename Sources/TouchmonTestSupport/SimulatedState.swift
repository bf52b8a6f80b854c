package import TouchmonCore

/// A state directory: the database and the journal beside it, which outlive a daemon.
package struct SimulatedState: Sendable {
    /// What a power loss leaves of the journal, which is never synced; a saved database is.
    package enum PowerLoss: Hashable, Sendable {
        /// So many thousandths of it.
        case keeps(Int)
        /// So many thousandths, and zeros for the rest: its length was written and its data was not.
        case tears(Int)
        /// The one before the last save, which began it anew: that beginning was not written.
        case old

        package var text: String {
            switch self {
            case .keeps(let part): "keeps \(part)"
            case .tears(let part): "tears \(part)"
            case .old: "old"
            }
        }

        package init?(_ text: String) {
            let words = text.split(separator: " ")
            let part = words.count > 1 ? Int(words[1]) ?? 0 : 0
            switch words.first {
            case "keeps": self = .keeps(part)
            case "tears": self = .tears(part)
            case "old": self = .old
            default: return nil
            }
        }
    }

    /// What opening, saving and appending fail with, as long as it is set.
    package var failure: LedgerFailure?
    /// The runs that ended, as the history keeps them, by number.
    package private(set) var history: [RunNumber: LedgerChange.Run] = [:]
    /// The touches that were refused.
    package private(set) var refusals: [LedgerChange.Refusal] = []
    /// Whether the last save had to outlast a power loss.
    package private(set) var lastSaveMustLast = false
    private var paths: [RawPath: LedgerContents.Path] = [:]
    private var unfinished: [RunNumber: LedgerChange.Run] = [:]
    private var contents = LedgerContents()
    private var oldJournal: [UInt8] = []

    package init() {}

    /// What a daemon that starts reads; nil when it can't.
    package func read() -> LedgerContents? {
        failure == nil ? stored : nil
    }

    /// What is on disk, whether a daemon could read it or not.
    package var stored: LedgerContents {
        var contents = contents
        contents.paths = paths.values.sorted { $0.path < $1.path }
        contents.unfinished = unfinished.values.sorted { $0.number < $1.number }.map { run in
            LedgerContents.Run(
                number: run.number.value, path: run.path, reason: run.reason.code,
                started: run.started,
                witness: JournalRecord.Witness(process: run.process, time: run.started.nanoseconds),
                failed: run.failed?.bytes ?? [])
        }
        return contents
    }

    /// One write to the end of the journal.
    package mutating func append(_ bytes: [UInt8]) -> LedgerFailure? {
        guard failure == nil else { return failure }
        contents.journal += bytes
        return nil
    }

    /// How long the journal is, in bytes.
    package var journalLength: Int { contents.journal.count }

    /// The end of the journal is lost.
    package mutating func cutJournal(to length: Int) {
        contents.journal.removeLast(contents.journal.count - length)
    }

    /// The transaction of a save. `resets`: and what follows it, the journal begun anew; a crash may
    /// come in between.
    package mutating func save(
        _ change: LedgerChange, boot: [UInt8], resets: Bool
    ) -> LedgerFailure? {
        guard failure == nil else { return failure }
        lastSaveMustLast = change.mustLast
        refusals += change.refusals
        if let pauses = change.pauses { contents.pauses = pauses }
        for path in change.paths { paths[path.path] = path }
        for path in change.removedPaths { paths[path] = nil }
        for run in change.runs {
            unfinished[run.number] = run.ending == nil ? run : nil
            if run.ending != nil { history[run.number] = run }
        }
        contents.lastRun = change.lastRun.value
        contents.generation = change.nextGeneration - 1
        contents.savedLength = contents.journal.count
        contents.boot = boot
        if resets {
            oldJournal = contents.journal
            contents.journal =
                Journal.Header(generation: change.nextGeneration, boot: boot, calendar: 0).bytes
        }
        return nil
    }

    /// Power fails: what was not synced may be gone.
    package mutating func lose(_ loss: PowerLoss) {
        let length = contents.journal.count
        switch loss {
        case .keeps(let part): contents.journal.removeLast(length - length * part / 1000)
        case .tears(let part):
            let kept = length * part / 1000
            contents.journal.replaceSubrange(
                kept..., with: repeatElement(0, count: length - kept))
        case .old: contents.journal = oldJournal
        }
    }
}
