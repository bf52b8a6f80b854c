internal import TouchmonCore
internal import TouchmonSystem

/// The connections of the control socket: bytes in and out, and lines in between.
///
/// Nobody who is connected can hold up a run or fill the memory: of each, one line is taken at a time and no
/// more is read before it was answered and the answer taken; and there are only so many.
struct ControlServer: ~Copyable {
    /// One connection.
    final class Connection {
        let socket: ControlSocket
        let peer: ControlPeer
        /// What was read and not taken yet.
        fileprivate var input: [UInt8] = []
        /// What is to be written, and how much of it was.
        fileprivate var output: [UInt8] = []
        fileprivate var sent = 0
        fileprivate var interest = Poller.Interest.readable
        fileprivate var isQueued = false
        /// A descriptor that came with the last line.
        var passed: OwnedDescriptor?

        fileprivate init(_ socket: consuming ControlSocket, daemon: UInt32) {
            peer = ControlPeer(user: socket.user, daemon: daemon)
            self.socket = socket
        }

        fileprivate var hasLine: Bool { input.contains(UInt8(ascii: "\n")) }
    }

    /// So many are served at once, and so many of people who may only follow what they touch.
    private static let most = 512, mostOfOthers = 384
    /// How long lines are answered before everything else has its turn again, in nanoseconds.
    private static let turn: Int64 = 1_000_000

    let listener: ControlListener
    private let user: UInt32
    private let firstToken: UInt64
    private var connections: [UInt64: Connection] = [:]
    private var last: UInt64 = 0
    private var others = 0
    /// Those of which a line waits to be answered.
    private var waiting: [UInt64] = []

    /// Serves whoever connects; `user` is the daemon's own. Tokens from `firstToken` on are connections'.
    init(_ listener: consuming ControlListener, user: UInt32, firstToken: UInt64) {
        self.listener = listener
        self.user = user
        self.firstToken = firstToken
    }

    /// Whether somebody waits to be answered.
    var hasWork: Bool { !waiting.isEmpty }

    /// Takes up those who have connected.
    mutating func accept(_ poller: borrowing Poller) throws(SystemFailure) {
        // Of a flood others have their turn.
        for _ in 0..<16 {
            guard let socket = try listener.accept() else { return }
            let connection = Connection(socket, daemon: user)
            let isOther = !connection.peer.isOwner
            guard connections.count < Self.most, !isOther || others < Self.mostOfOthers else {
                let problem = ControlProblem(
                    .tryAgain, "talk to the daemon: too many do already", "try again later")
                connection.output = problem.json + [UInt8(ascii: "\n")]
                _ = try? connection.write()
                continue
            }
            last += 1
            try poller.add(connection.socket.descriptor, token: firstToken + last)
            if isOther { others += 1 }
            connections[last] = connection
        }
    }

    /// Something can be read from a connection, or written to it. Returns one that is gone.
    mutating func ready(_ token: UInt64, _ poller: borrowing Poller) -> ControlClientID? {
        let number = token - firstToken
        guard let connection = connections[number] else { return nil }
        do {
            if connection.interest == .readable {
                guard try read(connection) else { return close(number, poller) }
                try queue(number, connection, poller)
            } else {
                // Where nothing was waited for, the other end is gone.
                guard connection.interest == .writable else { return close(number, poller) }
                try write(number, connection, poller)
            }
            return nil
        } catch {
            return close(number, poller)
        }
    }

    /// False at the end.
    private func read(_ connection: Connection) throws(SystemFailure) -> Bool {
        // Nobody may connect for years: no memory waits for that.
        try withUnsafeTemporaryAllocation(
            byteCount: ControlRequest.mostBytes, alignment: 1
        ) { buffer throws(SystemFailure) in
            switch try connection.socket.receive(into: buffer) {
            case .nothing: return true
            case .bytes(0, _): return false
            case .bytes(let count, let passed):
                connection.input += buffer[..<count]
                if let passed { connection.passed = consume passed }
                return connection.hasLine
                    || connection.input.count <= ControlRequest.mostBytes
            }
        }
    }

    /// Has a line of a connection answered, if there is one; reads on if there is none.
    private mutating func queue(
        _ number: UInt64, _ connection: Connection, _ poller: borrowing Poller
    ) throws(SystemFailure) {
        if connection.hasLine, !connection.isQueued {
            connection.isQueued = true
            waiting.append(number)
        }
        try wait(connection.isQueued ? .nothing : .readable, number, connection, poller)
    }

    private func wait(
        _ interest: Poller.Interest, _ number: UInt64, _ connection: Connection,
        _ poller: borrowing Poller
    ) throws(SystemFailure) {
        guard interest != connection.interest else { return }
        try poller.change(
            connection.socket.descriptor, token: firstToken + number, interest: interest)
        connection.interest = interest
    }

    /// Writes what is left of an answer, and then goes on with the next line.
    private mutating func write(
        _ number: UInt64, _ connection: Connection, _ poller: borrowing Poller
    ) throws(SystemFailure) {
        if try connection.write() {
            try queue(number, connection, poller)
        } else {
            try wait(.writable, number, connection, poller)
        }
    }

    /// Closes a connection. Where it can't be taken out of the poll, its close does the same.
    private mutating func close(_ number: UInt64, _ poller: borrowing Poller) -> ControlClientID? {
        guard let connection = connections.removeValue(forKey: number) else { return nil }
        try? poller.remove(connection.socket.descriptor)
        if !connection.peer.isOwner { others -= 1 }
        return ControlClientID(number)
    }

    /// Takes the next line that waits, as long as there is time; `began` is when this turn began.
    mutating func next(
        since began: Int64
    ) -> (client: ControlClientID, connection: Connection, line: [UInt8])? {
        while Clock.monotonic() - began < Self.turn, !waiting.isEmpty {
            let number = waiting.removeFirst()
            guard let connection = connections[number] else { continue }
            connection.isQueued = false
            guard let end = connection.input.firstIndex(of: UInt8(ascii: "\n")) else { continue }
            let line = Array(connection.input[..<end])
            connection.input.removeFirst(end + 1)
            return (ControlClientID(number), connection, line)
        }
        return nil
    }

    /// Answers a connection with lines. Returns it if it is gone.
    mutating func answer(
        _ client: ControlClientID, _ lines: [UInt8], _ poller: borrowing Poller
    ) -> ControlClientID? {
        guard let connection = connections[client.value] else { return nil }
        connection.output += lines
        do {
            try write(client.value, connection, poller)
            return nil
        } catch {
            return close(client.value, poller)
        }
    }
}

extension ControlServer.Connection {
    /// Writes what goes without waiting; true when that is all.
    fileprivate func write() throws(SystemFailure) -> Bool {
        while sent < output.count {
            let bytes = output
            let rest = bytes.span.bytes
            let count = try socket.send(rest.extracting(sent..<rest.byteCount))
            guard count > 0 else { return false }
            sent += count
        }
        (output, sent) = ([], 0)
        return true
    }
}
