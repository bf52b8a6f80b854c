import TouchmonCore

/// The promises, checked against what was done to the paths and what the daemon made of it: no touch
/// is lost, none is doubled, and no two runs of an action are side by side.
///
/// Whatever is excused here is said in docs/guarantees.md, or is what an action asks for
/// (`catch_up`, `interrupted`).
struct Promises {
    private var paths: [PathPromises]
    private let isFine: Bool
    private var isUp = true
    private var life = 0
    private var areWritersUnknown = false
    /// Whether the present daemon, at some time, did not hear everything.
    private var isDeaf = false
    private var deafSince = Instant(nanoseconds: 0), deafUntil = Instant(nanoseconds: 0)
    /// When the daemon was last observed.
    private var observed = Instant(nanoseconds: 0)
    /// Whether it began without the ledger.
    private var isDeafToThePast = false
    private var runsSeen = 0, logsSeen = 0, recoveriesSeen = 0, startsSeen = 0
    /// Up to when what was done is on disk, whatever happened after.
    private var durable = Instant(nanoseconds: .min)
    /// The runs before this one, whose ends a power loss may have taken from the ledger.
    private var forgotten = (runs: 0, since: Instant(nanoseconds: .max))
    private var lostPower = false
    /// The action that a tool is in the middle of saving.
    private var current: (action: Int, isSave: Bool)?
    private(set) var broken: String?

    init(_ actions: [History.Action], isFine: Bool) {
        self.isFine = isFine
        paths = actions.map(PathPromises.init)
    }

    // MARK: What was done

    mutating func began(_ tool: Tool, isSave: Bool, _ action: Int, _ daemon: SimulatedDaemon) {
        current = (action, isSave)
        let wasHeard = isUp && (daemon.lastIdle.map { $0 <= daemon.clock } ?? false)
        paths[action].began(
            tool, isSave: isSave, at: daemon.clock, life: wasHeard ? life : nil)
    }

    mutating func called(
        _ tool: Tool, _ step: Int, from before: FileTime?, _ daemon: SimulatedDaemon
    ) {
        guard let (action, isSave) = current else { return }
        let after = daemon.kernel.modified(History.path(action))
        if isSave { paths[action].called(tool, step, from: before, to: after, at: daemon.clock) }
        if before != nil, after == nil {
            paths[action].vanished(since: isUp && !isDeaf ? daemon.lastIdle : nil)
        }
    }

    mutating func ended(_ daemon: SimulatedDaemon) {
        guard let (action, isSave) = current else { return }
        current = nil
        // A copy: to look must not change what the next change looks like.
        var kernel = daemon.kernel
        let status = try? kernel.status(History.path(action), followSymlinks: true).get()
        paths[action].ended(isSave: isSave, isEmpty: status?.size == 0, at: daemon.clock)
    }

    /// From now on the kernel may not tell whether somebody writes: what counts may have to wait.
    mutating func writersAreUnknown() {
        areWritersUnknown = true
    }

    mutating func powerFailed() { lostPower = true }

    mutating func started(_ actions: [History.Action], _ daemon: SimulatedDaemon) {
        life += 1
        isUp = true
        (isDeaf, isDeafToThePast) = (false, false)
        for index in paths.indices {
            paths[index].carriedOut(actions[index], idleCount: daemon.idleCount)
        }
        observe(daemon)
    }

    mutating func reloaded(_ actions: [History.Action], _ daemon: SimulatedDaemon) {
        for index in paths.indices {
            paths[index].carriedOut(actions[index], idleCount: daemon.idleCount)
        }
    }

    func isWatched(_ action: Int) -> Bool { paths[action].watchedSince != nil }

    // MARK: What the daemon made of it

    mutating func observe(_ daemon: SimulatedDaemon) {
        for log in daemon.logs[logsSeen...] {
            switch log {
            case .polled, .overflowed:
                if !isDeaf { deafSince = observed.advanced(by: .milliseconds(-1)) }
                isDeaf = true
                deafUntil = daemon.clock
            default: break
            }
        }
        logsSeen = daemon.logs.count
        for start in daemon.failedStarts[startsSeen...] {
            paths[Self.action(of: start.action)].failed(start, life)
        }
        startsSeen = daemon.failedStarts.count
        observed = daemon.clock
        if lostPower || (daemon.hasExited && isUp) { died(daemon) }
        while recoveriesSeen < daemon.recoveries.count {
            take(daemon.recoveries[recoveriesSeen], daemon)
            recoveriesSeen += 1
        }
        while runsSeen < daemon.runs.count {
            take(runsSeen, daemon)
            runsSeen += 1
        }
        guard isUp, let idle = daemon.lastIdle else { return }
        // Where a path can't be looked at, the first look is still to come.
        guard !daemon.kernel.faults.isPlanned(.status),
            !isDeaf || daemon.clock >= deafUntil.advanced(by: .milliseconds(1200))
        else { return }
        for index in paths.indices { paths[index].idle(at: idle, daemon.idleCount) }
    }

