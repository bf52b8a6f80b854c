/// What the journal says beside the database: one thing that happened since the last save.
///
/// On disk a record is a head of 24 bytes and a body, all little-endian: the body's length (4), the
/// run's process (4) and the time since boot at which it existed (8), and a checksum of the body
/// (8). Process and time are filled in by the run's own process before it executes its program, so
/// that a run is on disk before it does anything, whatever becomes of the daemon. They stand outside
/// of the checksum, because they only matter while the machine is up, when one write(2) is whole.
package enum JournalRecord: Equatable, Sendable {
    /// A run that exists; it covers the path's `state` and whatever was due.
    case began(Beginning)
    case ended(RunNumber, RunEnding, at: Instant)
    /// A run of the path is due, and has not begun.
    case due(RawPath, RunReason, state: HandledState?)
    /// A state that needs no run.
    case handled(RawPath, state: HandledState?)
    /// A run failed, and one with this number is to be told of it; it has not begun.
    case owed(RunNumber, RawPath, FailedRun, at: Instant)

    /// A run that begins, and of what.
    package struct Beginning: Hashable, Sendable {
        package var number: RunNumber
        package var reason: RunReason
        package var path: RawPath
        package var state: HandledState?
        package var started: Instant
        package var witness = Witness(process: 0, time: 0)
        /// nil where nobody knows.
        package var toucher: LedgerChange.Run.Toucher?
    }

    /// A process, and a time since boot in nanoseconds at which the number was its own: if a process
    /// of that number is there now that is not younger, it is the same.
    package struct Witness: Hashable, Sendable {
        package var process: Int32
        package var time: Int64

        package init(process: Int32, time: Int64) {
            self.process = process
            self.time = time
        }
    }

    /// Where the run's own process writes its number and the time into the record's bytes.
    package static let processOffset = 4, timeOffset = 8
    private static let checksumOffset = 16, headSize = 24

    /// The record as it is written; empty where its path is longer than a record can hold, as one in a tree
    /// may be: then the database alone tells of it.
    package var bytes: [UInt8] {
        guard pathLength <= UInt16.max else { return [] }
        return ByteWriter.bytes(
            capacity: Self.headSize + 64 + pathLength + HandledState.room(for: state)
        ) {
            write(to: &$0)
        }
    }

    private func write(to writer: inout ByteWriter) {
        let witness =
            if case .began(let run) = self { run.witness } else { Witness(process: 0, time: 0) }
        writer.number(UInt32(0))
        writer.number(witness.process)
        writer.number(witness.time)
        writer.number(UInt64(0))
        writeBody(to: &writer)
        let body = writer.written(from: Self.headSize)
        writer.overwrite(UInt32(body.count), at: 0)
        writer.overwrite(Self.checksum(body), at: Self.checksumOffset)
    }

    private var state: HandledState? {
        switch self {
        case .began(let run): run.state
        case .due(_, _, let state), .handled(_, let state): state
        case .ended, .owed: nil
        }
    }

    private var pathLength: Int {
        switch self {
        case .began(let run): run.path.bytes.count
        case .due(let path, _, _), .handled(let path, _): path.bytes.count
        case .owed(_, let path, _, _): path.bytes.count
        case .ended: 0
        }
    }

    private func writeBody(to body: inout ByteWriter) {
        switch self {
        case .began(let run):
            body.number(UInt8(run.toucher == nil ? 1 : 5))
            body.number(run.number.value)
            body.number(run.reason.code)
            body.number(run.started.nanoseconds)
            body.string(run.path.bytes)
            body.string { run.state?.write(to: &$0) }
            if let toucher = run.toucher {
                body.number(toucher.process)
                body.number(toucher.user)
            }
        case .ended(let number, let ending, let moment):
            body.number(UInt8(2))
            body.number(number.value)
            body.number(ending.code)
            body.number(ending.value)
            body.number(moment.nanoseconds)
        case .due(let path, let reason, let state):
            body.number(UInt8(3))
            body.number(reason.code)
            body.string(path.bytes)
            body.string { state?.write(to: &$0) }
        case .handled(let path, let state):
            body.number(UInt8(4))
            body.string(path.bytes)
            body.string { state?.write(to: &$0) }
        case .owed(let number, let path, let failed, let moment):
            body.number(UInt8(6))
            body.number(number.value)
            body.number(moment.nanoseconds)
            body.string(path.bytes)
            body.string(failed.bytes)
        }
    }

    /// The next record; nil at the end, and at the first that is not whole: what comes after a torn
    /// one was written after it, and can't be trusted to belong to it.
    init?(_ reader: inout ByteReader) {
        guard let length = reader.number(UInt32.self),
            let process = reader.number(Int32.self), let time = reader.number(Int64.self),
            let checksum = reader.number(UInt64.self),
            let body = reader.raw(Int(length)), body.withUnsafeBytes(Self.checksum) == checksum
        else { return nil }
        self.init(body: body, Witness(process: process, time: time))
    }

    private init?(body: ArraySlice<UInt8>, _ witness: Witness) {
        var body = ByteReader(body)
        let kind = body.number(UInt8.self)
        switch kind {
        case 1, 5:
            guard let number = body.number(UInt64.self),
                let reason = body.number(UInt8.self).flatMap(RunReason.init(code:)),
                let started = body.number(Int64.self), let path = body.string(),
                let state = body.string()
            else { return nil }
            var run = Beginning(
                number: RunNumber(number), reason: reason, path: RawPath(bytes: path),
                state: HandledState(bytes: state), started: Instant(nanoseconds: started),
                witness: witness)
            if kind == 5 {
                guard let process = body.number(Int32.self), let user = body.number(UInt32.self)
                else { return nil }
                run.toucher = LedgerChange.Run.Toucher(process: process, user: user)
            }
            self = .began(run)
        case 2:
            guard let number = body.number(UInt64.self), let code = body.number(UInt8.self),
                let value = body.number(Int32.self), let moment = body.number(Int64.self),
                let ending = RunEnding(code: code, value: value)
            else { return nil }
            self = .ended(RunNumber(number), ending, at: Instant(nanoseconds: moment))
        case 3:
            guard let reason = body.number(UInt8.self).flatMap(RunReason.init(code:)),
                let path = body.string(), let state = body.string()
            else { return nil }
            self = .due(RawPath(bytes: path), reason, state: HandledState(bytes: state))
        case 4:
            guard let path = body.string(), let state = body.string() else { return nil }
            self = .handled(RawPath(bytes: path), state: HandledState(bytes: state))
        case 6:
            guard let number = body.number(UInt64.self), let moment = body.number(Int64.self),
                let path = body.string(), let failed = body.string().flatMap(FailedRun.init)
            else { return nil }
            self = .owed(
                RunNumber(number), RawPath(bytes: path), failed,
                at: Instant(nanoseconds: moment))
        default: return nil
        }
    }

    /// FNV-1a over words of eight bytes: it has to tell a torn record, not an enemy's; only we can
    /// write the file.
    static func checksum(_ body: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func take(_ word: UInt64) {
            hash = (hash ^ word) &* 0x100_0000_01b3
            hash ^= hash >> 29
        }
        let words = body.count / 8
        for word in 0..<words {
            let value = body.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self)
            take(UInt64(littleEndian: value))
        }
        for byte in body[(8 * words)...] { take(UInt64(byte)) }
        return hash
    }
}

