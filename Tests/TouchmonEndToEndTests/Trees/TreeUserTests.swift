import Foundation
import Testing

/// Trees of several users: what one may not read, what others touch, and what root's daemon does for a
/// user's action file.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason))
struct TreeUserTests {
    @Test(arguments: TreeWatching.both)
    func `a directory that may not be read is watched as soon as it may be`(
        watching: TreeWatching
    ) throws {
        let tree = try WatchedTree(watching)
        func asRoot(_ script: String) throws {
            let result = try Command.run(["sh", "-ec", script], environment: ["t": tree.root])
            try #require(result.status == 0, "\(result.output)")
        }
        try asRoot("mkdir -m 700 $t/a; mkdir -m 777 $t/a/b; echo x > $t/a/quiet; : > $t/a/b/f")
        // Older than the watching, by more than a tick.
        try asRoot("chmod 666 $t/a/b/f")
        let begun = ContinuousClock.now
        #expect(eventually { ContinuousClock.now - begun > .milliseconds(50) })
        let daemon = try tree.start()
        try tree.touch("beside")
        try tree.expect(["beside"], daemon)
        // Before it is open, and after.
        try asRoot("echo x >> $t/a/b/f")
        try tree.rest(daemon)
        try asRoot("chmod 777 $t/a")
        try tree.expect(["beside", "a/b/f"], daemon)
        try tree.rest(daemon)
        try tree.run("echo x > $t/a/new; echo x >> $t/a/b/f; mkdir $t/a/c; echo x > $t/a/c/g")
        let all = ["beside", "a/b/f", "a/new", "a/b/f", "a/c/g"]
        try tree.expect(all, daemon)
        // Who has watched once goes on.
        try asRoot("chmod 700 $t/a; chmod 777 $t/a")
        try tree.touch("a/b/f")
        try tree.rest(daemon)
        try tree.expect(all + ["a/b/f"], daemon)
        #expect(daemon.stop() == 0)
    }

    @Test func `status counts the directories that may not be read`() throws {
        let tree = try WatchedTree(.ordinary)
        try #require(mkdir("\(tree.root)/closed", 0o700) == 0)
        try #require(mkdir("\(tree.root)/open", 0o755) == 0)
        let daemon = try tree.start()
        let answer = try Answer.of(
            ["status", "\(tree.base)/", "--json", "--state-directory", tree.state],
            prefix: tree.prefix)
        let row = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
        #expect((row as? [String: Any])?["unreadable_directories"] as? Int == 1, "\(answer)")
        #expect(daemon.stop() == 0)
    }

    @Test func `what others do in an ordinary user's tree is told to the user's runs`() throws {
        let tree = try WatchedTree(.ordinary)
        chmod(tree.root, 0o777)
        let daemon = try tree.start()
        for user in [Users.bob, Users.carol] {
            let script = "mkdir -p $1/$2/x; echo x > $1/$2/x/f; echo x > $1/$2-file"
            #expect(try user.run(["sh", "-ec", script, "sh", tree.root, user.name]).status == 0)
        }
        let told = [Users.bob, Users.carol].flatMap { ["\($0.name)/x/f", "\($0.name)-file"] }
        try tree.expect(told, daemon)
        let users = daemon.values("user", of: "run_started", as: String.self)
        #expect(Set(users) == [Users.alice.name])
        #expect(daemon.stop() == 0)
    }

    /// The files of a tree are asked about one by one: one that the owner of the action file may not read
    /// hides no other.
    @Test(arguments: ["batch", "file"])
    func `a user's action file is told only what its owner may read`(each: String) throws {
        let tree = try WatchedTree(.marked)
        chmod(tree.sink.path, 0o666)
        let action = tree.action(["recursive": true, "each": each, "user": Users.alice.name])
        let files = try tree.scratch.actions(["\(tree.base)/": action], in: "alice.json")
        chown(files, Users.alice.id, Users.alice.group)
        let daemon = try TouchmonProcess.daemon([try tree.write([:]), files])
        defer { daemon.stop() }
        try tree.run(
            """
            umask 077; echo x > $t/secret; mkdir $t/closed; (umask 022; echo x > $t/closed/f)
            umask 022; echo x > $t/open
            """)
        try tree.expect(["open"], daemon)
        let refused = Set(daemon.values("path", of: "refused", as: String.self))
        #expect(refused == ["\(tree.base)/secret", "\(tree.base)/closed/f"])
        try tree.run("chmod 644 $t/secret; echo x >> $t/secret")
        try tree.expect(["open", "secret"], daemon)
    }
}
