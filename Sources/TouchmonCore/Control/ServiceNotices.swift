/// What a service manager is told of the daemon, sd_notify(3): each thing when it changes, and once.
///
/// `next` makes a message, and `sent` says that it went out; what could not be sent is said again.
package struct ServiceNotices: Sendable {
    /// How the daemon is.
    package struct Facts: Hashable, Sendable {
        /// Whether all paths are watched.
        package var isReady = false
        /// Whether the action files are being read again.
        package var isReloading = false
        /// Whether no run begins any more, as the daemon ends.
        package var isStopping = false
        /// When it will have ended at the latest, as far as it knows.
        package var endsBy: Instant?
        package var actions = 0
        package var runs = 0
        package var degraded: [String] = []
        /// How many errors kept the last reading of the action files from changing anything.
        package var problems = 0

        package init() {}

        /// The facts in a line for people: the words are those of `touchmon status`.
        package var status: String {
            let counts =
                "\(Self.grouped(actions)) action\(actions == 1 ? "" : "s"), \(Self.grouped(runs)) running"
            if isStopping { return "ending: \(Self.grouped(runs)) running" }
            if isReloading { return "\(counts), reading the action files again" }
            guard isReady else { return "looking at \(Self.grouped(actions)) paths" }
            let errors =
                problems == 0
                ? ""
                : ", nothing changed by the last reload: \(problems) error\(problems == 1 ? "" : "s")"
            return counts + errors
                + (degraded.isEmpty ? "" : ", degraded: \(degraded.joined(separator: ", "))")
        }

        private static func grouped(_ number: Int) -> String {
            let digits = Array(String(number))
            var text = ""
            for (index, digit) in digits.enumerated() {
                if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
                text.append(digit)
            }
            return text
        }
    }

    /// A datagram, and what is known once it went out.
    package struct Message: Sendable {
        package var bytes: [UInt8]
        fileprivate var facts: Facts
    }

    /// How much longer than it means to need the daemon is to be waited for, in microseconds.
    private static let slack: Int64 = 15_000_000

    private let process: Int32
    private var told = Facts()
    /// nil before anything was said.
    private var toldStatus: String?

    /// `process` is the daemon's own number.
    package init(process: Int32) {
        self.process = process
    }

    /// Whether somebody who is told only of `facts` has to be told anything.
    package func isNews(_ facts: Facts) -> Bool {
        facts.status != toldStatus || facts.isReady != told.isReady
            || facts.isReloading != told.isReloading || facts.isStopping != told.isStopping
            || facts.endsBy != told.endsBy
    }

    /// What is to be said next; nil where nothing is new.
    package func next(_ facts: Facts, at now: Instant) -> Message? {
        guard isNews(facts) else { return nil }
        var lines: [String] = []
        if facts.isStopping {
            if !told.isStopping { lines.append("STOPPING=1") }
            if let end = facts.endsBy, end != told.endsBy {
                let rest = end.nanoseconds(since: now) / 1000 + Self.slack
                lines.append("EXTEND_TIMEOUT_USEC=\(rest)")
            }
        } else if facts.isReloading, !told.isReloading {
            lines.append("RELOADING=1")
            // Of the clock that the manager compares with the moment of its request.
            lines.append("MONOTONIC_USEC=\(now.nanoseconds / 1000)")
        } else if facts.isReady, !facts.isReloading, !told.isReady || told.isReloading {
            lines.append("READY=1")
            lines.append("MAINPID=\(process)")
        }
        lines.append("STATUS=\(facts.status)")
        return Message(bytes: Array(lines.joined(separator: "\n").utf8), facts: facts)
    }

    /// A message went out.
    package mutating func sent(_ message: Message) {
        told = message.facts
        toldStatus = message.facts.status
    }
}

/// When a service manager is to be told that the loop goes round, sd_watchdog_enabled(3).
package struct Watchdog: Sendable {
    /// The datagram.
    package static let message = Array("WATCHDOG=1".utf8)

    /// Half of what the manager waits, in nanoseconds.
    private let interval: Int64
    /// When it is to be told next.
    package private(set) var deadline: Instant

    /// `microseconds` and `process` are the values of WATCHDOG_USEC and WATCHDOG_PID; nil where there is
    /// no watchdog, or where it is another process's.
    package init?(microseconds: [UInt8]?, process: [UInt8]?, own: Int32, at now: Instant) {
        guard let microseconds, let wait = Int64(String(decoding: microseconds, as: UTF8.self)),
            wait > 0
        else { return nil }
        if let process, process != Array(String(own).utf8) { return nil }
        let (nanoseconds, isTooLong) = wait.multipliedReportingOverflow(by: 500)
        interval = isTooLong ? .max : nanoseconds
        deadline = now
    }

    /// Whether it is to be told now; from then on it is the next time's turn.
    package mutating func isDue(at now: Instant) -> Bool {
        guard deadline <= now else { return false }
        deadline = now.advanced(by: .nanoseconds(interval))
        return true
    }
}
