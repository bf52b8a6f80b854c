import Foundation
import Testing

/// What one daemon leaves to the next.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct CatchUpTests {
    /// A touch of `$f`.
    static let touches = [
        "touch $f", "echo more >> $f", "python3 -c \"import os; os.utime('$f')\"",
        "echo other > other; mv other $f", "truncate -s 7 $f", "rm $f; echo new > $f",
        "touch -d 2001-01-01 $f",
    ]

    private static func touch(_ watched: Watched, _ script: String = "touch $f") throws {
        let touch = try Command.run(
            ["sh", "-c", script], in: watched.scratch.path, environment: ["f": watched.path])
        try #require(touch.status == 0, "\(touch.output)")
    }

    @Test(arguments: touches, [SIGTERM, SIGKILL])
    func `a touch between two daemons is caught up, once`(script: String, signal: Int32) throws {
        let watched = try Watched()
        try watched.start().stop(with: signal)
        try Self.touch(watched, script)
        for _ in 1...2 {
            let daemon = try watched.start()
            try watched.expectRuns(["catch-up"], daemon)
            daemon.stop(with: signal)
        }
    }

    @Test func `a file that came between two daemons is caught up`() throws {
        let watched = try Watched(exists: false)
        try watched.baseline()
        try Self.touch(watched, "echo new > $f")
        let daemon = try watched.start()
        try watched.expectRuns(["catch-up"], daemon)
        #expect(daemon.count("caught_up") == 1)
        daemon.stop()
    }

    @Test func `many touches between two daemons are one run`() throws {
        let watched = try Watched()
        try watched.baseline()
        for script in Self.touches { try Self.touch(watched, script) }
        let daemon = try watched.start()
        try watched.expectRuns(["catch-up"], daemon)
        daemon.stop()
    }

    @Test func `without catch_up it is only told`() throws {
        let watched = try Watched(extra: ["catch_up": false])
        try watched.baseline()
        try Self.touch(watched)
        let second = try watched.start()
        try watched.expectRuns([], second)
        #expect(second.values("runs", of: "caught_up") == [false])
        try Self.touch(watched)
        try watched.expectNothingMore(than: ["touch"], after: second, told: "caught_up")
    }

    @Test func `a path that was never seen is the baseline, whatever was done to it`() throws {
        let watched = try Watched()
        try Self.touch(watched)
        for _ in 1...2 {
            let daemon = try watched.start()
            try watched.expectRuns([], daemon)
            #expect(daemon.count("caught_up") == 0)
            daemon.stop(with: SIGKILL)
        }
    }

    @Test func `what is no touch is not caught up`() throws {
        let watched = try Watched()
        try watched.baseline()
        try Self.touch(watched, "chmod 600 $f; cat $f; ln $f link; rm link; mv $f away; mv away $f")
        let daemon = try watched.start()
        try watched.expectRuns([], daemon)
        daemon.stop()
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `a run that had ended is not repeated`(signal: Int32) throws {
        let watched = try Watched()
        let first = try watched.start()
        try Self.touch(watched)
        #expect(eventually { watched.ends(first).count == 1 })
        first.stop(with: signal)
        let second = try watched.start()
        try watched.expectRuns(["touch"], second)
        #expect(second.count("run_interrupted") == 0)
        try Self.touch(watched)
        try watched.expectRuns(["touch", "touch"], second)
        // Its number is not used again.
        #expect(eventually { watched.ends(second).count == 1 })
        #expect(watched.ends(second).first?["run"] as? Int != 1)
        second.stop()
    }

    @Test func `SIGTERM leaves a run that waits to the next daemon`() throws {
        let watched = try Watched("read line < $gate")
        let first = try watched.start()
        try Self.touch(watched)
        #expect(eventually { watched.reasons.count == 1 })
        try Self.touch(watched)
        try watched.pass(first)
        first.signal(SIGTERM)
        #expect(first.wait(for: "draining", count: 1))
        watched.gate.open()
        #expect(first.exitStatus() == 0)
        #expect(first.values("waiting", of: "stopped") == [1])
        let second = try watched.start()
        #expect(eventually { watched.reasons.count == 2 })
        watched.gate.open()
        try watched.expectRuns(["touch", "catch-up"], second)
        second.stop()
    }

    @Test func `a second daemon of one state directory refuses, and says who holds it`() throws {
        let watched = try Watched()
        let first = try watched.start()
        let files = watched.scratch("actions.json")
        let second = try Answer.of(
            ["run", "--state-directory", watched.scratch("state"), files])
        #expect(second.status == 75)
        #expect(second.output == "")
        #expect(
            second.errors == """
                touchmon: unable to keep a ledger in \(watched.scratch("state")): process \
                \(first.pid) does already
                give this daemon another name with --name, or end the other one

                """)
        try Self.touch(watched)
        try watched.expectRuns(["touch"], first)
        #expect(first.stop() == 0)
        let third = try watched.start()
        try watched.expectRuns(["touch"], third)
        third.stop()
    }
}
