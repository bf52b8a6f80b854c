internal import CTouchmon
internal import Glibc

/// Starts children, clone(2). See spawn.h for what a child goes through.
///
/// Every signal disposition of the process must be the default, as `SignalInbox` leaves them.
package struct Spawner: ~Copyable {
    private var slots: [SpawnSlot] = []
    /// A child that was made ahead.
    private var ahead: (pid: Int32, slot: SpawnSlot, standard: StandardDescriptors)?

    package init() {}

    /// Whether there is a child that was made ahead.
    package var hasAhead: Bool { ahead != nil }

    /// Makes a child that does what is the same for all before it is known what it is to run, if there
    /// is none. It ends with the thread that calls this. See spawn.h.
    package mutating func makeAhead(_ standard: StandardDescriptors) throws(SystemFailure) {
        guard ahead == nil else { return }
        let slot: SpawnSlot
        if let free = freeSlot { slot = free } else { slot = try addSlot(capacity: 0) }
        slot.prepare(standard)
        let pid = try systemCall("start a process") {
            tm_spawn_ahead(slot.child, slot.stackTop)
        }
        slot.isClaimed = true
        ahead = (pid, slot, standard)
    }

    /// Ends and reaps the child that was made ahead.
    package mutating func dismissAhead() {
        guard let (pid, slot, _) = ahead else { return }
        kill(pid, SIGKILL)
        // It waits for nobody, so this does not last.
        waitpid(pid, nil, 0)
        slot.isClaimed = false
        ahead = nil
    }

    /// Whether this was the child that was made ahead, which has ended: it is reaped and forgotten.
    package mutating func forgetAhead(_ pid: Int32) -> Bool {
        guard ahead?.pid == pid else { return false }
        dismissAhead()
        return true
    }

    /// The child that was made ahead, with what `spec` says; nil where it can't have that.
    private mutating func startAhead(
        _ spec: borrowing SpawnSpec, _ standard: StandardDescriptors
    ) -> Child? {
        // It has closed the descriptor by which it could enter a control group, and that of an input
        // of the run's own, which was not there when it was made; it is left for the next run.
        guard standard.group < 0, !standard.hasOwnInput, let (pid, slot, known) = ahead else {
            return nil
        }
        guard slot.hasChild, standard.canFollow(known), slot.fill(spec, standard) else {
            dismissAhead()
            return nil
        }
        tm_go_on(slot.child)
        ahead = nil
        return Child(pid: pid, slot: slot)
    }

    /// Starts a child and waits at most `patience` nanoseconds until it executes its program, or
    /// fails to; what became of it, `settle` tells.
    ///
    /// Throws when there can be no process at all: `EAGAIN`, `ENOMEM`.
    package mutating func start(
        _ spec: borrowing SpawnSpec, _ standard: StandardDescriptors, patience: Int64 = 0
    ) throws(SystemFailure) -> Child {
        if let child = startAhead(spec, standard) { return child }
        let slot = try filledSlot(spec, standard)
        let pid = try systemCall("start a process") {
            tm_spawn(slot.child, slot.stackTop, patience)
        }
        slot.isClaimed = true
        return Child(pid: pid, slot: slot)
    }

    /// A slot that no child uses, large enough for `spec` and filled with it.
    private mutating func filledSlot(
        _ spec: borrowing SpawnSpec, _ standard: StandardDescriptors
    ) throws(SystemFailure) -> SpawnSlot {
        if let slot = freeSlot, slot.fill(spec, standard) { return slot }
        // A slot is as large as what was lately needed: a common run fits into one that is there.
        let slot = try addSlot(capacity: SpawnSlot.capacity(for: spec))
        let fits = slot.fill(spec, standard)
        precondition(fits, "a new slot is too small")
        return slot
    }

    private var freeSlot: SpawnSlot? { slots.first { !$0.isClaimed && !$0.hasChild } }

    /// In the place of a free one that is too small.
    private mutating func addSlot(capacity: Int) throws(SystemFailure) -> SpawnSlot {
        let slot = try SpawnSlot(capacity: max(capacity, 16384))
        if let free = slots.firstIndex(where: { !$0.isClaimed && !$0.hasChild }) {
            slots[free] = slot
        } else {
            slots.append(slot)
        }
        return slot
    }
}

