/// One line of what a daemon answers, as its commands read it.
package struct ControlReply: Sendable {
    /// As it came.
    package let line: [UInt8]
    private let members: [JSONMember]

    /// nil where it is no JSON object.
    package init?(_ line: [UInt8]) {
        guard let document = try? JSONReader.read(line), let reply = ControlReply(document.root)
        else { return nil }
        self.line = line
        members = reply.members
    }

    private init?(_ node: JSONNode) {
        guard case .object(let members) = node.value else { return nil }
        line = []
        self.members = members
    }

    private func value(_ name: String) -> JSONValue? {
        members.last { $0.key.elementsEqual(name.utf8) }?.node.value
    }

    package func bytes(_ name: String) -> [UInt8]? {
        guard case .string(let bytes) = value(name) else { return nil }
        return bytes
    }

    package func word(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    package func number(_ name: String) -> Int64? {
        guard case .number(let text) = value(name) else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    package func isTrue(_ name: String) -> Bool { value(name) == .boolean(true) }

    package func strings(_ name: String) -> [[UInt8]] {
        guard case .list(let nodes) = value(name) else { return [] }
        return nodes.compactMap {
            guard case .string(let bytes) = $0.value else { return nil }
            return bytes
        }
    }

    package func words(_ name: String) -> [String] {
        strings(name).map { String(decoding: $0, as: UTF8.self) }
    }

    package func numbers(_ name: String) -> [Int64] {
        guard case .list(let nodes) = value(name) else { return [] }
        return nodes.compactMap {
            guard case .number(let text) = $0.value else { return nil }
            return Int64(String(decoding: text, as: UTF8.self))
        }
    }

    package func object(_ name: String) -> ControlReply? {
        guard let node = members.last(where: { $0.key.elementsEqual(name.utf8) })?.node else {
            return nil
        }
        return ControlReply(node)
    }

    private func time(_ name: String) -> Int64? {
        bytes(name).flatMap(Timestamp.nanosecondsSince1970(of:))
    }

    private func run(_ name: String) -> RunNumber? {
        number(name).map { RunNumber(UInt64(clamping: $0)) }
    }

    private func path() -> RawPath? {
        guard let path = bytes("path") else { return nil }
        guard let file = bytes("file") else { return RawPath(bytes: path) }
        return RawPath(action: RawPath(bytes: path), file: RawPath(bytes: file))
    }

    /// Why the command was not carried out; nil where it was.
    package var problem: ControlProblem? {
        guard let message = word("error") else { return nil }
        let kind = number("exit").flatMap { ControlProblem.Kind(rawValue: Int32(clamping: $0)) }
        return ControlProblem(kind ?? .system, message, word("remedy") ?? "")
    }

    /// How a run ended; nil while it runs.
    package var ending: RunEnding? {
        switch word("outcome") {
        case "success", "failure":
            .ended(.exited(status: Int32(clamping: number("status") ?? 0)))
        case "signal":
            .ended(.signalled(signal: bytes("signal").flatMap(SignalName.number) ?? 0))
        case "unknown": .ended(.unknown)
        case "not-started": .notStarted
        case "interrupted": .interrupted
        default: nil
        }
    }

    /// A run of the history.
    package var historyRow: HistoryRow? {
        guard let run = run("run"), let path = path(), let started = time("started"),
            let reason = word("reason").flatMap(RunReason.init)
        else { return nil }
        let toucher = object("touched_by").flatMap { by -> LedgerChange.Run.Toucher? in
            guard let process = by.number("pid"), let user = by.number("uid") else { return nil }
            return LedgerChange.Run.Toucher(
                process: Int32(clamping: process), user: UInt32(clamping: user))
        }
        return HistoryRow(
            run: run, path: path, reason: reason, started: started, ended: time("ended"),
            ending: ending, user: number("uid").map { UInt32(clamping: $0) },
            process: Int32(clamping: number("pid") ?? 0),
            attempt: number("attempt").map { Int($0) }, toucher: toucher)
    }

    /// An action of the status.
    package var statusRow: StatusRow? {
        guard let path = path(), let state = word("state").flatMap(StatusRow.State.init) else {
            return nil
        }
        return StatusRow(
            path: path, argv: strings("argv"), state: state, mechanism: word("mechanism") ?? "",
            runs: numbers("runs").map { RunNumber(UInt64(clamping: $0)) },
            due: word("due").flatMap(RunReason.init),
            touched: time("last_touch").map(FileTime.init(nanosecondsSince1970:)),
            last: object("last_run")?.historyRow)
    }
}
