internal import CSQLite
internal import Glibc

/// Why SQLite refused, with its own numbers and words. https://sqlite.org/rescode.html
package struct DatabaseFailure: Error, Hashable, Sendable {
    /// The attempt, to be read after "unable to".
    package var operation: String
    /// The extended result code.
    package var code: Int32
    /// errno of the system call that failed; 0 where none did.
    package var systemError: Int32
    package var message: String

    private var primary: Int32 { code & 0xff }

    /// No space left.
    package var isFull: Bool { primary == SQLITE_FULL || systemError == ENOSPC }
    package var isReadOnly: Bool { primary == SQLITE_READONLY || systemError == EROFS }
    package var isOutOfDescriptors: Bool { systemError == EMFILE || systemError == ENFILE }
    /// What is in the file is not a database, or not a whole one.
    package var isCorrupt: Bool { primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB }
}

/// One connection to an SQLite database: the only file that knows its C API.
///
/// Write-ahead logging and NORMAL synchronization: a commit that was written survives the death of
/// the process, and a power loss leaves the database whole, as one of the last commits left it. Locked for this process alone, which
/// also spares the shared memory file.
struct Database: ~Copyable {
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    /// Opens a database, or makes one. SQLITE_CANTOPEN where neither can be done.
    static func open(_ path: [UInt8]) throws(DatabaseFailure) -> Database {
        _ = isSetUp
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW
        let result = sqlite3_open_v2(CPath(path).terminated, &handle, flags, nil)
        guard let handle else {
            throw DatabaseFailure(
                operation: "open the ledger", code: result, systemError: 0,
                message: "out of memory")
        }
        let database = Database(handle)
        guard result == SQLITE_OK else { throw database.failure("open the ledger") }
        try database.configure()
        return database
    }

    private func configure() throws(DatabaseFailure) {
        sqlite3_extended_result_codes(handle, 1)
        // A close must cost nothing: what is in the log stays there for the next one.
        _ = touchmon_sqlite_configure(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        _ = touchmon_sqlite_configure(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        var keeps: Int32 = 1
        sqlite3_file_control(handle, nil, SQLITE_FCNTL_PERSIST_WAL, &keeps)
        try execute("PRAGMA locking_mode = EXCLUSIVE")
        try execute("PRAGMA cache_size = -256")
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = NORMAL")
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Lets every commit from now on reach the disk before it returns.
    func syncCommits() throws(DatabaseFailure) {
        try execute("PRAGMA synchronous = FULL")
    }

    /// SQLite's settings for the whole process; a constant is set up once.
    private static let isSetUp = touchmon_sqlite_set_up() == SQLITE_OK

    /// Executes statements that return nothing of interest.
    func execute(_ statements: String) throws(DatabaseFailure) {
        guard sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK else {
            throw failure(String(statements.prefix { $0 != "(" }))
        }
    }

    /// Compiles one statement.
    func prepare(_ statement: String) throws(DatabaseFailure) -> Statement {
        var compiled: OpaquePointer?
        guard sqlite3_prepare_v2(handle, statement, -1, &compiled, nil) == SQLITE_OK, let compiled
        else { throw failure(statement) }
        return Statement(compiled)
    }

    /// All or nothing.
    func transaction(_ body: () throws(DatabaseFailure) -> Void) throws(DatabaseFailure) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            // It may be rolled back already, which is as good.
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// One row at a time, until there is none.
    func step(_ statement: borrowing Statement) throws(DatabaseFailure) -> Bool {
        switch sqlite3_step(statement.handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure("use the ledger")
        }
    }

    /// Executes a statement that returns no row, and makes it ready for other values.
    func run(_ statement: borrowing Statement) throws(DatabaseFailure) {
        defer { sqlite3_reset(statement.handle) }
        _ = try step(statement)
    }

    /// Makes a statement ready to be executed again.
    func reset(_ statement: borrowing Statement) { sqlite3_reset(statement.handle) }

    private func failure(_ operation: String) -> DatabaseFailure {
        DatabaseFailure(
            operation: operation, code: sqlite3_extended_errcode(handle),
            systemError: sqlite3_system_errno(handle),
            message: String(cString: sqlite3_errmsg(handle)))
    }

    /// A compiled statement. Parameters are counted from 1 and columns from 0, as SQLite does.
    struct Statement: ~Copyable {
        fileprivate let handle: OpaquePointer

        fileprivate init(_ handle: OpaquePointer) {
            self.handle = handle
        }

        deinit {
            sqlite3_finalize(handle)
        }

        func bind(_ index: Int32, _ value: Int64?) {
            if let value {
                sqlite3_bind_int64(handle, index, value)
            } else {
                sqlite3_bind_null(handle, index)
            }
        }

        func bind(_ index: Int32, _ bytes: [UInt8]) {
            // NULL for an empty one would bind SQL's NULL.
            bytes.withUnsafeBytes { buffer in
                _ = sqlite3_bind_blob(
                    handle, index, buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1),
                    Int32(buffer.count), touchmon_sqlite_transient())
            }
        }

        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

        /// nil for SQL's NULL.
        func number(_ column: Int32) -> Int64? {
            sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : integer(column)
        }

        func bytes(_ column: Int32) -> [UInt8] {
            guard let start = sqlite3_column_blob(handle, column) else { return [] }
            return Array(
                UnsafeRawBufferPointer(
                    start: start, count: Int(sqlite3_column_bytes(handle, column))))
        }
    }
}
