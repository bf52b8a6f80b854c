/// Why a run is stopped before it ended by itself.
package enum StopCause: String, Hashable, Sendable {
    /// It took longer than its action allows.
    case timeout
    /// Its path was touched, and its action begins anew then.
    case restart
    /// The daemon ends.
    case shutdown
    /// Somebody asked for it: `touchmon stop-run`.
    case request
}

/// The runs that must not take longer than their action allows, and those that are being stopped: each
/// is asked to stop, and killed when it has not by then.
struct Stops {
    private struct Stop {
        var cause: StopCause
        /// When it is killed; nil once it was.
        var kill: Instant?
    }

    private var limits: [RunNumber: Instant] = [:]
    private var stopping: [RunNumber: Stop] = [:]

    /// A run began that may take so long.
    mutating func began(_ run: RunNumber, timeout: Duration?, at now: Instant) {
        guard let timeout else { return }
        limits[run] = now.advanced(by: timeout)
    }

    /// A run is to be stopped, and killed `within` a time; false where it is being stopped already.
    mutating func stop(
        _ run: RunNumber, _ cause: StopCause, within: Duration, at now: Instant
    ) -> Bool {
        limits[run] = nil
        guard stopping[run] == nil else { return false }
        stopping[run] = Stop(cause: cause, kill: now.advanced(by: within))
        return true
    }

    /// A run ended; why it was being stopped, or nil.
    mutating func ended(_ run: RunNumber) -> StopCause? {
        limits[run] = nil
        return stopping.removeValue(forKey: run)?.cause
    }

    /// Whether a run is being stopped.
    func contains(_ run: RunNumber) -> Bool { stopping[run] != nil }

    /// When `takeOverdue` and `takeKills` are to be called next.
    var deadline: Instant? {
        guard !limits.isEmpty || !stopping.isEmpty else { return nil }
        return (Array(limits.values) + stopping.values.compactMap(\.kill)).min()
    }

    /// When the last of those that are being stopped is killed; nil where none is to be.
    var lastKill: Instant? { stopping.values.compactMap(\.kill).max() }

    /// Takes the runs that have taken too long, in the order of their numbers.
    mutating func takeOverdue(at now: Instant) -> [RunNumber] {
        let overdue = limits.filter { $0.value <= now }.keys.sorted()
        for run in overdue { limits[run] = nil }
        return overdue
    }

    /// Takes the runs that were asked to stop and have not, in the order of their numbers.
    mutating func takeKills(at now: Instant) -> [RunNumber] {
        let late = stopping.filter { $0.value.kill.map { $0 <= now } ?? false }.keys.sorted()
        for run in late { stopping[run]?.kill = nil }
        return late
    }
}
