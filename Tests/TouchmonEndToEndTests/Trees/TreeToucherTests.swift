import Foundation
import Testing

/// Who touched a file of a tree. Only the mark of a file system tells.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeToucherTests {
    /// A tree that everybody may change.
    private func makeTree() throws -> WatchedTree {
        let tree = try WatchedTree(.marked)
        for path in [tree.root, tree.outside] { chmod(path, 0o777) }
        return tree
    }

    private static func user(_ report: TreeReport) -> String? {
        (report.fields["touched_by"] as? [String: Any])?["user"] as? String
    }

    @Test func `a run is told who touched each file`() throws {
        let tree = try makeTree()
        let daemon = try tree.start(["settle": "1h"])
        let people = try [Users.alice, Users.bob, Users.carol].map { try Person($0) }
        for person in people {
            try person("open('\(tree.root)/\(person.user.name)', 'w').write('x')")
        }
        try tree.pass(daemon)
        #expect(try tree.runs().isEmpty)
        // What settles is due when the daemon ends, and nobody is there any more to be told of.
        #expect(daemon.stop() == 0)
        let next = try tree.start()
        try tree.expect(people.map(\.user.name), next)
        let again = people + people
        for person in again {
            try person("open('\(tree.root)/\(person.user.name)', 'a').write('x')")
            try tree.pass(next)
        }
        try tree.expect((people + again).map(\.user.name), next)
        for report in try tree.runs().flatMap(\.changes).dropFirst(people.count) {
            let toucher = try #require(report.fields["touched_by"] as? [String: Any])
            let person = try #require(people.first { report.text.hasSuffix("/\($0.user.name)") })
            #expect(toucher["user"] as? String == person.user.name)
            #expect(toucher["uid"] as? UInt32 == person.user.id)
            #expect(toucher["pid"] as? Int32 == person.pid)
        }
        #expect(next.stop() == 0)
    }

    @Test(arguments: ["batch", "file"])
    func `touched_by: of others nothing is told`(each: String) throws {
        let tree = try makeTree()
        let keys: [String: Any] = ["each": each, "touched_by": ["users": [Users.alice.name]]]
        let daemon = try tree.start(keys)
        let (alice, carol) = (try Person(Users.alice), try Person(Users.carol))
        try carol("os.mkdir('\(tree.root)/d'); os.chmod('\(tree.root)/d', 0o777)")
        try carol("open('\(tree.root)/d/carol', 'w').write('x')")
        try carol("open('\(tree.root)/both', 'w').write('x'); os.chmod('\(tree.root)/both', 0o666)")
        #expect(daemon.wait(for: "toucher_refused", count: 2))
        try tree.pass(daemon)
        try alice("open('\(tree.root)/d/alice', 'w').write('x')")
        try alice("open('\(tree.root)/both', 'a').write('x')")
        try tree.expect(["d/alice", "both"], daemon)
        #expect(try tree.runs().flatMap(\.changes).allSatisfy { Self.user($0) == "tm-alice" })
        try carol("open('\(tree.root)/both', 'a').write('x')")
        #expect(daemon.wait(for: "toucher_refused", count: 3))
        try carol("os.rename('\(tree.root)/d/alice', '\(tree.root)/d/other')")
        #expect(daemon.wait(for: "toucher_refused", count: 4))
        try tree.expect(["d/alice", "both"], daemon)
        #expect(daemon.stop() == 0)
    }

    /// Each run writes to the file that it is for, and makes another one beside it.
    private static let writing = "echo x >> $TREE/out; echo x >> $TREE/d/out-$TOUCHMON_RUN"

    @Test(arguments: ["batch", "file"])
    func `own_changes: what a run does in its tree leads to no other`(each: String) throws {
        let tree = try makeTree()
        try tree.run("mkdir $t/d")
        let keys: [String: Any] = [
            "each": each, "own_changes": "ignore", "environment": ["TREE": tree.base],
        ]
        let daemon = try tree.start(keys, script: Self.writing)
        for number in 1...3 {
            try tree.touch("a")
            try tree.expect(Array(repeating: "a", count: number), daemon)
            #expect(daemon.wait(for: "own_change", count: 2 * number))
        }
        // Somebody else does the same.
        try tree.touch("out")
        try tree.expect(["a", "a", "a", "out"], daemon)
        #expect(daemon.stop() == 0)
        let next = try tree.start(keys, script: Self.writing)
        try tree.rest(next)
        try tree.expect(["a", "a", "a", "out"], next)
        #expect(next.stop() == 0)
    }

    @Test func `own_changes: what a run leaves behind in another session is somebody else`() throws
    {
        let tree = try makeTree()
        let keys: [String: Any] = ["own_changes": "ignore", "include": ["a", "later"]]
        let daemon = try tree.start(
            keys, script: "test -e \(tree.base)/later || setsid sh -c 'echo x > \(tree.base)/later'"
        )
        try tree.touch("a")
        try tree.expect(["a", "later"], daemon)
        #expect(daemon.stop() == 0)
    }
}
