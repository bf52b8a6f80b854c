internal import CTouchmon
internal import Glibc

/// The ledger's database: one row for each path, one for each run.
///
/// It is opened for each use and closed again: between uses, which may be days, it costs no memory.
package enum LedgerStore {
    package enum Failure: Error, Hashable, Sendable {
        case database(DatabaseFailure)
        /// It was written by a later version, with this number of its layout.
        case newerVersion(Int64)
        /// It could not be copied to where it can be read.
        case system(SystemFailure)
    }

    private static let name = "ledger.sqlite"
    /// The number of the present layout, `PRAGMA user_version`.
    private static let version: Int64 = 4

    /// Reads what is there; nothing where there is no database yet.
    package static func load(
        from directory: borrowing StateDirectory, isWritable: Bool
    ) throws(Failure) -> Contents {
        do {
            var contents = Contents()
            // A log can't be read without writing: where that is impossible, a copy is read.
            let copy = isWritable ? nil : try TemporaryCopy(of: directory, [name, name + "-wal"])
            let path = copy.map { $0.path(of: name) } ?? directory.path(of: name)
            if isWritable { makeClosed(path) }
            guard let database = try open(path, isWritable: isWritable) else { return contents }
            let summary = try database.prepare(
                "SELECT last_run, generation, saved_length, boot FROM summary")
            if try database.step(summary) {
                contents.summary = Summary(
                    lastRun: summary.integer(0), generation: summary.integer(1),
                    savedLength: summary.integer(2), boot: summary.bytes(3))
            }
            let paths = try database.prepare("SELECT path, state, due FROM path")
            while try database.step(paths) {
                contents.paths.append(
                    Path(
                        path: paths.bytes(0), state: paths.bytes(1),
                        due: UInt8(truncatingIfNeeded: paths.integer(2))))
            }
            let runs = try database.prepare(
                """
                SELECT number, path, reason, process, witnessed, started, failed FROM run
                LEFT JOIN failure USING (number) WHERE ending IS NULL
                """)
            while try database.step(runs) {
                contents.runs.append(
                    Run(
                        number: runs.integer(0), path: runs.bytes(1),
                        reason: UInt8(truncatingIfNeeded: runs.integer(2)),
                        process: Int32(truncatingIfNeeded: runs.integer(3)),
                        witnessed: runs.integer(4), started: runs.integer(5), ended: nil,
                        ending: nil, value: 0, failed: runs.bytes(6)))
            }
            let pauses = try database.prepare(
                "SELECT path, since, until, reason, user FROM pause")
            while try database.step(pauses) {
                contents.pauses.append(
                    Pause(
                        path: pauses.bytes(0), since: pauses.integer(1), until: pauses.number(2),
                        reason: pauses.bytes(3), user: UInt32(truncatingIfNeeded: pauses.integer(4))
                    ))
            }
            withExtendedLifetime(copy) {}
            return contents
        } catch let error as DatabaseFailure {
            throw .database(error)
        } catch let error as Failure {
            throw error
        } catch let error as SystemFailure {
            throw .system(error)
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    /// Writes all of a change or nothing.
    package static func save(
        _ change: Change, into directory: borrowing StateDirectory
    ) throws(Failure) {
        guard let database = try opened(in: directory) else { return }
        do throws(DatabaseFailure) {
            if change.mustLast { try database.syncCommits() }
            try database.transaction { () throws(DatabaseFailure) in
                try write(change, to: database)
            }
        } catch {
            throw .database(error)
        }
    }

    /// The database, made if it is not there.
    static func opened(in directory: borrowing StateDirectory) throws(Failure) -> Database? {
        let path = directory.path(of: name)
        makeClosed(path)
        do {
            return try open(path, isWritable: true)
        } catch let error as DatabaseFailure {
            throw .database(error)
        } catch let error as Failure {
            throw error
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    private static func write(
        _ change: Change, to database: borrowing Database
    ) throws(DatabaseFailure) {
        let path = try database.prepare("INSERT OR REPLACE INTO path VALUES (?, ?, ?)")
        for row in change.paths {
            path.bind(1, row.path)
            path.bind(2, row.state)
            path.bind(3, Int64(row.due))
            try database.run(path)
        }
        let removal = try database.prepare("DELETE FROM path WHERE path = ?")
        for row in change.removedPaths {
            removal.bind(1, row)
            try database.run(removal)
        }
        // Who touched is known to the daemon that began the run, and not to one that adopts it.
        let run = try database.prepare(
            """
            INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET
                touched_by_process = iif(process = excluded.process,
                    coalesce(excluded.touched_by_process, touched_by_process),
                    excluded.touched_by_process),
                touched_by_user = iif(process = excluded.process,
                    coalesce(excluded.touched_by_user, touched_by_user),
                    excluded.touched_by_user),
                path = excluded.path, reason = excluded.reason, process = excluded.process,
                witnessed = excluded.witnessed, started = excluded.started,
                ended = excluded.ended, ending = excluded.ending, value = excluded.value,
                user = iif(process = excluded.process, coalesce(user, excluded.user),
                    excluded.user),
                attempt = iif(process = excluded.process, coalesce(attempt, excluded.attempt),
                    excluded.attempt)
            """)
        for row in change.runs {
            run.bind(1, row.number)
            run.bind(2, row.path)
            run.bind(3, Int64(row.reason))
            run.bind(4, Int64(row.process))
            run.bind(5, row.witnessed)
            run.bind(6, row.started)
            run.bind(7, row.ended)
            run.bind(8, row.ending.map(Int64.init))
            run.bind(9, Int64(row.value))
            run.bind(10, row.toucher.map { Int64($0.process) })
            run.bind(11, row.toucher.map { Int64($0.user) })
            run.bind(12, row.user.map(Int64.init))
            run.bind(13, row.attempt)
            try database.run(run)
        }
        // Of those that have ended nobody needs to know any more.
        for row in change.runs where !row.failed.isEmpty {
            let failure = try database.prepare(
                row.ending == nil
                    ? "INSERT OR REPLACE INTO failure VALUES (?, ?)"
                    : "DELETE FROM failure WHERE number = ?")
            failure.bind(1, row.number)
            if row.ending == nil { failure.bind(2, row.failed) }
            try database.run(failure)
        }
        try write(change.refusals, to: database)
        if let pauses = change.pauses { try write(pauses, to: database) }
        if !change.runs.isEmpty { try forget(change, in: database) }
        let summary = try database.prepare(
            "INSERT OR REPLACE INTO summary VALUES (1, ?, ?, ?, ?)")
        summary.bind(1, change.summary.lastRun)
        summary.bind(2, change.summary.generation)
        summary.bind(3, change.summary.savedLength)
        summary.bind(4, change.summary.boot)
        try database.run(summary)
    }

    /// Removes old runs, so many at a time that nothing waits for it; those that have not ended stay.
    private static func forget(
        _ change: Change, in database: borrowing Database
    ) throws(DatabaseFailure) {
        if let kept = change.keptRuns {
            let surplus = try database.prepare(
                """
                DELETE FROM run WHERE number IN (
                    SELECT number FROM run WHERE ending IS NOT NULL
                        AND number <= (SELECT max(number) FROM run) - ?1
                    ORDER BY number LIMIT \(mostForgotten))
                """)
            surplus.bind(1, kept)
            try database.run(surplus)
        }
        guard let since = change.keptSince else { return }
        let old = try database.prepare(
            """
            DELETE FROM run WHERE number IN (
                SELECT number FROM (
                    SELECT number, ended FROM run WHERE ending IS NOT NULL
                    ORDER BY number LIMIT \(mostForgotten))
                WHERE ended < ?1)
            """)
        old.bind(1, since)
        try database.run(old)
    }

    private static let mostForgotten = 1000

    /// The last thousand are kept: whoever may touch must not fill the disk.
    private static func write(
        _ refusals: [Refusal], to database: borrowing Database
    ) throws(DatabaseFailure) {
        guard !refusals.isEmpty else { return }
        let row = try database.prepare("INSERT INTO refusal VALUES (NULL, ?, ?, ?, ?, ?)")
        for refusal in refusals {
            row.bind(1, refusal.path)
            row.bind(2, refusal.time)
            row.bind(3, Int64(refusal.reason))
            row.bind(4, refusal.toucher.map { Int64($0.process) })
            row.bind(5, refusal.toucher.map { Int64($0.user) })
            try database.run(row)
        }
        try database.run(
            database.prepare(
                "DELETE FROM refusal WHERE number <= (SELECT max(number) - 1000 FROM refusal)"))
    }

    private static func write(
        _ pauses: [Pause], to database: borrowing Database
    ) throws(DatabaseFailure) {
        try database.run(database.prepare("DELETE FROM pause"))
        let row = try database.prepare("INSERT INTO pause VALUES (?, ?, ?, ?, ?)")
        for pause in pauses {
            row.bind(1, pause.path)
            row.bind(2, pause.since)
            row.bind(3, pause.until)
            row.bind(4, pause.reason)
            row.bind(5, Int64(pause.user))
            try database.run(row)
        }
    }

    /// Lets go of the memory that SQLite's code takes until it is used again.
    package static func rest() {
        tm_release_library("libsqlite3")
    }

    /// Whether the disk gives all bytes of the database's files, whatever they mean.
    package static func isReadable(in directory: borrowing StateDirectory) -> Bool {
        for suffix in ["", "-wal"] {
            do {
                let file = try OwnedDescriptor(
                    opening: CPath(directory.path(of: name + suffix)), flags: O_RDONLY)
                _ = try file.readAll(atMost: 1 << 30, "read the ledger")
            } catch {
                if error.errno != .noSuchFile { return false }
            }
        }
        return true
    }

    /// Gives the files of a database that can't be read another name, and returns it.
    package static func setAside(
        in directory: borrowing StateDirectory
    ) throws(SystemFailure) -> [UInt8] {
        var number = 1
        while access(CPath(directory.path(of: "\(name).corrupt-\(number)")).terminated, F_OK) == 0 {
            number += 1
        }
        for suffix in ["-wal", ""] {
            let old = CPath(directory.path(of: name + suffix))
            let new = CPath(directory.path(of: "\(name).corrupt-\(number)\(suffix)"))
            do {
                _ = try systemCall("rename", old) { rename(old.terminated, new.terminated) }
            } catch {
                guard error.errno == .noSuchFile else { throw error }
            }
        }
        return directory.path(of: "\(name).corrupt-\(number)")
    }

    /// Makes the database, empty, if there is none: nobody else may read it, whom the directory lets
    /// pass, and SQLite gives its other files the mode of this one. What is wrong, SQLite finds as well.
    private static func makeClosed(_ path: [UInt8]) {
        _ = try? OwnedDescriptor(
            opening: CPath(path), flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
    }

    /// nil where there is none and none is to be made.
    private static func open(_ path: [UInt8], isWritable: Bool) throws -> Database? {
        let database = try Database.open(path)
        let version = try database.prepare("PRAGMA user_version")
        _ = try database.step(version)
        let found = version.integer(0)
        guard found <= Self.version else { throw Failure.newerVersion(found) }
        if found == 0, !isWritable { return nil }
        if found < 1 { try database.execute(Self.firstSchema) }
        // Where nothing can be written this is a copy.
        if found < 2 { try database.execute(Self.secondSchema) }
        if found < 3 { try database.execute(Self.thirdSchema) }
        if found < 4 { try database.execute(Self.fourthSchema) }
        return database
    }

    private static let firstSchema = """
        BEGIN IMMEDIATE;
        CREATE TABLE summary (
            id INTEGER PRIMARY KEY CHECK (id = 1), last_run INTEGER NOT NULL,
            generation INTEGER NOT NULL, saved_length INTEGER NOT NULL, boot BLOB NOT NULL);
        CREATE TABLE path (
            path BLOB PRIMARY KEY, state BLOB NOT NULL, due INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE run (
            number INTEGER PRIMARY KEY, path BLOB NOT NULL, reason INTEGER NOT NULL,
            process INTEGER NOT NULL, witnessed INTEGER NOT NULL, started INTEGER NOT NULL,
            ended INTEGER, ending INTEGER, value INTEGER NOT NULL);
        CREATE INDEX run_by_path ON run (path, number);
        CREATE INDEX run_unfinished ON run (number) WHERE ending IS NULL;
        PRAGMA user_version = 1;
        COMMIT;
        """

    /// Who touched, whose touches were refused, and which failures runs are told of.
    private static let secondSchema = """
        BEGIN IMMEDIATE;
        CREATE TABLE failure (number INTEGER PRIMARY KEY, failed BLOB NOT NULL);
        CREATE TABLE refusal (
            number INTEGER PRIMARY KEY, path BLOB NOT NULL, time INTEGER NOT NULL,
            reason INTEGER NOT NULL, touched_by_process INTEGER, touched_by_user INTEGER);
        ALTER TABLE run ADD COLUMN touched_by_process INTEGER;
        ALTER TABLE run ADD COLUMN touched_by_user INTEGER;
        PRAGMA user_version = 2;
        COMMIT;
        """

    /// As whom a run ran, and which try it was; and where those are that failed.
    private static let thirdSchema = """
        BEGIN IMMEDIATE;
        ALTER TABLE run ADD COLUMN user INTEGER;
        ALTER TABLE run ADD COLUMN attempt INTEGER;
        CREATE INDEX run_failed ON run (number) WHERE ending > 0 OR value != 0;
        PRAGMA user_version = 3;
        COMMIT;
        """

    /// What somebody has paused.
    private static let fourthSchema = """
        BEGIN IMMEDIATE;
        CREATE TABLE pause (
            path BLOB PRIMARY KEY, since INTEGER NOT NULL, until INTEGER, reason BLOB NOT NULL,
            user INTEGER NOT NULL) WITHOUT ROWID;
        PRAGMA user_version = 4;
        COMMIT;
        """
}
