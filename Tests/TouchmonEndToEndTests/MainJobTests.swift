import Foundation
import Testing

/// A touch by one user runs a command as another.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct MainJobTests {
    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `a touch runs the command as its user`() throws {
        let scratch = try Scratch()
        let stamp = scratch("stamp")
        let files = try scratch.actions([
            stamp: (["id", "-un"], "nobody")
        ])
        let daemon = try TouchmonProcess.daemon([files])
        try Command.run(["touch", stamp])
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.events("output").first?["text"] as? String == "nobody")
        #expect(daemon.stop() == 0)
        #expect(daemon.count("run_started") == 1)
    }
}
