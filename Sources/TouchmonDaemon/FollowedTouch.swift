package import TouchmonCore
internal import TouchmonSystem

/// Touches a file, and follows the run that this touch causes to its end: also when that is queued, tried
/// again, or begun by a daemon that was started meanwhile.
package struct FollowedTouch: ~Copyable {
    /// What there is to tell on the way.
    package enum News: Sendable {
        /// In words of `ControlText`.
        case waiting(String)
        /// The run that is meant began. `isShared`: it is for others' touches as well.
        case run(RunNumber, isShared: Bool)
        case output([UInt8])
        /// It failed, and is tried again.
        case repeats(RunNumber, RunEnding)
        /// The daemon is gone: another is waited for.
        case disconnected
    }

    /// How it ends.
    package enum End: Sendable {
        case ended(RunNumber, RunEnding)
        /// The touch led to no run; in words of `ControlText`.
        case nothing(String)
        /// The time has passed; the run where it has begun.
        case late(RunNumber?)
    }

    private let path: RawPath
    /// Whether the file is touched, and was not before.
    private let touches: Bool
    private let socket: RawPath
    private let deadline: Int64?
    private var client: ControlClient?
    private var file: TouchedFile?
    /// When the touch was over, and the last run before it.
    private var touched: Int64?
    private var after: RunNumber?
    /// Whether the daemon wants to see that the file may be touched, though it was touched already.
    private var needsProof = false
    private var run: RunNumber?
    private var offset: Int64 = 0
    private var showsOutput = false
    /// Whether what the run has printed was asked for and not answered yet.
    private var isAsking = false
    /// What the daemon told while it was asked what a run has printed.
    private var early: [ControlReply] = []
    /// What is waited for, and when that is worth a word: mostly it is over before anybody could read it.
    private var wait: (word: String, toldAt: Int64)?

    /// How long between two looks at what a run prints, and for a daemon, in nanoseconds.
    private static let interval: Int64 = 25_000_000, pause: Int64 = 200_000_000
    /// How long nobody is told that something is waited for, in nanoseconds.
    private static let patience: Int64 = 200_000_000

    /// `deadline` is of the monotonic clock, in nanoseconds. `touches`: false for a file that was touched
    /// before, when it was last changed.
    package init(_ path: RawPath, _ socket: RawPath, deadline: Int64?, touches: Bool = true) {
        self.path = path
        self.touches = touches
        self.socket = socket
        self.deadline = deadline
    }

    /// Touches the file and follows it; `tell` is called on the way.
    package mutating func follow(_ tell: (News) -> Void) throws(StartupFailure) -> End {
        client = try ControlClient(socket)
        try begin()
        while true {
            if !early.isEmpty {
                if let end = take(early.removeFirst(), tell) { return end }
                continue
            }
            let limit = limit
            switch client?.next(until: limit) ?? .gone {
            case .reply(let reply):
                if let problem = reply.problem {
                    if touched != nil, !needsProof, problem.kind == .notPermitted {
                        needsProof = true
                        try begin()
                        continue
                    }
                    // Who may touch it and not see its runs has touched it all the same.
                    if touches, problem.kind == .notPermitted, var opened = file.take() {
                        try? opened.touch()
                    }
                    throw StartupFailure(problem)
                }
                if let end = take(reply, tell) { return end }
            case .late:
                if let wait, isLate || wait.toldAt <= Clock.monotonic() {
                    self.wait = nil
                    tell(.waiting(wait.word))
                }
                if isLate { return .late(run) }
                if let run, showsOutput, !isAsking { ask(run) }
            case .gone:
                tell(.disconnected)
                guard try reconnect() else { return .late(run) }
            }
        }
    }

    private var isLate: Bool { deadline.map { $0 <= Clock.monotonic() } ?? false }

    /// When to look again.
    private var limit: Int64? {
        let look = showsOutput && run != nil ? Clock.monotonic() + Self.interval : nil
        return [deadline, look, wait?.toldAt].compactMap { $0 }.min()
    }

    /// Shows that the file may be touched, and says whose runs are meant.
    ///
    /// After the touch that is shown only if it is asked for: whoever has the file open for writing when a
    /// daemon first looks at it, is taken for somebody who writes, and his close for a touch. What a daemon
    /// answers, it answers after that look.
    private mutating func begin() throws(StartupFailure) {
        let before = Clock.monotonic()
        if !touches, touched == nil { touched = try Self.changed(path) }
        guard touched == nil || needsProof else {
            let request = ControlRequest.follow(
                path, after: after, touched: touched.map(Instant.init(nanoseconds:)))
            _ = client?.send(request)
            return
        }
        var opened: TouchedFile
        do throws(SystemFailure) {
            opened = try TouchedFile(path.bytes, makes: touches)
        } catch {
            throw StartupFailure(touching: path, error)
        }
        // A file that was made is touched by that.
        if opened.isNew, touched == nil { touched = before }
        let request = ControlRequest.follow(
            path, after: after, touched: touched.map(Instant.init(nanoseconds:)))
        switch opened.descriptor {
        case .some(let descriptor): _ = client?.send(request, passing: descriptor)
        case .none: _ = client?.send(request)
        }
        file = consume opened
    }

    private static func changed(_ path: RawPath) throws(StartupFailure) -> Int64 {
        do {
            return try TouchedFile.changed(path.bytes)
        } catch {
            throw StartupFailure(touching: path, error)
        }
    }

    private mutating func take(_ reply: ControlReply, _ tell: (News) -> Void) -> End? {
        switch reply.word("event") {
        case "following":
            showsOutput = reply.word("follow") == FollowLevel.output.rawValue
            if touches, after == nil {
                after = reply.number("last_run").map { RunNumber(UInt64($0)) }
            }
            guard touched == nil else {
                file = nil
                return nil
            }
            guard var opened = file.take() else { return nil }
            do {
                try opened.touch()
            } catch {
                return .nothing(error.errno.message)
            }
            _ = consume opened
            let now = Clock.monotonic()
            touched = now
            _ = client?.send(.touched(Instant(nanoseconds: now)))
        case "waiting":
            wait = (reply.word("for") ?? "", Clock.monotonic() + Self.patience)
        case "run":
            wait = nil
            let number = RunNumber(UInt64(clamping: reply.number("run") ?? 0))
            if number != run { offset = 0 }
            run = number
            // Another daemon is asked for this one.
            (after, touched) = (RunNumber(number.value - 1), 0)
            tell(.run(number, isShared: reply.isTrue("shared")))
        case "repeat":
            if let run, let ending = reply.ending {
                drain(run, tell)
                tell(.repeats(run, ending))
            }
            run = nil
        case "ended":
            let number = RunNumber(UInt64(clamping: reply.number("run") ?? 0))
            drain(number, tell)
            return reply.ending.map { .ended(number, $0) }
        case "nothing": return .nothing(ControlText.reason(reply.word("reason") ?? ""))
        default: show(reply, tell)
        }
        return nil
    }

    private mutating func ask(_ run: RunNumber) {
        isAsking = client?.send(.output(run, offset: offset)) == true
    }

    /// Shows what a run has printed; true where there may be more.
    @discardableResult
    private mutating func show(_ reply: ControlReply, _ tell: (News) -> Void) -> Bool {
        isAsking = false
        guard let bytes = reply.bytes("bytes"), let start = reply.number("start"), !bytes.isEmpty
        else { return false }
        tell(.output(bytes))
        offset = start + Int64(bytes.count)
        return offset < reply.number("size") ?? 0
    }

    /// Shows the rest of what a run has printed that is over.
    private mutating func drain(_ run: RunNumber, _ tell: (News) -> Void) {
        guard showsOutput else { return }
        let deadline = deadline
        // What was asked for before may not have been all.
        var wasBefore = isAsking
        if !isAsking { ask(run) }
        while isAsking {
            guard case .reply(let reply) = client?.next(until: deadline) ?? .gone else { return }
            guard reply.problem == nil else {
                isAsking = false
                return
            }
            // What happens meanwhile is told when it is its turn.
            guard reply.word("event") == nil else {
                early.append(reply)
                continue
            }
            if show(reply, tell) || wasBefore { ask(run) }
            wasBefore = false
        }
    }

    /// Waits for another daemon, and asks it what has become of the touch.
    private mutating func reconnect() throws(StartupFailure) -> Bool {
        client = nil
        run = nil
        early = []
        (isAsking, needsProof) = (false, false)
        while !isLate {
            do {
                client = try ControlClient(socket)
                try begin()
                return true
            } catch {
                guard error.status == .noDaemon else { throw error }
                Clock.sleep(Self.pause)
            }
        }
        return false
    }
}

extension StartupFailure {
    fileprivate init(touching path: RawPath, _ failure: SystemFailure) {
        let subject = TerminalText.quoted(path.bytes)
        let isRefused = failure.errno == .permissionDenied || failure.errno == .notPermitted
        self.init(
            "touch \(subject): \(failure.errno.message)",
            isRefused
                ? "ask for the right to write the file" : "see whether its directory is there",
            isRefused ? .notPermitted : failure.errno == .noSuchFile ? .noInput : .system)
    }

    /// Touches a file, and follows nothing.
    package static func touch(_ path: RawPath) throws(StartupFailure) {
        do {
            var file = try TouchedFile(path.bytes, makes: true)
            if !file.isNew { try file.touch() }
        } catch {
            throw StartupFailure(touching: path, error)
        }
    }
}
