/// Who runs a touch that one host of all is to run. This is what stands in etcd, as JSON.
package struct Claim: Codable, Hashable, Sendable {
    package var host: String
    /// Which host this is that has claimed the touch, counting from 1.
    package var attempt: Int
    /// How the run ended; nil while it is under way.
    package var ended: Outcome.State?

    package init(host: HostName, attempt: Int, ended: Outcome.State? = nil) {
        self.host = host.text
        self.attempt = attempt
        self.ended = ended
    }
}

/// What to do about a claim.
package enum ElectionStep: Hashable, Sendable {
    /// Nobody has it: try to be the one.
    case claim(attempt: Int)
    /// It is ours from before a restart: put it under our present lease.
    case renew(attempt: Int)
    /// Another has it: wait until the claim is gone or done.
    case standBy
    /// It was run.
    case done
    /// Another began after we had: report our run, and leave the claim alone.
    case overtaken

    /// `claim` is the claim that is there; `attempts` how many have claimed so far; `begun` our own
    /// attempt, if we have placed the value already.
    package static func next(claim: Claim?, attempts: Int, begun: Int?, host: HostName)
        -> ElectionStep
    {
        guard let claim else {
            guard let begun else { return .claim(attempt: attempts + 1) }
            return begun >= attempts ? .claim(attempt: begun) : .overtaken
        }
        if claim.host == host.text, claim.ended == nil { return .renew(attempt: claim.attempt) }
        if begun != nil { return .overtaken }
        return claim.ended == nil ? .standBy : .done
    }
}
