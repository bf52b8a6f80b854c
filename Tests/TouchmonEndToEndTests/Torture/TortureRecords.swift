import Foundation

/// Everything that happened in a torture, as those to whom it happened wrote it down; the layout is
/// that of Tests/Torture/torture.h. Times are nanoseconds of the monotonic clock.
struct TortureRecords: Sendable {
    /// One way of touching a path, done once.
    struct Touch: Hashable, Sendable {
        var path: Int
        var way: Int
        var begin: Int64
        /// A moment before the call after which a run is owed.
        var decisive: Int64
        var end: Int64

        /// truncate(2) opens nothing, so there is no close to hear: it is judged 20 ms later.
        var isJudgedLater: Bool { way == 6 }
    }

    /// A command, by its own account.
    struct Run: Hashable, Sendable {
        enum Reason: UInt32, Sendable { case touch, catchUp, interrupted, other }

        var number: UInt64
        var path: Int
        var reason: Reason
        var process: Int32
        /// Its daemon; or who takes care of orphans, if that was dead by then.
        var parent: Int32
        var begin: Int64
        /// When it said that it had done its work; nil when it never did.
        var end: Int64?
        /// When the torture killed it: before the signal, and when it was gone.
        var killed: ClosedRange<Int64>?

        /// The earliest moment at which it may have been over; nil when it vanished, or still runs.
        var over: Int64? { end ?? killed?.lowerBound }
    }

    /// A daemon.
    struct Life: Hashable, Sendable {
        var process: Int32
        var begin: Int64
        /// Before the signal that ended it, and when it was gone; nil while it lives.
        var end: ClosedRange<Int64>?
        /// As wait(2) tells it.
        var status: UInt32 = 0
    }

    /// In the order of time.
    var touches: [Touch] = []
    var runs: [Run] = []
    var lives: [Life] = []

    init() {}

    /// Reads a file of records.
    init(_ path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        var running: [RunKey: Int] = [:]
        data.withUnsafeBytes { bytes in
            for start in stride(from: 0, through: bytes.count - Record.size, by: Record.size) {
                take(Record(bytes, at: start), &running)
            }
        }
        touches.sort { $0.begin < $1.begin }
        runs.sort { $0.begin < $1.begin }
    }

    private struct RunKey: Hashable {
        var process: Int32
        var begin: Int64
    }

    private struct Record {
        static let size = 48
        var kind: UInt32, process: Int32, path: UInt32, detail: UInt32
        var number: UInt64
        var begin: Int64, decisive: Int64, end: Int64

        init(_ bytes: UnsafeRawBufferPointer, at start: Int) {
            kind = bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
            process = bytes.loadUnaligned(fromByteOffset: start + 4, as: Int32.self)
            path = bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self)
            detail = bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self)
            number = bytes.loadUnaligned(fromByteOffset: start + 16, as: UInt64.self)
            begin = bytes.loadUnaligned(fromByteOffset: start + 24, as: Int64.self)
            decisive = bytes.loadUnaligned(fromByteOffset: start + 32, as: Int64.self)
            end = bytes.loadUnaligned(fromByteOffset: start + 40, as: Int64.self)
        }
    }

    private mutating func take(_ record: Record, _ running: inout [RunKey: Int]) {
        let path = Int(record.path)
        switch record.kind {
        case 1:
            running[RunKey(process: record.process, begin: record.begin)] = runs.count
            runs.append(
                Run(
                    number: record.number, path: path,
                    reason: Run.Reason(rawValue: record.detail) ?? .other,
                    process: record.process, parent: Int32(record.decisive), begin: record.begin))
        case 2:
            let key = RunKey(process: record.process, begin: record.begin)
            if let index = running[key] { runs[index].end = record.end }
        case 3:
            touches.append(
                Touch(
                    path: path, way: Int(record.detail), begin: record.begin,
                    decisive: record.decisive, end: record.end))
        case 4:
            lives.append(Life(process: record.process, begin: record.begin))
        case 5:
            lives[lives.count - 1].end = record.begin...record.end
            lives[lives.count - 1].status = record.detail
        case 6:
            let key = RunKey(process: record.process, begin: record.decisive)
            if let index = running[key] { runs[index].killed = record.begin...record.end }
        default:
            preconditionFailure("no such record: \(record.kind)")
        }
    }

    /// What happened to a path around a moment, for a person.
    func excerpt(path: Int, around moment: Int64) -> String {
        let window = (moment - 150_000_000)...(moment + 150_000_000)
        var lines: [(Int64, String)] = []
        func say(_ time: Int64, _ text: String) {
            if window.contains(time) { lines.append((time, text)) }
        }
        for touch in touches where touch.path == path {
            say(
                touch.begin,
                "touch, way \(touch.way), counts after \(touch.decisive), ends \(touch.end)")
        }
        for run in runs where run.path == path {
            let end = run.end.map { "ends \($0)" } ?? "never ends"
            let killed = run.killed.map { ", killed \($0)" } ?? ""
            say(
                run.begin,
                "run \(run.number) of \(run.parent) begins, \(run.reason), \(end)\(killed)")
        }
        for life in lives {
            say(life.begin, "daemon \(life.process) is started")
            if let end = life.end { say(end.lowerBound, "daemon \(life.process) is killed") }
        }
        return lines.sorted { $0.0 < $1.0 }.map { "\($0.0): \($0.1)" }.joined(separator: "\n")
    }
}
