/// What a daemon knows of its predecessor's work: the database and the journal after it, as one.
package struct Recovered: Sendable {
    /// What the ledger says of a path.
    package struct Path: Hashable, Sendable {
        /// The state that needs no run; nil where there was no file.
        package var handled: HandledState?
        /// Why a run was due that had not begun; nil where none was.
        package var due: RunReason?
        /// Whether that is what the database says; else the journal does.
        package var isSaved: Bool
    }

    /// A run that began and was not seen to end.
    package struct Run: Hashable, Sendable {
        package var number: RunNumber
        package var path: RawPath
        package var reason: RunReason
        package var started: Instant
        package var witness: JournalRecord.Witness
        package var toucher: LedgerChange.Run.Toucher?
        /// The failure that it is told of, or is to be if it has not begun: then it has no process.
        package var failed: FailedRun?
        /// Whether another run of the path began after it. Then the daemon had seen it end, though it
        /// did not come so far as to write that down.
        package var hasSuccessor = false
        /// Whether its process is still there.
        package var isAlive = false
    }

    package var paths: [RawPath: Path] = [:]
    /// In the order of their numbers.
    package var unfinished: [Run] = []
    /// Runs that were seen to end after the last save.
    package var finished: [LedgerChange.Run] = []
    /// What somebody has paused and nobody resumed.
    package var pauses: [Pause] = []
    /// What runs printed that there is a file of.
    package var outputs: [KeptOutput] = []
    package var lastRun: RunNumber
    package var generation: UInt64
    /// Whether the machine was up all the time: else no run can be alive, and device numbers, which
    /// the kernel gives out anew, say nothing.
    package let isSameBoot: Bool

    /// A ledger that was never written.
    package init() {
        lastRun = RunNumber(0)
        generation = 0
        isSameBoot = true
    }

    /// Puts together what was read. `boot` is the machine's present one, `calendar` the realtime
    /// clock minus the monotonic one now: the moments of another boot are moved to this one's clock.
    package init(_ contents: LedgerContents, boot: [UInt8], calendar: Int64) {
        let journal = Journal(
            contents.journal, savedGeneration: contents.generation,
            savedLength: contents.savedLength)
        isSameBoot = (journal?.header.boot ?? contents.boot) == boot
        lastRun = RunNumber(contents.lastRun)
        pauses = contents.pauses
        generation = max(contents.generation, journal?.header.generation ?? 0)
        for path in contents.paths {
            paths[path.path] = Path(
                handled: HandledState(bytes: path.state), due: RunReason(due: path.due),
                isSaved: true
            )
        }
        var runs: [RunNumber: Run] = [:]
        for run in contents.unfinished {
            let number = RunNumber(run.number)
            runs[number] = Run(
                number: number, path: run.path, reason: RunReason(code: run.reason) ?? .touch,
                started: run.started, witness: run.witness, failed: FailedRun(bytes: run.failed))
        }
        let shift = Duration.nanoseconds((journal?.header.calendar ?? calendar) - calendar)
        for record in journal?.records ?? [] { replay(record, &runs, shift) }
        var newest: [RawPath: RunNumber] = [:]
        // What is told of a failure begins beside the action's runs, not after them.
        for case .began(let run) in journal?.records ?? [] where run.reason != .failure {
            newest[run.path] = run.number
        }
        unfinished = runs.values.sorted { $0.number < $1.number }
        for index in unfinished.indices {
            let run = unfinished[index]
            guard run.reason != .failure else { continue }
            unfinished[index].hasSuccessor = newest[run.path].map { $0 > run.number } ?? false
        }
    }

    private mutating func replay(
        _ record: JournalRecord, _ runs: inout [RunNumber: Run], _ shift: Duration
    ) {
        switch record {
        case .began(let run):
            lastRun = max(lastRun, run.number)
            runs[run.number] = Run(
                number: run.number, path: run.path, reason: run.reason,
                started: run.started.advanced(by: shift), witness: run.witness,
                toucher: run.toucher, failed: runs[run.number]?.failed)
            guard run.reason != .failure else { return }
            paths[run.path] = Path(handled: run.state, due: nil, isSaved: false)
        case .ended(let number, let ending, let moment):
            guard let run = runs.removeValue(forKey: number) else { return }
            finished.append(
                LedgerChange.Run(
                    number: number, path: run.path, reason: run.reason,
                    process: run.witness.process, started: run.started,
                    ended: moment.advanced(by: shift),
                    ending: ending, toucher: run.toucher, failed: run.failed))
        case .due(let path, let reason, let state):
            paths[path] = Path(handled: state, due: reason, isSaved: false)
        case .owed(let number, let path, let failed, let moment):
            lastRun = max(lastRun, number)
            runs[number] = Run(
                number: number, path: path, reason: .failure,
                started: moment.advanced(by: shift),
                witness: JournalRecord.Witness(process: 0, time: 0), failed: failed)
        case .handled(let path, let state):
            paths[path] = Path(
                handled: state, due: paths[path]?.due, isSaved: false)
        }
    }

    /// Finds out of each unfinished run whether it is still alive: `isAlive` takes it over if it is.
    /// None is after another start of the machine.
    package mutating func adopt<Failure: Error>(
        _ isAlive: (Run) throws(Failure) -> Bool
    ) throws(Failure) {
        guard isSameBoot else { return }
        for index in unfinished.indices {
            unfinished[index].isAlive = try isAlive(unfinished[index])
        }
    }

    /// What the watch stage is to know of a path; nil where it was never seen.
    func known(_ path: RawPath) -> Watcher.Known? {
        paths[path].map { Watcher.Known(handled: $0.handled, isSameBoot: isSameBoot) }
    }
}
