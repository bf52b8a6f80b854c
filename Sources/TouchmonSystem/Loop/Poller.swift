internal import CTouchmon
internal import Glibc

/// The one place where the daemon waits, epoll(7).
///
/// The caller names each descriptor with a token; `wait` hands the tokens back. Descriptors are
/// level-triggered: what is not drained is reported again.
package struct Poller: ~Copyable {
    /// What to wait for.
    package enum Interest: Sendable {
        /// Something can be read, or a process ended.
        case readable
        /// An exceptional condition, `EPOLLPRI`: how /proc/self/mountinfo reports a change.
        case priority
        /// Something can be written.
        case writable
        /// Only that the other end is gone.
        case nothing

        fileprivate var condition: EPOLL_EVENTS {
            switch self {
            case .readable: EPOLLIN
            case .priority: EPOLLPRI
            case .writable: EPOLLOUT
            case .nothing: EPOLL_EVENTS(0)
            }
        }
    }

    private let epoll: OwnedDescriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>
    /// False once the kernel, or a container's system call filter, said that it has no epoll_pwait2.
    private var hasNanoseconds = true

    /// `capacity`: how many descriptors one `wait` reports at most; others follow in the next.
    package init(capacity: Int = 64) throws(SystemFailure) {
        epoll = OwnedDescriptor(
            adopting: try systemCall("create an event poll") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        )
        events = .allocate(capacity: capacity)
        events.initialize(repeating: epoll_event())
    }

    deinit {
        events.deallocate()
    }

    /// Adds a descriptor. The caller removes it before it closes it. epoll_ctl(2).
    package func add(
        _ descriptor: borrowing OwnedDescriptor, token: UInt64, interest: Interest = .readable
    ) throws(SystemFailure) {
        try control(EPOLL_CTL_ADD, descriptor, token, interest)
    }

    /// Waits for something else of a descriptor from now on.
    package func change(
        _ descriptor: borrowing OwnedDescriptor, token: UInt64, interest: Interest
    ) throws(SystemFailure) {
        try control(EPOLL_CTL_MOD, descriptor, token, interest)
    }

    private func control(
        _ operation: Int32, _ descriptor: borrowing OwnedDescriptor, _ token: UInt64,
        _ interest: Interest
    ) throws(SystemFailure) {
        var event = epoll_event(
            events: interest.condition.rawValue, data: epoll_data_t(u64: token))
        _ = try systemCall("wait for a descriptor") {
            epoll_ctl(epoll.raw, operation, descriptor.raw, &event)
        }
    }

    /// Removes a descriptor. An event that `wait` has already reported stays reported.
    package func remove(_ descriptor: borrowing OwnedDescriptor) throws(SystemFailure) {
        _ = try systemCall("stop waiting for a descriptor") {
            epoll_ctl(epoll.raw, EPOLL_CTL_DEL, descriptor.raw, nil)
        }
    }

    /// Waits until a descriptor is ready or `timeout` nanoseconds passed; nil waits for ever.
    ///
    /// Replaces `tokens` with those that are ready; empty after the timeout. Allocates nothing while
    /// `tokens` has the capacity. Rests on epoll_pwait2(2) of Linux 5.11, and on epoll_wait(2) before.
    package mutating func wait(
        timeout: Int64?, into tokens: inout [UInt64]
    ) throws(SystemFailure) {
        tokens.removeAll(keepingCapacity: true)
        let count = try waitOnce(timeout: timeout ?? -1)
        for index in 0..<Int(count) { tokens.append(events[index].data.u64) }
    }

    private mutating func waitOnce(timeout: Int64) throws(SystemFailure) -> Int32 {
        if hasNanoseconds {
            do {
                return try systemCall("wait") {
                    tm_epoll_wait(epoll.raw, events.baseAddress, Int32(events.count), timeout)
                }
            } catch {
                // Older filters answer what they do not know with EPERM.
                guard error.errno == .notImplemented || error.errno == .notPermitted else {
                    throw error
                }
                hasNanoseconds = false
            }
        }
        let milliseconds = Self.milliseconds(roundingUp: timeout)
        return try systemCall("wait") {
            epoll_wait(epoll.raw, events.baseAddress, Int32(events.count), milliseconds)
        }
    }

    /// Rounded up, so that a deadline has passed when the wait ends and nobody spins towards it.
    static func milliseconds(roundingUp nanoseconds: Int64) -> Int32 {
        guard nanoseconds >= 0 else { return -1 }
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Int32(clamping: whole + (rest > 0 ? 1 : 0))
    }
}
