import Foundation
import Testing

/// An action with every key that there is for one path, and beside it one with those for a directory: its
/// run has exactly what they say, compared whole.
@Suite(
    .enabled(if: Binary.isThere, Binary.reason),
    .enabled(if: Binary.isRoot, Binary.rootReason),
    .enabled(if: GroupPlace.isThere, GroupPlace.reason),
    .enabled(if: Landlock.isThere, Landlock.reason)
)
struct EveryKeyTests {
    /// The keys that the schema has, which has those of the parser.
    private static func keys() throws -> Set<String> {
        let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../packaging/touchmon.schema.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: schema))
        let definitions = (object as? [String: Any])?["$defs"] as? [String: Any]
        let action = definitions?["action"] as? [String: Any]
        let properties = try #require(action?["properties"] as? [String: Any])
        return Set(properties.keys)
    }

    @Test func `with every key set the run is what they say, and no more`() throws {
        let scratch = try Scratch()
        let place = try GroupPlace()
        let program = try ProbeReport.install(in: scratch)
        let stamp = try scratch.write("stamp", "one")
        let (bob, alice) = (Users.bob, Users.alice)
        let groups = bob.groups.filter { $0 != bob.group }
        let action: [String: Any] = [
            "argv": [program, "one"], "user": bob.name, "group": Int(groups[0]),
            "supplementary_groups": groups[1...].map { Int($0) } + [Int(alice.group)],
            "environment": ["A": "1", "PATH": "/bin"], "working_directory": "/usr",
            "umask": "0137",
            "limits": [
                "open_files": 100, "processes": 500, "memory": "1G", "cpu_time": "1m",
                "file_size": "1M", "core": "0",
            ] as [String: Any],
            "nice": 3, "io_class": "idle", "no_new_privileges": true,
            "sandbox": [
                "read": ["/"], "write": [scratch.path], "execute": ["/usr", "/lib", scratch.path],
            ],
            "on": ["touch", "create"], "compare": "content",
            "touched_by": ["users": ["root"], "groups": [alice.name]] as [String: Any],
            "own_changes": "ignore", "settle": ["quiet": "10ms", "max": "1s"], "poll": "1h",
            "busy": "parallel", "max_parallel": 2, "busy_signal": "USR1", "timeout": "1m",
            "stop_signal": "INT", "stop_timeout": "5s", "kill": "all",
            "retry": ["attempts": 2, "delay": "10ms", "backoff": 1.5, "max_delay": "1s"]
                as [String: Any],
            "rate_limit": ["runs": 5, "per": "1s"] as [String: Any],
            "on_failure": ["argv": ["true"], "user": alice.name] as [String: Any],
            "run_at_start": false, "catch_up": true, "interrupted": "rerun", "output": "record",
            "output_limit": "64K",
        ]
        let tree: [String: Any] = [
            "argv": ["echo", "{path}"], "user": bob.name, "recursive": true, "include": ["*.c"],
            "exclude": ["patterns": ["gen/"], "gitignore": true, "defaults": false]
                as [String: Any],
            "each": "file", "stdin": "changes",
        ]
        #expect(Set(action.keys).union(tree.keys) == (try Self.keys()))
        let daemon = try TouchmonProcess.daemon(
            [try scratch.actions([stamp: action, "\(scratch.path)/tree/": tree])], in: "/",
            prefix: place.prefix)
        try Data("two".utf8).write(to: URL(fileURLWithPath: stamp))
        #expect(daemon.wait(for: "run_ended", count: 1), "\(daemon.text)")
        #expect(daemon.events("run_ended").first?["status"] as? Int == 0, "\(daemon.text)")
        let report = ProbeReport(try String(contentsOfFile: daemon.output(of: 1), encoding: .utf8))

        var user = bob
        user.group = groups[0]
        user.groups = (Array(groups[1...]) + [alice.group]).sorted()
        var status = try RunStateTests.status(of: user, daemon: daemon.pid)
        status["NoNewPrivs"] = "1"
        status["Umask"] = "0137"
        #expect(report.status.filter { RunStateTests.keys.contains($0.key) } == status)
        let pid = try #require(daemon.values("pid", of: "run_started", as: Int.self).first)
        #expect(report.stat["session"] == "\(pid)" && report.stat["group"] == "\(pid)")
        let output = daemon.output(of: 1)
        #expect(report.descriptors == [0: "/dev/null", 1: output, 2: output])
        #expect(report.arguments == [program, "one"].map { Array($0.utf8) })
        #expect(report.directory == "/usr")
        #expect(report.scheduling == ["nice": "3", "io": "3:4"])
        let limits = [
            7: "100 100", 6: "500 500", 9: "1073741824 1073741824", 0: "60 60",
            1: "1048576 1048576", 4: "0 0",
        ]
        #expect(report.limits.filter { limits[$0.key] != nil } == limits)
        let environment = report.environment.filter { !$0.hasPrefix("TOUCHMON_MTIME_NS=") }
        #expect(
            environment.sorted() == [
                "A=1", "HOME=\(bob.home)", "LOGNAME=\(bob.name)", "PATH=/bin",
                "SHELL=\(bob.shell)", "TOUCHMON_ACTION=\(stamp)", "TOUCHMON_PATH=\(stamp)",
                "TOUCHMON_REASON=touch", "TOUCHMON_RUN=1", "TOUCHMON_TOUCHED_BY_PID=\(getpid())",
                "TOUCHMON_TOUCHED_BY_UID=0", "TOUCHMON_TOUCHED_BY_USER=root", "USER=\(bob.name)",
            ])
        #expect(daemon.stop() == 0)
    }
}
