import Foundation
import Testing

/// A daemon's life from its start to its end, with what becomes of it where a system call fails.
///
/// Every wait has a bound: what a faulty daemon does not do in time, the next one has to.
final class FaultLife {
    /// With what the daemon begins.
    enum Beginning: String, Sendable {
        /// With nothing.
        case fresh
        /// A daemon was killed: one of its runs is still alive, one was cut off, and a path was touched
        /// since.
        case afterKill
    }

    /// When something happened.
    enum Moment: String, CaseIterable {
        case start, touch, replace, tree, reload, stop
    }

    /// What became of it all.
    struct Outcome {
        /// The call that failed, and when; nil where the daemon did not come so far.
        var injected: (call: TracedCall, moment: Moment)?
        /// How the daemon ended; nil where it had to be killed.
        var status: Int32?
        var wasReady = false
        /// The signal that ended it.
        var crash: Int32?
        /// What its log said beyond the usual.
        var said: Set<String> = []
        var text = ""
        /// Touches that the same daemon's runs did not follow in time.
        var late: Set<String> = []
        /// Touches that no run followed.
        var lost: [String] = []
        var wrongIdentities: [String] = []
        /// Runs beyond one for each touch.
        var extraRuns = 0

        /// What an operator would say of it.
        var summary: String {
            var parts: [String] = []
            if let crash { parts.append("CRASH \(crash)") }
            if !lost.isEmpty { parts.append("LOST \(lost)") }
            if !wrongIdentities.isEmpty { parts.append("WRONG \(wrongIdentities)") }
            switch status {
            case nil: parts.append("hangs until killed")
            case 0: break
            case let status?:
                parts.append("\(wasReady ? "ends" : "does not start"), status \(status)")
            }
            if !said.isEmpty { parts.append("says " + said.sorted().joined(separator: ", ")) }
            if wasReady, !late.isEmpty { parts.append("what is due runs when it is over") }
            return parts.isEmpty ? "no effect" : parts.joined(separator: "; ")
        }

        /// What must not be; nil where all is well.
        var failure: String? {
            if crash != nil || !lost.isEmpty || !wrongIdentities.isEmpty || status == nil {
                return summary
            }
            guard let status, status != 0 else { return nil }
            // It could not say why where it was the saying that failed.
            let isMute = ["write", "poll"].contains(injected?.call.call)
            let isSaid = text.contains("unable to") || text.contains(": error: ")
            return [65, 66, 71].contains(status) && (isMute || isSaid) ? nil : "\(summary): \(text)"
        }
    }

    private let scene: Scene
    private let beginning: Beginning
    private let extent: Fault.Extent
    private var moments: [(moment: Moment, time: Double)] = []

    /// How long a run may be in coming before the next step is taken, in seconds: with a fault that
    /// ends, long enough for several tries.
    private var patience: Double { extent == .once ? 8 : 1.5 }

    private static let usual: Set<String> = [
        "ready", "touched", "run_started", "run_ended", "reloading", "reloaded", "draining",
        "stopped", "caught_up", "tree_watched", "run_adopted", "run_interrupted",
    ]

    init(_ beginning: Beginning, extent: Fault.Extent, program: String) throws {
        scene = try Scene(program: program, hasTree: true)
        self.beginning = beginning
        self.extent = extent
    }

    /// Lives the life with a fault, or without one, in which case the trace has every call.
    func live(with fault: Fault?) throws -> Outcome {
        if beginning == .afterKill { try prepare() }
        let trace = scene.scratch("trace")
        let prefix = scene.quietly + (fault?.prefix(tracing: trace) ?? Fault.tracing(trace))
        var outcome = Outcome()
        begin(.start)
        let daemon = try TouchmonProcess(
            ["run", "--log-format", "json", scene.actions], prefix: prefix, state: scene.state)
        outcome.wasReady =
            eventually(within: 15) { daemon.count("ready") > 0 || !daemon.process.isRunning }
            && daemon.count("ready") > 0
        try? FileManager.default.removeItem(atPath: scene.hold)
        if outcome.wasReady { try go(through: daemon, &outcome) }
        end(daemon, &outcome)
        calls = TracedCall.read(trace)
        if fault != nil, let injected = calls.first(where: \.isInjected) {
            let moment = moments.last { $0.time <= injected.time }?.moment ?? .start
            outcome.injected = (injected, moment)
        }
        if outcome.wasReady { outcome.late.formUnion(scene.owed) }
        try follow(&outcome)
        outcome.wrongIdentities = scene.wrongIdentities
        outcome.extraRuns = max(0, scene.witness.lines.count - scene.count)
        return outcome
    }

