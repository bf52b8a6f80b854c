/// The patterns that one with `{a,b}` stands for, as bash(1) expands it, without sequences such as
/// `{1..9}`: braces come before everything else, so that an alternative may hold slashes and `**`.
///
/// Braces without a comma, and those that are not closed, stand for themselves.
package enum BraceExpansion {
    /// How many patterns one may stand for. Each costs time at every path that is looked at.
    package static let limit = 1000
    /// How many bytes they may have together.
    static let byteLimit = 1 << 20

    /// All patterns that `pattern` stands for; itself where it has no braces.
    package static func expand(_ pattern: [UInt8]) throws(PatternProblem) -> [[UInt8]] {
        guard count(of: pattern) <= limit else { throw .tooManyAlternatives }
        // One pair of braces is opened at a time: nesting needs no recursion, which a hostile file
        // could drive too deep.
        var open = [pattern]
        var done: [[UInt8]] = []
        var byteCount = pattern.count
        while let next = open.popLast() {
            guard let pair = firstPair(in: next) else {
                done.append(next)
                continue
            }
            let rest = next.count - pair.range.count
            byteCount += pair.parts.reduce(-next.count) { $0 + rest + $1.count }
            guard byteCount <= byteLimit else { throw .tooManyAlternatives }
            for part in pair.parts.reversed() {
                open.append(
                    Array(
                        next[..<pair.range.lowerBound] + next[part] + next[pair.range.upperBound...]
                    ))
            }
        }
        return done
    }

    /// Whether braces in `pattern` stand for several patterns.
    static func isNeeded(by pattern: [UInt8]) -> Bool { firstPair(in: pattern) != nil }

    /// The pairs of braces that lie in no other, in their order.
    static func outerPairs(in pattern: [UInt8]) -> [Range<Int>] {
        var pairs: [Range<Int>] = []
        for pair in allPairs(in: pattern).map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound })
        where pairs.last.map({ $0.upperBound <= pair.lowerBound }) ?? true {
            pairs.append(pair)
        }
        return pairs
    }

    private typealias Pair = (range: Range<Int>, parts: [Range<Int>])

    /// Lies in no other, as that would begin before it.
    private static func firstPair(in pattern: [UInt8]) -> Pair? {
        allPairs(in: pattern).min { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The pairs of braces with a comma of their own, in the order of their ends.
    private static func allPairs(in pattern: [UInt8]) -> [Pair] {
        var open: [(start: Int, commas: [Int])] = []
        var pairs: [Pair] = []
        for (index, byte) in Unescaped(pattern) {
            switch byte {
            case UInt8(ascii: "{"): open.append((index, []))
            case UInt8(ascii: ","): open.indices.last.map { open[$0].commas.append(index) }
            case UInt8(ascii: "}"):
                guard let (start, commas) = open.popLast(), !commas.isEmpty else { continue }
                let starts = [start + 1] + commas.map { $0 + 1 }
                let parts = zip(starts, commas + [index]).map { $0..<$1 }
                pairs.append((start..<(index + 1), parts))
            default: break
            }
        }
        return pairs
    }

    /// For how many patterns `pattern` stands, as far as they can be counted up to one more than
    /// `limit`.
    private static func count(of pattern: [UInt8]) -> Int {
        func product(_ left: Int, _ right: Int) -> Int { min(left * right, limit + 1) }
        /// What was counted since a brace was opened.
        struct Level {
            /// For the parts before the last comma.
            var sum = 0
            /// For the part behind it.
            var part = 1
            /// For all of them one behind another, should the commas separate nothing.
            var whole = 1
        }
        var levels = [Level()]
        func close(_ count: Int) {
            levels[levels.count - 1].part = product(levels[levels.count - 1].part, count)
            levels[levels.count - 1].whole = product(levels[levels.count - 1].whole, count)
        }
        for (_, byte) in Unescaped(pattern) {
            switch byte {
            case UInt8(ascii: "{"): levels.append(Level())
            case UInt8(ascii: ","):
                let level = levels[levels.count - 1]
                levels[levels.count - 1].sum = min(level.sum + level.part, limit + 1)
                levels[levels.count - 1].part = 1
            case UInt8(ascii: "}") where levels.count > 1:
                let level = levels.removeLast()
                close(min(level.sum + level.part, limit + 1))
            default: break
            }
        }
        while levels.count > 1 { close(levels.removeLast().whole) }
        return levels[0].whole
    }

    /// The first `{` that nothing closes and that lies in none of `sets`, where it needs no closing.
    static func firstUnclosed(in pattern: [UInt8], outside sets: [Range<Int>]) -> Int? {
        var open: [Int] = []
        for (index, byte) in Unescaped(pattern) {
            if byte == UInt8(ascii: "{") { open.append(index) }
            if byte == UInt8(ascii: "}") { _ = open.popLast() }
        }
        return open.first { brace in !sets.contains { $0.contains(brace) } }
    }
}

/// The bytes of a pattern that no backslash makes literal, with their places.
struct Unescaped: Sequence, IteratorProtocol {
    private let pattern: [UInt8]
    private var index: Int

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        index = 0
    }

    mutating func next() -> (index: Int, byte: UInt8)? {
        while index < pattern.count, pattern[index] == UInt8(ascii: "\\") { index += 2 }
        guard index < pattern.count else { return nil }
        defer { index += 1 }
        return (index, pattern[index])
    }
}
