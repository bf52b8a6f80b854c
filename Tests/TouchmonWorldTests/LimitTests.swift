import Foundation
import Glibc
import Testing
import TouchmonCore
import TouchmonTestSupport

/// The rare calls that random histories do not reach, on both kernels.
@Suite(.serialized) struct LimitTests {
    @Test func `a full queue overflows once and then recovers`() throws {
        let text = try String(
            contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
        let limit = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        var real = try RealWorld(below: NSTemporaryDirectory())
        defer { real.tearDown() }
        var simulated = try SimulatedWorld(policy: .ext4)
        simulated.kernel.queueLimit = limit
        let start: [Step] = [
            .node("a", .regular), .node("b", .regular), .addWatch(".", .attributes),
        ]
        let flood = (0..<(limit + 50)).map { Step.mode($0 % 2 == 0 ? "a" : "b", 0o600) }
        for steps in [start, flood, [.mode("a", 0o644), .removeWatch(1)], flood] {
            for step in steps { #expect(real.perform(step) == simulated.perform(step)) }
            #expect(real.readEvents() == simulated.readEvents())
        }
    }

    @Test func `asking for a writer is seen and answered alike`() throws {
        var real = try RealWorld(below: NSTemporaryDirectory())
        defer { real.tearDown() }
        var simulated = try SimulatedWorld(policy: .ext4)
        let path = simulated.full("a")
        let steps: [Step] = [
            .addWatch(".", InotifyMask(rawValue: 0xfff)), .open(slot: 0, "a", [.write, .create]),
            .open(slot: 1, "a", .read), .close(slot: 0), .close(slot: 1),
        ]
        for step in steps {
            #expect(real.perform(step) == simulated.perform(step))
            #expect(real.hasWriter("a") == simulated.kernel.hasWriter(path))
            #expect(real.readEvents() == simulated.readEvents())
        }
    }
}
