/// Why a pattern can't be taken as it is written.
package enum PatternProblem: Error, Hashable, Sendable {
    /// A `[` that no `]` closes within the same name; counted in bytes from the pattern's first.
    case unclosedBracket(offset: Int)
    /// A `{` that no `}` closes.
    case unclosedBrace(offset: Int)
    /// Its braces stand for more patterns than `BraceExpansion.limit`, or for too long ones.
    case tooManyAlternatives
}
