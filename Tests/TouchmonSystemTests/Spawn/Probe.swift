import Foundation
import Glibc
import Testing
import TouchmonSystem

/// One after the other: the tests of held children measure time.
@Suite(.serialized) enum SpawnTests {}

/// What the program ProbeChild said about itself; see Tests/ProbeChild/main.c.
struct Probe {
    var arguments: [[UInt8]] = []
    var environment: [[UInt8]] = []
    var descriptors: [Int: String] = [:]
    var directory: [UInt8] = []
    var stat: [String: String] = [:]
    var status: [String: String] = [:]
    /// Soft and hard limits by their numbers.
    var limits: [Int: String] = [:]
    var scheduling: [String: String] = [:]
    /// What `--try` came to: by `WHAT DIRECTORY`.
    var may: [String: String] = [:]

    init(_ report: String) {
        for line in report.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            let (name, value) = (String(words[1]), words.count > 2 ? String(words[2]) : "")
            switch words[0] {
            case "argument": arguments.append(Self.bytes(value))
            case "environment": environment.append(Self.bytes(value))
            case "descriptor": descriptors[Int(name) ?? -1] = value
            case "directory": directory = Self.bytes(value)
            case "stat": stat[name] = value
            case "status": status[name] = value
            case "limit": limits[Int(name) ?? -1] = value
            case "scheduling": scheduling[name] = value
            case "may":
                let place = value.split(separator: " ")
                may["\(name) \(place[0])"] = place.dropFirst().joined()
            default: Issue.record("ProbeChild said: \(line)")
            }
        }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        var digits = hex.utf8.makeIterator()
        var bytes: [UInt8] = []
        while let high = digits.next(), let low = digits.next() {
            bytes.append(UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) ?? 0)
        }
        return bytes
    }

    /// The path of the program: beside the tests' own.
    static func program() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: own).deletingLastPathComponent()
            .appendingPathComponent("ProbeChild").path
    }

    /// A copy in `directory`, where every user can execute it.
    static func install(in directory: TemporaryDirectory) throws -> String {
        let copy = directory("probe")
        try FileManager.default.copyItem(atPath: program(), toPath: copy)
        chmod(copy, 0o755)
        try waitForWriters(of: copy)
        return copy
    }
}

/// A spawn with everything that a test does not care about.
func spec(
    _ program: String, _ arguments: [[UInt8]] = [], as identity: ProcessIdentity? = nil,
    changing: Bool = getuid() == 0
) throws -> SpawnSpec {
    SpawnSpec(
        candidates: [program.bytes], arguments: SpawnStrings([program.bytes] + arguments),
        environment: ["PATH=/usr/bin:/bin".bytes],
        identity: try identity ?? CurrentProcess.identity(), changesIdentity: changing)
}

/// Starts a child with its output in a file, and waits until it is settled and has ended.
func runToEnd(
    _ spec: SpawnSpec, output: String = "/dev/null"
) throws -> (start: Child.Start, outcome: Child.Outcome) {
    var spawner = Spawner()
    let file = OwnedDescriptor(
        adopting: open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600))
    let null = try OwnedDescriptor.null()
    let child = try spawner.start(spec, StandardDescriptors(null: null, output: file))
    let start = try child.settle(within: 10_000_000_000)
    return (start, try waitForEnd(child))
}

/// Waits until a child has ended, and reaps it.
func waitForEnd(_ child: Child) throws -> Child.Outcome {
    _ = try eventually(within: 30) { try child.reap() != nil }
    return try #require(try child.reap()).outcome
}

/// Runs ProbeChild and returns what it said.
func probe(_ change: (inout SpawnSpec) -> Void = { _ in }, as identity: ProcessIdentity? = nil)
    throws -> Probe
{
    let directory = try TemporaryDirectory()
    var spec = try spec(Probe.install(in: directory), as: identity)
    change(&spec)
    let (start, outcome) = try runToEnd(spec, output: directory("output"))
    #expect(start == .running)
    #expect(outcome == .exited(status: 0))
    return Probe(try String(contentsOfFile: directory("output"), encoding: .utf8))
}
