import Testing
import TouchmonCore
import TouchmonTestSupport

/// What `.gitignore`s say is what git says that they say.
@Suite struct IgnoreRulesTests {
    private static func ignores(
        _ path: [UInt8], in files: [[UInt8]: IgnoreRules], isDirectory: Bool
    ) -> Bool {
        path.withUnsafeBytes { path in
            IgnoreRules.ignores(path, isDirectory: isDirectory) { files[Array($0)] }
        }
    }

    private static func verdicts(on one: IgnoreCase) -> [Bool] {
        let files = one.files.mapValues { IgnoreRules($0) }
        return one.paths.map { path in
            ignores(path, in: files, isDirectory: one.directories.contains(path))
        }
    }

    /// A `.gitignore`, and what it ignores of `table`'s paths.
    private static let table: [(file: String, ignored: String)] = [
        ("", ""), ("\n\n", ""), ("# a\n", ""), ("a", "a, a/b, a/b/c, b/a"), ("/a", "a, a/b, a/b/c"),
        ("a/", "a, a/b, a/b/c"), ("b/a", "b/a"), ("/b/a", "b/a"), ("a/b/", "a/b, a/b/c"),
        ("c", "a/b/c"), ("*\n!/a", "a/b, a/b/c, b, b/a, x y"), ("a\n!a/b", "a, a/b, a/b/c, b/a"),
        ("*\n!*/", "a/b/c, b/a, x y"), ("**/c", "a/b/c"), ("a/**", "a/b, a/b/c"),
        ("a/**/c", "a/b/c"), ("**/a", "a, a/b, a/b/c, b/a"), ("x y  ", "x y"), ("x y\\ ", ""),
        ("x\\ y", "x y"), ("\\a", "a, a/b, a/b/c, b/a"), ("a\r\n", "a, a/b, a/b/c, b/a"),
        ("x*", "x y"), ("x[[:space:]]y", "x y"), ("x[", ""), ("x\\", ""), ("!a", ""), ("/", ""),
        ("!", ""), ("[[:word:]]", ""), ("[[:ascii:]]", ""), ("a//", ""), ("x?y", "x y"),
        ("b/*", "b/a"), ("*/a", "b/a"), ("a**/c", "a/b/c"),
        ("*/*/c", "a/b/c"), ("/*\n!/a\n/a/*\n!/a/b", "b, b/a, x y"), ("b/a/", ""),
        ("\u{feff}b/a", "b/a"),
    ]

    private static func tableCase(_ file: String) -> IgnoreCase {
        IgnoreCase(
            files: [[]: Array(file.utf8)],
            directories: Set(["a", "b", "a/b"].map { Array($0.utf8) }),
            paths: ["a", "a/b", "a/b/c", "b", "b/a", "x y"].map { Array($0.utf8) })
    }

    @Test(arguments: table)
    func `a gitignore says what git's manual says`(file: String, ignored: String) {
        let one = Self.tableCase(file)
        let found = zip(one.paths, Self.verdicts(on: one)).filter { $1 }
            .map { String(decoding: $0.0, as: UTF8.self) }
        #expect(found.joined(separator: ", ") == ignored)
    }

    @Test(.enabled(if: GitOracle.isThere, Comment(rawValue: GitOracle.absence)))
    func `git says the same of the table`() throws {
        let cases = Self.table.map { Self.tableCase($0.file) }
        let verdicts = try GitOracle.verdicts(on: cases)
        try #require(verdicts.count == cases.count)
        for (row, (one, expected)) in zip(Self.table, zip(cases, verdicts)) {
            #expect(Self.verdicts(on: one) == expected, "\(row.file.debugDescription)")
        }
    }

    @Test func `a deeper file decides, but not below what is ignored`() {
        let files = [
            [UInt8](): IgnoreRules(Array("*.log\nout/\n".utf8)),
            Array("a".utf8): IgnoreRules(Array("!keep.log\n".utf8)),
            Array("out".utf8): IgnoreRules(Array("!*\n".utf8)),
        ]
        let expected = [
            "x.log": true, "keep.log": true, "a/keep.log": false, "a/b/keep.log": false,
            "a/x.log": true, "out/x": true, "a": false, "a/b": false, ".git": true,
            "a/.git/config": true, ".github/x": false,
        ]
        for (path, verdict) in expected {
            #expect(
                Self.ignores(Array(path.utf8), in: files, isDirectory: false) == verdict, "\(path)")
        }
    }

    @Test func `one file's own verdict, also that it takes back`() {
        let rules = IgnoreRules(Array("*.o\n!a.o\nd/\n".utf8))
        func verdict(_ path: String, isDirectory: Bool = false) -> Bool? {
            Array(path.utf8).withUnsafeBytes { rules.verdict(of: $0, isDirectory: isDirectory) }
        }
        #expect(verdict("b.o") == true)
        #expect(verdict("a.o") == false)
        #expect(verdict("a.c") == nil)
        #expect(verdict("d") == nil)
        #expect(verdict("d", isDirectory: true) == true)
        #expect(!rules.isEmpty)
        #expect(IgnoreRules(Array("# nothing\n\n".utf8)).isEmpty)
    }

    @Test(.enabled(if: GitOracle.isThere, Comment(rawValue: GitOracle.absence)), .thorough)
    func `git says the same of 5,000 random directories`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(seed: seed)
        let cases = (0..<5000).map { _ in IgnoreCase.random(using: &random) }
        let verdicts = try GitOracle.verdicts(on: cases)
        try #require(verdicts.count == cases.count)
        var ignored = 0
        for (one, expected) in zip(cases, verdicts) {
            try #require(expected.count == one.paths.count)
            let found = Self.verdicts(on: one)
            ignored += expected.count { $0 }
            guard found != expected else { continue }
            let differing = one.paths.indices.filter { found[$0] != expected[$0] }
            Issue.record(
                """
                seed \(seed): \(differing.map { TerminalText.quoted(one.paths[$0]) }) \
                of \(one.files.map { (TerminalText.quoted($0), TerminalText.escaped($1)) }), \
                directories \(one.directories.map { TerminalText.quoted($0) })
                """)
        }
        #expect(ignored > 5000)
    }
}
