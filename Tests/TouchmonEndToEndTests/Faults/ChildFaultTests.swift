import Foundation
import Testing

/// System calls of a run's own process fail between clone and exec: nothing is executed, and what the
/// system may have again later is tried again.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct ChildFaultTests {
    @Test(
        .enabled(if: Binary.isRoot, Binary.rootReason),
        arguments: [
            ("setsid", "EPERM"), ("dup3", "EBUSY"), ("close_range", "ENOMEM"),
            ("setgroups", "ENOMEM"), ("setgroups", "EPERM"), ("setresgid", "EPERM"),
            ("setresuid", "EAGAIN"), ("setresuid", "EPERM"), ("prctl", "EINVAL"),
            ("capset", "EPERM"), ("getresuid", "EINVAL"), ("getresgid", "EINVAL"),
            ("getgroups", "EINVAL"), ("rt_sigprocmask", "EINVAL"), ("execve", "ENOMEM"),
            ("execve", "EIO"), ("execve", "ETXTBSY"), ("execve", "EACCES"),
        ])
    func `a child in which a call fails executes nothing`(call: String, error: String) throws {
        let tools = try Scratch()
        let scene = try Scene(program: try ProbeReport.install(in: tools))
        let daemon = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        defer { daemon.stop(with: SIGKILL) }
        let tracer = try Tracer(
            daemon.pid, ["-e", "trace=\(call)", "-e", "inject=\(call):error=\(error):when=1+"])
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
            #expect(["EPERM", "EINVAL", "EACCES"].contains(error))
            try scene.touch("a")
            #expect(scene.isSettled(within: 20), "\(daemon.text)")
        }
        #expect(scene.wrongIdentities == [])
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a run that can't write that it began runs all the same, and once`() throws {
        let tools = try Scratch()
        let scene = try Scene(program: try ProbeReport.install(in: tools))
        let daemon = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        let tracer = try Tracer(
            daemon.pid,
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

    /// A strace(1) that was attached to a daemon and follows its children.
    private final class Tracer {
        private let process = Process()
        private let traced: Int32

        init(_ pid: Int32, _ options: [String]) throws {
            traced = pid
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                Command.withoutBlockedSignals + ["strace", "-f", "-o", "/dev/null"] + options
                + ["-p", "\(pid)"]
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            try #require(eventually { isAttached })
        }

        deinit {
            if process.isRunning { process.terminate() }
        }

        private var isAttached: Bool {
            let status = try? String(contentsOfFile: "/proc/\(traced)/status", encoding: .utf8)
            return status?.contains("TracerPid:\t0\n") == false
        }

        func detach() throws {
            process.interrupt()
            process.waitUntilExit()
            try #require(eventually { !isAttached })
        }
    }
}
