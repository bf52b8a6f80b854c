/// A command that came over the control socket: one JSON object on one line.
///
/// The protocol is touchmon's own, between its commands and its daemon; only what the commands print
/// with `--json` is promised to stay.
package enum ControlRequest: Hashable, Sendable {
    /// The daemon itself, and the actions from a place in its table on; or that of one path.
    case status(path: RawPath?, from: Int)
    case history(HistoryQuery)
    /// What is in the way of the action of a path, and what its last touches led to.
    case explain(RawPath)
    /// The action files that the daemon has read, and when.
    case files
    /// What the daemon has done, in numbers.
    case metrics
    /// What a run has printed, from a byte on.
    case output(RunNumber, offset: Int64)
    /// Run the action of a path now.
    case trigger(RawPath)
    case stopRun(RunNumber)
    /// Begin no run of the action of a path, for so long; nil: until it is resumed.
    case pause(RawPath, for: Duration?, reason: [UInt8])
    case resume(RawPath)
    /// Read the action files again.
    case reload
    /// Tell what the next touch of a path leads to. `after`: it was made before, while a run of that number
    /// was the last; `touched` then says when.
    case follow(RawPath, after: RunNumber?, touched: Instant?)
    /// The path that is followed was touched, and that was over at this time of the monotonic clock.
    case touched(Instant)

    /// The longest line: a path of any length that the kernel takes, each byte of it escaped.
    package static let mostBytes = 32768

    /// Reads a line.
    package init(_ line: [UInt8]) throws(ControlProblem) {
        let fields = try Fields(line)
        switch try fields.word("request") {
        case "status":
            self = .status(path: try fields.path("path"), from: Int(try fields.number("from") ?? 0))
        case "history":
            var query = HistoryQuery(
                limit: Int(clamping: try fields.number("limit") ?? Int64(HistoryQuery.most)))
            query.path = try fields.path("path")
            query.user = try fields.number("user").map { UInt32(clamping: $0) }
            query.failed = try fields.number("failed") == 1
            query.since = try fields.number("since")
            query.before = try fields.run("before")
            query.after = try fields.run("after")
            self = .history(query)
        case "output":
            self = .output(
                try fields.required(fields.run("run"), "run"),
                offset: max(0, try fields.number("offset") ?? 0))
        case "trigger": self = .trigger(try fields.required(fields.path("path"), "path"))
        case "stop-run": self = .stopRun(try fields.required(fields.run("run"), "run"))
        case "pause":
            self = .pause(
                try fields.required(fields.path("path"), "path"),
                for: try fields.number("nanoseconds").map(Duration.nanoseconds),
                reason: try fields.bytes("reason") ?? [])
        case "resume": self = .resume(try fields.required(fields.path("path"), "path"))
        case "reload": self = .reload
        case "explain": self = .explain(try fields.required(fields.path("path"), "path"))
        case "files": self = .files
        case "metrics": self = .metrics
        case "follow":
            self = .follow(
                try fields.required(fields.path("path"), "path"), after: try fields.run("after"),
                touched: try fields.number("touched").map { Instant(nanoseconds: $0) })
        case "touched":
            self = .touched(
                Instant(nanoseconds: try fields.required(fields.number("at"), "at")))
        default: throw Self.malformed("its request is none of this daemon's")
        }
    }

    /// The line that says it.
    package var line: [UInt8] {
        var writer = JSONWriter()
        writer.object { write(to: &$0) }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .status(let path, let from):
            writer.member("request", "status")
            if let path { writer.member("path", path) }
            writer.member("from", from)
        case .history(let query):
            writer.member("request", "history")
            writer.member("limit", query.limit)
            if let path = query.path { writer.member("path", path) }
            if let user = query.user { writer.member("user", user) }
            if query.failed { writer.member("failed", 1) }
            if let since = query.since { writer.member("since", since) }
            if let before = query.before { writer.member("before", before.value) }
            if let after = query.after { writer.member("after", after.value) }
        case .output(let run, let offset):
            writer.member("request", "output")
            writer.member("run", run.value)
            writer.member("offset", offset)
        case .trigger(let path):
            writer.member("request", "trigger")
            writer.member("path", path)
        case .stopRun(let run):
            writer.member("request", "stop-run")
            writer.member("run", run.value)
        case .pause(let path, let duration, let reason):
            writer.member("request", "pause")
            writer.member("path", path)
            if let duration { writer.member("nanoseconds", duration.nanoseconds) }
            if !reason.isEmpty {
                writer.key("reason")
                writer.string(reason)
            }
        case .resume(let path):
            writer.member("request", "resume")
            writer.member("path", path)
        case .reload: writer.member("request", "reload")
        case .explain(let path):
            writer.member("request", "explain")
            writer.member("path", path)
        case .files: writer.member("request", "files")
        case .metrics: writer.member("request", "metrics")
        case .follow(let path, let after, let touched):
            writer.member("request", "follow")
            writer.member("path", path)
            if let after { writer.member("after", after.value) }
            if let touched { writer.member("touched", touched.nanoseconds) }
        case .touched(let time):
            writer.member("request", "touched")
            writer.member("at", time.nanoseconds)
        }
    }

    fileprivate static func malformed(_ what: String) -> ControlProblem {
        ControlProblem(
            .usage, "understand the request: \(what)",
            "use the commands of the touchmon that the daemon is")
    }

    /// The members of a request.
    private struct Fields {
        private let members: [JSONMember]

        init(_ line: [UInt8]) throws(ControlProblem) {
            guard let document = try? JSONReader.read(line, depthLimit: 4),
                case .object(let members) = document.root.value
            else { throw ControlRequest.malformed("it is no JSON object") }
            self.members = members
        }

        private func value(_ name: String) -> JSONValue? {
            let name = Array(name.utf8)
            return members.last { $0.key == name }?.node.value
        }

        func bytes(_ name: String) throws(ControlProblem) -> [UInt8]? {
            guard let value = value(name) else { return nil }
            guard case .string(let bytes) = value else { throw wrong(name) }
            return bytes
        }

        func word(_ name: String) throws(ControlProblem) -> String? {
            try bytes(name).map { String(decoding: $0, as: UTF8.self) }
        }

        func path(_ name: String) throws(ControlProblem) -> RawPath? {
            guard let value = value(name) else { return nil }
            guard case .string(let bytes) = value, bytes.first == UInt8(ascii: "/"),
                !bytes.contains(0)
            else { throw wrong(name) }
            return RawPath(bytes: bytes)
        }

        func number(_ name: String) throws(ControlProblem) -> Int64? {
            guard let value = value(name) else { return nil }
            guard case .number(let text) = value,
                let number = Int64(String(decoding: text, as: UTF8.self)), number >= 0
            else { throw wrong(name) }
            return number
        }

        func run(_ name: String) throws(ControlProblem) -> RunNumber? {
            try number(name).map { RunNumber(UInt64($0)) }
        }

        func required<Value>(_ value: Value?, _ name: String) throws(ControlProblem) -> Value {
            guard let value else { throw wrong(name) }
            return value
        }

        private func wrong(_ name: String) -> ControlProblem {
            ControlRequest.malformed("its \(name) is missing, or is not what it has to be")
        }
    }
}
