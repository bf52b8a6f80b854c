/// Why a pattern can't be taken as it is written.
package enum PatternProblem: Error, Hashable, Sendable {
    /// A `[` that no `]` closes within the same name; counted in bytes from the pattern's first.
    case unclosedBracket(offset: Int)
    /// A `{` that no `}` closes.
    case unclosedBrace(offset: Int)
    /// Its braces stand for more patterns than `BraceExpansion.limit`, or for too long ones.
    case tooManyAlternatives
}

extension PatternProblem {
    /// The first bracket or brace of `pattern` that nothing closes: it would stand for itself, which is
    /// hardly meant in a text that is nothing but a pattern.
    package static func unclosed(in pattern: [UInt8]) -> PatternProblem? {
        var sets: [Range<Int>] = []
        for name in PathPattern.names(in: pattern).names {
            let found = NamePattern.sets(in: name)
            if let offset = found.unclosed { return .unclosedBracket(offset: offset) }
            sets += found.closed
        }
        return BraceExpansion.firstUnclosed(in: pattern, outside: sets).map {
            .unclosedBrace(offset: $0)
        }
    }
}
