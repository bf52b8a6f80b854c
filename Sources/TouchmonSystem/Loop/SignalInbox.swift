internal import CTouchmon
internal import Glibc

/// The signals that the daemon answers, read like any other event: signalfd(2).
///
/// Opening it settles the signal state of the whole process, for its own sake and its children's:
/// every signal is blocked except the synchronous faults, so none interrupts a step or kills a
/// half-done one (a write to a closed pipe reports EPIPE), and every disposition is the default, so
/// nothing that the daemon's parent ignored reaches a run, and an ignored SIGCHLD can't swallow how
/// a run ended. A child empties its mask before exec; blocked signals that wait for the daemon are
/// not inherited. signal(7).
package struct SignalInbox: ~Copyable {
    package let descriptor: OwnedDescriptor

    private static let answered = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGQUIT, SIGCHLD]

    /// That a child has ended, or more than one: many become one signal while it waits.
    package static let childEnded = SIGCHLD

    // To block these would not hold back a fault of our own: the kernel kills without asking.
    private static let faults = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS]

    /// Keeps a request to reload until there is an inbox for it. A request to end still ends the process
    /// at once: before there is anything to lose, a look-up that hangs must not be able to hold it.
    package static func holdHangUp() throws(SystemFailure) {
        var held = sigset_t()
        sigemptyset(&held)
        sigaddset(&held, SIGHUP)
        _ = try systemCall("block a signal") { sigprocmask(SIG_BLOCK, &held, nil) }
    }

    /// Call once, at start-up, in a process with one thread: a mask belongs to a thread.
    package init() throws(SystemFailure) {
        var blocked = sigset_t()
        sigfillset(&blocked)
        for fault in Self.faults { sigdelset(&blocked, fault) }
        _ = try systemCall("block signals") { sigprocmask(SIG_SETMASK, &blocked, nil) }
        for signal in Int32(1)...64 where signal != SIGKILL && signal != SIGSTOP {
            _ = try systemCall("reset a signal") { tm_reset_signal(signal) }
        }
        var set = sigset_t()
        for signal in Self.answered { sigaddset(&set, signal) }
        let flags = Int32(SFD_NONBLOCK | SFD_CLOEXEC)
        descriptor = OwnedDescriptor(
            adopting: try systemCall("open the signal inbox") { signalfd(-1, &set, flags) })
    }

    /// The next signal that waits, or nil: to be called until it is drained. Allocates nothing.
    package func next() throws(SystemFailure) -> Int32? {
        var info = signalfd_siginfo()
        do {
            _ = try systemCall("read a signal") {
                read(descriptor.raw, &info, MemoryLayout<signalfd_siginfo>.size)
            }
            return Int32(bitPattern: info.ssi_signo)
        } catch {
            guard error.errno == .tryAgain else { throw error }
            return nil
        }
    }
}