    /// What was traced.
    private(set) var calls: [TracedCall] = []

    private func begin(_ moment: Moment) {
        moments.append((moment, Date().timeIntervalSince1970))
    }

    /// Leaves a state directory as a daemon does that is killed in the middle of two runs.
    private func prepare() throws {
        try scene.addSecond()
        let daemon = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        try scene.scratch.write("hold")
        try scene.touch("a")
        try scene.touch("b")
        try #require(scene.isSettled(within: 20))
        // Its own news of the runs' beginning may be a moment late.
        try #require(daemon.wait(for: "run_started", count: 2))
        daemon.stop(with: SIGKILL)
        let second = daemon.events("run_started").first {
            $0["path"] as? String == scene.scratch("b")
        }
        let process = try #require(second?["pid"] as? Int)
        kill(Int32(process), SIGKILL)
        // One that is still there would be adopted, and be seen to end.
        try #require(eventually { kill(Int32(process), 0) != 0 })
        scene.cutOff("b")
        try scene.touch("c")
        try scene.touchInTree()
        try scene.moveIntoTree()
    }

    private func go(through daemon: TouchmonProcess, _ outcome: inout Outcome) throws {
        begin(.touch)
        for name in ["a", "c"] {
            try scene.touch(name)
            wait(&outcome)
        }
        // Two touches of which the second comes while the first one's run is under way, or starting.
        try scene.touch("a")
        try scene.touch("a")
        wait(&outcome)
        begin(.replace)
        try scene.touch("a", replacing: true)
        wait(&outcome)
        begin(.tree)
        try scene.touchInTree()
        wait(&outcome)
        try scene.moveIntoTree()
        wait(&outcome)
        begin(.reload)
        if beginning == .fresh { try scene.addSecond() }
        daemon.signal(SIGHUP)
        func answers() -> Int { daemon.count("reloaded") + daemon.count("reload_refused") }
        _ = eventually(within: patience) { answers() > 0 || !daemon.process.isRunning }
        if extent == .once, daemon.count("reload_refused") > 0 {
            daemon.signal(SIGHUP)
            _ = eventually(within: patience) { answers() > 1 || !daemon.process.isRunning }
        }
        if beginning == .afterKill || daemon.count("reloaded") > 0 {
            try scene.touch("b")
            wait(&outcome)
        }
    }

    private func wait(_ outcome: inout Outcome) {
        if !scene.isSettled(within: patience) { outcome.late.formUnion(scene.owed) }
    }

    private func end(_ daemon: TouchmonProcess, _ outcome: inout Outcome) {
        begin(.stop)
        daemon.signal(SIGTERM)
        if eventually(within: 10, { !daemon.process.isRunning }) {
            outcome.status = daemon.exitStatus()
            if daemon.process.terminationReason == .uncaughtSignal, outcome.status != SIGTERM {
                outcome.crash = outcome.status
            }
        } else {
            daemon.stop(with: SIGKILL)
        }
        outcome.text = daemon.text
        for line in daemon.text.split(separator: "\n") {
            guard let data = try? JSONSerialization.jsonObject(with: Data(line.utf8)),
                let event = (data as? [String: Any])?["event"] as? String
            else { continue }
            if !Self.usual.contains(event) { outcome.said.insert(event) }
        }
    }

    /// The fault is over: a clean daemon has to make good for everything, and to work.
    private func follow(_ outcome: inout Outcome) throws {
        if beginning == .fresh { try scene.addSecond() }
        let daemon = try TouchmonProcess.daemon(
            [scene.actions], prefix: scene.quietly, state: scene.state)
        _ = scene.isSettled(within: 10)
        outcome.lost = scene.owed
        try scene.touch("a")
        if !scene.isSettled(within: 10) { outcome.lost.append("a afterwards: \(daemon.text)") }
        daemon.stop()
    }
}
