internal import FoundationEssentials

/// One line of what `touchmon follow --json` says.
package enum FollowEvent: Hashable, Sendable {
    /// The run has not begun.
    case waiting(String)
    /// The run has begun.
    case run(Int64)
    case output([UInt8])
    case ended(run: Int64?, status: Int?, signal: String?, outcome: String?)
    /// No run will come of it.
    case nothing(String)
    /// The daemon is gone.
    case disconnected
    /// Nothing that concerns us.
    case other

    private struct Line: Decodable {
        var event: String
        var `for`: String?
        var reason: String?
        var run: Int64?
        var status: Int?
        var signal: String?
        var outcome: String?
        var base64: Data?
    }

    /// Nil where the line is none of that program's.
    package init?(line: some Collection<UInt8>) {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else { return nil }
        switch line.event {
        case "waiting": self = .waiting(line.for ?? "the run to begin")
        case "run":
            guard let run = line.run else { return nil }
            self = .run(run)
        case "output": self = .output(Array(line.base64 ?? Data()))
        case "ended":
            self = .ended(
                run: line.run, status: line.status, signal: line.signal, outcome: line.outcome)
        case "nothing": self = .nothing(line.reason ?? "the daemon runs nothing")
        case "disconnected": self = .disconnected
        default: self = .other
        }
    }
}

/// Makes an outcome of what `touchmon follow` says.
package struct FollowedRun: Sendable {
    /// How much of the output is reported.
    package static let longestTail = 4096

    /// As far as it is known.
    package private(set) var outcome: Outcome
    private var tail: [UInt8] = []
    private var began: Duration?

    /// `outcome` says whose run of which touch it is.
    package init(_ outcome: Outcome) {
        self.outcome = outcome
    }

    /// `elapsed` counts from any moment, `now` is for people. Says whether others should hear of it.
    package mutating func apply(_ event: FollowEvent, elapsed: Duration, now: String) -> Bool {
        switch event {
        case .waiting(let reason):
            return wait(for: reason)
        case .run(let run):
            begin(run, elapsed, now)
            return true
        case .output(let bytes):
            tail.append(contentsOf: bytes)
            if tail.count > Self.longestTail { tail.removeFirst(tail.count - Self.longestTail) }
            return false
        case .ended(let run, let status, let signal, let end):
            if let run, outcome.run != run { begin(run, elapsed, now) }
            outcome.state = Self.state(status, signal, end)
            outcome.reason = outcome.state == .ended ? nil : end
            outcome.status = status
            outcome.signal = signal
            outcome.seconds = began.map { (elapsed - $0).inSeconds }
            outcome.tail = tail.isEmpty ? nil : Data(tail)
            return true
        case .nothing(let reason):
            outcome.state = .noRun
            outcome.reason = reason
            return true
        case .disconnected:
            return wait(for: "waiting for touchmon")
        case .other:
            return false
        }
    }

    /// The program ended without having said how the run did; `complaint` is what it said instead. True where
    /// trying again may help.
    package mutating func programEnded(status: Int?, complaint: String) -> Bool {
        switch status {
        // No daemon, no time, killed.
        case 69, 75, nil:
            _ = wait(for: "waiting for touchmon")
            return true
        case let status?:
            fail(complaint.isEmpty ? "touchmon follow ended with status \(status)" : complaint)
            return false
        }
    }

    /// It can't be done on this host.
    package mutating func fail(_ reason: String) {
        outcome.state = .failedToStart
        outcome.reason = reason
    }

    /// The state before the run; true if it is a new one.
    package mutating func wait(for reason: String) -> Bool {
        guard outcome.state != .waiting || outcome.reason != reason else { return false }
        outcome.state = .waiting
        outcome.reason = reason
        return true
    }

    private mutating func begin(_ run: Int64, _ elapsed: Duration, _ now: String) {
        outcome.state = .running
        outcome.run = run
        outcome.reason = nil
        // A run that is followed again after a restart began before.
        if began == nil {
            began = elapsed
            outcome.started = now
        }
        tail = []
    }

    private static func state(_ status: Int?, _ signal: String?, _ end: String?) -> Outcome.State {
        if status != nil || signal != nil { return .ended }
        return end == "not-started" ? .failedToStart : .interrupted
    }
}

extension Duration {
    /// For people and JSON: to the millisecond.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1000
    }
}
