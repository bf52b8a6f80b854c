package import TouchmonCore
internal import TouchmonSystem

/// A connection to a daemon, for one of its commands.
package struct ControlClient: ~Copyable {
    private let socket: ControlSocket
    private var input: [UInt8] = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)

    /// Connects to the daemon that listens at a path.
    package init(_ path: RawPath) throws(StartupFailure) {
        do {
            socket = try ControlSocket(connectingTo: path.bytes)
        } catch {
            let place = TerminalText.escaped(path.bytes)
            switch error.errno.code {
            case 2, 20, 111:
                throw StartupFailure(
                    "talk to a daemon: none listens at \(place)",
                    "start one with touchmon run, or say which one is meant with --name",
                    .noDaemon)
            case 13:
                throw StartupFailure(
                    "talk to the daemon at \(place): \(error.errno.message)",
                    "be root or the daemon's user", .notPermitted)
            default:
                throw StartupFailure(
                    "talk to the daemon at \(place): \(error.errno.message)",
                    "see what the system does not permit", .system)
            }
        }
    }

    deinit { buffer.deallocate() }

    /// Sends a request. False where the daemon is gone.
    package func send(_ request: ControlRequest) -> Bool {
        let line = request.line
        return (try? socket.send(line.span.bytes)) == line.count
    }

    /// The same with a descriptor that shows what its sender may do.
    func send(
        _ request: ControlRequest, passing descriptor: borrowing OwnedDescriptor
    ) -> Bool {
        let line = request.line
        return (try? socket.send(line.span.bytes, passing: descriptor)) == line.count
    }

    /// Waits for a line of the answer, until a time of the monotonic clock at most.
    package mutating func next(until deadline: Int64? = nil) -> Next {
        while true {
            if let end = input.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(input[..<end])
                input.removeFirst(end + 1)
                guard let reply = ControlReply(line) else { return .gone }
                return .reply(reply)
            }
            guard socket.waits(until: deadline) else { return .late }
            guard receive() else { return .gone }
        }
    }

    /// False where there is no daemon any more.
    private mutating func receive() -> Bool {
        guard case .bytes(let count, _) = try? socket.receive(into: buffer), count > 0 else {
            return false
        }
        input += buffer[..<count]
        return true
    }

    /// Waits for so many bytes that are no lines; nil where there is no daemon any more.
    private mutating func bytes(_ count: Int) -> [UInt8]? {
        while input.count < count {
            guard socket.waits(until: nil), receive() else { return nil }
        }
        defer { input.removeFirst(count) }
        return Array(input[..<count])
    }

    package enum Next {
        case reply(ControlReply)
        /// The time has passed.
        case late
        /// There is no daemon any more.
        case gone
    }

    /// What a daemon answers to a request.
    package struct Answer {
        package var lines: [ControlReply] = []
        /// What `RowBytes` reads.
        package var rows: [UInt8] = []
        /// The line that says that it was the last.
        package var last: ControlReply
    }

    /// Asks for something and waits for the whole answer. Throws where the daemon refuses.
    @discardableResult
    package mutating func ask(_ request: ControlRequest) throws(StartupFailure) -> Answer {
        guard send(request) else { throw Self.gone }
        return try answer()
    }

    private mutating func answer() throws(StartupFailure) -> Answer {
        var (lines, rows): ([ControlReply], [UInt8]) = ([], [])
        while case .reply(let reply) = next() {
            if let problem = reply.problem { throw StartupFailure(problem) }
            if reply.isTrue("end") || reply.isTrue("done") {
                return Answer(lines: lines, rows: rows, last: reply)
            }
            guard let count = reply.number("rows") else {
                lines.append(reply)
                continue
            }
            guard let bytes = bytes(Int(count)) else { throw Self.gone }
            rows += bytes
        }
        throw Self.gone
    }

    /// The same of an answer of one line.
    package mutating func askOnce(
        _ request: ControlRequest
    ) throws(StartupFailure) -> ControlReply {
        guard send(request), case .reply(let reply) = next() else { throw Self.gone }
        if let problem = reply.problem { throw StartupFailure(problem) }
        return reply
    }

    /// Each action, in the order of the daemon's table; returns the answer's last line, which is about the daemon.
    package mutating func eachStatus(
        _ take: (StatusRow) -> Void
    ) throws(StartupFailure) -> ControlReply {
        guard send(.status(path: nil, from: 0)) else { throw Self.gone }
        while true {
            let answer = try answer()
            // The daemon collects the next ones while these are read.
            let next = answer.last.number("next").map { Int($0) }
            if let next, !send(.status(path: nil, from: next)) { throw Self.gone }
            for row in try Self.statusRows(answer) { take(row) }
            if next == nil { return answer.last }
        }
    }

    /// All actions in the order of their paths, and the answer's last line.
    package mutating func status() throws(StartupFailure) -> ([StatusRow], ControlReply) {
        var rows: [StatusRow] = []
        let last = try eachStatus { rows.append($0) }
        rows.sort { $0.path < $1.path }
        return (rows, last)
    }

    /// All about one action.
    package mutating func status(of path: RawPath) throws(StartupFailure) -> StatusRow {
        let rows = try Self.statusRows(try ask(.status(path: path, from: 0)))
        guard let row = rows.first else { throw Self.otherVersion }
        return row
    }

    private static func statusRows(_ answer: Answer) throws(StartupFailure) -> [StatusRow] {
        guard let rows = RowBytes.statusRows(answer.rows) else { throw otherVersion }
        return rows
    }

    private static var otherVersion: StartupFailure {
        StartupFailure(
            "understand the daemon: it is of another version",
            "restart it, so that it is the program that you use", .system)
    }

    /// Some runs, the last one last: at most `most` of those that are asked for, the latest.
    package mutating func history(
        _ query: HistoryQuery, atMost most: Int
    ) throws(StartupFailure) -> [HistoryRow] {
        var query = query
        var rows: [HistoryRow] = []
        while rows.count < most {
            query.limit = min(most - rows.count, HistoryQuery.most)
            guard let page = RowBytes.historyRows(try ask(.history(query)).rows) else {
                throw Self.otherVersion
            }
            rows += page
            guard let last = page.last, page.count == query.limit else { break }
            query.before = last.run
        }
        return rows.reversed()
    }

    /// The action files that the daemon goes by, and when it has read them, in nanoseconds since 1970.
    package mutating func files() throws(StartupFailure) -> (
        arguments: [[UInt8]], directory: RawPath, read: Int64
    ) {
        let reply = try askOnce(.files)
        return (
            reply.strings("files"), RawPath(bytes: reply.bytes("directory") ?? [UInt8(ascii: "/")]),
            reply.time("read") ?? 0
        )
    }

    /// Adds what the daemon knows of an action. One that it does not have is no failure.
    package mutating func explain(_ action: inout ExplainedAction) throws(StartupFailure) {
        let path = action.match.action.path
        let answer: Answer
        do throws(StartupFailure) {
            answer = try ask(.explain(path))
        } catch {
            guard error.status == .noInput else { throw error }
            return action.add(nil, [], [])
        }
        var query = HistoryQuery(limit: ExplainedAction.mostTouches)
        query.path = path
        let runs = try history(query, atMost: ExplainedAction.mostTouches)
        action.add(
            try Self.statusRows(answer).first, answer.lines.compactMap(\.obstacle),
            runs.map(ExplainedTouch.init) + answer.lines.compactMap(\.unrunTouch))
    }

    private static var gone: StartupFailure {
        StartupFailure(
            "talk to the daemon: it has ended", "start it again, and see its log", .noDaemon)
    }
}

extension StartupFailure {
    package init(_ message: String, _ remedy: String, _ status: ExitStatus) {
        self.message = message
        self.remedy = remedy
        self.status = status
    }

    package init(_ problem: ControlProblem) {
        self.init(
            problem.message, problem.remedy,
            ExitStatus(rawValue: problem.kind.rawValue) ?? .system)
    }
}