/// A process that the daemon started and must reap.
package final class Child {
    /// What became of the start.
    package enum Start: Hashable, Sendable {
        /// Between clone and exec: its user may hold it there.
        case starting
        /// The program was executed.
        case running
        /// Nothing was executed.
        case failed(SpawnStep, Errno)
        /// Something killed it before exec, during that step. Nothing was executed.
        case killed(SpawnStep)
    }

    /// How a process ended, wait(2).
    package enum Outcome: Hashable, Sendable {
        case exited(status: Int32)
        case signaled(signal: Int32, dumpedCore: Bool)
    }

    /// What a process that ended used, getrusage(2): microseconds, and kilobytes at the highest.
    package struct Usage: Hashable, Sendable {
        package var userMicroseconds: Int64
        package var systemMicroseconds: Int64
        package var maximumResidentKilobytes: Int64
    }

    /// Its own until it is reaped. `SignalInbox` tells that a child has ended.
    package let pid: Int32
    private var slot: SpawnSlot?
    private var start = Start.starting
    /// Why the child could not write its record; known when it has left, nil where it could.
    package private(set) var recordFailure: Errno?
    /// Which of several limits or paths it was at when its start failed; known when it has left.
    package private(set) var failedItem: Int?
    /// Whether it had written its record when it left, or failed to.
    package private(set) var hasBegun = false
    private var ending: (outcome: Outcome, usage: Usage)?

    fileprivate init(pid: Int32, slot: SpawnSlot) {
        self.pid = pid
        self.slot = slot
    }

    // The slot is free for another child once this one has left it.
    deinit {
        slot?.isClaimed = false
    }

    /// Whether the program was executed, waiting at most `within` nanoseconds to find out; 0 looks
    /// without waiting.
    package func settle(within limit: Int64) throws(SystemFailure) -> Start {
        guard let slot else { return start }
        if slot.hasChild, limit > 0 {
            let deadline = Clock.monotonic() + limit
            do {
                // A wake-up says that it may have left; only the word itself says that it has.
                while slot.hasChild {
                    _ = try systemCall("wait for a child") {
                        tm_wait_until_gone(slot.child, deadline)
                    }
                }
            } catch {
                guard error.errno == .timedOut else { throw error }
            }
        }
        guard !slot.hasChild else { return .starting }
        start = Self.report(slot.child.pointee)
        let item = slot.child.pointee.item
        if item >= 0 { failedItem = Int(item) }
        hasBegun = slot.child.pointee.has_begun != 0
        let recordError = slot.child.pointee.record_error
        if recordError != 0 { recordFailure = Errno(recordError) }
        slot.isClaimed = false
        self.slot = nil
        return start
    }

    /// Whether the child has written its record by now, or failed to.
    package var hasRecorded: Bool {
        guard let slot else { return true }
        return tm_has_recorded(slot.child) != 0
    }

    private static func report(_ child: tm_child) -> Start {
        let step = SpawnStep(rawValue: child.step) ?? .clone
        if child.error != 0 { return .failed(step, Errno(child.error)) }
        // One that was killed in the middle of exec looks like one that was executed and killed.
        return step == .execute ? .running : .killed(step)
    }

    /// How it ended; nil while it lives. Reaps it the first time. waitid(2).
    package func reap() throws(SystemFailure) -> (outcome: Outcome, usage: Usage)? {
        if let ending { return ending }
        var result = tm_ending()
        let reaped = try systemCall("reap a process") { tm_reap(pid, &result) }
        guard reaped == 1 else { return nil }
        let outcome: Outcome =
            result.code == Int32(CLD_EXITED)
            ? .exited(status: result.status)
            : .signaled(signal: result.status, dumpedCore: result.code == Int32(CLD_DUMPED))
        let usage = Usage(
            userMicroseconds: result.user_microseconds,
            systemMicroseconds: result.system_microseconds,
            maximumResidentKilobytes: result.maximum_resident_kilobytes)
        ending = (outcome, usage)
        return ending
    }

    /// Sends a signal to the process; `ESRCH` once it was reaped. kill(2).
    package func send(_ signal: Int32) throws(SystemFailure) {
        guard ending == nil else {
            throw SystemFailure(operation: "signal a process", errno: .noSuchProcess)
        }
        _ = try systemCall("signal a process") { kill(pid, signal) }
    }

    /// Sends a signal to everyone in its process group; `ESRCH` while it has not made its session.
    ///
    /// Only before it is reaped: a process that was not reaped, even a dead one, keeps its number, so
    /// that the signal can't reach a stranger's group. kill(2).
    package func sendGroup(_ signal: Int32) throws(SystemFailure) {
        guard ending == nil else {
            throw SystemFailure(operation: "signal a process group", errno: .noSuchProcess)
        }
        _ = try systemCall("signal a process group") { kill(-pid, signal) }
    }
}
