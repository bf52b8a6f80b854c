import Foundation
import Testing

/// The process that the daemon makes ahead of its next run.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct MadeAheadTests {
    private let scratch: Scratch
    private let stamps: [String]
    private let daemon: TouchmonProcess

    init() throws {
        let scratch = try Scratch()
        stamps = try ["one", "two"].map { try scratch.write($0) }
        let command = ["sh", "-c", "echo $$ $TOUCHMON_PATH >> \(scratch("runs"))"]
        daemon = try TouchmonProcess.daemon([
            try scratch.actions([
                stamps[0]: (command, NSUserName()), stamps[1]: (command, NSUserName()),
            ])
        ])
        self.scratch = scratch
    }

    /// The process and the path of every run.
    private var runs: [String] {
        let text = try? String(contentsOfFile: scratch("runs"), encoding: .utf8)
        return text?.split(separator: "\n").map(String.init) ?? []
    }

    private func touch(_ number: Int) { utimes(stamps[number], nil) }

    @Test func `it becomes the next run, and another is made`() throws {
        var expected: [String] = []
        for number in [0, 1, 0] {
            let ahead = try daemon.processAhead()
            touch(number)
            expected.append("\(ahead) \(stamps[number])")
            #expect(daemon.wait(for: "run_ended", count: expected.count))
        }
        #expect(runs == expected)
        #expect(daemon.events("run_ended").allSatisfy { $0["status"] as? Int == 0 })
        #expect(daemon.stop() == 0)
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGINT])
    func `it ends with the daemon, however that ends`(signal: Int32) throws {
        let ahead = try daemon.processAhead()
        daemon.stop(with: signal)
        #expect(eventually { kill(ahead, 0) != 0 })
    }

    @Test(arguments: [SIGKILL, SIGHUP, SIGTERM, SIGUSR1])
    func `whoever ends it loses no touch`(signal: Int32) throws {
        kill(try daemon.processAhead(), signal)
        touch(0)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(daemon.events("run_ended").first?["status"] as? Int == 0)
        #expect(runs.count == 1)
        #expect(daemon.count("reloading") == 0)
        #expect(daemon.stop() == 0)
    }

    @Test func `one that is stopped holds up its own run alone`() throws {
        let ahead = try daemon.processAhead()
        kill(ahead, SIGSTOP)
        touch(0)
        #expect(daemon.wait(for: "touched", count: 1))
        touch(1)
        #expect(daemon.wait(for: "run_ended", count: 1))
        #expect(runs.map { $0.split(separator: " ").last.map(String.init) } == [stamps[1]])
        kill(ahead, SIGCONT)
        #expect(daemon.wait(for: "run_ended", count: 2))
        #expect(runs.last == "\(ahead) \(stamps[0])")
        #expect(daemon.stop() == 0)
    }

    /// It is somebody's process as long as it waits: root's, or the daemon's user's.
    @Test func `nobody else can look into it, and it has no descriptor that a run has not`() throws
    {
        let ahead = try daemon.processAhead()
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(ahead)/fd")
            .map {
                try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(ahead)/fd/\($0)")
            }
        #expect(descriptors.count == 5)
        #expect(descriptors.filter { $0.hasSuffix("/journal") }.count == 1)
        #expect(descriptors.contains("/dev/null"))
        #expect(descriptors.contains(daemon.output(of: 1)))
        var status = stat()
        #expect(stat("/proc/\(ahead)/mem", &status) == 0 && status.st_uid == getuid())
        #expect(status.st_mode & 0o077 == 0)
    }
}
