/// Rows of `status` and of `history` as the daemon sends them to its commands: ten thousand are read in a
/// hundredth of the time that JSON takes. Little-endian; between one version's daemon and commands.
package enum RowBytes {
    /// The most that a row takes beside its texts.
    private static let fixed = 200

    package static func bytes(of rows: [HistoryRow]) -> [UInt8] {
        ByteWriter.bytes(capacity: rows.reduce(0) { $0 + size($1) }) { writer in
            for row in rows { write(row, &writer) }
        }
    }

    package static func bytes(of rows: [StatusRow]) -> [UInt8] {
        ByteWriter.bytes(capacity: rows.reduce(0) { $0 + size($1) }) { writer in
            for row in rows { write(row, &writer) }
        }
    }

    /// As many as there are; nil where they are not as this version writes them.
    package static func historyRows(_ bytes: [UInt8]) -> [HistoryRow]? {
        rows(bytes, historyRow)
    }

    package static func statusRows(_ bytes: [UInt8]) -> [StatusRow]? {
        rows(bytes, statusRow)
    }

    private static func rows<Row>(
        _ bytes: [UInt8], _ read: (inout ByteReader) -> Row?
    ) -> [Row]? {
        var reader = ByteReader(bytes[0...])
        var rows: [Row] = []
        while reader.rest > 0 {
            guard let row = read(&reader) else { return nil }
            rows.append(row)
        }
        return rows
    }

    // MARK: History

    private static func size(_ row: HistoryRow) -> Int { fixed + row.path.bytes.count }

    private static func write(_ row: HistoryRow, _ writer: inout ByteWriter) {
        writer.number(row.run.value)
        writer.text(row.path.bytes)
        writer.number(row.reason.code)
        writer.number(row.started)
        writer.optional(row.ended)
        writer.number(row.ending?.code ?? .max)
        writer.number(row.ending?.value ?? 0)
        writer.optional(row.user)
        writer.number(row.process)
        writer.optional(row.attempt.map { Int64($0) })
        writer.optional(row.toucher?.process)
        writer.optional(row.toucher?.user)
    }

    private static func historyRow(_ reader: inout ByteReader) -> HistoryRow? {
        guard let run = reader.number(UInt64.self), let path = reader.text(),
            let reason = reader.number(UInt8.self).flatMap(RunReason.init(code:)),
            let started = reader.number(Int64.self), let ended = reader.optional(Int64.self),
            let code = reader.number(UInt8.self), let value = reader.number(Int32.self),
            let user = reader.optional(UInt32.self), let process = reader.number(Int32.self),
            let attempt = reader.optional(Int64.self),
            let toucherProcess = reader.optional(Int32.self),
            let toucherUser = reader.optional(UInt32.self)
        else { return nil }
        var toucher: LedgerChange.Run.Toucher?
        if let process = toucherProcess, let user = toucherUser {
            toucher = LedgerChange.Run.Toucher(process: process, user: user)
        }
        return HistoryRow(
            run: RunNumber(run), path: RawPath(bytes: path), reason: reason, started: started,
            ended: ended, ending: RunEnding(code: code, value: value), user: user,
            process: process, attempt: attempt.map { Int($0) }, toucher: toucher)
    }

    // MARK: Status

    private static func size(_ row: StatusRow) -> Int {
        fixed + row.path.bytes.count + row.argv.bytes.count + row.mechanism.utf8.count + 8
            * row.runs.count
            + (row.pause?.reason.count ?? 0) + (row.last.map(size) ?? 0)
    }

    private static func write(_ row: StatusRow, _ writer: inout ByteWriter) {
        writer.text(row.path.bytes)
        writer.text(row.argv.bytes)
        writer.number(row.state.code)
        writer.text(Array(row.mechanism.utf8))
        writer.number(UInt32(row.runs.count))
        for run in row.runs { writer.number(run.value) }
        writer.optional(row.due?.code)
        writer.optional(row.touched?.nanosecondsSince1970)
        writer.number(row.pause == nil ? UInt8(0) : 1)
        if let pause = row.pause {
            writer.number(pause.since)
            writer.optional(pause.until)
            writer.text(pause.reason)
            writer.number(pause.user)
        }
        for count in [row.scan?.directories, row.scan?.files, row.scan?.left] {
            writer.optional(count.map { Int64($0) })
        }
        writer.number(Int64(row.unreadable))
        writer.number(row.last == nil ? UInt8(0) : 1)
        if let last = row.last { write(last, &writer) }
    }

    private static func statusRow(_ reader: inout ByteReader) -> StatusRow? {
        guard let path = reader.text(),
            let argv = reader.text().flatMap(PackedStrings.init(packed:)),
            let state = reader.number(UInt8.self).flatMap(StatusRow.State.init(code:)),
            let mechanism = reader.text(), let count = reader.number(UInt32.self)
        else { return nil }
        var row = StatusRow(
            path: RawPath(bytes: path), argv: argv, state: state,
            mechanism: String(decoding: mechanism, as: UTF8.self))
        for _ in 0..<count {
            guard let run = reader.number(UInt64.self) else { return nil }
            row.runs.append(RunNumber(run))
        }
        guard let due = reader.optional(UInt8.self), let touched = reader.optional(Int64.self),
            let isPaused = reader.number(UInt8.self)
        else { return nil }
        row.due = due.flatMap(RunReason.init(code:))
        row.touched = touched.map(FileTime.init(nanosecondsSince1970:))
        if isPaused != 0 {
            guard let since = reader.number(Int64.self), let until = reader.optional(Int64.self),
                let reason = reader.text(), let user = reader.number(UInt32.self)
            else { return nil }
            row.pause = StatusRow.Paused(since: since, until: until, reason: reason, user: user)
        }
        guard let directories = reader.optional(Int64.self),
            let files = reader.optional(Int64.self), let left = reader.optional(Int64.self),
            let unreadable = reader.number(Int64.self)
        else { return nil }
        if let directories, let files, let left {
            row.scan = TreeScan(
                directories: Int(directories), files: Int(files), left: Int(left))
        }
        row.unreadable = Int(unreadable)
        guard let hasLast = reader.number(UInt8.self) else { return nil }
        if hasLast != 0 {
            guard let last = historyRow(&reader) else { return nil }
            row.last = last
        }
        return row
    }
}

extension StatusRow.State {
    fileprivate var code: UInt8 { UInt8(Self.allCases.firstIndex(of: self) ?? 0) }

    fileprivate init?(code: UInt8) {
        guard Self.allCases.indices.contains(Int(code)) else { return nil }
        self = Self.allCases[Int(code)]
    }
}

extension ByteWriter {
    /// With its length before it; as long as a path in a tree may be.
    fileprivate mutating func text(_ content: [UInt8]) {
        number(UInt32(content.count))
        raw(content)
    }

    fileprivate mutating func optional<Number: FixedWidthInteger & BitwiseCopyable>(
        _ value: Number?
    ) {
        number(value == nil ? UInt8(0) : 1)
        if let value { number(value) }
    }
}

extension ByteReader {
    fileprivate mutating func text() -> [UInt8]? {
        guard let count = number(UInt32.self) else { return nil }
        return raw(Int(count)).map(Array.init)
    }

    /// The outer nil: it is not there at all.
    fileprivate mutating func optional<Number: FixedWidthInteger>(
        _: Number.Type = Number.self
    ) -> Number?? {
        guard let isThere = number(UInt8.self) else { return nil }
        guard isThere != 0 else { return .some(nil) }
        guard let value = number(Number.self) else { return nil }
        return .some(value)
    }
}
