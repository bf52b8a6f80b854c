package import TouchmonCore

/// Plays a history on the simulated daemon, and holds it to the promises after every step.
package struct HistoryPlayer {
    private let history: History
    private let isFine: Bool
    private var daemon: SimulatedDaemon
    private var promises: Promises
    /// The actions as the action files have them now.
    private var actions: [History.Action]
    /// The tool that is in the middle of a save.
    private var tool: (tool: Tool, context: Tool.Context, next: Int)?
    private var saves = 0
    /// Whether the last tool made no save.
    private var wasNoSave = false
    private var broken: String?
    /// What happened, for a person; only kept when asked for.
    package private(set) var script: [String] = []
    private let keepsScript: Bool

    private static let tools = Dictionary(
        uniqueKeysWithValues: (Tool.all + Tool.noTouch).map { ($0.description, $0) })

    /// `tell` is told of everything that the daemon does.
    package init(
        _ history: History, keepsScript: Bool = false, tell: ((String) -> Void)? = nil
    ) throws {
        self.history = history
        self.keepsScript = keepsScript
        actions = history.actions
        let policy = history.policy
        isFine = policy == .ext4 || policy == .tmpfs
        // Not at a whole second: that looks like a file system without nanoseconds.
        var kernel = SimulatedKernel(
            root: policy, now: FileTime(seconds: 1_800_000_000, nanoseconds: 500_000_000))
        try kernel.makeDirectory(RawPath("/srv"))
        for (index, action) in history.actions.enumerated() where action.hasFile {
            try kernel.close(try kernel.open(History.path(index), [.write, .create]))
        }
        // Older than any grace of the first look.
        kernel.advance(by: .seconds(7200) + .nanoseconds(123_456_789))
        daemon = SimulatedDaemon(kernel: kernel, plan: Self.plan(history.actions))
        daemon.tell = tell
        daemon.manner.duration = .milliseconds(1)
        daemon.manner.obeysSignals = true
        promises = Promises(history.actions, isFine: isFine)
        daemon.settle()
        promises.observe(daemon)
    }

    private static func plan(_ actions: [History.Action]) -> [PlannedAction] {
        actions.indices.filter { actions[$0].isPlanned }.map { actions[$0].planned($0) }
    }

    /// Plays the history to its end and past it: every trouble is over, and what is owed is done. Then
    /// a daemon that is killed and started again has nothing to do, and every path can be touched.
    /// Returns what promise was broken, or nil.
    package mutating func play() throws -> String? {
        for step in history.steps {
            try perform(step)
            if let broken = check() { return broken }
        }
        try heal()
        if let broken = check() ?? promises.lost(daemon) { return broken }
        return try goOn()
    }

    private mutating func check() -> String? {
        promises.observe(daemon)
        return promises.broken
    }

    // MARK: What happens

    private mutating func perform(_ step: HistoryStep) throws {
        say(step.text)
        switch step {
        case .use(let action, let name):
            guard action < actions.count, let tool = Self.tools[name] else { return }
            try use(tool, action)
        case .call: try call()
        case .abandon: try abandon()
        case .work(let count): for _ in 0..<count where !daemon.step() { break }
        case .wait(let time): daemon.tick(.microseconds(time))
        case .pass(let time): daemon.pass(.microseconds(time))
        case .kill:
            guard !daemon.hasExited else { return }
            daemon.crash()
        case .killInSave: if !daemon.hasExited { daemon.diesInSave = true }
        case .powerLoss(let loss):
            // Programs go down with the machine, and touch nothing more.
            tool = nil
            daemon.losePower(loss)
            promises.powerFailed()
        case .start:
            guard daemon.hasExited else { return }
            // Whatever is not there when a daemon looks first, and comes later, has come.
            while wasNoSave, tool != nil { try call() }
            daemon.restart(Self.plan(actions))
            promises.started(actions, daemon)
        case .signal(let signal): if !daemon.hasExited { daemon.signal(signal) }
        case .reload:
            guard !daemon.hasExited, daemon.wantsActionFiles else { return }
            daemon.reload(Self.plan(actions))
            promises.reloaded(actions, daemon)
        case .refuse:
            guard !daemon.hasExited, daemon.wantsActionFiles else { return }
            daemon.refuseReload()
        case .change(let action, let change): self.change(action, change)
        case .queue(let limit): daemon.kernel.queueLimit = max(limit, 1)
        case .fail(let call, let ordinal, let extent, let error):
            if call == .hasWriter { promises.writersAreUnknown() }
            daemon.kernel.faults.fail(call, ordinal: ordinal, extent, with: error)
        case .ledger(let kind):
            daemon.state.failure = kind.map {
                LedgerFailure($0, RawPath("/state"), reason: "no luck")
            }
        case .starts(let failure): daemon.startFailure = failure
        case .clock(let hours):
            promises.setsClock(daemon)
            daemon.kernel.moveClock(hours: hours)
        case .runsTake(let time): daemon.manner.duration = .microseconds(time)
        case .runsEnd(let outcome): daemon.manner.outcome = outcome
        case .runsIgnoreSignals(let ignores): daemon.manner.obeysSignals = !ignores
        }
    }

    private mutating func change(_ action: Int, _ change: HistoryStep.ActionChange) {
        guard action < actions.count else { return }
        switch change {
        case .removed: actions[action].isPlanned = false
        case .added: actions[action].isPlanned = true
        case .settle(let time): actions[action].settle = time
        case .argument(let value): actions[action].argument = value
        }
    }

    // MARK: Tools

    /// A tool begins. One that needs a file does nothing where there is none.
    private mutating func use(_ tool: Tool, _ action: Int) throws {
        if self.tool != nil {
            try abandon()
            daemon.pass(.milliseconds(30))
        }
        let path = History.path(action)
        guard !tool.needsFile || daemon.kernel.modified(path) != nil else { return }
        let isSave = Tool.all.contains { $0.description == tool.description }
        // A coarse clock can't tell changes within its granule from each other while nobody looks.
        if !isFine { daemon.pass(.milliseconds(2100)) }
        // A close without a write, in the middle of a wait for a close, would complete a save.
        if !isSave || wasNoSave { daemon.pass(.milliseconds(30)) }
        wasNoSave = !isSave
        promises.observe(daemon)
        saves += 1
        self.tool = (
            tool, Tool.Context(kernel: daemon.kernel, path: path, save: saves), 0
        )
        promises.began(tool, isSave: isSave, action, daemon)
    }

    private mutating func call() throws {
        guard let (tool, begun, step) = tool else { return }
        var (context, next) = (begun, step)
        context.kernel = daemon.kernel
        let before = daemon.kernel.modified(context.path)
        try tool.steps[next](&context)
        daemon.kernel = context.kernel
        promises.called(tool, next, from: before, daemon)
        // A real call takes time.
        daemon.tick(.microseconds(3))
        next += 1
        self.tool = (tool, context, next)
        guard next == tool.steps.count else { return }
        self.tool = nil
        promises.ended(daemon)
    }

    private mutating func abandon() throws {
        guard let (_, context, _) = tool else { return }
        tool = nil
        for handle in context.handles { try? daemon.kernel.close(handle) }
        daemon.tick(.microseconds(3))
        promises.ended(daemon)
    }

    // MARK: The end

    private mutating func heal() throws {
        say("healed")
        try abandon()
        daemon.kernel.faults.clear()
        daemon.kernel.queueLimit = 16384
        daemon.state.failure = nil
        daemon.startFailure = nil
        daemon.diesInSave = false
        daemon.manner.duration = .milliseconds(1)
        daemon.pass(.seconds(100))
        promises.observe(daemon)
        guard daemon.hasExited else { return }
        daemon.restart(Self.plan(actions))
        promises.started(actions, daemon)
        daemon.pass(.seconds(100))
    }

    /// All is done and written down: a daemon that dies now leaves nothing to do, and hears.
    private mutating func goOn() throws -> String? {
        let count = daemon.runs.count
        say("kill, start")
        daemon.crash()
        promises.observe(daemon)
        daemon.restart(Self.plan(actions))
        promises.started(actions, daemon)
        daemon.pass(.seconds(3))
        promises.observe(daemon)
        if let broken = promises.broken { return broken }
        guard daemon.runs.count == count else {
            return "doubled: a run after a restart, with nothing touched"
        }
        for action in actions.indices where promises.isWatched(action) {
            try use(Self.lastTool, action)
            while tool != nil { try call() }
        }
        daemon.pass(.seconds(1))
        promises.observe(daemon)
        let watched = actions.indices.filter { promises.isWatched($0) }.map {
            History.path($0).description
        }
        let ran = daemon.runs[count...].map(\.path.description)
        return promises.broken ?? promises.lost(daemon)
            ?? (ran.sorted() == watched ? nil : "doubled: one touch each, and ran \(ran)")
    }

    private static let lastTool = Tool.all.first { $0.description == "shell >>" } ?? Tool.all[0]

    // MARK: For a person

    private mutating func say(_ line: @autoclosure () -> String) {
        guard keepsScript else { return }
        script.append("\(daemon.clock.nanoseconds / 1000) µs: \(line())")
        daemon.tell?(script[script.count - 1])
    }

    /// The runs, for a person.
    package var runs: [String] {
        daemon.runs.map { run in
            let reason = run.variable("TOUCHMON_REASON").map { String(decoding: $0, as: UTF8.self) }
            let end = run.ended.map { "\($0.nanoseconds / 1000)" } ?? "?"
            return "run \(run.spec.number.value) of \(run.path), \(reason ?? "?"): "
                + "\(run.started.nanoseconds / 1000) to \(end) µs, drained "
                + "\(run.drained.nanoseconds / 1000)" + (run.outcome == nil ? ", cut off" : "")
        } + daemon.logs.map(\.message)
    }
}

extension RawPath: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
