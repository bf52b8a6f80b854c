/// What is done with the file that a run prints into: what of it is copied to the log, what is taken out
/// of its middle, and when somebody looks again.
///
/// A run that prints is looked at now and then, by the clock; one that is silent is listened to, and
/// wakes nobody.
package struct OutputFollow: Sendable {
    /// What one look does with the file.
    package struct Part: Hashable, Sendable {
        /// Is copied to the log; may be empty.
        package var copied: Range<Int64>
        /// Is taken out of the file; may be empty.
        package var hole: Range<Int64>
    }

    /// What comes next.
    enum Next: Hashable, Sendable {
        /// Nothing before something is heard, or the run ends.
        case nothing
        case look, listen
        case wait(until: Instant)
        /// The run has ended, and all is done.
        case finished
    }

    /// Between two looks at a run that prints.
    private static let interval = Duration.milliseconds(50)
    /// The same for one that prints much, or has just begun to print.
    private static let shortInterval = Duration.milliseconds(10)
    /// Until a file that can't be looked at is tried again.
    private static let longInterval = Duration.seconds(1)
    /// How many bytes between two looks are much.
    private static let much: Int64 = 65_536
    /// The most that one look copies: nothing else waits for longer.
    static let mostCopied: Int64 = 16_384
    /// The most that is copied after a run has ended, whose end is logged after it.
    static let mostCopiedAfterEnd: Int64 = 1 << 20
    /// How long that may take where the log is slow.
    private static let patience = Duration.seconds(1)
    /// What a file system gives out at the least, or a multiple of it.
    private static let page: Int64 = 4096

    /// How much of the file is kept: half of it from the beginning, half from the end.
    let limit: Int64
    /// Up to where the log has it; nil: begins at the end that the next look finds.
    private var position: Int64?
    /// How many more bytes the log may have.
    private var budget: Int64
    /// How many bytes the log has.
    private(set) var copied: Int64 = 0
    /// Whether the log has less than was printed.
    private(set) var isCut = false
    /// The size at the last look.
    private var size: Int64 = 0
    /// How many bytes were cut off of a file that can't have holes.
    private var cutOff: Int64 = 0
    /// Where the last hole ended.
    private var holeEnd: Int64 = 0
    private var lines = OutputLines()
    /// Whether the next change is heard.
    private var isListening = false
    /// Whether nothing was printed before the next look.
    private var wasSilent = true
    private var isLost = false
    /// When the run ended; nil of one that has not.
    private var ended: Instant?
    private(set) var next = Next.nothing

    /// Follows a run from its beginning; `isKnown` of one that prints already, from its present end.
    init(limit: Int64, isKnown: Bool = false) {
        self.limit = limit
        position = isKnown ? nil : 0
        budget = limit
        next = isKnown ? .look : .nothing
    }

    private var hasEnded: Bool { ended != nil }

    private var head: Int64 { limit / 2 }
    private var tail: Int64 { limit - head }

    /// How many bytes were printed, as far as is known.
    var printed: Int64 { size + cutOff }
    /// Whether the file has less than was printed.
    var isShortened: Bool { printed > limit }
    /// How many bytes the file takes at the most.
    var kept: Int64 { min(size, limit) }
    /// Whether it is known that nothing was printed.
    var isEmpty: Bool { !isLost && printed == 0 }

    /// The run executes its program: from now on it can print.
    mutating func started() {
        if !hasEnded, next == .nothing { next = .listen }
    }

    /// The next change is heard; or nobody can listen, and the clock has to do.
    mutating func listens(_ isHeard: Bool, at now: Instant) {
        isListening = isHeard
        // What was printed before is not heard.
        next = isHeard ? .look : .wait(until: now.advanced(by: Self.interval))
    }

    /// Something was printed after a silence.
    mutating func changed() {
        isListening = false
        guard next == .nothing else { return }
        wasSilent = true
        next = .look
    }

    /// The time to look again has come.
    mutating func timePassed() { next = .look }

    /// The run has ended. `isSeen` of one whose output somebody else has followed.
    mutating func ended(isSeen: Bool, at now: Instant) {
        ended = now
        budget = isSeen ? min(budget, Self.mostCopiedAfterEnd) : 0
        next = .look
    }

    /// The file can't be looked at, for now or for ever; `took` follows.
    mutating func lost(isGone: Bool, at now: Instant) {
        isLost = true
        next =
            hasEnded
            ? .look : isGone ? .nothing : .wait(until: now.advanced(by: Self.longInterval))
    }

    /// A look found the file of this size; `took` follows. Before `resumed` nothing is copied.
    mutating func found(size new: Int64, at now: Instant, copiesFrom resumed: Instant) -> Part {
        let grown = new - size
        if grown < 0 {
            // Emptied by the run itself: what is there is new.
            position = position.map { _ in 0 }
            holeEnd = 0
        }
        let start = position ?? new
        position = start
        size = new
        isLost = false
        let end = resumed > now ? start : copyEnd(from: start)
        let part = Part(copied: start..<end, hole: hole())
        holeEnd = max(holeEnd, part.hole.upperBound)
        if hasEnded {
            next = .look
        } else if grown != 0 {
            let isFast = grown >= Self.much || wasSilent
            wasSilent = false
            next = .wait(
                until: now.advanced(by: isFast ? Self.shortInterval : Self.interval))
        } else {
            next = isListening ? .nothing : .listen
        }
        if resumed > now, start < size, !isCut { holdBack(until: resumed, at: now) }
        return part
    }

    /// There is more for the log than it can take.
    private mutating func holdBack(until resumed: Instant, at now: Instant) {
        if let ended {
            let last = ended.advanced(by: Self.patience)
            if now < last { next = .wait(until: min(last, resumed)) } else { isCut = true }
        } else if case .wait(let moment) = next {
            next = .wait(until: min(moment, resumed))
        } else {
            next = .wait(until: resumed)
        }
    }

    /// Up to where the log gets it at this look.
    private mutating func copyEnd(from start: Int64) -> Int64 {
        guard !isCut else { return start }
        var end = size
        if size > limit {
            // What is taken out is not copied either: it may be more than anybody can read.
            if start < head { end = head } else if start < size - tail { end = start }
        }
        end = min(end, start + budget)
        if end == start, size > start {
            isCut = true
            return start
        }
        return min(end, start + Self.mostCopied)
    }

    /// In whole pages as long as it grows.
    private func hole() -> Range<Int64> {
        guard size > limit else { return 0..<0 }
        let end = size - tail
        // Nothing comes any more that could be the tail, if all beyond the head is cut off.
        if hasEnded { return cutOff > 0 && size <= 2 * limit ? 0..<0 : head..<end }
        let first = max(holeEnd, (head + Self.page - 1) / Self.page * Self.page)
        let last = end / Self.page * Self.page
        return first < last ? first..<last : 0..<0
    }

    /// The hole could not be made, and all from its beginning on was cut off. What is printed from now
    /// on follows there.
    mutating func wasCutOff(at end: Int64) {
        cutOff += max(0, size - end)
        size = min(size, end)
        position = position.map { min($0, size) }
        holeEnd = 0
        isCut = true
    }

    /// The bytes that a look read, as lines for the log; fewer than were asked for where the file has
    /// become shorter.
    mutating func took(_ bytes: [UInt8], at now: Instant) -> [[UInt8]] {
        var (lines, count) = lines.split(bytes)
        position = position.map { $0 + Int64(count) }
        budget -= Int64(count)
        copied += Int64(count)
        // There is more to be copied at once; others have their turn first.
        if count > 0, let start = position, start < size, !isCut { next = .wait(until: now) }
        if hasEnded, next == .look { next = .finished }
        if isCut || next == .finished, let rest = self.lines.takeRest() { lines.append(rest) }
        return lines
    }
}

