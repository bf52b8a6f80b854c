import Foundation
import Testing

/// Which files of a tree are told, and which changes of them.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeSelectionTests {
    /// Makes a file of each name, with the directories on the way.
    private static func touch(_ names: [String], _ tree: WatchedTree) throws {
        let names = names.map { "'\($0)'" }.joined(separator: " ")
        try tree.run("cd $t; for f in \(names); do mkdir -p \"$(dirname $f)\"; echo x > $f; done")
    }

    private static let files = [
        "a.c", "b.o", "d/a.c", "d/e/b.c", "gen/a.c", "d/gen/a.c", ".hidden", ".git/a.c", "d/.x.swp",
        "x~", "#x#", "4913", "d/a.swp", "d/a.swx", "bak/a.c", "d/bak",
    ]

    /// Keys of an action, and which of the files it selects.
    private static let selections: [(key: String, keys: [String: any Sendable], files: [String])] =
        [
            ("", [:], ["a.c", "b.o"]),
            (
                "", ["recursive": true],
                ["a.c", "b.o", "d/a.c", "d/e/b.c", "gen/a.c", "d/gen/a.c", "bak/a.c", "d/bak"]
            ),
            ("", ["recursive": true, "exclude": ["defaults": false]], files),
            ("", ["recursive": true, "include": ["*.o", "/d/*.c"]], ["b.o", "d/a.c"]),
            ("", ["recursive": true, "include": [".*", "*~"]], [".hidden", "x~"]),
            (
                "", ["recursive": true, "exclude": ["patterns": ["/gen/", "bak", "*.o"]]],
                ["a.c", "d/a.c", "d/e/b.c", "d/gen/a.c"]
            ),
            (
                "", ["recursive": true, "include": ["*.c"], "exclude": ["patterns": ["gen/"]]],
                ["a.c", "d/a.c", "d/e/b.c", "bak/a.c"]
            ),
            ("*.{c,o}", [:], ["a.c", "b.o"]),
            ("**/*.c", [:], ["a.c", "d/a.c", "d/e/b.c", "gen/a.c", "d/gen/a.c", "bak/a.c"]),
            ("d/**", [:], ["d/a.c", "d/e/b.c", "d/gen/a.c", "d/bak"]),
            ("[d-g]*/a.c", [:], ["d/a.c", "gen/a.c"]), (".*", [:], [".hidden"]),
            ("*/", [:], ["d/a.c", "gen/a.c", "bak/a.c", "d/bak"]),
        ]

    @Test(arguments: TreeWatching.both, selections.indices)
    func `what the action selects is told, and nothing else`(
        watching: TreeWatching, index: Int
    ) throws {
        let (key, keys, files) = Self.selections[index]
        let tree = try WatchedTree(watching)
        let daemon = try tree.start(
            actions: [key: tree.action(keys)], isThere: !key.hasPrefix("d/"))
        try Self.touch(Self.files, tree)
        try tree.expect(files, daemon)
        // Again, now that all is there; and as a whole tree that comes.
        try Self.touch(Self.files, tree)
        try tree.expect(files + files, daemon)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `gitignore: of each directory, as it is at the moment`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        try tree.run(
            """
            mkdir -p $t/d/e $t/build; echo '*.log' > $t/.gitignore; echo /build/ >> $t/.gitignore
            echo '!keep.log' > $t/d/.gitignore; echo '/only' > $t/d/e/.gitignore
            """)
        let names = [
            "a", "a.log", "keep.log", "d/keep.log", "d/a.log", "d/e/keep.log", "d/e/only",
            "d/e/x/only", "build/a", "d/build/a", "only",
        ]
        let daemon = try tree.start(["exclude": ["gitignore": true]])
        try Self.touch(names, tree)
        let first = [
            "a", "d/keep.log", "d/e/keep.log", "d/e/x/only", "d/build/a", "only",
        ]
        try tree.expect(first, daemon)
        // Edited in place, replaced, removed, made.
        try tree.run(
            """
            echo '!d/a.log' >> $t/.gitignore; echo 'keep.log' > $o/new; mv $o/new $t/d/.gitignore
            rm $t/d/e/.gitignore; echo 'a' > $t/d/build/.gitignore
            """)
        try tree.pass(daemon)
        try tree.expect(first, daemon)
        try Self.touch(names, tree)
        let second = ["a", "d/a.log", "d/e/only", "d/e/x/only", "only"]
        try tree.expect(first + second, daemon)
        // A tree that comes with its own.
        try tree.run(
            "mkdir $o/n; echo '*.o' > $o/n/.gitignore; echo x > $o/n/a.o; echo x > $o/n/a.c")
        try tree.run("mv $o/n $t/n; echo x > $t/n/b.o; echo x > $t/n/b.c")
        try tree.expect(first + second + ["n/a.c", "n/b.c"], daemon)
        #expect(daemon.stop() == 0)
    }

    /// A deed, and as what it counts for which file. `$t` is the tree, with the files `a` and `d/b`.
    private static let deeds: [(script: String, counts: [String])] = [
        ("echo x > $t/n", ["create n", "touch n", "modify n"]),
        ("echo x >> $t/a", ["touch a", "modify a"]),
        ("rm $t/d/b", ["delete d/b"]),
        ("mv $t/a $t/c", ["move a", "move c", "touch c"]),
        ("mv $o/x $t/d/b", ["move d/b", "touch d/b"]),
        ("chmod 600 $t/a", ["attribute a"]),
        ("touch -d 2001-01-01 $t/a", ["attribute a", "touch a"]),
        ("mkdir $t/m", ["create m"]), ("rmdir $t/empty", ["delete empty"]),
        ("mv $t/empty $t/m", ["move empty", "move m"]),
        ("ln -s a $t/l", ["create l", "touch l"]),
        ("cat $t/a", []), ("echo x > $o/x", []),
    ]

    @Test(arguments: TreeWatching.both, deeds.indices)
    func `each kind of change is told, and no other counts`(watching: TreeWatching, index: Int)
        throws
    {
        let (script, counts) = Self.deeds[index]
        for kind in ["touch", "create", "delete", "move", "attribute", "modify"] {
            let tree = try WatchedTree(watching)
            try tree.run("mkdir $t/d $t/empty; touch -d 2000-01-01 $t/a $t/d/b $o/x")
            let daemon = try tree.start(["on": [kind]])
            // What is known of a file makes no difference, but that it was not changed just now.
            try tree.run(script)
            let expected = counts.map { $0.split(separator: " ").map(String.init) }
                .filter { $0[0] == kind }.map { $0[1] }
            try tree.expect(expected, daemon)
            let told = try tree.runs().flatMap(\.changes).map { $0.fields["change"] as? String }
            #expect(told.allSatisfy { $0 == kind }, "\(script)")
            #expect(daemon.stop() == 0)
        }
    }
}
