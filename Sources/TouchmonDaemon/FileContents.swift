internal import TouchmonCore
internal import TouchmonSystem

/// Reads the files whose contents are compared, a piece at a time: nothing else waits for a large one.
struct FileContents: ~Copyable {
    private struct Reading: ~Copyable {
        var action: ActionID
        var touch: PendingTouch?
        var path: RawPath
        var began: FileTime
        var reader: ContentReader
        /// How many times it was begun again because the file changed.
        var repeats: Int
        var digest = ContentDigest.Builder()
        var size: UInt64 = 0
    }

    /// An answer for the engine.
    struct Answer {
        var action: ActionID
        var touch: PendingTouch?
        var reading: ContentReading
    }

    private var waiting: [(action: ActionID, touch: PendingTouch?, path: RawPath, repeats: Int)] =
        []
    private var present: Reading?

    /// Larger files are not read: each touch of theirs counts.
    private static let largest: UInt64 = 1 << 30
    /// How much is read at a time: a fraction of a millisecond.
    private static let piece = 1 << 20, chunk = 1 << 17
    /// A file that changes more often while it is read counts as changed.
    private static let mostRepeats = 3

    /// Whether there is something to read.
    var isReading: Bool { present != nil || !waiting.isEmpty }

    /// Reads a file from the beginning, in the place of what was begun for the same action.
    mutating func begin(_ action: ActionID, _ touch: PendingTouch?, _ path: RawPath) {
        waiting.removeAll { $0.action == action }
        if present?.action == action { present = nil }
        waiting.append((action, touch, path, 0))
    }

    /// Reads a piece; returns what is known now.
    mutating func goOn() -> Answer? {
        if present == nil, !waiting.isEmpty {
            let next = waiting.removeFirst()
            let began = FileTime(nanosecondsSince1970: Clock.realtime())
            guard let reader = ContentReader(CPath(next.path.bytes)),
                reader.metadata.size <= Self.largest
            else { return Answer(action: next.action, touch: next.touch, reading: .none) }
            present = Reading(
                action: next.action, touch: next.touch, path: next.path, began: began,
                reader: reader, repeats: next.repeats)
        }
        guard var reading = present.take() else { return nil }
        let isOver = Self.read(&reading)
        guard isOver != false else {
            present = consume reading
            return nil
        }
        guard isOver == true, let after = try? reading.reader.currentMetadata() else {
            return Answer(action: reading.action, touch: reading.touch, reading: .none)
        }
        guard after == reading.reader.metadata else {
            // It was touched meanwhile, and may hold something else, or the same.
            guard reading.repeats < Self.mostRepeats else {
                return Answer(action: reading.action, touch: reading.touch, reading: .none)
            }
            waiting.append((reading.action, reading.touch, reading.path, reading.repeats + 1))
            return nil
        }
        return Answer(
            action: reading.action, touch: reading.touch,
            reading: .digest(reading.digest.digest, FileStatus(after), began: reading.began))
    }

    /// Whether the end was reached; nil where it can't be, or is too far.
    private static func read(_ reading: inout Reading) -> Bool? {
        withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 16) { buffer in
            var rest = piece
            while rest > 0 {
                guard let count = try? reading.reader.read(into: buffer) else { return nil }
                guard count > 0 else { return true }
                reading.digest.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
                reading.size += UInt64(count)
                rest -= count
            }
            return reading.size > largest ? nil : false
        }
    }
}