/// Bytes as lines.
struct OutputLines: Hashable, Sendable {
    /// A longer line is broken.
    static let longest = 4096
    /// How many lines are made of one piece, which may be nothing but newlines.
    private static let most = 256

    /// The line that has not ended.
    private var rest: [UInt8] = []

    /// The lines in `bytes`, and how many bytes that took: fewer than all where there are too many.
    mutating func split(_ bytes: [UInt8]) -> (lines: [[UInt8]], count: Int) {
        var lines: [[UInt8]] = []
        var start = 0
        while start < bytes.count, lines.count < Self.most {
            let room = Self.longest - rest.count
            let piece = bytes[start..<min(bytes.count, start + room + 1)]
            if let newline = piece.firstIndex(of: UInt8(ascii: "\n")) {
                lines.append(rest + bytes[start..<newline])
                rest = []
                start = newline + 1
                continue
            }
            rest += piece
            start = piece.endIndex
            guard piece.count > room else { continue }
            // Not in the middle of a character: up to three continuation bytes are given back.
            var end = Self.longest
            while end > Self.longest - 3, rest[end] & 0xC0 == 0x80 { end -= 1 }
            lines.append(Array(rest[..<end]))
            rest.removeFirst(end)
        }
        return (lines, start)
    }

    /// Takes the line that has not ended; nil where there is none.
    mutating func takeRest() -> [UInt8]? {
        guard !rest.isEmpty else { return nil }
        defer { rest = [] }
        return rest
    }
}
