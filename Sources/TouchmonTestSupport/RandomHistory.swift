package import TouchmonCore

/// A random life of a daemon and of those who touch its paths, and the promises checked on it.
///
/// Everything follows from the seed: the same seed is the same history.
package struct RandomHistory {
    /// What a history may contain; a failing one is made smaller by leaving things out.
    package struct Content: OptionSet, Sendable {
        package var rawValue: Int
        package static let crashes = Content(rawValue: 1 << 0)
        package static let reboots = Content(rawValue: 1 << 1)
        package static let stops = Content(rawValue: 1 << 2)
        package static let reloads = Content(rawValue: 1 << 3)
        package static let overflows = Content(rawValue: 1 << 4)
        package static let failingWatches = Content(rawValue: 1 << 5)
        package static let failingLedger = Content(rawValue: 1 << 6)
        package static let failingStarts = Content(rawValue: 1 << 7)
        package static let noTouches = Content(rawValue: 1 << 8)
        package static let settling = Content(rawValue: 1 << 9)
        package static let all = Content(rawValue: (1 << 10) - 1)

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }
    }

    /// One save: from its first call to its last; the call at `completed` makes it a touch.
    private struct Save {
        var path: RawPath
        var began: Instant
        var completed: Instant
        var ended: Instant
        /// The daemon's life at its begin.
        var life: Int
    }

    package let seed: UInt64
    private var random: SplitMix64
    private var daemon: SimulatedDaemon
    private let plan: [PlannedAction]
    private let isFine: Bool
    private let content: Content
    private var saves: [Save] = []
    /// What changed a time without being a touch.
    private var restorations: [Save] = []
    private var number = 0
    private var life = 0
    /// Whether a daemon was killed while it could not write its ledger.
    private var diedDegraded = false
    private var checkedRuns = 0
    /// What happened, for a person; only kept when asked for.
    package private(set) var script: [String] = []
    private let keepsScript: Bool

    private static let policies: [FileSystemPolicy] = [
        .ext4, .ext4, .tmpfs, .ext4BeforeMultigrain, .ext2,
    ]
    private static let saving = Tool.all.filter { $0.description != "mkfifo" }
    /// Without those that change a mode or a time after their close, which coarse clocks can't tell.
    private static let savingCoarse = saving.filter {
        !["install", "tar x", "tar x --overwrite"].contains($0.description)
    }

    package init(seed: UInt64, _ content: Content = .all, keepsScript: Bool = false) throws {
        self.seed = seed
        self.content = content
        self.keepsScript = keepsScript
        random = SplitMix64(seed: seed)
        let policy = Self.policies[Int.random(in: 0..<Self.policies.count, using: &random)]
        isFine = policy == .ext4 || policy == .tmpfs
        var kernel = SimulatedKernel(root: policy)
        try kernel.makeDirectory(RawPath("/srv"))
        var plan: [PlannedAction] = []
        let settles = content.contains(.settling) && Int.random(in: 0..<4, using: &random) == 0
        for index in 0..<Int.random(in: 1...3, using: &random) {
            let path = RawPath("/srv/\(index)")
            if Bool.random(using: &random) {
                try kernel.close(try kernel.open(path, [.write, .create]))
            }
            let settle = SettlePolicy(
                quiet: settles ? .milliseconds(Int.random(in: 1...50, using: &random)) : .zero,
                max: .milliseconds(80))
            plan.append(
                PlannedAction(
                    path: path,
                    Shared(
                        RunCommand(
                            argv: [Array("true".utf8)], programs: [RawPath("/bin/true")],
                            identity: RunIdentity(name: "root", user: 0, group: 0, groups: []),
                            settle: settle))))
        }
        // Older than any grace of the first look.
        kernel.advance(by: .seconds(7200) + .nanoseconds(123_456_789))
        self.plan = plan
        daemon = SimulatedDaemon(kernel: kernel, plan: plan)
        daemon.runDuration = .microseconds(Int.random(in: 1...2000, using: &random))
        daemon.settle()
    }

    /// Plays the history to its end; returns what promise was broken, or nil.
    package mutating func play() throws -> String? {
        for _ in 0..<Int.random(in: 3...10, using: &random) {
            try happen()
            if let broken = sideBySide() { return broken }
        }
        heal()
        if let broken = sideBySide() { return broken }
        for action in plan {
            if let broken = check(action.path) { return broken }
        }
        return nil
    }

    // MARK: What happens

    private mutating func chance(_ one: Int) -> Bool {
        Int.random(in: 0..<one, using: &random) == 0
    }

    private mutating func happen() throws {
        switch Int.random(in: 0..<16, using: &random) {
        case 0 where content.contains(.crashes), 1 where content.contains(.crashes): crash()
        case 2 where content.contains(.stops) && !daemon.hasExited:
            say("SIGTERM")
            daemon.signal(.terminate)
        case 3 where content.contains(.reloads) && !daemon.hasExited:
            say("SIGHUP")
            daemon.signal(.hangUp)
            for _ in 0..<Int.random(in: 0...4, using: &random) { _ = daemon.step() }
            if daemon.wantsActionFiles { daemon.reload(plan) }
        case 4 where content.contains(.overflows):
            let limit = Int.random(in: 1...6, using: &random)
            daemon.kernel.queueLimit = limit
            say("a short queue")
        case 5 where content.contains(.failingWatches):
            say("no more watches")
            let ordinal = Int.random(in: 1...4, using: &random)
            let isOnce = Bool.random(using: &random)
            daemon.kernel.faults.fail(
                .addWatch, ordinal: ordinal, isOnce ? .once : .forever, with: .noSpace)
        case 6 where content.contains(.failingLedger):
            let isFull = daemon.state.failure == nil
            say(isFull ? "disk full" : "disk free")
            daemon.state.failure =
                isFull ? LedgerFailure(.full, RawPath("/state"), reason: "no space left") : nil
        case 7 where content.contains(.failingStarts):
            let fails = daemon.startFailure == nil
            say(fails ? "no processes" : "processes")
            let step = Bool.random(using: &random) ? StartStep.clone : .execute
            daemon.startFailure = fails ? StartFailure(step: step, error: .tryAgain) : nil
        case 8: pass(.milliseconds(Int.random(in: 1...100, using: &random)))
        case 9: pass(.seconds(Int.random(in: 1...30, using: &random)))
        case 10 where content.contains(.noTouches): try noTouch()
        default: try save()
        }
        if daemon.hasExited {
            if !daemon.engine.keepsLedger { diedDegraded = true }
            if chance(2) { restart() }
        }
    }

    private mutating func save() throws {
        let path = plan[Int.random(in: 0..<plan.count, using: &random)].path
        let tools = isFine ? Self.saving : Self.savingCoarse
        guard let tool = try use(tools, on: path) else { return }
        _ = tool
    }

    private mutating func noTouch() throws {
        let path = plan[Int.random(in: 0..<plan.count, using: &random)].path
        // Not in the middle of a save: a close without a write would complete it.
        daemon.pass(.milliseconds(30))
        _ = try use(Tool.noTouch, on: path)
        daemon.pass(.milliseconds(30))
    }

    private mutating func use(_ tools: [Tool], on path: RawPath) throws -> Tool? {
        let hasFile =
            if case .success = daemon.kernel.status(path, followSymlinks: true) { true } else {
                false
            }
        let isSave = tools.count > 10
        var tool = tools[Int.random(in: 0..<tools.count, using: &random)]
        while tool.needsFile && !hasFile {
            guard isSave else { return nil }
            tool = tools[Int.random(in: 0..<tools.count, using: &random)]
        }
        number += 1
        // A coarse clock can't tell changes within its granule from each other while nobody looks.
        if !isFine { pass(.milliseconds(2100)) }
        say("\(tool.description) \(path)")
        var context = Tool.Context(kernel: daemon.kernel, path: path, save: number)
        var save = Save(
            path: path, began: daemon.clock, completed: daemon.clock, ended: daemon.clock,
            life: life)
        for (index, step) in tool.steps.enumerated() {
            context.kernel = daemon.kernel
            try step(&context)
            daemon.kernel = context.kernel
            if index == tool.completingStep { save.completed = daemon.clock }
            daemon.tick(.microseconds(3))
            work()
            if content.contains(.crashes), chance(40) { crash() }
            if daemon.hasExited, chance(8) { restart() }
        }
        save.ended = daemon.clock
        if isSave { saves.append(save) }
        if tool.description == "mtime moved backwards" { restorations.append(save) }
        return tool
    }

    /// The daemon gets some steps, or none.
    private mutating func work() {
        for _ in 0..<Int.random(in: 0...8, using: &random) where !daemon.step() { break }
        if Bool.random(using: &random) {
            let wait = Int.random(in: 1...300, using: &random)
            daemon.tick(.microseconds(wait))
        }
    }

    private mutating func pass(_ duration: Duration) {
        say("\(duration) pass")
        daemon.pass(duration)
    }

    private mutating func crash() {
        guard !daemon.hasExited else { return }
        if !daemon.engine.keepsLedger { diedDegraded = true }
        let reboots = content.contains(.reboots) && chance(6)
        say(reboots ? "power loss" : "kill -9")
        daemon.crash(reboots: reboots)
        let wait = Int.random(in: 1...5000, using: &random)
        daemon.tick(.microseconds(wait))
    }

    private mutating func restart() {
        say("start")
        life += 1
        // What it can't read it can't know.
        if daemon.state.failure != nil { diedDegraded = true }
        daemon.restart(plan)
        for _ in 0..<Int.random(in: 0...40, using: &random) where !daemon.step() { break }
    }

    /// Every trouble is over; what is owed is to be done.
    private mutating func heal() {
        daemon.kernel.faults.clear()
        daemon.state.failure = nil
        daemon.startFailure = nil
        say("healed")
        daemon.pass(.seconds(70))
        if daemon.hasExited {
            if !daemon.engine.keepsLedger { diedDegraded = true }
            restart()
            daemon.pass(.seconds(70))
        }
    }

    private mutating func say(_ line: @autoclosure () -> String) {
        if keepsScript { script.append("\(daemon.clock.nanoseconds / 1000) µs: \(line())") }
    }

    /// The runs, for a person.
    package var runs: [String] {
        daemon.runs.map { run in
            let reason = run.variable("TOUCHMON_REASON").map { String(decoding: $0, as: UTF8.self) }
            let end = run.ended.map { "\($0.nanoseconds / 1000)" } ?? "?"
            return "run \(run.spec.number.value) of \(run.path), \(reason ?? "?"): "
                + "\(run.started.nanoseconds / 1000) to \(end) µs"
                + (run.outcome == nil ? ", cut off" : "")
        } + daemon.logs.map(\.message)
    }

    // MARK: The promises

    private mutating func sideBySide() -> String? {
        let runs = daemon.runs
        for index in checkedRuns..<runs.count {
            let run = runs[index]
            for other in runs[..<index] where other.path == run.path {
                // Nothing was written down of the other.
                if diedDegraded, other.isOrphan { continue }
                if other.ended.map({ $0 > run.started }) ?? true {
                    return "side by side: \(other.spec.number.value) and \(run.spec.number.value)"
                }
            }
        }
        checkedRuns = runs.count
        return nil
    }

    private func check(_ path: RawPath) -> String? {
        let runs = daemon.runs.filter { $0.path == path }
        let saves = saves.filter { $0.path == path }
        // What the ledger could not hold when its daemon died is not promised.
        if !diedDegraded, let last = saves.map(\.completed).max() {
            let covering = runs.contains { $0.started >= last && $0.outcome != nil }
            // A time that was set and moved back before anybody looked was not moved.
            let isHidden = restorations.contains {
                $0.path == path && $0.began >= last
                    && $0.began <= last.advanced(by: .milliseconds(100))
            }
            if !covering, !isHidden {
                return "lost: \(path), touched at \(last.nanoseconds / 1000) µs"
            }
        }
        guard isFine, !diedDegraded else { return nil }
        return doubled(runs, saves)
    }

    /// Every run needs a save of its own, except that one that was cut off is run again.
    private func doubled(_ runs: [SimulatedDaemon.Run], _ saves: [Save]) -> String? {
        var unused = saves
        var previous: SimulatedDaemon.Run?
        // Not all was heard: in the middle of a save that can't be told from a save of its own.
        let isPartlyDeaf = daemon.logs.contains {
            switch $0 {
            case .polled, .overflowed: true
            default: false
            }
        }
        for run in runs {
            defer { previous = run }
            // A save may wait for its tool's close, or for quiet, while another's run begins.
            let reason = run.variable("TOUCHMON_REASON").map { String(decoding: $0, as: UTF8.self) }
            if reason == "interrupted" { continue }
            let grace = isPartlyDeaf ? Duration.milliseconds(1200) : .milliseconds(120)
            let count = unused.count
            unused.removeAll { $0.ended.advanced(by: grace) <= run.drained }
            if unused.count < count { continue }
            // A time that is moved backwards while nobody listens can't be told from a touch.
            let wasRestored = restorations.contains {
                $0.path == run.path && $0.began <= run.started
            }
            if life > 0 || isPartlyDeaf, wasRestored { continue }
            // A save in whose middle a daemon died may run twice: its last calls were not seen. So
            // may one that was looked at in its middle by a poll.
            let wasCut = saves.contains { save in
                (save.life < life || isPartlyDeaf) && save.began <= run.started
                    && previous.map { save.ended.advanced(by: grace) >= $0.started } ?? true
            }
            if reason == "catch-up" || isPartlyDeaf, wasCut { continue }
            if let current = unused.firstIndex(where: { $0.began <= run.started }) {
                unused.remove(at: current)
                continue
            }
            return "doubled: run \(run.spec.number.value) of \(path(of: run)), \(reason ?? "")"
        }
        return nil
    }

    private func path(of run: SimulatedDaemon.Run) -> String {
        String(decoding: run.path.bytes, as: UTF8.self)
    }
}

extension RawPath: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
