import Foundation
import Testing

/// What a run inherits from the daemon and from whoever started the daemon: exactly what was asked
/// for, compared whole.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct RunStateTests {
    /// Every line of /proc/PID/status that a parent can influence, and no other.
    static let keys = [
        "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
        "Seccomp", "Umask", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "PPid", "TracerPid",
        "Threads",
    ]

    private static let none = String(repeating: "0", count: 16)

    private static func own(_ key: String) throws -> String {
        let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(lines.split(separator: "\n").first { $0.hasPrefix("\(key):") })
        return line.dropFirst(key.count + 1).trimmingCharacters(in: .whitespaces)
    }

    static func status(of user: User, daemon: pid_t) throws -> [String: String] {
        let capabilities = user.id == 0 ? try own("CapBnd") : none
        return [
            "Uid": "\(user.id) \(user.id) \(user.id) \(user.id)",
            "Gid": "\(user.group) \(user.group) \(user.group) \(user.group)",
            "Groups": user.groups.map(String.init).joined(separator: " "),
            "CapInh": none, "CapPrm": capabilities, "CapEff": capabilities,
            "CapBnd": try own("CapBnd"), "CapAmb": none, "NoNewPrivs": "0",
            "Seccomp": try own("Seccomp"), "Umask": "0022", "SigPnd": none, "ShdPnd": none,
            "SigBlk": none, "SigIgn": none, "SigCgt": none, "PPid": "\(daemon)",
            "TracerPid": "0", "Threads": "1",
        ]
    }

    /// Lets a daemon run ProbeChild as a user, in a process that was made ahead and in one that was
    /// not, and compares all that it says. `start` begins the command that the daemon is started with.
    private static func verify(_ user: User, start: [String] = []) throws {
        for isAhead in [true, false] {
            for output in ["record", "inherit", "discard"] {
                try verify(user, start, isAhead: isAhead, output)
            }
        }
    }

    private static func verify(
        _ user: User, _ start: [String], isAhead: Bool, _ policy: String
    ) throws {
        let scratch = try Scratch()
        let program = try ProbeReport.install(in: scratch)
        let stamp = try scratch.write("stamp")
        // What is discarded is told by what the program is given to print into besides.
        let told = try scratch.write("told")
        chmod(told, 0o666)
        let arguments =
            policy == "discard"
            ? ["sh", "-c", "exec >>'\(told)'; exec \"$@\"", "sh", program, "one"]
            : [program, "one"]
        let file = try scratch.actions([
            stamp: ["argv": arguments, "user": user.name, "output": policy]
        ])
        // The log goes elsewhere than what runs print that inherit.
        let inherited = try scratch.write("output")
        let daemon = try TouchmonProcess.daemon(
            [file], in: scratch.path,
            prefix: ["sh", "-c", "exec \"$@\" >>'\(inherited)'", "sh"] + start)
        let ahead = try daemon.processAhead()
        if !isAhead {
            kill(ahead, SIGKILL)
            try #require(eventually { daemon.children.isEmpty })
        }
        // By a process that is there to be asked about.
        utimes(stamp, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        let log = try #require(
            FileManager.default.destinationOfSymbolicLinkIfAny("/proc/\(daemon.pid)/fd/2"))
        let output = [
            "record": daemon.output(of: 1), "inherit": inherited, "discard": told,
        ][policy, default: ""]
        let errors = ["record": output, "inherit": log, "discard": "/dev/null"][policy]
        let report = ProbeReport(try String(contentsOfFile: output, encoding: .utf8))
        let pid = try #require(daemon.values("pid", of: "run_started", as: Int.self).first)
        #expect((pid == Int(ahead)) == isAhead)

        #expect(
            report.status.filter { keys.contains($0.key) }
                == (try status(of: user, daemon: daemon.pid)))
        #expect(
            report.stat == [
                "pid": "\(pid)", "parent": "\(daemon.pid)", "group": "\(pid)", "session": "\(pid)",
            ])
        #expect(report.descriptors == [0: "/dev/null", 1: output, 2: errors])
        #expect(report.arguments == [program, "one"].map { Array($0.utf8) })
        #expect(report.directory == scratch.path)
        // A shell adds to it.
        if policy != "discard" {
            let toucher =
                start.contains { $0.hasPrefix("--reuid") }
                ? []
                : [
                    "TOUCHMON_TOUCHED_BY_PID=\(getpid())", "TOUCHMON_TOUCHED_BY_UID=0",
                    "TOUCHMON_TOUCHED_BY_USER=root",
                ]
            let expected = try environment(of: user, stamp: stamp) + toucher
            #expect(report.environment.sorted() == expected.sorted())
        }
        #expect(daemon.stop() == 0)
    }

    private static func environment(of user: User, stamp: String) throws -> [String] {
        var status = stat()
        try #require(stat(stamp, &status) == 0)
        let modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        return [
            "HOME=\(user.home)", "LOGNAME=\(user.name)",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "SHELL=\(user.shell)", "TOUCHMON_ACTION=\(stamp)", "TOUCHMON_MTIME_NS=\(modified)",
            "TOUCHMON_PATH=\(stamp)", "TOUCHMON_REASON=touch", "TOUCHMON_RUN=1",
            "USER=\(user.name)",
        ]
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `root's daemon gives a run its user, with all groups of a login, and nothing else`() throws
    {
        #expect(Users.bob.groups.count == 4)
        for user in [Users.alice, Users.bob, Users.carol] { try Self.verify(user) }
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a run as root is root and no more`() throws {
        let root = User(
            name: "root", id: 0, group: 0, groups: [0], home: "/root", shell: "/bin/bash")
        try Self.verify(root)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `an ordinary user's daemon gives a run that user`() throws {
        for user in [Users.alice, Users.bob] {
            try Self.verify(user, start: user.prefix)
        }
    }

    @Test(
        .enabled(if: Binary.isRoot, Binary.rootReason),
        arguments: [
            ["env", "--ignore-signal"],
            ["env", "--block-signal"],
            ["nohup"],
            ["sh", "-c", "exec 5<>/dev/zero 7</etc/passwd 9>/dev/null; exec \"$@\"", "sh"],
            ["sh", "-c", "umask 0; exec \"$@\"", "sh"],
            ["sh", "-c", "umask 777; exec \"$@\"", "sh"],
            ["setpriv", "--groups=1,2,3,4,65534"],
            ["setpriv", "--inh-caps=+chown,+kill", "--ambient-caps=+chown,+kill"],
            ["env", "-i"],
            ["env", "PATH=/nowhere:/usr/bin", "LD_LIBRARY_PATH=/x", "TOUCHMON_RUN=7", "IFS=x"],
        ])
    func `however the daemon was started, its runs are the same`(start: [String]) throws {
        try Self.verify(Users.bob, start: start)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `standard descriptors that were closed are not taken by anything else`() throws {
        let scratch = try Scratch()
        let program = try ProbeReport.install(in: scratch)
        let stamp = try scratch.write("stamp")
        let output = try scratch.write("output")
        let file = try scratch.actions([
            stamp: (["sh", "-c", "exec >'\(output)'; exec '\(program)'"], "root")
        ])
        let daemon = try TouchmonProcess(
            ["run", file], prefix: ["sh", "-c", "exec \"$@\" 0<&- 1>&- 2>&-", "sh"])
        // It can't say that it is ready.
        #expect(
            try eventually {
                try Command.run(["touch", stamp])
                return try String(contentsOfFile: output, encoding: .utf8).contains("Threads")
            })
        let report = ProbeReport(try String(contentsOfFile: output, encoding: .utf8))
        #expect(report.descriptors[0] == "/dev/null" && report.descriptors[1] == output)
        #expect(report.descriptors[2]?.hasPrefix("\(daemon.state)/output/") == true)
        #expect(daemon.stop() == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `arguments arrive byte for byte`() throws {
        let scratch = try Scratch()
        let program = try ProbeReport.install(in: scratch)
        let stamp = try scratch.write("stamp")
        let written = [
            #""""#, #"" ""#, #""a b  c""#, #""'\"`$HOME $(id) \\""#, #""new\nline\r\t""#,
            #""*?[a]{b,c}~!#&;|<>""#, #""\u0001\u001b[31m""#, #""Gr\u00fc\u00dfe 世界 \ud83d\ude80""#,
            #""\udc80\udcff\udcc3""#, #""-n""#, #""%s %d""#,
            "\"\(String(repeating: "x", count: 100_000))\"",
        ]
        let expected: [[UInt8]] =
            [
                "", " ", "a b  c", "'\"`$HOME $(id) \\", "new\nline\r\t", "*?[a]{b,c}~!#&;|<>",
                "\u{1}\u{1b}[31m", "Gr\u{fc}\u{df}e 世界 🚀",
            ].map { Array($0.utf8) } + [
                [0x80, 0xff, 0xc3], Array("-n".utf8), Array("%s %d".utf8),
                Array(repeating: UInt8(ascii: "x"), count: 100_000),
            ]
        let file = try scratch.write(
            "actions.json",
            """
            {"\(stamp)": {"argv": ["\(program)", \(written.joined(separator: ", "))],
                          "user": "tm-alice"}}
            """)
        let daemon = try TouchmonProcess.daemon([file])
        try Command.run(["touch", stamp])
        #expect(daemon.wait(for: "run_ended", count: 1))
        let report = ProbeReport(
            try String(contentsOfFile: daemon.output(of: 1), encoding: .utf8))
        #expect(report.arguments == [Array(program.utf8)] + expected)
        #expect(daemon.stop() == 0)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a watched path that is not UTF-8 is watched and told byte for byte`() throws {
        let scratch = try Scratch()
        let program = try ProbeReport.install(in: scratch)
        let file = try scratch.write(
            "actions.json",
            #"{"\#(scratch.path)/a\udcff b": {"argv": ["\#(program)"], "user": "tm-alice"}}"#)
        let daemon = try TouchmonProcess.daemon([file])
        try Command.run(["bash", "-c", "touch '\(scratch.path)'/$'a\\377 b'"])
        #expect(daemon.wait(for: "run_ended", count: 1))
        let text = try String(contentsOfFile: daemon.output(of: 1), encoding: .utf8)
        let path = Array("TOUCHMON_PATH=\(scratch.path)/a".utf8) + [0xff] + Array(" b".utf8)
        let hex = path.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(text.contains(hex))
        #expect(daemon.text.contains(#"/a\udcff b"#))
        #expect(daemon.stop() == 0)
    }
}

extension FileManager {
    fileprivate func destinationOfSymbolicLinkIfAny(_ path: String) -> String? {
        try? destinationOfSymbolicLink(atPath: path)
    }
}
