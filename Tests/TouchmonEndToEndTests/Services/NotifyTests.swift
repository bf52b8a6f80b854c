import Foundation
import Testing

/// What the daemon really sends to a service manager, which is a socket of the test's.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct NotifyTests {
    /// Collects datagrams under an abstract name.
    private final class Manager: @unchecked Sendable {
        let name = "@touchmon-test-\(UUID().uuidString)"
        private let descriptor: Int32
        private(set) var messages: [String] = []

        init() throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) {
                $0.copyBytes(from: [0] + name.utf8.dropFirst())
            }
            let length = socklen_t(2 + name.utf8.count)
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length)
                }
            }
            try #require(bound == 0)
        }

        deinit { close(descriptor) }

        func read() {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count >= 0 else { return }
                messages.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }

        func wait(_ condition: ([String]) -> Bool) -> Bool {
            eventually {
                read()
                return condition(messages)
            }
        }
    }

    /// A daemon that tells a manager how it is, and with a watchdog of so many microseconds.
    private static func daemon(
        _ files: String, _ manager: Manager, watchdog: Int, _ options: [String] = []
    ) throws -> TouchmonProcess {
        try TouchmonProcess(
            ["run"] + options + [files],
            environment: environment([
                "NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "\(watchdog)",
            ]))
    }

    private static func environment(_ more: [String: String]) -> [String: String] {
        ["PATH": "/usr/bin:/bin", "HOME": "/root"].merging(more) { $1 }
    }

    @Test func `every change is told, once, and none of it reaches a run`() throws {
        let scratch = try Scratch()
        let (stamp, report) = (try scratch.write("stamp"), scratch("report"))
        let gate = try Gate(scratch("gate"))
        let files = try scratch.actions([
            stamp: (["sh", "-c", "env > \(report); read line < \(scratch("gate"))"], NSUserName())
        ])
        let manager = try Manager()
        let daemon = try Self.daemon(files, manager, watchdog: 600_000_000)
        let pid = daemon.pid
        #expect(
            manager.wait {
                $0.first == "READY=1\nMAINPID=\(pid)\nSTATUS=1 action, 0 running"
            }, "\(manager.messages) \(daemon.text)")
        utimes(stamp, nil)
        #expect(manager.wait { $0.last == "STATUS=1 action, 1 running" })
        gate.open()
        #expect(manager.wait { $0.last == "STATUS=1 action, 0 running" })
        daemon.signal(SIGHUP)
        #expect(manager.wait { $0.last == "READY=1\nMAINPID=\(pid)\nSTATUS=1 action, 0 running" })
        let reload = try #require(
            manager.messages.last { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
        let time = reload.split(separator: "\n")[1].dropFirst("MONOTONIC_USEC=".count)
        var clock = timespec()
        clock_gettime(CLOCK_MONOTONIC, &clock)
        let age = Double(clock.tv_sec) - (Double(time) ?? 0) / 1e6
        #expect(age > -1 && age < 60)
        #expect(daemon.stop() == 0)
        #expect(manager.wait { $0.contains { $0.hasPrefix("STOPPING=1\n") } })
        let others = manager.messages.filter { $0 != "WATCHDOG=1" }
        #expect(zip(others, others.dropFirst()).allSatisfy { $0 != $1 }, "\(others)")
        // The first ping, and the next one in five minutes.
        #expect(manager.messages.count { $0 == "WATCHDOG=1" } == 1)
        let environment = try String(contentsOfFile: report, encoding: .utf8)
        #expect(environment.contains("TOUCHMON_RUN=1"))
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] {
            #expect(!environment.contains(name))
        }
    }

    @Test func `the watchdog hears of a loop that goes round, and not of one that hangs`() throws {
        let scratch = try Scratch()
        let files = try scratch.actions([try scratch.write("stamp"): (["true"], NSUserName())])
        let manager = try Manager()
        let daemon = try Self.daemon(files, manager, watchdog: 200_000)
        let begun = ContinuousClock.now
        #expect(manager.wait { $0.count { $0 == "WATCHDOG=1" } >= 11 })
        // Ten halves of 200 ms.
        #expect(ContinuousClock.now - begun >= .seconds(0.9))
        #expect(daemon.suspend())
        manager.read()
        let count = manager.messages.count
        // Meanwhile another one, which goes round, is heard as often as this one would be.
        let beside = try Manager()
        let other = try Self.daemon(
            files, beside, watchdog: 200_000, ["--state-directory", scratch("other")])
        #expect(beside.wait { $0.count { $0 == "WATCHDOG=1" } >= 6 })
        other.stop()
        manager.read()
        #expect(manager.messages.count == count)
        daemon.signal(SIGCONT)
        #expect(manager.wait { $0.count > count })
        daemon.stop()
    }

    @Test func `a command at a terminal does not have what was meant for touchmon`() throws {
        let scratch = try Scratch()
        let manager = try Manager()
        let stamp = try scratch.write("stamp")
        let answer = try Command.run(
            [try #require(Binary.path), "watch", "--once", stamp, "--", "env"],
            in: scratch.path,
            environment: ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "1000000", "KEPT": "yes"])
        #expect(answer.status == 0)
        #expect(answer.output.contains("KEPT=yes"))
        #expect(
            !answer.output.contains("NOTIFY_SOCKET") && !answer.output.contains("WATCHDOG_USEC"))
    }

    @Test func `a manager that is gone is said once, and the daemon goes on without`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        let files = try scratch.actions([stamp: (["true"], NSUserName())])
        let daemon = try TouchmonProcess(
            ["run", "--log-format", "json", files],
            environment: Self.environment(["NOTIFY_SOCKET": scratch("nobody")]))
        #expect(daemon.wait(for: "trouble", count: 1))
        utimes(stamp, nil)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.stop() == 0)
        #expect(
            daemon.values("operation", of: "trouble") == ["tell the service manager"])
    }

    @Test func `SIGUSR1 leaves the run to the next daemon`() throws {
        let watched = try Watched("read line < $gate")
        let first = try watched.start()
        utimes(watched.path, nil)
        #expect(eventually { watched.processes.count == 1 })
        first.signal(SIGUSR1)
        #expect(first.exitStatus() == 0)
        #expect(first.values("runs", of: "handing_over") == [1])
        utimes(watched.path, nil)
        let second = try watched.start()
        #expect(second.values("run", of: "run_adopted") == [1])
        watched.gate.open()
        #expect(eventually { watched.reasons.count == 2 })
        watched.gate.open()
        try watched.expectRuns(["touch", "catch-up"], second)
        second.stop()
    }
}
