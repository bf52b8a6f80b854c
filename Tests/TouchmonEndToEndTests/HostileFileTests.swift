import Foundation
import Testing

/// A bad action file is refused with a clear answer, and nothing runs.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct HostileFileTests {
    private func expectRefusal(
        _ file: String, _ words: String, status: Int32 = 65,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for command in ["check", "run"] {
            let touchmon = try TouchmonProcess([command, file])
            let isOver = eventually(within: 20) { !touchmon.process.isRunning }
            try #require(isOver, "\(command) did not end", sourceLocation: sourceLocation)
            #expect(touchmon.exitStatus() == status, sourceLocation: sourceLocation)
            #expect(
                touchmon.text.contains(words), "\(touchmon.text.prefix(500))",
                sourceLocation: sourceLocation)
            #expect(!touchmon.text.contains(" ready: "), sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [
        ("", ":1:1: error: "), ("hello", ":1:1: error: "), ("{ \"a\": { \"argv\"", "error: "),
        ("[]", ":1:1: error: "), ("{ \"a\": 1 }", ":1:8: error: "),
        ("{ \"a\": { \"argv\": \"ls\", \"user\": \"root\" } }", ":1:18: error: "),
        ("{ \"a\\u0000b\": { \"argv\": [\"ls\"], \"user\": \"root\" } }", ":1:3: error: "),
        (String(repeating: "[", count: 10_000), "error: "),
        (String(repeating: "{\"a\":", count: 10_000), "error: "),
    ])
    func `of a wrong content`(text: String, words: String) throws {
        let scratch = try Scratch()
        try expectRefusal(try scratch.write("a.json", text), words)
    }

    @Test func `of a hundred megabytes`() throws {
        let scratch = try Scratch()
        let file = try scratch.write("a.json")
        #expect(truncate(file, 100 << 20) == 0)
        try expectRefusal(file, "larger than 16 MiB")
    }

    @Test func `that is a FIFO`() throws {
        let scratch = try Scratch()
        mkfifo(scratch("a.json"), 0o600)
        try expectRefusal(scratch("a.json"), "not a regular file")
    }

    @Test func `that is a loop of links`() throws {
        let scratch = try Scratch()
        symlink(scratch("b.json"), scratch("a.json"))
        symlink(scratch("a.json"), scratch("b.json"))
        try expectRefusal(scratch("a.json"), "oo many levels of symbolic links")
    }

    @Test func `that is not there`() throws {
        let scratch = try Scratch()
        try expectRefusal(scratch("a.json"), "No such file", status: 66)
    }

    @Test(
        .enabled(if: Binary.isRoot, Binary.rootReason),
        arguments: [0o664, 0o646])
    func `that others may write`(mode: Int) throws {
        let scratch = try Scratch()
        let file = try scratch.actions([scratch("stamp"): (["true"], "root")])
        chmod(file, mode_t(mode))
        try expectRefusal(file, "root can't rely on this file")
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `in a directory that others may write, or own`() throws {
        let scratch = try Scratch()
        mkdir(scratch("d"), 0o755)
        let file = try scratch.actions([scratch("stamp"): (["true"], "root")], in: "d/a.json")
        chmod(scratch("d"), 0o775)
        try expectRefusal(file, "is writable by its group")
        chmod(scratch("d"), 0o755)
        chown(scratch("d"), 65534, 65534)
        try expectRefusal(file, "belongs to the user 65534")
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `that belongs to another than it runs as`() throws {
        let scratch = try Scratch()
        let file = try scratch.actions([scratch("stamp"): (["true"], "root")])
        chown(file, 65534, 65534)
        try expectRefusal(file, "can't run as `root`")
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `its owner's touches of what he can't read run nothing`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        let file = try scratch.actions([stamp: (["true"], "nobody")])
        chown(file, 65534, 65534)
        chmod(stamp, 0o600)
        let daemon = try TouchmonProcess.daemon([file])
        defer { daemon.stop() }
        utimes(stamp, nil)
        #expect(daemon.wait(for: "refused", count: 1))
        chmod(stamp, 0o644)
        utimes(stamp, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.count("run_started") == 1)
    }

    @Test(.enabled(if: Binary.isRoot, "needs root, to become an ordinary user"))
    func `an ordinary user's daemon runs that user's actions and no other's`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        chmod(stamp, 0o666)
        let ordinary = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        let own = try scratch.actions([stamp: (["id", "-un"], "nobody")], in: "own.json")
        let daemon = try TouchmonProcess.daemon([own], in: "/", prefix: ordinary)
        defer { daemon.stop() }
        // Touched by root, whose file it is: the daemon may neither ask for a lease nor write it.
        for number in 1...20 {
            try Command.run(["sh", "-c", "echo \(number) > \(stamp)"])
            try #require(daemon.wait(for: "run_ended", count: number), "\(daemon.text)")
        }
        #expect(daemon.count("run_started") == 20)
        #expect(daemon.events("output").first?["text"] as? String == "nobody")

        let other = try scratch.actions([stamp: (["true"], "root")], in: "other.json")
        let refused = try TouchmonProcess([other], in: "/", prefix: ordinary)
        #expect(refused.exitStatus() == 77)
        #expect(refused.text.contains("can't run commands as `root`"))
    }
}
