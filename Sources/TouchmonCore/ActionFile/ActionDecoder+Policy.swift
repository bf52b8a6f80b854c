/// When runs begin and how they end: counts, signals, retries, rates.
extension ActionDecoder {
    /// A whole number within `range`.
    mutating func count(
        _ node: JSONNode, _ key: String, _ range: ClosedRange<Int>
    ) throws(WrongForm) -> Int? {
        guard case .number(let text) = node.value else { throw WrongForm() }
        if let number = Int(String(decoding: text, as: UTF8.self)), range.contains(number) {
            return number
        }
        report(
            at: node.offset, "`\(key)` can't be \(TerminalText.quoted(text))",
            remedy: "write a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// The number of a signal that is named as kill(1) names it.
    mutating func signal(_ node: JSONNode) throws(WrongForm) -> Int32? {
        guard case .string(let text) = node.value else { throw WrongForm() }
        if let signal = SignalName.number(of: text) { return signal }
        report(
            at: node.offset, "\(TerminalText.quoted(text)) is not a signal",
            remedy: ValueForm.signal.remedy)
        return nil
    }

    /// A duration that is not zero.
    mutating func positiveDuration(
        _ node: JSONNode, _ key: String
    ) throws(WrongForm) -> Duration? {
        guard case .string(let text) = node.value else { throw WrongForm() }
        return positive(duration(text, at: node.offset), key, at: node.offset)
    }

    private mutating func positive(
        _ duration: Duration?, _ key: String, at offset: Int
    ) -> Duration? {
        if duration == .zero {
            report(at: offset, "`\(key)` is zero", remedy: "write a longer duration")
        }
        return duration
    }

    /// `{"attempts": number, "delay": duration, "backoff": factor, "max_delay": duration}`.
    mutating func retry(_ node: JSONNode) throws(WrongForm) -> RetryPolicy? {
        let parts = try parts(
            of: node, "retry", ["attempts", "delay", "backoff", "max_delay"],
            required: ["attempts": "write how many runs there may be: `\"attempts\": 3`"])
        guard let attempts = part(parts["attempts"], "retry.attempts", 1...1000) else { return nil }
        var policy = RetryPolicy(attempts: attempts)
        if let part = parts["delay"] {
            policy.delay = duration(part, "retry.delay") ?? policy.delay
        }
        if let part = parts["backoff"] { policy.backOff = factor(part) ?? policy.backOff }
        if let part = parts["max_delay"] {
            policy.maxDelay = duration(part, "retry.max_delay") ?? policy.maxDelay
            if policy.maxDelay < policy.delay {
                report(
                    at: part.offset, "`retry.max_delay` is shorter than `retry.delay`",
                    remedy: "write a `max_delay` that is at least as long as `delay`")
            }
        }
        return policy
    }

    /// `{"runs": number, "per": duration}`.
    mutating func rateLimit(_ node: JSONNode) throws(WrongForm) -> RateLimit? {
        let parts = try parts(
            of: node, "rate_limit", ["runs", "per"],
            required: [
                "runs": "write how many runs may begin: `\"runs\": 5`",
                "per": "write in what time: `\"per\": \"1m\"`",
            ])
        let runs = part(parts["runs"], "rate_limit.runs", 1...1000)
        let per = parts["per"].flatMap { part in
            positive(duration(part, "rate_limit.per"), "rate_limit.per", at: part.offset)
        }
        guard let runs, let per else { return nil }
        return RateLimit(runs: runs, per: per)
    }

    private mutating func part(
        _ node: JSONNode?, _ key: String, _ range: ClosedRange<Int>
    ) -> Int? {
        guard let node else { return nil }
        do {
            return try count(node, key, range)
        } catch {
            reportForm(of: node, key, .count)
            return nil
        }
    }

    /// A factor by which waits grow.
    private mutating func factor(_ node: JSONNode) -> Double? {
        guard case .number(let text) = node.value else {
            reportForm(of: node, "retry.backoff", .count)
            return nil
        }
        if let factor = Double(String(decoding: text, as: UTF8.self)), 1...100 ~= factor {
            return factor
        }
        report(
            at: node.offset, "`retry.backoff` can't be \(TerminalText.quoted(text))",
            remedy: "write a number from 1 to 100, as in `1.5`")
        return nil
    }
}
