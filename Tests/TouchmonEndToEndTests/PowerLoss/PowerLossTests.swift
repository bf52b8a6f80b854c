import Foundation
import Testing
import TouchmonTestSupport

/// The power goes at any moment of a busy life, with whatever the disk had written by then.
@Suite(.enabled(if: Binary.isThere, Binary.reason), .serialized) struct PowerLossTests {
    @Test(.enabled(if: Binary.isRoot, Binary.rootReason), arguments: [false, true])
    func `no touch is lost, and no run repeated whose end was on the disk`(aged: Bool) throws {
        let tools = try Scratch()
        let life = try RecordedLife(program: try ProbeReport.install(in: tools))
        try life.live(aged: aged)
        try #require(life.operations.count > 50)
        if aged {
            // It is about the moment in which the log is brought home.
            #expect(
                life.operations.contains { $0.name == "ledger.sqlite" && $0.kind == .sync },
                "the log was not brought home")
        }
        let problems = Problems()
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 6
        for seed in UInt64(0)..<100 {
            queue.addOperation {
                do {
                    try Outage(life, seed: seed).verify(problems)
                } catch {
                    problems.add("seed \(seed): \(error)")
                }
            }
        }
        queue.waitUntilAllOperationsAreFinished()
        #expect(problems.all == [])
    }
}

/// What was wrong, from any thread.
final class Problems: @unchecked Sendable {
    private let lock = NSLock()
    private var list: [String] = []
    var all: [String] { lock.withLock { list } }
    func add(_ problem: String) { lock.withLock { list.append(problem) } }
}

/// The power goes once, and comes back.
private struct Outage {
    private let life: RecordedLife
    private let seed: UInt64
    private let luck: CrashImage.Luck
    /// How many operations there were before it.
    private let point: Int
    /// When it was, in seconds since 1970.
    private let time: Double

    init(_ life: RecordedLife, seed: UInt64) {
        self.life = life
        self.seed = seed
        var random = SplitMix64(seed: seed)
        luck = CrashImage.Luck.allCases.randomElement(using: &random) ?? .pieces
        point = Int.random(in: 1...life.operations.count, using: &random)
        // Just after the last operation, or just before the next.
        let isLate = Bool.random(using: &random) && point < life.operations.count
        time = life.operations[isLate ? point : point - 1].time
    }

    func verify(_ problems: Problems) throws {
        let scratch = try Scratch()
        try prepare(scratch)
        let daemon = try TouchmonProcess.daemon(
            ["\(life.scene)/actions"],
            prefix: [
                "unshare", "-m", "sh", "-c",
                "mount --bind '\(scratch.path)' '\(life.scene)' && mount --bind '\(scratch("boot"))'"
                    + " /proc/sys/kernel/random/boot_id && exec \"$@\"", "sh",
            ], state: life.state)
        // What has to run begins before what is touched now.
        try scratch.write("z.new", "last\n")
        rename(scratch("z.new"), scratch("z"))
        let witness = Witness(file: scratch("witness"))
        let isDone = eventually { witness.lines.contains { $0.content == "last" } }
        let status = daemon.stop(with: SIGTERM)
        func tell(_ problem: String) {
            problems.add("seed \(seed), \(luck) at \(point): \(problem)\n\(daemon.text)")
        }
        if !isDone || status != 0 { tell("does not work") }
        for event in ["ledger_set_aside", "ledger_degraded"] where daemon.count(event) > 0 {
            tell(event)
        }
        for name in RecordedLife.names where name != "z" { judge(name, witness.lines, tell) }
    }

    /// Puts everything where it was, and the state directory as the disk has it.
    private func prepare(_ scratch: Scratch) throws {
        let files = FileManager.default
        try files.copyItem(atPath: "\(life.scene)/actions", toPath: scratch("actions"))
        try scratch.write("witness")
        chmod(scratch("witness"), 0o666)
        try scratch.write("boot", "\(UUID().uuidString.lowercased())\n")
        for name in RecordedLife.names {
            let last = try #require(life.touches.last { $0.path == name && $0.time <= time })
            try #require(link(last.version, scratch(name)) == 0)
        }
        var image = CrashImage(life.before)
        for operation in life.operations.prefix(point) { image.apply(operation) }
        try files.createDirectory(
            atPath: scratch("state"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        // What runs have printed matters to nobody here.
        for (name, bytes) in image.content(luck, seed: seed) where !name.hasPrefix("output") {
            try Data(bytes).write(to: URL(fileURLWithPath: scratch("state/\(name)")))
        }
    }

    private func judge(
        _ name: String, _ lines: [Witness.Line], _ tell: (String) -> Void
    ) {
        guard let watched = life.watched[name], watched <= time,
            let last = life.touches.last(where: { $0.path == name && $0.time <= time }),
            last.time >= watched
        else { return }
        let path = "\(life.scene)/\(name)"
        let now = lines.filter { $0.path == path && $0.content == last.content }.count
        let ends = life.witness.lines.filter { $0.path == path && $0.content == last.content }
            .compactMap { life.ends[$0.run] }.filter { $0 <= time }
        if now == 0, ends.isEmpty { tell("\(name) is lost") }
        if now > 1 { tell("\(name) runs \(now) times") }
        if now > 0, let end = ends.min(), isOnDisk(end) { tell("\(name) runs again") }
    }

    /// Whether the end of a run was certainly on the disk.
    private func isOnDisk(_ end: Double) -> Bool {
        let before = life.operations.prefix(point)
        // It is appended to the journal, or saved, and then the journal begins anew; what a save writes into
        // the database before its last page says nothing. Other processes write to the journal as well, but
        // not so many at a time.
        let appended = before.indices.filter {
            before[$0].time >= end && before[$0].name == "journal"
        }
        guard let written = appended.dropFirst(3).first else { return false }
        // With luck, or because the log was synced since.
        return luck == .everything
            || before[written...].contains { $0.name.hasSuffix("-wal") && $0.kind == .sync }
    }
}
