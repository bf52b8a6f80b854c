/// What was: runs, read from the ledger's database a page at a time.
extension LedgerStore {
    /// Which runs are asked for. Times are nanoseconds since 1970.
    package struct Query: Hashable, Sendable {
        package var path: [UInt8]?
        /// Whether those are meant as well whose path begins with this and NUL.
        package var withFiles = false
        package var user: UInt32?
        /// Only those that ended otherwise than with status 0.
        package var failed = false
        package var since: Int64?
        /// Only those with a number below.
        package var before: Int64?
        /// Only those with a number above.
        package var after: Int64?
        /// At most so many; the newest, unless `after` is given: then the oldest.
        package var limit: Int64

        package init(limit: Int64) {
            self.limit = limit
        }
    }

    /// The runs that a query asks for, the newest first.
    package static func runs(
        _ query: Query, in directory: borrowing StateDirectory
    ) throws(Failure) -> [Run] {
        try reading(directory) { database throws(DatabaseFailure) in
            var conditions: [String] = []
            if query.path != nil {
                conditions.append(
                    query.withFiles ? "(path >= ?1 AND path < ?7)" : "path = ?1")
            }
            if query.user != nil { conditions.append("user = ?2") }
            if query.failed { conditions.append("(ending > 0 OR value != 0)") }
            if query.since != nil { conditions.append("started >= ?3") }
            if query.before != nil { conditions.append("number < ?4") }
            if query.after != nil { conditions.append("number > ?5") }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            let rows = try database.prepare(
                """
                SELECT \(columns) FROM run \(filter)
                ORDER BY number \(query.after == nil ? "DESC" : "ASC") LIMIT ?6
                """)
            if let path = query.path { rows.bind(1, path) }
            // After all that begin with the path and NUL.
            if query.withFiles { rows.bind(7, (query.path ?? []) + [1]) }
            if let user = query.user { rows.bind(2, Int64(user)) }
            if let since = query.since { rows.bind(3, since) }
            if let before = query.before { rows.bind(4, before) }
            if let after = query.after { rows.bind(5, after) }
            rows.bind(6, query.limit)
            var runs: [Run] = []
            while try database.step(rows) { runs.append(run(rows)) }
            return query.after == nil ? runs : runs.reversed()
        }
    }

    /// The last run of each path; nil of one that had none.
    package static func lastRuns(
        of paths: [[UInt8]], in directory: borrowing StateDirectory
    ) throws(Failure) -> [Run?] {
        var runs: [Run?] = Array(repeating: nil, count: paths.count)
        guard let database = try opened(in: directory) else { return runs }
        do {
            let rows = try database.prepare(
                "SELECT \(columns) FROM run WHERE path = ? ORDER BY number DESC LIMIT 1")
            // One look at the file for all of them, instead of one for each.
            try database.execute("BEGIN")
            for (index, path) in paths.enumerated() {
                rows.bind(1, path)
                if try database.step(rows) { runs[index] = run(rows) }
                database.reset(rows)
            }
            try database.execute("COMMIT")
        } catch {
            throw .database(error)
        }
        return runs
    }

    /// The last touches of a path that were refused before a time, in nanoseconds since 1970.
    package static func refusals(
        of path: [UInt8], before time: Int64, atMost count: Int,
        in directory: borrowing StateDirectory
    ) throws(Failure) -> [Refusal] {
        try reading(directory) { database throws(DatabaseFailure) in
            let rows = try database.prepare(
                """
                SELECT time, reason, touched_by_process, touched_by_user FROM refusal
                WHERE path = ? AND time < ? ORDER BY number DESC LIMIT ?
                """)
            rows.bind(1, path)
            rows.bind(2, time)
            rows.bind(3, Int64(count))
            var refusals: [Refusal] = []
            while try database.step(rows) {
                refusals.append(
                    Refusal(
                        path: path, time: rows.integer(0),
                        reason: UInt8(truncatingIfNeeded: rows.integer(1)),
                        toucher: toucher(rows, at: 2)))
            }
            return refusals
        }
    }

    private static func reading<Row>(
        _ directory: borrowing StateDirectory,
        _ body: (borrowing Database) throws(DatabaseFailure) -> [Row]
    ) throws(Failure) -> [Row] {
        guard let database = try opened(in: directory) else { return [] }
        do {
            return try body(database)
        } catch {
            throw .database(error)
        }
    }

    private static let columns = """
        number, path, reason, process, witnessed, started, ended, ending, value,
        touched_by_process, touched_by_user, user, attempt
        """

    private static func toucher(
        _ row: borrowing Database.Statement, at column: Int32
    ) -> Run.Toucher? {
        guard let process = row.number(column), let user = row.number(column + 1) else {
            return nil
        }
        return Run.Toucher(
            process: Int32(truncatingIfNeeded: process), user: UInt32(truncatingIfNeeded: user))
    }

    private static func run(_ row: borrowing Database.Statement) -> Run {
        Run(
            number: row.integer(0), path: row.bytes(1),
            reason: UInt8(truncatingIfNeeded: row.integer(2)),
            process: Int32(truncatingIfNeeded: row.integer(3)), witnessed: row.integer(4),
            started: row.integer(5), ended: row.number(6),
            ending: row.number(7).map { UInt8(truncatingIfNeeded: $0) },
            value: Int32(truncatingIfNeeded: row.integer(8)), toucher: toucher(row, at: 9),
            user: row.number(11).map { UInt32(truncatingIfNeeded: $0) }, attempt: row.number(12))
    }
}
