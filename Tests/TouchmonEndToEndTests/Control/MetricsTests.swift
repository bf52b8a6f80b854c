import Foundation
import Testing

/// What Prometheus is told of a daemon.
@Suite(.enabled(if: Binary.isThere, Binary.reason))
struct MetricsTests {
    private static let promtool = "/usr/bin/promtool"

    private static func value(_ sample: String, _ text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix("touchmon_\(sample) ") }
            .map { String($0.dropFirst("touchmon_\(sample) ".count)) }
    }

    private static func check(_ text: String) throws {
        let answer = try Command.run(
            ["sh", "-c", "printf %s \"$TEXT\" | \(promtool) check metrics"],
            environment: ["TEXT": text])
        #expect(answer.status == 0 && answer.output == "", "\(answer.output)")
    }

    @Test(
        .enabled(
            if: access(promtool, X_OK) == 0, "promtool of Debian's prometheus is not installed"))
    func `metrics are what promtool accepts, and what has happened`() throws {
        let place = try ControlledDaemon([
            "good": ["argv": ["true"]], "bad \"\\": ["argv": ["false"]],
        ])
        for (index, name) in ["good", "bad \"\\", "good"].enumerated() {
            place.touch(name)
            #expect(place.daemon.wait(for: "run_ended", count: index + 1))
        }
        let answer = try place.command(["metrics"])
        #expect(answer.status == 0, "\(answer.errors)")
        try Self.check(answer.output)
        let text = answer.output
        #expect(Self.value("up", text) == "1")
        #expect(Self.value("touches_total{result=\"counted\"}", text) == "3")
        #expect(Self.value("runs_total{outcome=\"success\"}", text) == "2")
        #expect(Self.value("runs_total{outcome=\"failure\"}", text) == "1")
        #expect(Self.value("run_duration_seconds_count", text) == "3")
        #expect(Self.value("touch_to_start_seconds_count", text) == "3")
        #expect(Self.value("degraded{part=\"ledger\"}", text) == "0")
        let good = place.scratch("good"), bad = place.scratch("bad \\\"\\\\")
        #expect(Self.value("action_last_run_success{path=\"\(good)\"}", text) == "1")
        #expect(Self.value("action_last_run_success{path=\"\(bad)\"}", text) == "0")
        #expect(place.daemon.stop() == 0)
    }

    @Test func `a text file is replaced whole, and says when there is no daemon`() throws {
        let place = try ControlledDaemon(["stamp": ["argv": ["true"]]])
        let file = place.scratch("touchmon.prom"), other = place.scratch("other")
        // What a link at its place leads to stays as it is.
        _ = try place.scratch.write("other")
        #expect(symlink(other, file) == 0)
        let answer = try place.command(["metrics", "--textfile", file])
        #expect(answer.status == 0 && answer.output == "", "\(answer.errors)")
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "")
        #expect(Self.value("up", try String(contentsOfFile: file, encoding: .utf8)) == "1")
        var status = stat()
        #expect(lstat(file, &status) == 0 && status.st_mode == S_IFREG | 0o644)
        #expect(place.daemon.stop() == 0)
        #expect(try place.command(["metrics", "--textfile", file]).status == 69)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(Self.value("up", text) == "0" && Self.value("actions", text) == nil)
        let nowhere = try place.command(["metrics", "--textfile", place.scratch("no/file")])
        #expect(nowhere.status != 0 && nowhere.errors.contains("unable to write"))
        let names = try FileManager.default.contentsOfDirectory(atPath: place.scratch.path)
        #expect(!names.contains { $0.hasSuffix(".tmp") })
    }

    @Test(.enabled(if: Binary.isRoot, Binary.rootReason))
    func `they are not for everybody`() throws {
        let place = try ControlledDaemon(["stamp": ["argv": ["true"]]])
        #expect(try place.command(["metrics"], as: Users.alice).status == 77)
        #expect(place.daemon.stop() == 0)
    }
}
