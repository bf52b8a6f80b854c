import Foundation
import Testing

/// Actions that somebody has paused, with the real program.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct PauseTests {
    private static var action: [String: Any] { ["argv": ["sh", "-c", "echo ran"]] }

    @Test func `touches wait until it is resumed, and a restart changes nothing`() throws {
        let place = try ControlledDaemon(["stamp": Self.action, "other": Self.action])
        let answer = try place.command(
            ["pause", "stamp", "--for", "2h", "--reason", "the disk is moved"])
        #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer)")
        place.touch("stamp")
        place.touch("other")
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        let row = try #require(try place.objects(["status", "stamp", "--json"]).first)
        #expect(row["state"] as? String == "paused" && row["due"] as? String == "touch")
        let pause = try #require(row["paused"] as? [String: Any])
        #expect(pause["reason"] as? String == "the disk is moved")
        #expect(pause["uid"] as? UInt32 == getuid())
        #expect(pause["since"] is String && pause["until"] is String)
        let text = try place.command(["status", "stamp"]).output
        #expect(text.contains("because:") && text.contains("the disk is moved"), "\(text)")
        #expect(try place.command(["status"]).output.contains("paused: touch"))
        #expect(try place.command(["trigger", "stamp"]).status == 75)
        // Killed, so that only what is on disk already is there.
        place.daemon.signal(SIGKILL)
        #expect(eventually { !place.daemon.isRunning })
        let next = try place.restarted()
        place.touch("other")
        #expect(next.wait(for: "run_ended", count: 1))
        #expect(next.count("run_started") == 1)
        #expect(try place.command(["resume", "stamp"]).status == 0)
        #expect(next.wait(for: "run_ended", count: 2))
        let last = try #require(try place.objects(["history", "--json", "stamp"]).last)
        #expect(last["outcome"] as? String == "success")
        let again = try place.command(["resume", "stamp"])
        #expect(again.status == 66 && again.errors.contains("it is not paused"))
        #expect(next.stop() == 0)
    }

    @Test func `it ends by itself, and the log says so`() throws {
        let place = try ControlledDaemon(["stamp": Self.action])
        #expect(try place.command(["pause", "stamp", "--for", "1s"]).status == 0)
        place.touch("stamp")
        #expect(place.daemon.wait(for: "resumed", count: 1))
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        #expect(place.daemon.count("paused") == 1)
        #expect(place.daemon.stop() == 0)
    }

    @Test func `several at once, and one that is not watched`() throws {
        let place = try ControlledDaemon(["a": Self.action, "b": Self.action])
        #expect(try place.command(["pause", "a", "b"]).status == 0)
        #expect(try place.command(["resume", "a", "b"]).status == 0)
        #expect(try place.command(["pause", "c"]).status == 66)
        #expect(
            try place.command(["pause", "a", "--reason", String(repeating: "x", count: 501)]).status
                == 64)
        #expect(place.daemon.stop() == 0)
    }

    /// Of a tree the key is paused, and with it every file.
    @Test func `a tree waits as a whole`() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("tree"), withIntermediateDirectories: true)
        let place = try ControlledDaemon(
            [
                "tree/": [
                    "argv": ["sh", "-c", "echo \"$TOUCHMON_PATH\""], "recursive": true,
                    "each": "file",
                ]
            ], at: scratch)
        #expect(try place.command(["pause", "tree"]).status == 0)
        for name in ["x", "y", "z"] { _ = try scratch.write("tree/\(name)") }
        #expect(
            eventually {
                (try? place.objects(["status", "tree", "--json"]))?.first?["due"] != nil
            })
        #expect(place.daemon.count("run_started") == 0)
        #expect(try place.command(["resume", "tree"]).status == 0)
        #expect(place.daemon.wait(for: "run_ended", count: 3))
        // Its files' runs are the tree's history.
        let files = try place.objects(["history", "tree", "--json"]).map { $0["file"] as? String }
        #expect(Set(files) == Set(["x", "y", "z"].map { place.scratch("tree/\($0)") }))
        let row = try #require(try place.objects(["status", "tree", "--json"]).first)
        #expect((row["last_run"] as? [String: Any])?["file"] is String)
        #expect(place.daemon.stop() == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `others neither pause nor resume`() throws {
        let place = try ControlledDaemon(["stamp": Self.action])
        #expect(try place.command(["pause", "stamp"], as: Users.alice).status == 77)
        #expect(try place.command(["resume", "stamp"], as: Users.alice).status == 77)
        #expect(place.daemon.stop() == 0)
    }
}
