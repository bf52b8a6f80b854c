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

    package func object(_ name: String) -> ControlReply? {
        guard let node = members.last(where: { $0.key.elementsEqual(name.utf8) })?.node else {
            return nil
        }
        return ControlReply(node)
    }

    package func time(_ name: String) -> Int64? {
        bytes(name).flatMap(Timestamp.nanosecondsSince1970(of:))
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

    /// What stands in the way of an action's runs.
    package var obstacle: Obstacle? {
        guard let word = word("obstacle"), let text = self.word("text") else { return nil }
        return Obstacle(word, text)
    }

    /// A touch that began no run of its own.
    package var unrunTouch: ExplainedTouch? {
        guard let word = word("nothing"), let time = time("time") else { return nil }
        return ExplainedTouch(
            time: time, toucher: toucher,
            result: .nothing(word, count: Int(clamping: number("count") ?? 1)))
    }

    private var toucher: LedgerChange.Run.Toucher? {
        guard let by = object("touched_by"), let process = by.number("pid"),
            let user = by.number("uid")
        else { return nil }
        return LedgerChange.Run.Toucher(
            process: Int32(clamping: process), user: UInt32(clamping: user))
    }
}
