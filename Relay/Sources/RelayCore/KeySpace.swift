/// Where in etcd everything is: the names below a prefix.
package struct KeySpace: Hashable, Sendable {
    /// Ends with a `/`.
    package let prefix: String

    /// `prefix` may lack its last `/`.
    package init(prefix: String) {
        self.prefix = prefix.hasSuffix("/") ? prefix : prefix + "/"
    }

    /// The values of touches; what follows is a key.
    package var touches: String { prefix + "touches/" }

    /// The value of a touch; its modification revision is the touch's identity.
    package func touch(_ key: TouchKey) -> String { touches + key.text }

    /// The outcomes of a key; what follows is a host.
    package func outcomes(_ key: TouchKey) -> String { prefix + "outcomes/\(key)/" }

    /// How the latest touch of the key ended on a host.
    package func outcome(_ key: TouchKey, _ host: HostName) -> String {
        outcomes(key) + host.text
    }

    /// There as long as the host's lease lives.
    package func alive(_ key: TouchKey, _ host: HostName) -> String {
        outcome(key, host) + "/alive"
    }

    /// The claims of a key; what follows is a revision.
    package func claims(_ key: TouchKey) -> String { prefix + "claims/\(key)/" }

    /// Which host runs this touch, where one is to.
    package func claim(_ key: TouchKey, _ revision: Int64) -> String {
        claims(key) + String(revision)
    }

    /// How many hosts have claimed this touch so far.
    package func attempts(_ key: TouchKey, _ revision: Int64) -> String {
        claim(key, revision) + "/attempts"
    }

    /// The slots of a touch; what follows is a number.
    package func slots(_ key: TouchKey, _ revision: Int64) -> String {
        prefix + "slots/\(key)/\(revision)/"
    }

    /// What a name among the outcomes of a key is: of a host, or that it is alive. Nil for what belongs to
    /// another key, or to nobody.
    package func outcomeName(_ name: String, of key: TouchKey) -> (host: HostName, alive: Bool)? {
        let start = outcomes(key)
        guard name.hasPrefix(start) else { return nil }
        let parts = name.dropFirst(start.count)
            .split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let host = try? HostName(String(first)) else { return nil }
        switch parts.count {
        case 1: return (host, false)
        case 2 where parts[1] == "alive": return (host, true)
        default: return nil
        }
    }

    /// The number of a slot, of its name.
    package func slotNumber(_ name: String, of key: TouchKey, _ revision: Int64) -> Int? {
        let start = slots(key, revision)
        return name.hasPrefix(start) ? Int(name.dropFirst(start.count)) : nil
    }

    /// The revision of a claim, of its name or that of its attempts.
    package func claimedRevision(_ name: String, of key: TouchKey) -> Int64? {
        let start = claims(key)
        guard name.hasPrefix(start) else { return nil }
        let rest = name.dropFirst(start.count)
        return Int64(rest.hasSuffix("/attempts") ? rest.dropLast("/attempts".count) : rest)
    }

    /// The first name that does not begin with `start` any more: the end of a range in etcd.
    package static func end(of start: String) -> [UInt8] {
        var bytes = Array(start.utf8)
        while let last = bytes.popLast() {
            if last < .max { return bytes + [last + 1] }
        }
        // "All that follow", in etcd.
        return [0]
    }
}

/// What a host is called in the fleet: one component of a key.
package struct HostName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Throws what is wrong with it.
    package init(_ text: String) throws(KeyProblem) {
        let key = try TouchKey(text)
        guard !text.contains("/") else { throw .character }
        // Beside outcomes, this name says that a host is alive.
        guard text != "alive" else { throw .hidden }
        self.text = key.text
    }

    package var description: String { text }

    package static func < (one: HostName, other: HostName) -> Bool { one.text < other.text }
}
