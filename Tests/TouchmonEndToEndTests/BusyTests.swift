import Foundation
import Testing

/// Many touches, and many actions, at once.
@Suite(.enabled(if: Binary.isThere, Binary.reason), .serialized) struct BusyTests {
    @Test func `a thousand touches during a run become one more run after the last`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        let gate = scratch("gate")
        mkfifo(gate, 0o600)
        // The run ends when the test opens the gate: after the last touch.
        let files = try scratch.actions([
            stamp: (["sh", "-c", "date +%s.%N >> \(scratch("starts")); cat \(gate)"], NSUserName())
        ])
        let daemon = try TouchmonProcess.daemon([files])
        defer { daemon.stop() }
        try Command.run(["touch", stamp])
        #expect(daemon.wait(for: "run_started", count: 1))
        for _ in 1...1000 { utimes(stamp, nil) }
        let last = Date().timeIntervalSince1970
        for _ in 1...2 {
            let descriptor = open(gate, O_WRONLY)
            close(descriptor)
            _ = eventually(within: 2) { daemon.count("run_ended") >= 1 }
        }
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(daemon.count("run_started") == 2)
        let starts = try String(contentsOfFile: scratch("starts"), encoding: .utf8)
            .split(separator: "\n").compactMap { Double($0) }
        #expect(starts.count == 2 && starts[1] >= last)
    }

    @Test func `two hundred actions run side by side, and leave nothing behind`() throws {
        let scratch = try Scratch()
        let stamps = try (1...200).map { try scratch.write("stamp\($0)") }
        let files = try scratch.actions(
            Dictionary(
                uniqueKeysWithValues: stamps.map {
                    ($0, (["sh", "-c", "true"], NSUserName()))
                }))
        let daemon = try TouchmonProcess.daemon([files])
        defer { daemon.stop() }
        // With its file.
        _ = try daemon.processAhead()
        let descriptors = try Self.descriptorCount(daemon.pid)
        for stamp in stamps { utimes(stamp, nil) }
        #expect(daemon.wait(for: "run_ended", count: 200))
        #expect(daemon.count("run_started") == 200)
        let ahead = try daemon.processAhead()
        #expect(eventually { daemon.children == [ahead] })
        #expect(try eventually { try Self.descriptorCount(daemon.pid) == descriptors })
    }

    @Test func `a run's own background process holds nothing up`() throws {
        let scratch = try Scratch()
        let stamp = try scratch.write("stamp")
        let files = try scratch.actions([
            stamp: (["sh", "-c", "sleep 3 & echo $! >> \(scratch("pids"))"], NSUserName())
        ])
        let daemon = try TouchmonProcess.daemon([files])
        defer { daemon.stop() }
        for number in 1...3 {
            utimes(stamp, nil)
            #expect(daemon.wait(for: "run_ended", count: number, within: 2))
        }
        for pid in try String(contentsOfFile: scratch("pids"), encoding: .utf8)
            .split(separator: "\n").compactMap({ Int32($0) })
        {
            kill(pid, SIGKILL)
        }
    }

    private static func descriptorCount(_ pid: Int32) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }
}
