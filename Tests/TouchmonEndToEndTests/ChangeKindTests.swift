import Foundation
import Testing

/// What counts besides touches, and what does not, on a real file system.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct ChangeKindTests {
    /// What is done, and by which kinds it counts. `$p` is the path, `$d` its directory.
    private static let deeds: [(script: String, kinds: [String], needsFile: Bool)] = [
        (": > $p", ["create", "touch"], false),
        ("echo x > $p", ["create", "modify", "touch"], false),
        ("mkdir $p", ["create", "touch"], false), ("rm $p", ["delete"], true),
        ("mv $p $d/other", ["move"], true),
        ("echo x > $d/new; mv $d/new $p", ["move", "touch"], true),
        ("echo x >> $p", ["modify", "touch"], true), ("chmod 600 $p", ["attribute"], true),
        ("touch -c $p", ["attribute", "touch"], true), ("cat $p", [], true),
        ("echo x > $d/other", [], true),
        ("exec 3>>$p; echo x >&3; sleep 0.3", ["modify", "touch"], true),
    ]

    @Test func `each kind of change is heard, and no other counts`() throws {
        for deed in Self.deeds {
            for kind in ["touch", "create", "delete", "move", "attribute", "modify"] {
                let watched = try Watched(extra: ["on": [kind]], exists: deed.needsFile)
                let daemon = try watched.start()
                let directory = (watched.path as NSString).deletingLastPathComponent
                let prepare = "p=\(watched.path); d=\(directory); "
                try Command.run(["sh", "-c", prepare + deed.script])
                let expected = deed.kinds.contains(kind) ? ["touch"] : []
                try watched.expectRuns(expected, daemon)
                daemon.stop()
            }
        }
    }

    @Test func `exists: as long as the file is there`() throws {
        let watched = try Watched("read x < $gate", extra: ["on": ["exists"]])
        let daemon = try watched.start()
        #expect(eventually { watched.reasons.count == 1 })
        // Left as it is: another run, a second later.
        let begun = Date()
        watched.gate.open()
        #expect(eventually { watched.reasons.count == 2 })
        #expect(Date().timeIntervalSince(begun) > 0.9)
        unlink(watched.path)
        watched.gate.open()
        #expect(daemon.wait(for: "run_ended", count: 2))
        try watched.expectRuns(["touch", "touch"], daemon)
        daemon.stop()
    }

    @Test func `not_empty: as long as the directory has entries`() throws {
        // A spool: every run takes one entry.
        let watched = try Watched(
            "rm \"$TOUCHMON_PATH/$(ls $TOUCHMON_PATH | head -n 1)\"", extra: ["on": ["not_empty"]],
            exists: false)
        try FileManager.default.createDirectory(
            atPath: watched.path, withIntermediateDirectories: false)
        let daemon = try watched.start()
        try watched.expectRuns([], daemon)
        for name in 1...20 {
            try Data().write(to: URL(fileURLWithPath: "\(watched.path)/\(name)"))
        }
        let isEmpty = eventually {
            (try? FileManager.default.contentsOfDirectory(atPath: watched.path))?.isEmpty == true
        }
        #expect(isEmpty)
        try watched.expectRuns(Array(repeating: "touch", count: 20), daemon)
        daemon.stop()
    }

    @Test func `compare: a touch that leaves the bytes runs nothing, also after a restart`() throws
    {
        let watched = try Watched(extra: ["compare": "content"])
        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: watched.path))
        }
        try write("one")
        // Old enough for its times to show any change.
        try Command.run(["touch", "-d", "1 hour ago", watched.path])
        _ = eventually { Self.age(watched.path) > 0.1 }
        var daemon = try watched.start()
        try watched.pass(daemon)
        try write("one")
        utimes(watched.path, nil)
        #expect(daemon.wait(for: "unchanged", count: 1))
        try watched.expectRuns([], daemon)
        try write("two")
        try watched.expectRuns(["touch"], daemon)
        daemon.stop()
        try write("two")
        daemon = try watched.start()
        #expect(daemon.wait(for: "unchanged", count: 1))
        try watched.expectRuns(["touch"], daemon)
        daemon.stop()
        try write("six")
        daemon = try watched.start()
        try watched.expectRuns(["touch", "catch-up"], daemon)
        daemon.stop()
    }

    private static func age(_ path: String) -> Double {
        var status = stat()
        stat(path, &status)
        return Date().timeIntervalSince1970 - Double(status.st_ctim.tv_sec)
            - Double(status.st_ctim.tv_nsec) / 1e9
    }

    @Test func `compare: a large file does not keep other runs waiting`() throws {
        let watched = try Watched(extra: ["compare": "content"])
        let size: Int64 = 700 << 20
        truncate(watched.path, off_t(size))
        _ = eventually { Self.age(watched.path) > 0.1 }
        let daemon = try watched.start()
        // The first reading is under way, or the one for this touch: another path's run comes first.
        utimes(watched.path, nil)
        try watched.pass(daemon)
        #expect(daemon.wait(for: "unchanged", count: 1, within: 60) || watched.reasons.count == 1)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: watched.path))
        try file.seek(toOffset: UInt64(size) - 1)
        try file.write(contentsOf: Data("x".utf8))
        try file.close()
        let count = watched.reasons.count
        #expect(eventually(within: 60) { watched.reasons.count == count + 1 })
        daemon.stop()
    }

    @Test func `compare: a FIFO is not read`() throws {
        let watched = try Watched(extra: ["compare": "content"], exists: false)
        let daemon = try watched.start()
        mkfifo(watched.path, 0o600)
        try watched.expectRuns(["touch"], daemon)
        utimes(watched.path, nil)
        try watched.expectRuns(["touch", "touch"], daemon)
        daemon.stop()
    }
}
