/// Which runs somebody wants to see. `since` is in nanoseconds since 1970.
package struct HistoryQuery: Hashable, Sendable {
    package var path: RawPath?
    /// Whether the path is a tree's whose files have runs of their own, which are meant as well.
    package var withFiles = false
    package var user: UInt32?
    /// Only those that ended otherwise than with status 0.
    package var failed = false
    package var since: Int64?
    /// Only those with a number below, the newest of them.
    package var before: RunNumber?
    /// Only those with a number above, the oldest of them.
    package var after: RunNumber?
    package var limit: Int

    /// So many are answered at once; who wants more asks again.
    package static let most = 200

    package init(limit: Int = HistoryQuery.most) {
        self.limit = min(max(limit, 1), Self.most)
    }
}

/// A run as `history` shows it. Times are nanoseconds since 1970.
package struct HistoryRow: Hashable, Sendable {
    package var run: RunNumber
    package var path: RawPath
    package var reason: RunReason
    package var started: Int64
    package var ended: Int64?
    /// nil while it runs.
    package var ending: RunEnding?
    package var user: UInt32?
    package var process: Int32
    package var attempt: Int?
    package var toucher: LedgerChange.Run.Toucher?

    package init(
        run: RunNumber, path: RawPath, reason: RunReason, started: Int64, ended: Int64?,
        ending: RunEnding?, user: UInt32?, process: Int32, attempt: Int?,
        toucher: LedgerChange.Run.Toucher?
    ) {
        self.run = run
        self.path = path
        self.reason = reason
        self.started = started
        self.ended = ended
        self.ending = ending
        self.user = user
        self.process = process
        self.attempt = attempt
        self.toucher = toucher
    }

    /// As one JSON object. `name`: what a user is called, where somebody knows.
    package func write(to writer: inout JSONWriter, name: (UInt32) -> String?) {
        writer.object { writer in
            writer.member("run", run.value)
            writer.path(path)
            writer.member("reason", reason.rawValue)
            writer.member("started", time: started)
            if let ended {
                writer.member("ended", time: ended)
            }
            writer.ending(ending)
            if let user { writer.user(user, name) }
            if process != 0 { writer.member("pid", process) }
            if let attempt { writer.member("attempt", attempt) }
            writer.toucher(toucher, name)
        }
    }
}

extension HistoryRow {
    /// Whether it ended otherwise than with status 0.
    package var hasFailed: Bool { ending.map { $0 != .ended(.exited(status: 0)) } ?? false }
}

extension RunEnding {
    /// How `history` calls it.
    package var word: String {
        switch self {
        case .ended(let outcome): outcome.word
        case .notStarted: "not-started"
        case .interrupted: "interrupted"
        }
    }
}

extension RunOutcome {
    /// How `history` calls it.
    fileprivate var word: String {
        switch self {
        case .exited(0): "success"
        case .exited: "failure"
        case .signalled: "signal"
        case .unknown: "unknown"
        }
    }
}

extension JSONWriter {
    /// The path of an action; of a file of a tree with the tree's.
    mutating func path(_ path: RawPath) {
        guard let pair = path.fileOfAction else { return member("path", path) }
        member("path", pair.action)
        member("file", pair.file)
    }

    /// How a run ended; nil while it runs.
    package mutating func ending(_ ending: RunEnding?) {
        member("outcome", ending?.word ?? "running")
        switch ending {
        case .ended(.exited(let status)): member("status", status)
        case .ended(.signalled(let signal)): member("signal", SignalName.of(signal))
        case .ended(.unknown), .notStarted, .interrupted, nil: break
        }
    }

    /// Who touched, where that is known.
    mutating func toucher(_ toucher: LedgerChange.Run.Toucher?, _ name: (UInt32) -> String?) {
        guard let toucher else { return }
        key("touched_by")
        object {
            $0.member("pid", toucher.process)
            $0.user(toucher.user, name)
        }
    }

    mutating func user(_ user: UInt32, _ name: (UInt32) -> String?) {
        member("uid", user)
        if let name = name(user) { member("user", name) }
    }
}
