import Foundation
import Testing

/// Why something ran or did not, asked of the real program.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct ExplainTests {
    private static func actions(_ answer: [String: Any]) -> [[String: Any]] {
        answer["actions"] as? [[String: Any]] ?? []
    }

    private static func words(_ action: [String: Any]?, _ list: String, _ key: String) -> [String?]
    {
        (action?[list] as? [[String: Any]] ?? []).map { $0[key] as? String }
    }

    @Test func `an action, its place, its runs and what is in its way`() throws {
        let place = try ControlledDaemon(
            [
                "stamp": ["argv": ["sh", "-c", "exit 3"], "compare": "content"],
                "no/such/stamp": ["argv": ["true"]],
            ], isMade: false)
        _ = try place.scratch.write("stamp")
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        // The bytes are the same.
        place.touch("stamp")
        #expect(place.daemon.wait(for: "unchanged", count: 1))
        var answer = try #require(try place.objects(["explain", "stamp", "--json"]).first)
        var action = try #require(Self.actions(answer).first)
        #expect((action["defined"] as? [String: Any])?["line"] is Int)
        #expect(action["user"] as? String == NSUserName())
        #expect(action["argv"] as? [String] == ["sh", "-c", "exit 3"])
        #expect(Self.words(action, "obstacles", "obstacle") == ["compare"])
        #expect(Self.words(action, "touches", "nothing") == ["unchanged", nil])
        #expect(Self.words(action, "touches", "outcome") == [nil, "failure"])
        #expect(answer["files_changed"] as? Bool == false)
        #expect(try place.command(["pause", "stamp"]).status == 0)
        let text = try place.command(["explain", "stamp"])
        #expect(text.status == 0 && text.output.contains("it is paused"), "\(text)")

        answer = try #require(try place.objects(["explain", "no/such/stamp", "--json"]).first)
        action = try #require(Self.actions(answer).first)
        #expect(Self.words(action, "obstacles", "obstacle") == ["missing_directory"])
        let other = try place.command(["explain", "other"])
        #expect(other.status == 66 && other.output.contains("no action runs for"))
        #expect(place.daemon.stop() == 0)
    }

    /// What is on disk is not what the daemon goes by.
    @Test func `action files that were changed, and that have an error`() throws {
        let place = try ControlledDaemon(["stamp": ["argv": ["true"]]])
        let user = NSUserName()
        try place.rewrite(
            """
            {"\(place.scratch("stamp"))": {"argv": ["true"], "user": "\(user)"},
            "\(place.scratch("new"))": {"argv": ["true"], "user": "\(user)"}}
            """)
        let answer = try #require(try place.objects(["explain", "new", "--json"]).first)
        #expect(answer["files_changed"] as? Bool == true)
        #expect(Self.actions(answer).first?["status"] == nil)
        #expect(try place.command(["explain", "new"]).output.contains("touchmon reload"))
        #expect(try place.command(["reload"]).status == 0)
        let later = try #require(try place.objects(["explain", "new", "--json"]).first)
        #expect(later["files_changed"] as? Bool == false)
        #expect(Self.actions(later).first?["status"] != nil)
        try place.rewrite("{\"x\": 3}")
        #expect(try place.command(["explain", "stamp"]).output.contains("1 error now"))
        #expect(place.daemon.stop() == 0)
    }

    @Test func `files instead of a daemon, patterns, and what they leave out`() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("in/deep"), withIntermediateDirectories: true)
        _ = try scratch.write("in/.gitignore", "*.log\n!keep.log\ndeep/\n")
        let file = try scratch.actions([
            "\(scratch("in"))/": [
                "argv": ["true"], "user": NSUserName(), "recursive": true,
                "exclude": ["patterns": ["*.tmp"], "gitignore": true],
            ]
        ])
        func answer(_ path: String) throws -> [String: Any] {
            let answer = try Answer.of(["explain", scratch(path), file, "--json"])
            return try #require(
                try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
        }
        #expect(try Self.actions(answer("in/a")).count == 1)
        #expect(try Self.actions(answer("in/keep.log")).count == 1)
        for (path, reason) in [
            ("in/a.log", "gitignore"), ("in/deep/x", "gitignore"), ("in/a.tmp", "exclude"),
            ("in/a~", "usual"),
        ] {
            let left = try answer(path)["left_out"] as? [[String: Any]]
            #expect(left?.first?["reason"] as? String == reason, "\(path)")
        }
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `who touched, and whose touches do not count`() throws {
        let place = try ControlledDaemon([
            "stamp": ["argv": ["true"], "touched_by": ["users": [Users.bob.name]]]
        ])
        // Who is gone when the daemon looks is nobody any more.
        let toucher = try RunningCommand(
            Users.alice.prefix + [
                "sh", "-c", "echo x >> \"$1\"; exec sleep 600", "sh", place.scratch("stamp"),
            ], in: place.scratch)
        #expect(place.daemon.wait(for: "toucher_refused", count: 1))
        toucher.signal(SIGKILL)
        // It is in the ledger, for later daemons.
        #expect(place.daemon.stop() == 0)
        let next = try place.restarted()
        let answer = try #require(try place.objects(["explain", "stamp", "--json"]).first)
        let action = Self.actions(answer).first
        #expect(Self.words(action, "touches", "nothing") == ["toucher"])
        let touch = (action?["touches"] as? [[String: Any]])?.first
        #expect(
            (touch?["touched_by"] as? [String: Any])?["user"] as? String == Users.alice.name)
        #expect(try place.command(["explain", "stamp"], as: Users.alice).status == 77)
        #expect(next.stop() == 0)
    }
}
