import Foundation
import Testing

/// A watched path, its action, and daemons that follow each other with one state directory.
final class Watched {
    let scratch: Scratch
    let path: String
    /// Where runs can wait: `read line < $gate`.
    let gate: Gate
    private let barrier: String
    private let files: String
    private let output: String
    /// What is forgotten is killed.
    private var started: [TouchmonProcess] = []
    /// How many runs of the barrier each daemon has seen end.
    private var passes: [Int32: Int] = [:]

    /// Its runs tell their reason and number in a file, then do what `script` says; `extra` are further
    /// keys of the action, and each of `names` a variable with a path that it may write to. Without
    /// `exists` there is no file at the path yet.
    init(
        _ script: String = "", extra: [String: Any] = [:], exists: Bool = true,
        with names: String...
    ) throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("dir"), withIntermediateDirectories: true)
        path = scratch("dir/stamp")
        if exists { try scratch.write("dir/stamp") }
        barrier = try scratch.write("barrier")
        output = try scratch.write("output")
        gate = try Gate(scratch("gate"))
        let begin = "gate=\(scratch("gate")); echo $TOUCHMON_REASON $TOUCHMON_RUN $$ >> \(output)"
        let places = Dictionary(uniqueKeysWithValues: names.map { [scratch] in ($0, scratch($0)) })
        let action: [String: Any] = [
            "argv": ["sh", "-c", "\(begin); \(script)"], "user": NSUserName(),
        ]
        files = try scratch.actions([
            path: action.merging(extra) { $1 }.merging(["environment": places]) { $1 },
            barrier: ["argv": ["true"], "user": NSUserName()],
        ])
    }

    /// The path that the script knows under a name.
    func file(_ name: String) -> String { scratch(name) }

    /// The next daemon; `prefix` is a command to start it with.
    func start(prefix: [String] = []) throws -> TouchmonProcess {
        let daemon = try TouchmonProcess.daemon(
            [files], prefix: prefix, state: scratch("state"))
        started.append(daemon)
        return daemon
    }

    /// A daemon that took note of the path as it is, and was stopped.
    func baseline() throws {
        #expect(try start().stop() == 0)
    }

    private var lines: [[String]] {
        ((try? String(contentsOfFile: output, encoding: .utf8)) ?? "").split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
    }

    /// The reasons of the runs until now.
    var reasons: [String] { lines.map { $0[0] } }

    /// The processes of the runs until now.
    var processes: [Int32] { lines.compactMap { Int32($0[2]) } }

    /// Waits until the daemon has dealt with all that happened before: another path is touched, and
    /// its run has ended.
    func pass(_ daemon: TouchmonProcess) throws {
        passes[daemon.pid, default: 0] += 1
        utimes(barrier, nil)
        let isDone = eventually {
            daemon.events("run_ended").count { $0["path"] as? String == barrier }
                >= passes[daemon.pid, default: 0]
        }
        try #require(isDone, "\(daemon.text)")
    }

    /// Waits for a number of runs to have begun; then makes sure that there are no more.
    func expectRuns(_ reasons: [String], _ daemon: TouchmonProcess) throws {
        _ = eventually { self.reasons.count >= reasons.count }
        try pass(daemon)
        #expect(self.reasons == reasons, "\(daemon.text)")
    }

    /// Makes sure that these runs are all, for this daemon and for the next one, whose log does not tell
    /// of `event`.
    func expectNothingMore(
        than reasons: [String], after daemon: TouchmonProcess, told event: String
    ) throws {
        try expectRuns(reasons, daemon)
        daemon.stop()
        let next = try start()
        try expectRuns(reasons, next)
        #expect(next.count(event) == 0)
        next.stop()
    }

    /// What the daemon's log tells of the path's runs that ended.
    func ends(_ daemon: TouchmonProcess) -> [[String: Any]] {
        daemon.events("run_ended").filter { $0["path"] as? String == path }
    }
}
