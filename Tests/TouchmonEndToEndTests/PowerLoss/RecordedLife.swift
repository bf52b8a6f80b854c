import Foundation
import Testing

/// A busy life of a daemon, with all that happened to its state directory and to its files, so that
/// the power can be cut at any moment of it.
///
/// It is written by one thread, and then read by many.
final class RecordedLife: @unchecked Sendable {
    struct Touch {
        var path: String
        var content: String
        /// A name of the file that took the path: the same file can be put there again.
        var version: String
        /// The moment before it took the path, in seconds since 1970.
        var time: Double
    }

    let scratch: Scratch
    private let program: String
    private(set) var touches: [Touch] = []
    private(set) var operations: [DiskOperation] = []
    /// When a path was watched by a daemon that had said so.
    private(set) var watched: [String: Double] = [:]
    /// When the daemon saw a run end.
    private(set) var ends: [Int: Double] = [:]
    /// What was on the disk before.
    private(set) var before: [String: [UInt8]] = [:]

    init(program: String) throws {
        scratch = try Scratch()
        self.program = program
        for name in ["scene", "scene/actions", "versions"] {
            try FileManager.default.createDirectory(
                atPath: scratch(name), withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755])
        }
        try scratch.write("scene/witness")
        chmod(scratch("scene/witness"), 0o666)
        for name in Self.names { try put(name, content: "0", in: scene) }
        for name in Self.names where name != "d" { try act(name) }
    }

    /// `d` is added by a reload; `z` is never touched.
    static let names = ["a", "b", "c", "d", "z"]

    var scene: String { scratch("scene") }
    var state: String { "\(scene)/state" }
    var witness: Witness { Witness(file: "\(scene)/witness") }

    /// Adds the action of a path.
    func act(_ name: String) throws {
        try scratch.actions(
            [
                "\(scene)/\(name)": (
                    [program, "--witness", "\(scene)/witness", "\(scene)/hold"], "root"
                )
            ], in: "scene/actions/\(name).json")
    }

    /// Lets a new file take a path; it keeps another name outside of the scene.
    private func put(_ name: String, content: String, in directory: String) throws {
        let version = try scratch.write("versions/\(name).\(content)", content + "\n")
        try #require(link(version, "\(directory)/\(name).new") == 0)
        let time = Date().timeIntervalSince1970
        try #require(rename("\(directory)/\(name).new", "\(directory)/\(name)") == 0)
        touches.append(Touch(path: name, content: content, version: version, time: time))
    }

    private func touch(_ name: String) throws {
        try put(name, content: "\(touches.count)", in: scene)
    }

    /// Waits until every watched path's last touch has a run that saw it.
    private func settle() throws {
        let isSettled = eventually {
            let lines = witness.lines
            return watched.keys.allSatisfy { name in
                let last = touches.last { $0.path == name }
                return last?.content == "0"
                    || lines.contains {
                        $0.path == "\(scene)/\(name)" && $0.content == last?.content
                    }
            }
        }
        try #require(isSettled)
    }

    /// Waits until all that happened was saved, which begins the journal anew.
    private func saved() throws {
        func length() -> Int {
            var status = stat()
            return stat("\(state)/journal", &status) == 0 ? Int(status.st_size) : 0
        }
        try #require(eventually { length() < 128 })
    }

    // MARK: The life

    /// Three bursts, runs that take long, a save in the middle of them, a reload, a kill, a second
    /// daemon, and its end. Where `ages` is set, the database begins with a log that is so long that one
    /// of the saves has to bring it into the database's file.
    func live(aged ages: Bool) throws {
        if ages { try age() }
        var daemon = try start()
        try touch("a")
        try touch("b")
        try settle()
        try saved()
        try scratch.write("scene/hold")
        try touch("c")
        try touch("a")
        try settle()
        // This one has to wait for the run of the last.
        try put("a", content: "\(touches.count)", in: scene)
        try saved()
        try FileManager.default.removeItem(atPath: scratch("scene/hold"))
        try settle()
        try act("d")
        daemon.signal(SIGHUP)
        try #require(daemon.wait(for: "reloaded", count: 1))
        watched["d"] = Date().timeIntervalSince1970
        try touch("d")
        try settle()
        // What it saw, its log has to tell.
        try #require(daemon.wait(for: "run_ended", count: witness.lines.count))
        daemon.stop(with: SIGKILL)
        note(daemon)
        try touch("b")
        daemon = try start(again: true)
        try settle()
        try touch("c")
        try settle()
        try #require(daemon.stop(with: SIGTERM) == 0)
        note(daemon)
        try readTraces()
    }

    private func start(again: Bool = false) throws -> TouchmonProcess {
        let trace = scratch(again ? "trace2" : "trace1")
        let daemon = try TouchmonProcess.daemon(
            ["\(scene)/actions"], prefix: DiskOperation.tracing(trace), state: state)
        let now = Date().timeIntervalSince1970
        for name in Self.names where name != "d" && watched[name] == nil { watched[name] = now }
        return daemon
    }

    private func note(_ daemon: TouchmonProcess) {
        for event in daemon.events("run_ended") {
            guard let run = event["run"] as? Int, let text = event["time"] as? String,
                let time = Self.seconds(text)
            else { continue }
            ends[run] = time
        }
    }

    private func readTraces() throws {
        for trace in ["trace1", "trace2"] {
            let read = try DiskOperation.read(scratch(trace), of: state)
            operations += read.filter { $0.name != "pid" }
        }
    }

    /// A time of the log, RFC 3339 with nanoseconds.
    private static func seconds(_ text: String) -> Double? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
        let parts = text.dropLast().split(separator: ".")
        guard parts.count == 2, let whole = format.date(from: String(parts[0])),
            let fraction = Double("0.\(parts[1])")
        else { return nil }
        return whole.timeIntervalSince1970 + fraction
    }

    /// Lets the database's log grow to just below the length at which it is brought home.
    private func age() throws {
        let first = try TouchmonProcess.daemon(["\(scene)/actions"], state: state)
        try #require(first.stop() == 0)
        let script = """
            import os, sqlite3, sys
            file = sys.argv[1]
            base = sqlite3.connect(file, isolation_level=None)
            base.execute("PRAGMA wal_autocheckpoint = 0")
            while os.stat(file + "-wal").st_size < 994 * 4120:
                base.execute("UPDATE summary SET saved_length = 1 - saved_length")
            os.unlink(file + "-shm")
            os._exit(0)
            """
        let result = try Command.run(["python3", "-c", script, "\(state)/ledger.sqlite"])
        try #require(result.status == 0, "\(result.output)")
        for name in try FileManager.default.contentsOfDirectory(atPath: state)
        where !["pid", "output", "control"].contains(name) {
            before[name] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(state)/\(name)")))
        }
    }
}
