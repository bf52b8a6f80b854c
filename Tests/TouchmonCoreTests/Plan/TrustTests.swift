import Testing
import TouchmonCore

/// Ways to a file, and whether root may rely on it for the user 1000.
@Suite struct TrustTests {
    struct Way: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Each directory as owner, mode, and owner of the entry that was taken in it.
        var directories: [(owner: UInt32, mode: UInt16, entry: UInt32)]
        var file: (owner: UInt32, mode: UInt16)
        /// What is not trusted: the number of the directory, or nil for the file; and why.
        var breach: (directory: Int?, words: String)?

        init(
            _ description: String, _ directories: [(UInt32, UInt16, UInt32)],
            file: (UInt32, UInt16) = (1000, 0o644), breach: (Int?, String)? = nil
        ) {
            testDescription = description
            self.directories = directories
            self.file = file
            self.breach = breach
        }
    }

    static let root = (UInt32(0), UInt16(0o755), UInt32(0))

    static let ways: [Way] = [
        Way("root's directories", [root, (0, 0o755, 1000)]),
        Way("root's file", [root], file: (0, 0o644)),
        Way("the user's own directory", [root, (1000, 0o700, 1000)]),
        Way("a directory that others may not even read", [root, (0, 0o700, 1000)]),
        Way("no directory at all", [], file: (0, 0o600)),
        Way("the root itself writable by all", [(0, 0o777, 0)], breach: (0, "everybody")),
        Way("writable by the group", [root, (0, 0o775, 0)], breach: (1, "its group")),
        Way(
            "writable by the user's own group", [root, (1000, 0o770, 0)], breach: (1, "its group")),
        Way("writable by others alone", [root, (0, 0o757, 0)], breach: (1, "everybody")),
        Way("somebody else's directory", [root, (1001, 0o755, 1000)], breach: (1, "user 1001")),
        Way(
            "the first breach is told", [(0, 0o775, 0), (1001, 0o777, 0)],
            breach: (0, "its group")),
        Way("sticky, the entry the user's", [root, (0, 0o1777, 1000)]),
        Way("sticky, the entry root's", [root, (0, 0o1777, 0), (0, 0o755, 1000)]),
        Way(
            "sticky, the entry somebody else's", [root, (0, 0o1777, 1001)],
            breach: (1, "everybody")),
        Way(
            "sticky, but somebody else's directory: he may replace everything",
            [root, (1001, 0o1777, 1000)], breach: (1, "user 1001")),
        Way("sticky for the group", [root, (0, 0o1770, 1000)]),
        Way("set-group-id is not sticky", [root, (0, 0o2775, 0)], breach: (1, "its group")),
        Way("a file of the group", [root], file: (1000, 0o664), breach: (nil, "its group")),
        Way("a file of everybody", [root], file: (0, 0o646), breach: (nil, "everybody")),
        Way("a sticky file means nothing", [root], file: (0, 0o1666), breach: (nil, "everybody")),
        Way("somebody else's file", [root], file: (1001, 0o600), breach: (nil, "user 1001")),
    ]

    @Test(arguments: ways) func `a way is trusted, or the breach is told`(way: Way) throws {
        let names = way.directories.enumerated().map { number, directory in
            PassedName(
                directory: PathFact(
                    path: RawPath("/d\(number)"), owner: directory.owner, mode: directory.mode),
                entryOwner: directory.entry)
        }
        let file = PathFact(path: RawPath("/file"), owner: way.file.owner, mode: way.file.mode)
        let breach = Trust.breach(onTheWay: names, to: file, relyingOn: 1000)
        guard let expected = way.breach else {
            #expect(breach == nil)
            return
        }
        let found = try #require(breach)
        #expect(found.fact == (expected.directory.map { names[$0].directory } ?? file))
        #expect(found.explanation.hasSuffix(expected.words))
    }

    @Test func `the user who is relied on is not relied on for root's own files`() {
        let file = PathFact(path: RawPath("/f"), owner: 1000, mode: 0o600)
        #expect(Trust.breach(onTheWay: [], to: file, relyingOn: 0)?.reason == .owner)
    }

    @Test(arguments: [
        (UInt32(0), UInt16(0o664), "`/f` is writable by its group", "chmod go-w `/f`"),
        (0, 0o666, "`/f` is writable by everybody", "chmod go-w `/f`"),
        (
            7, 0o600, "`/f` belongs to the user 7",
            "give it to root, or move the file to where only root can write"
        ),
    ])
    func `what is said`(owner: UInt32, mode: UInt16, explanation: String, remedy: String) throws {
        let file = PathFact(path: RawPath("/f"), owner: owner, mode: mode)
        let breach = try #require(Trust.breach(onTheWay: [], to: file, relyingOn: 0))
        #expect(breach.explanation == explanation)
        #expect(breach.remedy.hasSuffix(remedy))
    }
}
