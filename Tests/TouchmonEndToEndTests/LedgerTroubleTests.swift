import Foundation
import Testing

/// A state directory that can't be used, or not fully: the daemon runs what is to be run, says once
/// what is wrong and what to do, and makes up for it when it is over.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct LedgerTroubleTests {
    /// One watched path, whose runs write down what they saw.
    private final class Place {
        let scratch: Scratch
        let witness: Witness
        let actions: String
        private(set) var count = 0
        private var isMounted = false

        init() throws {
            scratch = try Scratch()
            let program = try ProbeReport.install(in: scratch)
            witness = Witness(file: try scratch.write("witness"))
            chmod(witness.file, 0o666)
            try scratch.write("stamp", "0\n")
            actions = try scratch.actions([
                scratch("stamp"): (
                    [program, "--witness", witness.file, scratch("hold")], NSUserName()
                )
            ])
            try FileManager.default.createDirectory(
                atPath: scratch("disk"), withIntermediateDirectories: false)
        }

        deinit {
            if isMounted { umount2(scratch("disk"), Int32(MNT_DETACH)) }
        }

        var state: String { scratch("disk/state") }
        var database: String { "\(state)/ledger.sqlite" }

        /// Gives the state directory a file system of its own, of 256 kilobytes.
        func mount() throws {
            let result = try Command.run([
                "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", scratch("disk"),
            ])
            try #require(result.status == 0, "\(result.output)")
            isMounted = true
        }

        func remount(_ option: String) throws {
            let result = try Command.run(["mount", "-o", "remount,\(option)", scratch("disk")])
            try #require(result.status == 0, "\(result.output)")
        }

        func daemon() throws -> TouchmonProcess {
            try TouchmonProcess.daemon([actions], state: state)
        }

        func touch() throws {
            count += 1
            try scratch.write("stamp", "\(count)\n")
        }

        /// How many runs saw the last touch.
        var runs: Int { witness.lines.count { $0.content == "\(count)" } }

        /// Touches, and waits for the run.
        func touchAndRun() throws {
            try touch()
            try #require(eventually { runs > 0 }, "touch \(count) had no run")
        }

        func python(_ script: String) throws {
            let result = try Command.run(["python3", "-c", script, database])
            try #require(result.status == 0, "\(result.output)")
        }

        /// Restarts by `daemon` twice must run nothing, and a touch in between exactly once: the ledger
        /// is as it should be.
        func verifyLedger() throws {
            try touch()
            let late = try daemon()
            #expect(eventually { runs == 1 })
            #expect(late.wait(for: "run_ended", count: 1))
            #expect(late.events("run_started").count == 1)
            #expect(late.count("caught_up") == 1)
            #expect(late.count("ledger_degraded") == 0)
            #expect(late.stop() == 0)
            let last = try daemon()
            #expect(last.stop() == 0)
            #expect(last.count("run_started") == 0)
        }
    }

    private static func said(_ daemon: TouchmonProcess, _ words: String...) {
        let messages = daemon.values("message", of: "ledger_degraded", as: String.self)
        #expect(messages.count == 1, "said once: \(messages)")
        for word in words { #expect(messages.first?.contains(word) == true, "\(messages)") }
    }

    @Test(.enabled(if: Binary.isRoot, "needs root, to mount a small disk"))
    func `a full disk costs nothing but the ledger, which is kept again when there is room`() throws
    {
        let place = try Place()
        try place.mount()
        let daemon = try place.daemon()
        try place.touchAndRun()
        let ballast = place.scratch("disk/ballast")
        try Command.run(["dd", "if=/dev/zero", "of=\(ballast)", "bs=4k"])
        #expect(
            try eventually {
                try place.touchAndRun()
                return daemon.count("ledger_degraded") > 0
            })
        // Whatever comes now is only in memory.
        for _ in 1...3 { try place.touchAndRun() }
        Self.said(daemon, place.state, "make room")
        unlink(ballast)
        #expect(daemon.wait(for: "ledger_restored", count: 1))
        Self.said(daemon, "make room")
        daemon.stop(with: SIGKILL)
        try place.verifyLedger()
    }

    @Test(.enabled(if: Binary.isRoot, "needs root, to mount a small disk"))
    func `a disk that is full at the start is used when there is room`() throws {
        let place = try Place()
        try place.mount()
        let ballast = place.scratch("disk/ballast")
        try Command.run(["dd", "if=/dev/zero", "of=\(ballast)", "bs=4k"])
        let daemon = try place.daemon()
        try place.touchAndRun()
        Self.said(daemon, place.state, "make room")
        unlink(ballast)
        #expect(daemon.wait(for: "ledger_restored", count: 1))
        daemon.stop(with: SIGKILL)
        try place.verifyLedger()
    }

    @Test(.enabled(if: Binary.isRoot, "needs root, to mount a small disk"))
    func `a read-only ledger is read, and written when it can be`() throws {
        let place = try Place()
        try place.mount()
        let first = try place.daemon()
        try place.touchAndRun()
        #expect(first.stop() == 0)
        try place.remount("ro")
        try place.touch()
        let daemon = try place.daemon()
        #expect(eventually { place.runs == 1 }, "a touch from before the start is caught up")
        #expect(daemon.count("caught_up") == 1)
        try place.touchAndRun()
        Self.said(daemon, place.state, "make its file system writable")
        try place.remount("rw")
        #expect(daemon.wait(for: "ledger_restored", count: 1, within: 60))
        daemon.stop(with: SIGKILL)
        try place.verifyLedger()
    }

    @Test(arguments: [0, 1, 2])
    func `a database that is none, or not a whole one, is set aside`(damage: Int) throws {
        let place = try Place()
        let first = try place.daemon()
        try place.touchAndRun()
        #expect(first.stop() == 0)
        // All that it holds is in its log: brought home, so that there is something to damage.
        try place.python(
            """
            import os, sqlite3, sys
            base = sqlite3.connect(sys.argv[1])
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            base.close()
            size = os.stat(sys.argv[1]).st_size
            with open(sys.argv[1], "r+b") as file:
                if \(damage) == 0: file.write(b"not a database" * 300)
                if \(damage) == 1: file.seek(4096); file.write(os.urandom(size - 4096))
                if \(damage) == 2: file.truncate(5000)
            """)
        let daemon = try place.daemon()
        #expect(daemon.count("ledger_set_aside") == 1)
        #expect(daemon.text.contains("\(place.database).corrupt-1"))
        #expect(FileManager.default.fileExists(atPath: "\(place.database).corrupt-1"))
        #expect(daemon.count("ledger_degraded") == 0)
        try place.touchAndRun()
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.stop() == 0)
        try place.verifyLedger()
    }

    @Test(arguments: ["cut", "flip", "header", "garbage"])
    func `a torn journal loses no touch`(damage: String) throws {
        let place = try Place()
        let first = try place.daemon()
        try place.touchAndRun()
        #expect(first.wait(for: "run_ended", count: 1))
        try place.scratch.write("hold")
        // One run is under way, and another waits for it.
        try place.touchAndRun()
        try place.touch()
        let size = try length(place)
        #expect(try eventually { try length(place) > size || first.count("touched") > 2 })
        try #require(first.wait(for: "run_started", count: 2))
        let started = try #require(
            first.values("pid", of: "run_started", as: Int.self).last)
        first.stop(with: SIGKILL)
        kill(Int32(started), SIGKILL)
        try FileManager.default.removeItem(atPath: place.scratch("hold"))
        let journal = URL(fileURLWithPath: "\(place.state)/journal")
        var bytes = try Data(contentsOf: journal)
        switch damage {
        case "cut": bytes.removeLast(7)
        case "flip": bytes[bytes.count - 30] ^= 0x10
        case "header": bytes[3] ^= 1
        default: bytes += Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        }
        try bytes.write(to: journal)
        let daemon = try place.daemon()
        #expect(eventually { place.runs == 1 }, "\(daemon.text)")
        #expect(daemon.count("ledger_degraded") == 0 && daemon.count("ledger_set_aside") == 0)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.stop() == 0)
        try place.verifyLedger()
    }

    private func length(_ place: Place) throws -> Int {
        try Data(contentsOf: URL(fileURLWithPath: "\(place.state)/journal")).count
    }

    @Test func `a ledger of a later version is left alone, and taken up when it is replaced`()
        throws
    {
        let place = try Place()
        let first = try place.daemon()
        try place.touchAndRun()
        #expect(first.stop() == 0)
        func set(version: Int) throws {
            try place.python(
                """
                import sqlite3, sys
                base = sqlite3.connect(sys.argv[1])
                base.execute("PRAGMA user_version = \(version)")
                base.commit()
                """)
        }
        try set(version: 99)
        let before = try Data(contentsOf: URL(fileURLWithPath: place.database))
        try place.touch()
        let daemon = try place.daemon()
        Self.said(daemon, place.state, "later touchmon", "run the touchmon that wrote it")
        #expect(place.runs == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.database)) == before)
        // Downgraded by whoever wrote it: what was touched before the start is caught up late.
        try set(version: 4)
        #expect(daemon.wait(for: "ledger_restored", count: 1, within: 60))
        #expect(eventually { place.runs == 1 })
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.stop() == 0)
        try place.verifyLedger()
    }

    @Test func `a ledger of the first version is taken up, and knows who touched from now on`()
        throws
    {
        let place = try Place()
        let first = try place.daemon()
        try place.touchAndRun()
        #expect(first.stop() == 0)
        try place.python(
            """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1])
            base.execute("DROP INDEX run_failed")
            for name in "touched_by_process", "touched_by_user", "user", "attempt":
                base.execute("ALTER TABLE run DROP COLUMN " + name)
            for table in "failure", "refusal", "pause":
                base.execute("DROP TABLE " + table)
            base.execute("PRAGMA user_version = 1")
            base.commit()
            """)
        try place.touch()
        let daemon = try place.daemon()
        #expect(eventually { place.runs == 1 })
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.count("ledger_degraded") == 0 && daemon.count("ledger_set_aside") == 0)
        #expect(daemon.stop() == 0)
        try place.python(
            """
            import sqlite3, sys
            base = sqlite3.connect(sys.argv[1])
            base.execute("SELECT touched_by_process, touched_by_user, user FROM run").fetchall()
            assert base.execute("PRAGMA user_version").fetchone() == (4,)
            """)
        try place.verifyLedger()
    }

    @Test func `a second daemon of one state directory says who holds it`() throws {
        let place = try Place()
        let first = try place.daemon()
        let second = try Answer.of(["run", "--state-directory", place.state, place.actions])
        #expect(second.status == 75)
        #expect(second.errors.contains("process \(first.pid) does already"))
        try place.touchAndRun()
        #expect(first.stop() == 0)
        #expect(place.witness.lines.count == 1)
    }

    @Test func `without descriptors runs go on, and the ledger is kept again when there are some`()
        throws
    {
        let place = try Place()
        let daemon = try place.daemon()
        try place.touchAndRun()
        #expect(daemon.wait(for: "run_ended", count: 1))
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd")
        let held = Set(names.compactMap { Int($0) })
        let free = try #require((0...held.count).first { !held.contains($0) })
        try Command.run(["prlimit", "--pid", "\(daemon.pid)", "--nofile=\(free):"])
        for _ in 1...3 { try place.touchAndRun() }
        // The database is opened for each save, seconds after.
        #expect(daemon.wait(for: "ledger_degraded", count: 1, within: 60))
        Self.said(daemon, place.state, "raise the limit on open files")
        try place.touchAndRun()
        try Command.run(["prlimit", "--pid", "\(daemon.pid)", "--nofile=1024:"])
        #expect(daemon.wait(for: "ledger_restored", count: 1, within: 60))
        daemon.stop(with: SIGKILL)
        try place.verifyLedger()
    }
}
