import Foundation
import Testing

/// The directory itself that a tree begins with: it comes late, goes, is replaced, or is a link.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeBaseTests {
    private func start(_ tree: WatchedTree, _ key: String) throws -> TouchmonProcess {
        try tree.start(
            actions: [key: tree.action(key.hasSuffix("/") ? ["recursive": true] : [:])],
            isThere: access("\(tree.root)/\(key)", F_OK) == 0)
    }

    @Test(arguments: TreeWatching.both, ["late/", "late/er/still/", "late/*/still/**"])
    func `a directory that is not there yet`(watching: TreeWatching, key: String) throws {
        let tree = try WatchedTree(watching)
        let daemon = try start(tree, key)
        try tree.run("mkdir -p $t/late/er/still/x; echo x > $t/late/er/still/x/f")
        var expected = ["late/er/still/x/f"]
        try tree.expect(expected, daemon)
        let mechanisms = daemon.values("mechanism", of: "tree_watched", as: String.self)
        #expect(Set(mechanisms) == [watching.mechanism])
        // It goes, and is made again, and is another one that was filled before.
        try tree.run("rm -r $t/late; mkdir -p $t/late/er/still; echo x > $t/late/er/still/g")
        expected.append("late/er/still/g")
        try tree.expect(expected, daemon)
        try tree.run(
            """
            mkdir -p $o/late/er/still; touch -d 2001-01-01 $o/late/er/still/h
            mv $t/late $o/gone; mv $o/late $t/late
            """)
        expected.append("late/er/still/h")
        try tree.expect(expected, daemon)
        // What went away is nobody's.
        try tree.run("echo x > $o/gone/er/still/g; echo x >> $t/late/er/still/h")
        expected.append("late/er/still/h")
        try tree.expect(expected, daemon)
        try tree.rest(daemon)
        try tree.expect(expected, daemon)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `a base that is made and removed again and again`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        let daemon = try start(tree, "base/")
        for number in 1...20 {
            try tree.run("mkdir -p $t/base/d; echo x > $t/base/d/f")
            try tree.expect(Array(repeating: "base/d/f", count: number), daemon)
            try tree.run("rm -r $t/base")
        }
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `a base that is a symbolic link, and is turned`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        try tree.run(
            """
            mkdir -p $o/one/d $o/two/d; touch -d 2001-01-01 $o/one/d/f $o/two/d/f $o/two/g
            ln -s $o/one $t/link
            """)
        let daemon = try start(tree, "link/")
        try tree.run("echo x >> $o/one/d/f")
        try tree.expect(["link/d/f"], daemon)
        try tree.run("ln -s $o/two $o/new; mv -T $o/new $t/link")
        try tree.expect(["link/d/f", "link/d/f", "link/g"], daemon)
        try tree.run("echo x >> $o/one/d/f; echo x >> $o/two/g; echo x > $t/link/h")
        let all = ["link/d/f", "link/d/f", "link/g", "link/g", "link/h"]
        try tree.expect(all, daemon)
        try tree.rest(daemon)
        try tree.expect(all, daemon)
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: TreeWatching.both)
    func `a base that is a file becomes a directory`(watching: TreeWatching) throws {
        let tree = try WatchedTree(watching)
        try tree.run("echo x > $t/base")
        let daemon = try tree.start(
            actions: ["base/": tree.action(["recursive": true])], isThere: false)
        try tree.run("echo x >> $t/base")
        try tree.pass(daemon)
        try tree.expect([], daemon)
        try tree.run("rm $t/base; mkdir $t/base; echo x > $t/base/f")
        try tree.expect(["base/f"], daemon)
        #expect(daemon.stop() == 0)
    }
}
