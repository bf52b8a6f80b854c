internal import TouchmonCore
internal import TouchmonSystem

/// What outlives the daemon: the state directory with the ledger's database and journal.
final class State {
    /// What the directory was found to be when it was opened.
    enum Opening {
        /// With what is in it; the failure says why nothing can be written, where that is so.
        case opened(State, Recovered, LedgerFailure?)
        case failed(LedgerFailure)
        /// Another daemon works with it.
        case held(by: Int32?)
        /// It was only looked at.
        case seen(Recovered)
    }

    private let directory: StateDirectory
    /// nil where nothing can be written.
    private var journal: JournalFile?
    private let boot: [UInt8]
    private let retention: Retention
    /// What runs print.
    let outputs = OutputFiles()
    /// What runs of trees read; nil where it could not be opened yet.
    private var changes: ChangesDirectory?
    /// The runs that have such a file, or may have one.
    private var changed: Set<RunNumber> = []
    /// A database that could not be read, under its new name, and why.
    private(set) var setAside: (path: RawPath, reason: String)?

    /// How long the children of a daemon that was killed may take to write their records.
    private static let patience: Int64 = 2_000_000_000

    private init(
        _ directory: consuming StateDirectory, boot: [UInt8], _ retention: Retention
    ) {
        self.directory = directory
        self.boot = boot
        self.retention = retention
    }

    /// Opens the directory and reads what is in it.
    static func open(_ path: RawPath, _ retention: Retention) -> Opening {
        let state: State
        do {
            state = State(
                try StateDirectory(path.bytes, patience: patience),
                boot: try CurrentProcess.boot(), retention)
        } catch let error as StateDirectory.Failure {
            switch error {
            case .held(let process): return .held(by: process)
            case .system(let failure): return .failed(LedgerFailure(failure, path))
            case .notOurs:
                return .failed(
                    LedgerFailure(
                        .unusable, path,
                        reason: "it belongs to somebody else, or others may write it"))
            }
        } catch let error as SystemFailure {
            return .failed(LedgerFailure(error, path))
        } catch {
            preconditionFailure("no other error is thrown")
        }
        return read(state, path)
    }

    /// Reads what is in the directory, changes nothing, and is nobody's daemon. Nothing where it can't be
    /// read, as at the moment in which another daemon writes.
    static func look(_ path: RawPath) -> Opening {
        guard let boot = try? CurrentProcess.boot(),
            let directory = try? StateDirectory(lookingInto: path.bytes)
        else { return .seen(Recovered()) }
        let state = State(directory, boot: boot, Retention())
        return .seen((try? state.recover(isWritable: false, takesOutputs: false)) ?? Recovered())
    }