/// How the ledger says that a run is over.
package enum RunEnding: Hashable, Sendable {
    /// Its process was seen to end.
    case ended(RunOutcome)
    /// It executed nothing.
    case notStarted
    /// It is gone, and nobody saw it end.
    case interrupted

    /// Its number in the ledger.
    package var code: UInt8 {
        switch self {
        case .ended(.exited): 0
        case .ended(.signalled): 1
        case .ended(.unknown): 2
        case .notStarted: 3
        case .interrupted: 4
        }
    }

    /// The exit status or the signal; 0 where there is neither.
    package var value: Int32 {
        switch self {
        case .ended(.exited(let status)): status
        case .ended(.signalled(let signal)): signal
        case .ended(.unknown), .notStarted, .interrupted: 0
        }
    }

    /// nil where no ending has this number.
    package init?(code: UInt8, value: Int32) {
        switch code {
        case 0: self = .ended(.exited(status: value))
        case 1: self = .ended(.signalled(signal: value))
        case 2: self = .ended(.unknown)
        case 3: self = .notStarted
        case 4: self = .interrupted
        default: return nil
        }
    }
}

extension RunReason {
    /// Its number in the ledger.
    package var code: UInt8 {
        switch self {
        case .touch: 0
        case .catchUp: 1
        case .interrupted: 2
        case .retry: 3
        case .start: 4
        case .failure: 5
        case .manual: 6
        }
    }

    package init?(code: UInt8) {
        switch code {
        case 0: self = .touch
        case 1: self = .catchUp
        case 2: self = .interrupted
        case 3: self = .retry
        case 4: self = .start
        case 5: self = .failure
        case 6: self = .manual
        default: return nil
        }
    }

    /// Why a run is due, in a path's row; nil where none is.
    init?(due: UInt8) {
        guard due > 0 else { return nil }
        self.init(code: due - 1)
    }
}
