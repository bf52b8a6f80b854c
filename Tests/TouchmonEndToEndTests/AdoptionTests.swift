import Foundation
import Testing

/// A daemon that is killed while a run of its is alive, and the next one.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct AdoptionTests {
    /// A run that waits at its gate, and whose daemon was killed.
    private struct Orphan {
        let watched: Watched
        let process: Int32

        /// Begins a daemon whose orphans are taken care of at once: a status is told when its process
        /// was reaped, and process 1 may take its time.
        static let reaper = [
            "python3", "-c",
            """
            import ctypes, os, sys
            ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
            if os.fork() == 0: os.execvp(sys.argv[1], sys.argv[1:])
            try:
                while True: os.wait()
            except ChildProcessError: pass
            """,
        ]

        /// `script` is what the run does after the gate.
        init(_ script: String = "", extra: [String: Any] = [:]) throws {
            let watched = try Watched("read line < $gate; \(script)", extra: extra)
            _ = try watched.start(prefix: Self.reaper)
            utimes(watched.path, nil)
            let hasBegun = eventually { watched.processes.count == 1 }
            try #require(hasBegun)
            self.watched = watched
            process = watched.processes[0]
            let pid = try String(
                contentsOfFile: watched.scratch("state/pid"), encoding: .utf8)
            let killed = try #require(Int32(pid.dropLast()))
            kill(killed, SIGKILL)
            #expect(eventually { kill(killed, 0) != 0 })
        }

        /// Waits until its process has ended; a zombie has.
        func expectEnd() {
            #expect(
                eventually {
                    let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
                    return stat.map { $0.contains(") Z ") } ?? true
                })
        }
    }

    @Test func `the run goes on, its action stays busy, and a touch is one more run after it`()
        throws
    {
        let orphan = try Orphan()
        let watched = orphan.watched
        let daemon = try watched.start()
        #expect(daemon.values("run", of: "run_adopted") == [1])
        #expect(daemon.values("pid", of: "run_adopted") == [Int(orphan.process)])
        for _ in 1...3 {
            utimes(watched.path, nil)
            try watched.expectRuns(["touch"], daemon)
        }
        watched.gate.open()
        #expect(eventually { watched.reasons.count == 2 })
        orphan.expectEnd()
        watched.gate.open()
        #expect(eventually { watched.ends(daemon).count == 2 })
        try watched.expectRuns(["touch", "touch"], daemon)
        #expect(daemon.count("run_interrupted") == 0)
        daemon.stop()
    }

    @Test func `a touch between the two daemons is one more run after it`() throws {
        let watched = try Orphan().watched
        utimes(watched.path, nil)
        let daemon = try watched.start()
        try watched.expectRuns(["touch"], daemon)
        watched.gate.open()
        #expect(eventually { watched.reasons.count == 2 })
        watched.gate.open()
        try watched.expectRuns(["touch", "catch-up"], daemon)
        daemon.stop()
    }

    @Test func `untouched, there is no run after it`() throws {
        let watched = try Orphan().watched
        // A daemon that adopted it and was killed as well changes nothing.
        try watched.start().stop(with: SIGKILL)
        let daemon = try watched.start()
        #expect(daemon.count("run_adopted") == 1)
        watched.gate.open()
        #expect(eventually { watched.ends(daemon).count == 1 })
        try watched.expectNothingMore(than: ["touch"], after: daemon, told: "run_interrupted")
    }

    /// Whether the kernel tells the status of somebody else's child: PIDFD_INFO_EXIT, Linux 6.15.
    private static var tellsStatus: Bool {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: name.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = release.split(separator: ".").prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 15)
    }

    @Test(arguments: ["exit 7", "kill -9 $$"])
    func `how it ended is told where the kernel tells it`(script: String) throws {
        // It is not waited for without a bound, and this machine may be busy.
        var isTold = false
        for _ in 1...20 where !isTold {
            let watched = try Orphan(script).watched
            let daemon = try watched.start()
            watched.gate.open()
            #expect(eventually { watched.ends(daemon).count == 1 })
            let end = try #require(watched.ends(daemon).first)
            isTold = end["status"] != nil || end["signal"] != nil
            if isTold {
                #expect(end["status"] as? Int == (script == "exit 7" ? 7 : nil))
                #expect(end["signal"] as? String == (script == "exit 7" ? nil : "SIGKILL"))
            }
            // Known or not, it ended.
            try watched.expectRuns(["touch"], daemon)
            daemon.stop()
            if !Self.tellsStatus { break }
        }
        #expect(isTold == Self.tellsStatus)
    }

    @Test(arguments: [true, false])
    func `a run that was cut off is run again`(isKilled: Bool) throws {
        let orphan = try Orphan()
        let watched = orphan.watched
        // Nobody saw how it ended.
        if isKilled { kill(orphan.process, SIGKILL) } else { watched.gate.open() }
        orphan.expectEnd()
        let daemon = try watched.start()
        #expect(daemon.values("reruns", of: "run_interrupted") == [true])
        #expect(eventually { watched.reasons.count == 2 })
        watched.gate.open()
        try watched.expectRuns(["touch", "interrupted"], daemon)
        #expect(eventually { watched.ends(daemon).count == 1 })
        daemon.stop(with: SIGKILL)
        let next = try watched.start()
        try watched.expectRuns(["touch", "interrupted"], next)
        next.stop()
    }

    @Test func `with interrupted set to ignore it is only told`() throws {
        let orphan = try Orphan(extra: ["interrupted": "ignore"])
        let watched = orphan.watched
        kill(orphan.process, SIGKILL)
        orphan.expectEnd()
        let daemon = try watched.start()
        #expect(daemon.values("reruns", of: "run_interrupted") == [false])
        try watched.expectNothingMore(than: ["touch"], after: daemon, told: "run_interrupted")
    }
}
