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
            "output_limit": "64K", "follow": "output",
        ]
        let tree: [String: Any] = [
            "argv": [program, "--told", "{path}"], "user": bob.name, "recursive": true,
            "include": ["*.c"],
            "exclude": ["patterns": ["gen/"], "gitignore": true, "defaults": false]
                as [String: Any],
            "each": "file", "stdin": "changes",
        ]
        #expect(Set(action.keys).union(tree.keys) == (try Self.keys()))
        let files = try Command.run(
            ["sh", "-ec", "mkdir -p tree/gen tree/a/b; echo /a/not.c > tree/.gitignore"],
            in: scratch.path)
        #expect(files.status == 0, "\(files.output)")
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
        try Self.expectTree("\(scratch.path)/tree/", program, daemon)
        #expect(daemon.stop() == 0)
    }

    /// Of the files of the directory those are told that its keys select, each to a run of its own, which has
    /// what they say, and no more.
    private static func expectTree(
        _ directory: String, _ program: String, _ daemon: TouchmonProcess
    ) throws {
        let bob = Users.bob
        for name in ["gen/a.c", "a/b/a.h", "a/not.c", "a/b/.hidden.c", "a/b/f.c"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: directory + name))
        }
        #expect(daemon.wait(for: "run_ended", count: 3), "\(daemon.text)")
        let reports = try [2, 3].map { run in
            ProbeReport(try String(contentsOfFile: daemon.output(of: run), encoding: .utf8))
        }
        let paths = reports.map { $0.arguments.last ?? [] }
        let expected = ["a/b/.hidden.c", "a/b/f.c"].map { Array((directory + $0).utf8) }
        #expect(Set(paths) == Set(expected))
        for (run, report) in zip(2..., reports) {
            let path = String(decoding: report.arguments.last ?? [], as: UTF8.self)
            #expect(report.arguments == [program, "--told", path].map { Array($0.utf8) })
            #expect(report.input == report.changes)
            let change = try JSONSerialization.jsonObject(with: Data(report.changes))
            let fields = try #require(change as? [String: Any])
            var state = stat()
            #expect(stat(path, &state) == 0)
            #expect(fields["path"] as? String == path && fields["change"] as? String == "touch")
            #expect(fields["type"] as? String == "file" && fields["size"] as? Int == 1)
            #expect(fields["inode"] as? UInt64 == UInt64(state.st_ino))
            let toucher = fields["touched_by"] as? [String: Any]
            #expect(toucher?["pid"] as? Int32 == getpid() && toucher?["uid"] as? Int == 0)
            #expect(toucher?["user"] as? String == "root" && fields.count == 7)
            let environment = report.environment.filter { !$0.hasPrefix("TOUCHMON_MTIME_NS=") }
            #expect(
                environment.sorted() == [
                    "HOME=\(bob.home)", "LOGNAME=\(bob.name)",
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "SHELL=\(bob.shell)", "TOUCHMON_ACTION=\(directory)",
                    "TOUCHMON_CHANGES=\(daemon.state)/changes/\(run)", "TOUCHMON_PATH=\(path)",
                    "TOUCHMON_REASON=touch", "TOUCHMON_RUN=\(run)",
                    "TOUCHMON_TOUCHED_BY_PID=\(getpid())", "TOUCHMON_TOUCHED_BY_UID=0",
                    "TOUCHMON_TOUCHED_BY_USER=root", "USER=\(bob.name)",
                ])
        }
    }
}
