import Foundation
import Testing

/// How much of the past stays.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct RetentionTests {
    private static func runs(_ state: String) throws -> [Int] {
        let answer = try Answer.of(["history", "--json", "-n", "100", "--state-directory", state])
        return try answer.output.split(separator: "\n").map { line in
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(row?["run"] as? Int)
        }
    }

    /// The runs of which something is kept. The file of one that will come is there already, and empty.
    private static func outputs(_ state: String) -> [Int] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(state)/output")
        return (names ?? []).filter {
            var file = stat()
            return stat("\(state)/output/\($0)", &file) == 0 && file.st_size > 0
        }.compactMap { Int($0) }.sorted()
    }

    /// Touches a stamp so often, one run each.
    private static func touch(
        _ scratch: Scratch, _ daemon: TouchmonProcess, times: Int
    ) {
        for count in 1...times {
            utimes(scratch("stamp"), nil)
            #expect(daemon.wait(for: "run_ended", count: count))
        }
    }

    @Test func `the last runs by count, and what they printed by size`() throws {
        let scratch = try Scratch()
        _ = try scratch.write("stamp")
        let file = try scratch.actions([
            scratch("stamp"): [
                "argv": ["sh", "-c", "head -c 16384 /dev/urandom"], "user": NSUserName(),
            ]
        ])
        var daemon = try TouchmonProcess.daemon(
            [file, "--keep-runs", "5", "--keep-output", "40K"], state: scratch("state"))
        Self.touch(scratch, daemon, times: 8)
        // A question brings the ledger up to date.
        #expect(try Self.runs(scratch("state")) == [4, 5, 6, 7, 8])
        #expect(
            eventually { Self.outputs(scratch("state")) == [7, 8] })
        #expect(daemon.stop() == 0)
        // Whoever comes next knows what is there, and that it is older by now.
        daemon = try .daemon([file, "--keep-for", "1ms"], state: scratch("state"))
        Self.touch(scratch, daemon, times: 2)
        #expect(
            eventually { Self.outputs(scratch("state")) == [10] })
        #expect(try Self.runs(scratch("state")).isEmpty)
        #expect(daemon.stop() == 0)
    }

    @Test func `none at all is refused`() throws {
        let answer = try Answer.of(["run", "x.json", "--keep-runs", "0"])
        #expect(answer.status == 64 && answer.errors.contains("write 1 or more"))
        #expect(try Answer.of(["run", "x.json", "--keep-output", "1X"]).status == 64)
    }
}
