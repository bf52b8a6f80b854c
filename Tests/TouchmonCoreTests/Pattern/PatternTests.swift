import Testing
import TouchmonCore
import TouchmonTestSupport

/// Patterns match what people know from shells: held to tables, and to another implementation.
@Suite struct PatternTests {
    /// Whether any pattern that `pattern` stands for matches.
    static func matches(
        _ pattern: [UInt8], _ path: [UInt8], hiding: UsualExclusions = []
    ) -> Bool {
        guard let patterns = try? BraceExpansion.expand(pattern) else { return false }
        return path.withUnsafeBytes { path in
            patterns.contains { PathPattern($0).matches(path, hiding: hiding) }
        }
    }

    @Test(arguments: PatternCase.all)
    func `a pattern matches what the table says`(of: PatternCase) {
        for path in of.matching {
            #expect(
                Self.matches(of.pattern.markedBytes, path.markedBytes), "\(path.debugDescription)")
        }
        for path in of.others {
            #expect(
                !Self.matches(of.pattern.markedBytes, path.markedBytes), "\(path.debugDescription)")
        }
    }

    @Test func `the table is large enough to say something`() {
        #expect(PatternCase.all.map(\.matching.count).reduce(0, +) >= 200)
        #expect(PatternCase.all.map(\.others.count).reduce(0, +) >= 200)
    }

    @Test(.enabled(if: Wcmatch.isThere, Comment(rawValue: Wcmatch.absence)))
    func `the reference agrees with the table, but where it says why not`() throws {
        let verdicts = try Wcmatch.verdicts(
            on: PatternCase.all.map { one in
                (one.pattern.markedBytes, (one.matching + one.others).map(\.markedBytes))
            })
        try #require(verdicts.count == PatternCase.all.count)
        for (one, found) in zip(PatternCase.all, verdicts) {
            let paths = one.matching + one.others
            try #require(found.count == paths.count)
            let differing = paths.enumerated().filter { index, _ in
                found[index] != (index < one.matching.count)
            }.map(\.element)
            #expect(differing == one.difference?.of ?? [], "\(one.pattern)")
        }
    }

    @Test(
        .enabled(if: Wcmatch.isThere, Comment(rawValue: Wcmatch.absence)), .thorough,
        arguments: [false, true])
    func `the reference agrees on random patterns`(hidesDots: Bool) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(seed: seed)
        var questions: [(pattern: [UInt8], paths: [[UInt8]])] = []
        while questions.count < 4000 {
            let question = RandomPattern.question(using: &random)
            if RandomPattern.isComparable(question.pattern, hidesDots: hidesDots) {
                questions.append(question)
            }
        }
        let verdicts = try Wcmatch.verdicts(on: questions, hidesDots: hidesDots)
        try #require(verdicts.count == questions.count)
        var matching = 0
        for (question, found) in zip(questions, verdicts) {
            for (path, isMatching) in zip(question.paths, found) {
                matching += isMatching ? 1 : 0
                let own = Self.matches(question.pattern, path, hiding: hidesDots ? .hidden : [])
                guard own != isMatching else { continue }
                Issue.record(
                    """
                    seed \(seed): \(TerminalText.quoted(question.pattern)) \
                    \(own ? "matches" : "does not match") \(TerminalText.quoted(path))
                    """)
            }
        }
        #expect(matching > 2000)
    }
}

/// Patterns and paths of few letters, so that many match.
enum RandomPattern {
    static func question(
        using random: inout some RandomNumberGenerator
    ) -> (pattern: [UInt8], paths: [[UInt8]]) {
        let paths = (0..<8).map { _ in path(using: &random) }
        return (pattern(using: &random), paths)
    }

    /// Whether the reference means the same by `pattern`. Here paths are normal, so that an empty name,
    /// `.` and `..` say nothing; and a `*` that matches nothing does not let what is behind it match the
    /// dot at the beginning of a name, which is not always so in the reference, but in bash.
    static func isComparable(_ pattern: [UInt8], hidesDots: Bool) -> Bool {
        guard let patterns = try? BraceExpansion.expand(pattern) else { return false }
        return patterns.allSatisfy { pattern in
            let text = String(decoding: pattern, as: UTF8.self)
            let names = text.split(separator: "/", omittingEmptySubsequences: false)
            let isNormal = !names.contains { ["", ".", ".."].contains($0) }
            let isLazy = names.contains { name in
                let rest = name.drop { $0 == "*" }
                return rest.count < name.count && rest.first.map("?[.".contains) == true
            }
            return isNormal && !(hidesDots && isLazy)
        }
    }

    static func path(using random: inout some RandomNumberGenerator) -> [UInt8] {
        var names: [[UInt8]] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) { names.append(name(using: &random)) }
        return Array(names.joined(separator: "/".utf8))
    }

    private static func name(using random: inout some RandomNumberGenerator) -> [UInt8] {
        let letters = [
            "a", "a", "b", "b", "c", "é", "⟨ff⟩", "-", "*", "[", "]", "{", "}", ",", "!",
        ]
        var name = Int.random(in: 0..<6, using: &random) == 0 ? "." : ""
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            name += letters.randomElement(using: &random) ?? ""
        }
        return name.markedBytes
    }

    static func pattern(using random: inout some RandomNumberGenerator) -> [UInt8] {
        let pieces = [
            "a", "a", "b", "c", "é", "⟨ff⟩", "*", "*", "*", "?", "?", "[ab]", "[!a]", "[^b-c]",
            "[a-c]", "[]a]", "[[:alpha:]]", "[é⟨ff⟩]", "{a,b}", "{a,}", "{*,b/a}", "{a,{b,c}*}",
            "\\*", "\\[", "[", "]", "{", "}", ",", "-", "!", ".", "[.]",
        ]
        var names: [String] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            var name = ""
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: name = "**"
            case 2: name = "*"
            default:
                if Int.random(in: 0..<8, using: &random) == 0 { name = "." }
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    name += pieces.randomElement(using: &random) ?? ""
                }
            }
            // Those are directories, and not names.
            if name != "." && name != ".." { names.append(name) }
        }
        return (names.isEmpty ? "*" : names.joined(separator: "/")).markedBytes
    }
}
