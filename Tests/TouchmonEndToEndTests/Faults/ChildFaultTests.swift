import Foundation
import Testing

/// System calls of a run's own process fail between clone and exec: nothing is executed, and what the
/// system may have again later is tried again.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct ChildFaultTests {
    private static let faults = [
        ("close_range", "ENOMEM"), ("setgroups", "ENOMEM"), ("setgroups", "EPERM"),
        ("setresgid", "EPERM"), ("setresuid", "EAGAIN"), ("setresuid", "EPERM"),
        ("prctl", "EINVAL"), ("capset", "EPERM"), ("getresuid", "EINVAL"), ("getresgid", "EINVAL"),
        ("getgroups", "EINVAL"), ("rt_sigprocmask", "EINVAL"), ("execve", "ENOMEM"),
        ("execve", "EIO"), ("execve", "ETXTBSY"), ("execve", "EACCES"),
    ]
    /// Those that a process which was made ahead has behind it.
    private static let early = [("setsid", "EPERM"), ("dup3", "EBUSY")]

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason), arguments: faults + early)
    func `a child in which a call fails executes nothing`(call: String, error: String) throws {
        try check(call, error, isAhead: false)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason), arguments: faults)
    func `nor does one that was made ahead`(call: String, error: String) throws {
        try check(call, error, isAhead: true)
    }

    /// Those that only a run with settings has.
    private static let ofSettings = [
        ("setpriority", "EACCES"), ("ioprio_set", "EPERM"), ("prlimit64", "EPERM"),
        ("prctl", "EINVAL"), ("landlock_create_ruleset", "EOPNOTSUPP"),
        ("landlock_create_ruleset", "ENOSYS"), ("landlock_create_ruleset", "ENOMEM"),
        ("fstat", "ENOMEM"), ("landlock_add_rule", "ENOMEM"), ("landlock_restrict_self", "E2BIG"),
    ]

    @Test(
        .enabled(if: Binary.isRoot, Binary.rootReason),
        .enabled(if: Landlock.isThere, Landlock.reason), arguments: ofSettings, [true, false])
    func `nor does one with settings`(fault: (String, String), isAhead: Bool) throws {
        try check(fault.0, fault.1, isAhead: isAhead, hasSettings: true)
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason), arguments: [true, false])
    func `one without settings makes none of their calls`(isAhead: Bool) throws {
        let tools = try Scratch()
        let scene = try Scene(program: try ProbeReport.install(in: tools))
        let daemon = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        defer { daemon.stop(with: SIGKILL) }
        let ahead = try daemon.processAhead()
        if !isAhead {
            kill(ahead, SIGKILL)
            try #require(eventually { daemon.children.isEmpty })
        }
        // The witness itself makes none of these.
        let calls = "setpriority,ioprio_set,landlock_create_ruleset,landlock_restrict_self"
        let tracer = try Tracer(
            isAhead ? [daemon.pid, ahead] : [daemon.pid],
            ["-e", "trace=\(calls)", "-e", "inject=\(calls):error=EPERM:when=1+"])
        try scene.touch("a")
        #expect(scene.isSettled(within: 20), "\(daemon.text)")
        try tracer.detach()
        #expect(daemon.count("run_not_started") == 0)
    }

    /// A kernel that knows of Landlock, but can't refuse truncate(2): Linux 6.1 and before.
    @Test(
        .enabled(if: Binary.isRoot, Binary.rootReason),
        .enabled(if: Landlock.isThere, Landlock.reason), arguments: [true, false])
    func `a sandbox is not set up on a kernel that would do less`(isAhead: Bool) throws {
        let log = try check(
            "landlock_create_ruleset", "EOPNOTSUPP", as: "retval=2", isAhead: isAhead,
            hasSettings: true)
        let event = try #require(log.events("run_not_started").first)
        #expect(event["step"] as? String == "sandbox")
        #expect(event["errno"] as? Int == Int(EOPNOTSUPP))
        #expect((event["message"] as? String)?.contains("use Linux 6.2 or later") == true)
    }

    /// All settings at once, of a run that is to do what the witness does.
    private static func settings(_ scene: Scene, _ tools: Scratch) -> [String: Any] {
        [
            "nice": 3, "io_class": "idle", "limits": ["open_files": 64, "core": 0],
            "sandbox": [
                "execute": Landlock.system + [tools.path], "read": [scene.scratch.path],
                "write": [scene.witness.file],
            ],
        ]
    }

    @discardableResult
    private func check(
        _ call: String, _ error: String, as injection: String? = nil, isAhead: Bool,
        hasSettings: Bool = false
    ) throws -> TouchmonProcess {
        let tools = try Scratch()
        let scene = try Scene(program: try ProbeReport.install(in: tools)) {
            hasSettings ? Self.settings($0, tools) : [:]
        }
        let daemon = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        defer { daemon.stop(with: SIGKILL) }
        let ahead = try daemon.processAhead()
        if !isAhead {
            kill(ahead, SIGKILL)
            try #require(eventually { daemon.children.isEmpty })
        }
        let tracer = try Tracer(
            isAhead ? [daemon.pid, ahead] : [daemon.pid],
            [
                "-e", "trace=\(call)", "-e",
                "inject=\(call):\(injection ?? "error=\(error)"):when=1+",
            ])
        try scene.touch("a")
        func answers() -> Int { daemon.count("run_not_started") + daemon.count("run_postponed") }
        #expect(eventually { answers() > 0 })
        #expect(scene.witness.lines.isEmpty, "it was executed all the same")
        try tracer.detach()
        if daemon.count("run_postponed") > 0 {
            // It follows by itself.
            #expect(scene.isSettled(within: 60), "\(daemon.text)")
        } else {
            // What needs somebody's hand was said, and the next touch runs.
            #expect(
                ["EPERM", "EINVAL", "EACCES", "EOPNOTSUPP", "ENOSYS", "E2BIG"].contains(error))
            try scene.touch("a")
            #expect(scene.isSettled(within: 20), "\(daemon.text)")
        }
        #expect(scene.wrongIdentities == [])
        return daemon
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a run that can't write that it began runs all the same, and once`() throws {
        let tools = try Scratch()
        let scene = try Scene(program: try ProbeReport.install(in: tools))
        let daemon = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        let tracer = try Tracer(
            [daemon.pid, try daemon.processAhead()],
            [
                "-P", "\(scene.state)/journal", "-e", "trace=write", "-e",
                "inject=write:error=ENOSPC:when=1+",
            ])
        try scene.touch("a")
        #expect(scene.isSettled(within: 20))
        #expect(daemon.wait(for: "ledger_degraded", count: 1))
        try tracer.detach()
        #expect(daemon.wait(for: "ledger_restored", count: 1, within: 60))
        #expect(daemon.wait(for: "run_ended", count: 1))
        daemon.stop(with: SIGKILL)
        let next = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        try scene.touch("a")
        #expect(scene.isSettled(within: 20))
        #expect(next.stop() == 0)
        #expect(scene.witness.lines.count == 2)
        #expect(scene.wrongIdentities == [])
    }

    /// A strace(1) that was attached to processes and follows their children.
    private final class Tracer {
        private let process = Process()
        private let traced: [Int32]

        init(_ traced: [Int32], _ options: [String]) throws {
            self.traced = traced
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                Command.withoutBlockedSignals + ["strace", "-f", "-o", "/dev/null"] + options
                + traced.flatMap { ["-p", "\($0)"] }
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            try #require(eventually { traced.allSatisfy(Self.isAttached) })
        }

        deinit {
            if process.isRunning { process.terminate() }
        }

        private static func isAttached(_ process: Int32) -> Bool {
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            return status?.contains("TracerPid:\t0\n") == false
        }

        func detach() throws {
            process.interrupt()
            process.waitUntilExit()
            try #require(eventually { !traced.contains(where: Self.isAttached) })
        }
    }
}
