/// What was: runs, read from the ledger's database a page at a time.
extension LedgerStore {
    /// Which runs are asked for. Times are nanoseconds since 1970.
    package struct Query: Hashable, Sendable {
        package var path: [UInt8]?
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
        do {
            let path = directory.path(of: name)
            makeClosed(path)
            guard let database = try open(path, isWritable: true) else { return [] }
            var conditions: [String] = []
            if query.path != nil { conditions.append("path = ?1") }
            if query.user != nil { conditions.append("user = ?2") }
            if query.failed { conditions.append("(ending > 0 OR value != 0)") }
            if query.since != nil { conditions.append("started >= ?3") }
            if query.before != nil { conditions.append("number < ?4") }
            if query.after != nil { conditions.append("number > ?5") }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(" AND ")
            let rows = try database.prepare(
                """
                SELECT \(columns) FROM run \(filter)
                ORDER BY number \(query.after == nil ? "DESC" : "ASC") LIMIT ?6
                """)
            if let path = query.path { rows.bind(1, path) }
            if let user = query.user { rows.bind(2, Int64(user)) }
            if let since = query.since { rows.bind(3, since) }
            if let before = query.before { rows.bind(4, before) }
            if let after = query.after { rows.bind(5, after) }
            rows.bind(6, query.limit)
            var runs: [Run] = []
            while try database.step(rows) { runs.append(run(rows)) }
            return query.after == nil ? runs : runs.reversed()
        } catch let error as DatabaseFailure {
            throw .database(error)
        } catch let error as Failure {
            throw error
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    /// The last run of each path that had one.
    package static func lastRuns(
        of paths: [[UInt8]], in directory: borrowing StateDirectory
    ) throws(Failure) -> [Run] {
        do {
            let file = directory.path(of: name)
            makeClosed(file)
            guard let database = try open(file, isWritable: true) else { return [] }
            let rows = try database.prepare(
                "SELECT \(columns) FROM run WHERE path = ? ORDER BY number DESC LIMIT 1")
            var runs: [Run] = []
            for path in paths {
                rows.bind(1, path)
                if try database.step(rows) { runs.append(run(rows)) }
                database.reset(rows)
            }
            return runs
        } catch let error as DatabaseFailure {
            throw .database(error)
        } catch let error as Failure {
            throw error
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    private static let columns = """
        number, path, reason, process, witnessed, started, ended, ending, value,
        touched_by_process, touched_by_user, user, attempt
        """

    private static func run(_ row: borrowing Database.Statement) -> Run {
        var toucher: Run.Toucher?
        if let process = row.number(9), let user = row.number(10) {
            toucher = Run.Toucher(
                process: Int32(truncatingIfNeeded: process),
                user: UInt32(truncatingIfNeeded: user))
        }
        return Run(
            number: row.integer(0), path: row.bytes(1),
            reason: UInt8(truncatingIfNeeded: row.integer(2)),
            process: Int32(truncatingIfNeeded: row.integer(3)), witnessed: row.integer(4),
            started: row.integer(5), ended: row.number(6),
            ending: row.number(7).map { UInt8(truncatingIfNeeded: $0) },
            value: Int32(truncatingIfNeeded: row.integer(8)), toucher: toucher,
            user: row.number(11).map { UInt32(truncatingIfNeeded: $0) }, attempt: row.number(12))
    }
}

extension [String] {
    fileprivate func joined(_ separator: String) -> String {
        var text = ""
        for (index, part) in enumerated() { text += (index == 0 ? "" : separator) + part }
        return text
    }
}
