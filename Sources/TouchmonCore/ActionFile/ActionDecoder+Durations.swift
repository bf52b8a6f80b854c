/// Durations: of quiet, and between two looks.
extension ActionDecoder {
    /// What looks more often than this is a busy loop.
    private static let shortestPoll = Duration.milliseconds(10)

    mutating func poll(_ node: JSONNode) throws(WrongForm) -> Duration? {
        guard case .string(let text) = node.value else { throw WrongForm() }
        guard let interval = duration(text, at: node.offset) else { return nil }
        if interval < Self.shortestPoll {
            report(
                at: node.offset, "`poll` is shorter than 10 ms",
                remedy: "write `\"10ms\"` or longer; `\"1s\"` is usual")
        }
        return interval
    }

    /// A duration, or `{"quiet": duration, "max": duration}`.
    mutating func settle(_ node: JSONNode) throws(WrongForm) -> SettlePolicy? {
        switch node.value {
        case .object(let members): return settle(members, of: node)
        case .string(let text):
            return duration(text, at: node.offset).map { SettlePolicy(quiet: $0) }
        default: throw WrongForm()
        }
    }

    private mutating func settle(_ members: [JSONMember], of node: JSONNode) -> SettlePolicy? {
        reportDuplicates(in: members)
        var quiet: Duration?
        var max: Duration?
        for member in members {
            switch String(decoding: member.key, as: UTF8.self) {
            case "quiet": quiet = duration(member.node, "settle.quiet")
            case "max": max = duration(member.node, "settle.max")
            default:
                report(
                    at: member.keyOffset,
                    "\(TerminalText.quoted(member.key)) is not a key of `settle`",
                    remedy: "remove it; the keys are `quiet` and `max`")
            }
        }
        guard members.contains(where: { $0.key.elementsEqual("quiet".utf8) }) else {
            report(
                at: node.offset, "`settle` has no `quiet`",
                remedy: "write how long to wait for quiet: `\"quiet\": \"250ms\"`")
            return nil
        }
        if let quiet, let max, max < quiet {
            report(
                at: node.offset, "`settle.max` is shorter than `settle.quiet`",
                remedy: "write a `max` that is at least as long as `quiet`")
        }
        return quiet.map { SettlePolicy(quiet: $0, max: max) }
    }

    private mutating func duration(_ node: JSONNode, _ key: String) -> Duration? {
        guard case .string(let text) = node.value else {
            report(
                at: node.offset, "`\(key)` must be a duration in a string, not \(node.value.kind)",
                remedy: "write \(DurationText.form)")
            return nil
        }
        return duration(text, at: node.offset)
    }

    private mutating func duration(_ text: [UInt8], at offset: Int) -> Duration? {
        do {
            return try DurationText.parse(text)
        } catch {
            let isTooLarge = error == .tooLarge
            report(
                at: offset,
                "\(TerminalText.quoted(text)) is \(isTooLarge ? "too long" : "not a duration")",
                remedy: isTooLarge
                    ? "write a shorter duration" : "write \(DurationText.form)")
            return nil
        }
    }
}
