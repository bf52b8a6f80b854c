package import TouchmonCore

/// A state directory: the database and the journal beside it, which outlive a daemon.
package struct SimulatedState: Sendable {
    /// What opening, saving and appending fail with, as long as it is set.
    package var failure: LedgerFailure?
    /// The runs that ended, as the history keeps them, by number.
    package private(set) var history: [RunNumber: LedgerChange.Run] = [:]
    private var paths: [RawPath: LedgerContents.Path] = [:]
    private var unfinished: [RunNumber: LedgerChange.Run] = [:]
    private var contents = LedgerContents()

    package init() {}

    /// What a daemon that starts reads; nil when it can't.
    package func read() -> LedgerContents? {
        guard failure == nil else { return nil }
        var contents = contents
        contents.paths = paths.values.sorted {
            $0.path.bytes.lexicographicallyPrecedes($1.path.bytes)
        }
        contents.unfinished = unfinished.values.sorted { $0.number < $1.number }.map { run in
            LedgerContents.Run(
                number: run.number.value, path: run.path, reason: run.reason.code,
                started: run.started,
                witness: JournalRecord.Witness(process: run.process, time: run.started.nanoseconds))
        }
        return contents
    }

    /// One write to the end of the journal.
    package mutating func append(_ bytes: [UInt8]) -> LedgerFailure? {
        guard failure == nil else { return failure }
        contents.journal += bytes
        return nil
    }

    /// The transaction of a save. `resets`: and what follows it, the journal begun anew; a crash may
    /// come in between.
    package mutating func save(
        _ change: LedgerChange, boot: [UInt8], resets: Bool
    ) -> LedgerFailure? {
        guard failure == nil else { return failure }
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
            contents.journal =
                Journal.Header(generation: change.nextGeneration, boot: boot, calendar: 0).bytes
        }
        return nil
    }
}