    private static func read(_ state: State, _ path: RawPath) -> Opening {
        var failure: LedgerFailure?
        do {
            state.journal = try JournalFile(in: state.directory)
        } catch {
            failure = LedgerFailure(error, path)
        }
        do {
            let recovered = try state.recover(isWritable: failure == nil)
            return .opened(state, recovered, failure)
        } catch let error as LedgerStore.Failure {
            return .failed(LedgerFailure(error, path))
        } catch let error as SystemFailure {
            return .failed(LedgerFailure(error, path))
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    private func recover(isWritable: Bool, takesOutputs: Bool = true) throws -> Recovered {
        defer { LedgerStore.rest() }
        var stored = LedgerStore.Contents()
        do throws(LedgerStore.Failure) {
            do throws(LedgerStore.Failure) {
                stored = try LedgerStore.load(from: directory, isWritable: isWritable)
            } catch {
                // What the disk failed to read, SQLite calls corrupt; only what is so twice is.
                guard case .database(let failure) = error, failure.isCorrupt else { throw error }
                stored = try LedgerStore.load(from: directory, isWritable: isWritable)
            }
        } catch {
            guard case .database(let failure) = error, failure.isCorrupt, isWritable,
                LedgerStore.isReadable(in: directory),
                let kept = try? LedgerStore.setAside(in: directory)
            else { throw error }
            setAside = (RawPath(bytes: kept), failure.message)
            stored = try LedgerStore.load(from: directory, isWritable: isWritable)
        }
        var contents = LedgerContents()
        let calendar = Clock.realtime() - Clock.monotonic()
        contents.paths = stored.paths.map {
            LedgerContents.Path(path: RawPath(bytes: $0.path), state: $0.state, due: $0.due)
        }
        contents.unfinished = stored.runs.map {
            LedgerContents.Run(
                number: UInt64(bitPattern: $0.number), path: RawPath(bytes: $0.path),
                reason: $0.reason, started: Instant(nanoseconds: $0.started - calendar),
                witness: JournalRecord.Witness(process: $0.process, time: $0.witnessed),
                failed: $0.failed)
        }
        contents.pauses = stored.pauses.map { pause in
            Pause(
                path: RawPath(bytes: pause.path),
                since: Instant(nanoseconds: pause.since - calendar),
                until: pause.until.map { Instant(nanoseconds: $0 - calendar) },
                reason: pause.reason, user: pause.user)
        }
        contents.lastRun = UInt64(bitPattern: stored.summary.lastRun)
        contents.generation = UInt64(bitPattern: stored.summary.generation)
        contents.savedLength = Int(stored.summary.savedLength)
        contents.boot = stored.summary.boot
        contents.journal = try JournalFile.contents(in: directory)
        var recovered = Recovered(contents, boot: boot, calendar: calendar)
        guard takesOutputs else { return recovered }
        // Whoever can't be told by now is told when a run is to print something.
        try? outputs.open(in: directory)
        recovered.outputs = (try? outputs.found(calendar: calendar)) ?? []
        return recovered
    }

    /// Writes what changed for a run of a tree, for its user, and returns the path of the file.
    func writeChanges(
        _ bytes: [UInt8], of run: RunNumber, for identity: RunIdentity
    ) throws(SystemFailure) -> [UInt8] {
        if changes == nil { changes = try ChangesDirectory(in: directory) }
        changed.insert(run)
        return try changes?.make(
            run.value, bytes, user: identity.user, group: identity.group) ?? []
    }

    /// Makes the file of changes of a run that may come; nil stands for a run that has none.
    func makeChangesAhead(_ run: RunNumber?) {
        guard let run else {
            changes?.dismissAhead()
            return
        }
        // Where that fails, the run itself tries, and has a way without.
        if changes == nil { changes = try? ChangesDirectory(in: directory) }
        try? changes?.makeAhead(run.value)
    }

    /// Lets a run read its file of changes from its standard input.
    func lendChanges(
        of run: RunNumber, to standard: inout StandardDescriptors
    ) throws(SystemFailure) -> OwnedDescriptor? {
        guard let file = try changes?.open(run.value) else { return nil }
        standard.setInput(file)
        return file
    }

    /// Removes the file of changes of a run that is over. What is left over goes at the next start.
    func removeChanges(of run: RunNumber) {
        if changed.remove(run) != nil { try? changes?.remove(run.value) }
    }

    /// Removes what earlier daemons left, but for runs that are still alive.
    func removeOldChanges(except runs: [RunNumber]) {
        guard (try? FileMetadata(at: CPath(directory.path(of: "changes")))) != nil else { return }
        if changes == nil { changes = try? ChangesDirectory(in: directory) }
        changed.formUnion(runs)
        try? changes?.removeAll(except: Set(runs.map(\.value)))
    }

    /// Removes what was made for a run that did not come.
    func dismissAhead() {
        outputs.dismissAhead()
        changes?.dismissAhead()
    }

    /// Makes the file of a run that will come, for a process that is made ahead of it; nil stands for a
    /// run that needs none.
    func makeOutputAhead(
        _ run: RunNumber?, for standard: inout StandardDescriptors
    ) throws(SystemFailure) {
        try outputs.makeAhead(run, in: directory, for: &standard)
    }

    /// Lets a run print into its file; says why where it can't.
    func lendOutput(
        of run: RunNumber, to standard: inout StandardDescriptors
    ) -> LedgerFailure? {
        do {
            try outputs.lend(run, in: directory, to: &standard)
            return nil
        } catch {
            return LedgerFailure(error, RawPath(bytes: directory.path(of: "output")))
        }
    }

    /// Adds the journal to what a child gets, for its record.
    func lend(to standard: inout StandardDescriptors) {
        if let journal { standard.setJournal(journal.descriptor) }
    }

    /// Appends to the journal; says why where it can't.
    func append(_ bytes: [UInt8]) -> LedgerFailure? {
        do {
            try journal?.append(bytes)
            return nil
        } catch {
            return LedgerFailure(error, RawPath(bytes: directory.path))
        }
    }

    /// What was: the newest runs first. Says why where it can't be read.
    func runs(_ query: HistoryQuery) throws(ControlProblem) -> [HistoryRow] {
        defer { LedgerStore.rest() }
        do {
            return try LedgerStore.runs(LedgerStore.Query(query), in: directory)
                .map(HistoryRow.init)
        } catch {
            throw ControlProblem(unreadable: LedgerFailure(error, RawPath(bytes: directory.path)))
        }
    }

    /// The last run of each path; nil of one that had none.
    func lastRuns(of paths: [[UInt8]]) throws(ControlProblem) -> [HistoryRow?] {
        defer { LedgerStore.rest() }
        do {
            return try LedgerStore.lastRuns(of: paths, in: directory).map { run in
                run.map(HistoryRow.init)
            }
        } catch {
            throw ControlProblem(unreadable: LedgerFailure(error, RawPath(bytes: directory.path)))
        }
    }

    /// The last touches of a path that were refused before a time, in nanoseconds since 1970.
    func refusals(of path: RawPath, before time: Int64) throws(ControlProblem) -> [ExplainedTouch] {
        defer { LedgerStore.rest() }
        do {
            return try LedgerStore.refusals(
                of: path.bytes, before: time, atMost: ExplainedAction.mostTouches, in: directory
            ).map { refusal in
                ExplainedTouch(
                    time: refusal.time,
                    toucher: refusal.toucher.map {
                        LedgerChange.Run.Toucher(process: $0.process, user: $0.user)
                    },
                    result: .nothing(
                        LedgerChange.Refusal.Reason(rawValue: refusal.reason)?.word ?? "reader",
                        count: 1))
            }
        } catch {
            throw ControlProblem(unreadable: LedgerFailure(error, RawPath(bytes: directory.path)))
        }
    }

    /// Listens for commands in the state directory.
    func listen() throws(SystemFailure) -> ControlListener {
        try ControlListener(in: directory)
    }

    /// Saves into the database and begins the journal anew; says why where it can't.
    func save(_ change: LedgerChange) -> LedgerFailure? {
        defer { LedgerStore.rest() }
        do {
            let journal = try self.journal ?? JournalFile(in: directory)
            self.journal = journal
            let length = try journal.length()
            let calendar = Clock.realtime() - Clock.monotonic()
            try LedgerStore.save(
                LedgerStore.Change(
                    change, boot: boot, length: length, calendar: calendar, retention),
                into: directory)
            let header = Journal.Header(
                generation: change.nextGeneration, boot: boot, calendar: calendar)
            try journal.reset(header.bytes)
            return nil
        } catch let error as SystemFailure {
            return LedgerFailure(error, RawPath(bytes: directory.path))
        } catch let error as LedgerStore.Failure {
            return LedgerFailure(error, RawPath(bytes: directory.path))
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }
}

extension LedgerStore.Change {
    fileprivate init(
        _ change: LedgerChange, boot: [UInt8], length: Int, calendar: Int64,
        _ retention: Retention
    ) {
        // Whoever has not ended exists now; nobody younger can have the number.
        let now = Clock.boot()
        self.init(
            summary: LedgerStore.Summary(
                lastRun: Int64(bitPattern: change.lastRun.value),
                generation: Int64(bitPattern: change.nextGeneration - 1),
                savedLength: Int64(length), boot: boot),
            paths: change.paths.map {
                LedgerStore.Path(path: $0.path.bytes, state: $0.state, due: $0.due)
            },
            removedPaths: change.removedPaths.map(\.bytes),
            runs: change.runs.map { run in
                LedgerStore.Run(
                    number: Int64(bitPattern: run.number.value), path: run.path.bytes,
                    reason: run.reason.code, process: run.process, witnessed: now,
                    started: run.started.nanoseconds + calendar,
                    ended: run.ended.map { $0.nanoseconds + calendar },
                    ending: run.ending.map(\.code), value: run.ending.map(\.value) ?? 0,
                    toucher: run.toucher.map {
                        LedgerStore.Run.Toucher(process: $0.process, user: $0.user)
                    },
                    user: run.user, attempt: run.attempt.map(Int64.init),
                    failed: run.failed?.bytes ?? [])
            },
            refusals: change.refusals.map {
                LedgerStore.Refusal(
                    path: $0.path.bytes, time: $0.time.nanoseconds + calendar,
                    reason: $0.reason.rawValue,
                    toucher: $0.toucher.map {
                        LedgerStore.Run.Toucher(process: $0.process, user: $0.user)
                    })
            },
            pauses: change.pauses?.map { pause in
                LedgerStore.Pause(
                    path: pause.path.bytes, since: pause.since.nanoseconds + calendar,
                    until: pause.until.map { $0.nanoseconds + calendar }, reason: pause.reason,
                    user: pause.user)
            },
            keptRuns: Int64(retention.runs),
            keptSince: retention.age.map { Clock.realtime() - $0.nanoseconds },
            mustLast: change.mustLast)
    }
}

extension ControlProblem {
    fileprivate init(unreadable failure: LedgerFailure) {
        self.init(
            .system, "read the ledger: \(failure.reason)",
            "see what the daemon's log says of its state directory")
    }
}

extension LedgerStore.Query {
    fileprivate init(_ query: HistoryQuery) {
        self.init(limit: Int64(query.limit))
        path = query.path?.bytes
        withFiles = query.withFiles
        user = query.user
        failed = query.failed
        since = query.since
        before = query.before.map { Int64(bitPattern: $0.value) }
        after = query.after.map { Int64(bitPattern: $0.value) }
    }
}

extension HistoryRow {
    fileprivate init(_ run: LedgerStore.Run) {
        self.init(
            run: RunNumber(UInt64(bitPattern: run.number)), path: RawPath(bytes: run.path),
            reason: RunReason(code: run.reason) ?? .touch, started: run.started, ended: run.ended,
            ending: run.ending.flatMap { RunEnding(code: $0, value: run.value) }, user: run.user,
            process: run.process, attempt: run.attempt.map { Int($0) },
            toucher: run.toucher.map {
                LedgerChange.Run.Toucher(process: $0.process, user: $0.user)
            })
    }
}

extension LedgerFailure {
    init(_ failure: SystemFailure, _ place: RawPath) {
        let kind: Kind =
            switch failure.errno.code {
            case 28, 122: .full
            case 30: .readOnly
            case 23, 24: .noDescriptors
            case 13, 1, 20, 40: .unusable
            default: .other
            }
        self.init(
            kind, place, reason: "unable to \(failure.operation): \(failure.errno.message)")
    }

    init(_ failure: LedgerStore.Failure, _ place: RawPath) {
        switch failure {
        case .system(let failure): self.init(failure, place)
        case .newerVersion(let version):
            self.init(
                .newerVersion, place,
                reason: "its ledger was written by a later touchmon (layout \(version))")
        case .database(let failure):
            let kind: Kind =
                failure.isFull
                ? .full
                : failure.isReadOnly
                    ? .readOnly : failure.isOutOfDescriptors ? .noDescriptors : .other
            self.init(kind, place, reason: "unable to \(failure.operation): \(failure.message)")
        }
    }
}
