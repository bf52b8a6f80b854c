import Foundation
import Testing

/// `run --dry-run`: what would run is said, and nothing runs.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct DryRunTests {
    @Test func `touches are told, nothing is executed, and nothing is left`() throws {
        let scratch = try Scratch()
        _ = try scratch.write("stamp")
        let file = try scratch.actions([
            scratch("stamp"): [
                "argv": ["sh", "-c", "echo > \(scratch("ran"))"], "user": NSUserName(),
            ],
            scratch("first"): [
                "argv": ["touch", scratch("ran")], "user": NSUserName(), "run_at_start": true,
            ],
        ])
        let daemon = try TouchmonProcess.daemon([file, "--dry-run"], state: scratch("state"))
        #expect(daemon.wait(for: "would_run", count: 1))
        for count in 2...4 {
            utimes(scratch("stamp"), nil)
            #expect(daemon.wait(for: "would_run", count: count))
        }
        #expect(
            daemon.values("reason", of: "would_run", as: String.self)
                == ["start", "touch", "touch", "touch"])
        #expect(
            daemon.values("argv", of: "would_run", as: [String].self).last
                == ["sh", "-c", "echo > \(scratch("ran"))"])
        #expect(daemon.stop() == 0)
        #expect(daemon.count("run_started") == 0)
        #expect(access(scratch("ran"), F_OK) != 0)
        #expect(access(scratch("state"), F_OK) != 0)
    }

    @Test func `it runs beside the daemon, and knows what the daemon has done`() throws {
        let scratch = try Scratch()
        let gate = try Gate(scratch("gate"))
        let place = try ControlledDaemon(
            [
                "slow": ["argv": ["sh", "-c", "read line < \(scratch("gate"))"]],
                "stamp": ["argv": ["true"]],
            ], at: scratch)
        place.touch("stamp")
        #expect(place.daemon.wait(for: "run_ended", count: 1))
        place.touch("slow")
        #expect(place.daemon.wait(for: "run_started", count: 2))
        // The ledger is brought up to date.
        #expect(try place.command(["history"]).status == 0)
        let rehearsal = try TouchmonProcess.daemon([place.file, "--dry-run"], state: place.state)
        // Nothing was missed, and the run that is under way is its daemon's.
        place.touch("stamp")
        #expect(rehearsal.wait(for: "would_run", count: 1))
        #expect(rehearsal.stop() == 0)
        #expect(rehearsal.count("would_run") == 1 && rehearsal.count("run_adopted") == 0)
        #expect(try place.command(["status"]).status == 0)
        gate.open()
        #expect(place.daemon.wait(for: "run_ended", count: 3))
        #expect(place.daemon.stop() == 0)
        // What came while nobody was there would be caught up.
        place.touch("slow")
        let later = try TouchmonProcess.daemon([place.file, "--dry-run"], state: place.state)
        #expect(later.wait(for: "would_run", count: 1))
        #expect(later.values("reason", of: "would_run", as: String.self) == ["catch-up"])
        #expect(later.stop() == 0)
    }

    @Test func `every file of a tree, and each way of being busy`() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("tree"), withIntermediateDirectories: true)
        let file = try scratch.actions([
            "\(scratch("tree"))/": [
                "argv": ["echo", "{path}"], "user": NSUserName(), "each": "file",
            ]
        ])
        let daemon = try TouchmonProcess.daemon([file, "--dry-run"], state: scratch("state"))
        for name in ["x", "y z"] { _ = try scratch.write("tree/\(name)") }
        #expect(daemon.wait(for: "would_run", count: 2))
        let argv = daemon.values("argv", of: "would_run", as: [String].self)
        #expect(
            Set(argv) == [["echo", scratch("tree/x")], ["echo", scratch("tree/y z")]])
        #expect(daemon.stop() == 0)
    }
}