    private mutating func died(_ daemon: SimulatedDaemon) {
        if isUp, let idle = daemon.lastKeptIdle {
            // What was not heard, or waited to count, was not written down either.
            durable = isDeaf ? min(idle, deafSince) : idle
        }
        isUp = false
        guard lostPower else { return }
        lostPower = false
        durable = min(durable, daemon.lastSave)
        forgotten = (daemon.runs.count, daemon.lastSave)
        for index in paths.indices where daemon.kernel.modified(History.path(index)) == nil {
            paths[index].vanished(since: nil)
        }
    }

    /// The clock is set while paths can't be looked at: since when, is not known then.
    package mutating func setsClock(_ daemon: SimulatedDaemon) {
        guard daemon.kernel.faults.isPlanned(.status) else { return }
        for index in paths.indices { paths[index].wasUnseen = true }
    }

    /// A daemon read the ledger, or could not.
    private mutating func take(_ recovered: Recovered?, _ daemon: SimulatedDaemon) {
        let stored = recovered ?? Recovered(daemon.state.stored, boot: daemon.boot, calendar: 0)
        for index in paths.indices where stored.paths[History.path(index)] == nil {
            paths[index].isUnknown(toDaemonSince: daemon.lastIdle == nil)
        }
        for index in paths.indices
        where stored.paths[History.path(index)]?.handled?.unseenSince != nil {
            paths[index].wasUnseen = true
        }
        guard let recovered else {
            isDeafToThePast = true
            for index in paths.indices { paths[index].startsWithoutLedger() }
            return
        }
        for run in recovered.unfinished where !run.isAlive {
            interrupted(run, daemon)
        }
        for run in daemon.runs where run.ended == nil && run.isRecorded && !run.isAdopted {
            guard run.isOrphan else { continue }
            broken = broken ?? "side by side: run \(run.spec.number.value) is not known any more"
        }
        for index in paths.indices {
            if recovered.paths[History.path(index)]?.due == .interrupted {
                paths[index].rerunsDue = max(paths[index].rerunsDue, 1)
            }
            paths[index].recovered(durable: durable, life: life) { run in
                let known = daemon.runs[run]
                let number = known.spec.number
                let isUnfinished = recovered.unfinished.contains {
                    $0.number == number && $0.started == known.started
                }
                return isUnfinished || daemon.state.history[number]?.started == known.started
                    || recovered.finished.contains {
                        $0.number == number && $0.started == known.started
                    }
            }
        }
    }

    private mutating func interrupted(_ run: Recovered.Run, _ daemon: SimulatedDaemon) {
        let index = daemon.runs.lastIndex {
            $0.spec.number == run.number && $0.started == run.started && $0.path == run.path
        }
        if let index, let ended = daemon.runs[index].ended, daemon.runs[index].isEndRecorded {
            let isForgotten = index < forgotten.runs && ended >= forgotten.since
            if !isForgotten {
                broken = broken ?? "doubled: run \(run.number.value) was seen to end, and is rerun"
            }
        }
        paths[Self.action(of: run.path)].rerunsDue += 1
    }

    private mutating func take(_ index: Int, _ daemon: SimulatedDaemon) {
        let run = daemon.runs[index]
        for other in daemon.runs[..<index] where other.path == run.path {
            guard other.ended.map({ $0 > run.started }) ?? true else { continue }
            // Nothing could be written of the other, or read.
            let wasKnown = other.adopted.map { $0 <= run.started } ?? false
            if other.isOrphan, !wasKnown, !other.isRecorded || isDeafToThePast { continue }
            broken =
                broken
                ?? "side by side: runs \(other.spec.number.value) and \(run.spec.number.value)"
        }
        let action = Self.action(of: run.path)
        let isExplained = paths[action].explain(
            run, index, reason: Self.reason(of: run), life: life, isDeaf: isDeaf,
            isBlind: isDeafToThePast)
        // Where the kernel does not tell who writes, what counts has to wait, and may count twice.
        guard !isExplained, isFine, !areWritersUnknown else { return }
        broken = broken ?? "doubled: run \(run.spec.number.value) of \(run.path)"
    }

    /// At the end: a touch that no run followed.
    func lost(_ daemon: SimulatedDaemon) -> String? {
        guard broken == nil else { return broken }
        for index in paths.indices {
            let runs = daemon.runs.filter { $0.path == History.path(index) }
            let lost = paths[index].lost(runs, life: life, areWritersUnknown: areWritersUnknown)
            if let moment = lost {
                return "lost: \(History.path(index)), touched at \(moment.nanoseconds / 1000) µs"
            }
        }
        return nil
    }

    private static func action(of path: RawPath) -> Int { Int(path.bytes[5] - UInt8(ascii: "0")) }

    private static func reason(of run: SimulatedDaemon.Run) -> RunReason {
        run.variable("TOUCHMON_REASON").flatMap {
            RunReason(rawValue: String(decoding: $0, as: UTF8.self))
        } ?? .touch
    }
}
