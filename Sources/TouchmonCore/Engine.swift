/// Every decision of the daemon, in the order in which data flows: events → watch → trigger → run.
///
/// The daemon tells what happened, then performs effects until `nextEffect` has none left, and
/// waits until `nextDeadline` at the latest. Nothing in here reads a clock or calls the kernel, so
/// tests play the kernel, the clock and the children.
package struct Engine {
    /// What the daemon is to do; each says how it is answered.
    package enum Effect: Sendable {
        /// Answered by `reply`.
        case watch(WatchRequest)
        /// Read the inotify descriptor to its end, `read` for each part; then `eventsDrained`.
        case readEvents
        /// Whether `identity` may read the path; answered by `mayRead`.
        case checkReader(ActionID, FileStatus, path: RawPath, reader: RunIdentity)
        /// Answered by `made`, then `started` or `notStarted`, and in the end by `ended`; or at
        /// once by `notStarted` where there was no process.
        case start(RunSpec)
        /// kill(2) the process group of a run.
        case signal(process: Int32, signal: Int32)
        /// Read the action files again; answered by `reload` or `reloadRefused`.
        case readActionFiles
        /// End the daemon; there are no runs left.
        case exit
        case log(LogEvent)
    }

    /// The signals that the daemon listens to.
    package enum Signal: Hashable, Sendable {
        case interrupt, terminate, hangUp
    }

    /// An action of the present plan, or of an earlier one whose run has not ended.
    private struct Slot {
        var action: PlannedAction
        var isRetired = false
    }

    private var mounts = MountPoints()
    private var watcher: Watcher
    private var trigger = Trigger()
    private var runs = Runs()
    private var shutdown: Shutdown
    private let drain: Duration
    private let begun: Instant

    private var slots: [Slot?] = []
    private var freeSlots: [ActionID] = []
    private var actionByPath: [RawPath: ActionID] = [:]
    private var actionCount = 0
    private var effects: [Effect] = []
    private var effectsHead = 0
    private var isReady = false
    private var isReloading = false
    private var hasStopped = false

    private static let kill: Int32 = 9, terminate: Int32 = 15

    /// Begins with a plan; `drain` is how long running runs may go on after SIGINT or SIGTERM.
    ///
    /// Without root's rights the kernel tells less of other users' files, so more is listened to.
    package init(plan: Plan, isRoot: Bool, drain: Duration, at now: Instant) {
        watcher = Watcher(listensByName: !isRoot)
        shutdown = Shutdown(drain: drain, stopTimeout: .seconds(10))
        self.drain = drain
        begun = now
        for item in plan.items { _ = place(item.action) }
    }

    // MARK: What is to be done

    /// The next effect; nil when there is nothing to do but wait.
    package mutating func nextEffect(at now: Instant) -> Effect? {
        while true {
            if effectsHead < effects.count {
                effectsHead += 1
                return effects[effectsHead - 1]
            }
            effects.removeAll(keepingCapacity: true)
            effectsHead = 0

            if let request = watcher.nextRequest() { return .watch(request) }
            while let output = watcher.nextOutput() { take(output, at: now) }
            guard effects.isEmpty else { continue }
            if !isReady {
                isReady = true
                log(.ready(actions: actionCount, elapsed: now.elapsed(since: begun)))
                continue
            }
            if let (run, due) = runs.takeStart(at: now) {
                guard let slot = slots[run.action.index] else { continue }
                return .start(slot.action.spec(run, due))
            }
            // Before a run starts, and before a restored time is taken for granted, whatever is in
            // the queue by now must have been heard.
            if runs.needsDrain() || watcher.needsDrain { return .readEvents }
            guard shutdown.step != nil, !runs.hasActiveRuns else { return nil }
            guard !hasStopped else { return .exit }
            hasStopped = true
            log(.stopped(waiting: runs.waitingCount + trigger.settlingCount))
        }
    }

    /// When `timePassed` is to be called, if nothing else happens before.
    package mutating func nextDeadline() -> Instant? {
        var next = watcher.nextDeadline()
        if let settled = trigger.nextDeadline() { next = min(next ?? settled, settled) }
        if let step = shutdown.deadline { next = min(next ?? step, step) }
        return next
    }

    // MARK: What happened

    /// The bytes of one read of the inotify descriptor.
    package mutating func read(_ events: RawSpan) {
        watcher.read(events)
    }

    /// The inotify descriptor had nothing more to read.
    package mutating func eventsDrained() {
        watcher.eventsDrained()
        runs.eventsDrained()
    }

    /// The kernel's answer to `.watch`.
    package mutating func reply(_ reply: WatchReply, at now: Instant) {
        watcher.reply(reply, at: now)
    }

    /// The text of /proc/self/mountinfo: at the start, and whenever it changed.
    package mutating func readMounts(_ text: [UInt8]) {
        let points = mounts.update(text)
        if !points.isEmpty { watcher.mountsChanged(at: points) }
    }

    /// The answer to `.checkReader`, with the status that it came with.
    package mutating func checkedReader(
        _ action: ActionID, _ status: FileStatus, mayRead: Bool, at now: Instant
    ) {
        guard let slot = slots[action.index], !slot.isRetired else { return }
        if mayRead {
            trigger(action, slot.action, status, at: now)
        } else if let reader = slot.action.command.reader {
            log(.refused(slot.action.path, reader: reader))
        }
    }

    /// The kernel made the process of a run; whether it executes its program is not known yet.
    package mutating func made(_ run: RunNumber, process: Int32) {
        runs.made(run, process: process)
        // A run that was made while the others were being stopped must not outlive them.
        if let step = shutdown.step, step > .draining { signal(process, for: step) }
    }

    /// The process of a run executes its program.
    package mutating func started(_ run: RunNumber) {
        guard let active = runs.run(run), let process = active.process,
            let slot = slots[active.action.index]
        else { return }
        log(.started(run, slot.action.path, slot.action.command.identity, process: process))
    }

    /// A run executed nothing.
    package mutating func notStarted(_ run: RunNumber, _ failure: StartFailure) {
        guard let (_, action) = end(run) else { return }
        let program = RawPath(bytes: action.command.argv[0])
        log(.notStarted(run, action.path, action.command.identity, program: program, failure))
    }

    /// The process of a run ended.
    package mutating func ended(_ run: RunNumber, _ outcome: RunOutcome, at now: Instant) {
        guard let (active, action) = end(run) else { return }
        log(.ended(run, action.path, outcome, elapsed: now.elapsed(since: active.started)))
    }

    /// A signal came.
    package mutating func signalled(_ signal: Signal, at now: Instant) {
        switch signal {
        case .hangUp:
            guard shutdown.step == nil, !isReloading else { return }
            isReloading = true
            log(.reloading)
            effects.append(.readActionFiles)
        case .interrupt, .terminate:
            runs.isStopping = true
            if let step = shutdown.signalled(at: now) { begin(step) }
        }
    }

    /// A deadline passed.
    package mutating func timePassed(at now: Instant) {
        watcher.timePassed(at: now)
        while let action = trigger.takeDue(at: now) { request(action) }
        if let step = shutdown.timePassed(at: now) { begin(step) }
    }

    // MARK: Reload

    /// The action files were read again, and something is wrong with them: nothing changes.
    package mutating func reloadRefused(problems: Int) {
        isReloading = false
        log(.reloadRefused(problems: problems))
    }

    /// The action files were read again. Actions that stay keep their watches, their running and
    /// their waiting runs; a run that has started keeps what it was started with.
    package mutating func reload(_ plan: Plan) {
        isReloading = false
        let kept = Set(plan.items.map(\.action.path))
        var (added, changed, removed) = (0, 0, 0)
        for (path, action) in actionByPath where !kept.contains(path) {
            guard slots[action.index]?.isRetired == false else { continue }
            retire(action)
            removed += 1
        }
        for item in plan.items {
            switch place(item.action) {
            case .added: added += 1
            case .changed: changed += 1
            case .same: break
            }
        }
        log(.reloaded(actions: actionCount, added: added, changed: changed, removed: removed))
    }

    private enum Placement {
        case added, changed, same
    }

    private mutating func place(_ action: PlannedAction) -> Placement {
        if let id = actionByPath[action.path], let slot = slots[id.index] {
            slots[id.index] = Slot(action: action)
            guard slot.isRetired else { return slot.action == action ? .same : .changed }
            // Its run of before has not ended: the action stays busy with it.
            watch(id, action)
            return .added
        }
        let id = freeSlots.popLast() ?? ActionID(slots.count)
        if id.index == slots.count { slots.append(nil) }
        slots[id.index] = Slot(action: action)
        actionByPath[action.path] = id
        watch(id, action)
        return .added
    }

    private mutating func watch(_ id: ActionID, _ action: PlannedAction) {
        watcher.add(id, path: action.path)
        actionCount += 1
    }

    private mutating func retire(_ id: ActionID) {
        watcher.remove(id)
        trigger.remove(id)
        runs.remove(id)
        actionCount -= 1
        slots[id.index]?.isRetired = true
        if !runs.isBusy(id) { forget(id) }
    }

    private mutating func forget(_ id: ActionID) {
        guard let path = slots[id.index]?.action.path else { return }
        actionByPath[path] = nil
        slots[id.index] = nil
        freeSlots.append(id)
    }

    // MARK: Stages

    private mutating func take(_ output: Watcher.Output, at now: Instant) {
        switch output {
        case .overflowed:
            log(.overflowed)
        case .polled(let id, let place, let error):
            guard let slot = slots[id.index] else { return }
            log(.polled(slot.action.path, at: place, error))
        case .touched(let id, let status):
            guard let slot = slots[id.index] else { return }
            if let reader = slot.action.command.reader {
                effects.append(
                    .checkReader(id, status, path: slot.action.path, reader: reader))
            } else {
                trigger(id, slot.action, status, at: now)
            }
        }
    }

    private mutating func trigger(
        _ id: ActionID, _ action: PlannedAction, _ status: FileStatus, at now: Instant
    ) {
        // A touch that joins a run that is due already is the same news.
        if !runs.isWaiting(id) { log(.touched(action.path)) }
        if trigger.touched(id, action.command.settle, at: now) { request(id) }
    }

    private mutating func request(_ id: ActionID) {
        runs.request(
            id, Runs.Due(reason: .touch, modified: watcher.handled(id)?.modified))
    }

    private mutating func end(_ run: RunNumber) -> (Runs.Active, PlannedAction)? {
        guard let active = runs.ended(run), let slot = slots[active.action.index] else {
            return nil
        }
        if slot.isRetired { forget(active.action) }
        return (active, slot.action)
    }

    // MARK: The end

    private mutating func begin(_ step: Shutdown.Step) {
        let active = runs.activeRuns
        switch step {
        case .draining: log(.draining(runs: active.count, within: drain))
        case .stopping: log(.stopping(runs: active.count))
        case .killing: log(.killing(runs: active.count))
        }
        guard step > .draining else { return }
        for process in active.compactMap(\.process) { signal(process, for: step) }
    }

    private mutating func signal(_ process: Int32, for step: Shutdown.Step) {
        effects.append(
            .signal(process: process, signal: step == .killing ? Self.kill : Self.terminate))
    }

    private mutating func log(_ event: LogEvent) {
        effects.append(.log(event))
    }
}
