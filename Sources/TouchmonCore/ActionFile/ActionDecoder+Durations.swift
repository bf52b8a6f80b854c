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
        case .object: return try settle(in: node)
        case .string(let text):
            return duration(text, at: node.offset).map { SettlePolicy(quiet: $0) }
        default: throw WrongForm()
        }
    }

    private mutating func settle(in node: JSONNode) throws(WrongForm) -> SettlePolicy? {
        let parts = try parts(
            of: node, "settle", ["quiet", "max"],
            required: ["quiet": "write how long to wait for quiet: `\"quiet\": \"250ms\"`"])
        let quiet = parts["quiet"].flatMap { duration($0, "settle.quiet") }
        let max = parts["max"].flatMap { duration($0, "settle.max") }
        if let quiet, let max, max < quiet {
            report(
                at: node.offset, "`settle.max` is shorter than `settle.quiet`",
                remedy: "write a `max` that is at least as long as `quiet`")
        }
        return quiet.map { SettlePolicy(quiet: $0, max: max) }
    }

    mutating func duration(_ node: JSONNode, _ key: String) -> Duration? {
        guard case .string(let text) = node.value else {
            report(
                at: node.offset, "`\(key)` must be a duration in a string, not \(node.value.kind)",
                remedy: "write \(DurationText.form)")
            return nil
        }
        return duration(text, at: node.offset)
    }

    mutating func duration(_ text: [UInt8], at offset: Int) -> Duration? {
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
