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
            guard case .bytes(let count, _) = try? socket.receive(into: buffer), count > 0 else {
                return .gone
            }
            input += buffer[..<count]
        }
    }

    package enum Next {
        case reply(ControlReply)
        /// The time has passed.
        case late
        /// There is no daemon any more.
        case gone
    }

    /// Asks for something and returns the lines of the answer, up to the one that says that it was the last.
    /// Ends where the daemon refuses.
    package mutating func ask(
        _ request: ControlRequest
    ) throws(StartupFailure) -> (lines: [ControlReply], last: ControlReply) {
        guard send(request) else { throw Self.gone }
        var lines: [ControlReply] = []
        while case .reply(let reply) = next() {
            if let problem = reply.problem { throw StartupFailure(problem) }
            if reply.isTrue("end") || reply.isTrue("done") { return (lines, reply) }
            lines.append(reply)
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

    /// All actions in the order of their paths, and the answer's last line, which is about the daemon.
    package mutating func status() throws(StartupFailure) -> ([StatusRow], ControlReply?) {
        var (rows, place): ([StatusRow], Int?) = ([], 0)
        var last: ControlReply?
        while let from = place {
            let answer = try ask(.status(path: nil, from: from))
            rows += answer.lines.compactMap(\.statusRow)
            place = answer.last.number("next").map { Int($0) }
            last = answer.last
        }
        rows.sort { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
        return (rows, last)
    }

    /// Some runs, the last one last: at most `most` of those that are asked for, the latest.
    package mutating func history(
        _ query: HistoryQuery, atMost most: Int
    ) throws(StartupFailure) -> [HistoryRow] {
        var query = query
        var rows: [HistoryRow] = []
        while rows.count < most {
            query.limit = min(most - rows.count, HistoryQuery.most)
            let page = try ask(.history(query)).lines.compactMap(\.historyRow)
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
            reply.texts("files"), RawPath(bytes: reply.bytes("directory") ?? [UInt8(ascii: "/")]),
            reply.time("read") ?? 0
        )
    }

    /// Adds what the daemon knows of an action. One that it does not have is no failure.
    package mutating func explain(_ action: inout ExplainedAction) throws(StartupFailure) {
        let path = action.match.action.path
        guard send(.explain(path)) else { throw Self.gone }
        var lines: [ControlReply] = []
        while true {
            guard case .reply(let reply) = next() else { throw Self.gone }
            if let problem = reply.problem {
                guard problem.kind == .notFound else { throw StartupFailure(problem) }
                return action.add(nil, [], [])
            }
            if reply.isTrue("end") { break }
            lines.append(reply)
        }
        var query = HistoryQuery(limit: ExplainedAction.mostTouches)
        query.path = path
        let runs = try history(query, atMost: ExplainedAction.mostTouches)
        action.add(
            lines.first?.statusRow, lines.compactMap(\.obstacle),
            runs.map(ExplainedTouch.init) + lines.compactMap(\.unrunTouch))
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
