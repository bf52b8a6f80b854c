internal import TouchmonCore
internal import TouchmonSystem

/// The service manager that started the daemon and wants to be told of it; often there is none.
struct ServiceManager {
    /// nil: nobody wants to know.
    private var socket: NotifySocket?
    private var notices: ServiceNotices
    private var watchdog: Watchdog?
    /// Whether it had no room for what is to be said.
    private(set) var isBehind = false

    init(at now: Instant) {
        let own = CurrentProcess.pid
        socket = NotifySocket(CurrentProcess.environment("NOTIFY_SOCKET"))
        notices = ServiceNotices(process: own)
        guard socket != nil else { return }
        watchdog = Watchdog(
            microseconds: CurrentProcess.environment("WATCHDOG_USEC"),
            process: CurrentProcess.environment("WATCHDOG_PID"), own: own, at: now)
    }

    /// When it is to hear that the loop goes round; nil where it does not ask.
    var deadline: Instant? { watchdog?.deadline }

    var isThere: Bool { socket != nil }

    /// Says what is new of the daemon. Throws when nobody is there any more, and is silent from then on.
    mutating func tell(_ facts: ServiceNotices.Facts, at now: Instant) throws(SystemFailure) {
        guard let message = notices.next(facts, at: now) else { return isBehind = false }
        isBehind = try !send(message.bytes)
        if !isBehind { notices.sent(message) }
    }

    /// Says that the loop goes round, if it is time to.
    mutating func ping(at now: Instant) throws(SystemFailure) {
        guard watchdog?.isDue(at: now) == true else { return }
        // One that has no room is a manager that reads no pings either.
        _ = try send(Watchdog.message)
    }

    private mutating func send(_ message: [UInt8]) throws(SystemFailure) -> Bool {
        do {
            return try socket?.send(message) ?? true
        } catch {
            (socket, watchdog) = (nil, nil)
            throw error
        }
    }
}
