/// What a fleet has made of the latest touch of a key.
package struct FleetStatus: Sendable {
    /// A host, in words that a table has.
    package struct Row: Hashable, Sendable {
        package let host: String
        package let state: String
        /// What it said last; nil where it said nothing.
        package let outcome: Outcome?
        /// It is done with the latest touch, or will not be.
        package let isSettled: Bool
        package let succeeded: Bool
    }

    /// Who has to have ended.
    package struct Expectation: Hashable, Sendable {
        /// These, instead of all members.
        package var hosts: [HostName]?
        /// Any that are as many as this.
        package var count: Int?

        package init(hosts: [HostName]? = nil, count: Int? = nil) {
            self.hosts = hosts
            self.count = count
        }
    }

    package let key: TouchKey
    /// Of the latest touch; nil where there is none.
    package let revision: Int64?
    package let rows: [Row]
    /// One host of all runs it.
    package let isElected: Bool
    private let expectation: Expectation

    /// `outcomes` is what stands in etcd: nil for what can't be read. `alive` is whose lease lives.
    package init(
        key: TouchKey, revision: Int64?, outcomes: [HostName: Outcome?], alive: Set<HostName>,
        expectation: Expectation = Expectation()
    ) {
        self.key = key
        self.revision = revision
        self.expectation = expectation
        isElected = outcomes.values.contains { $0?.elected == true }
        let hosts =
            expectation.hosts.map { Array(Set($0)) } ?? Array(outcomes.keys)
        rows = hosts.sorted().map { host in
            Self.row(host, outcomes[host], isAlive: alive.contains(host), latest: revision)
        }
    }

    private static func row(
        _ host: HostName, _ said: Outcome??, isAlive: Bool, latest: Int64?
    ) -> Row {
        func row(_ state: String, _ outcome: Outcome?, settled: Bool = false) -> Row {
            Row(
                host: host.text, state: state, outcome: outcome, isSettled: settled,
                succeeded: settled && outcome?.succeeded == true)
        }
        guard let said else { return row("missing", nil) }
        guard let outcome = said else { return row("unreadable", nil) }
        guard let latest, outcome.revision >= latest else {
            let knowsOfNone = latest == nil && outcome.state == .following
            return row(!isAlive ? "silent" : knowsOfNone ? "following" : "behind", outcome)
        }
        switch outcome.state {
        case .following:
            return row(isAlive ? (outcome.elected ? "standby" : "following") : "silent", outcome)
        case .running, .waiting:
            // It will not say how that ended, or not soon.
            return isAlive
                ? row(outcome.state.rawValue, outcome) : row("silent", outcome, settled: true)
        case .ended where outcome.status == 0: return row("ended", outcome, settled: true)
        case .ended: return row("failed", outcome, settled: true)
        default: return row(outcome.state.rawValue, outcome, settled: true)
        }
    }

    /// Whose end is waited for: who had joined after the touch is not concerned.
    private var concerned: [Row] {
        guard expectation.hosts == nil else { return rows }
        return rows.filter { row in
            !(row.outcome?.state == .following && row.outcome?.revision == revision)
        }
    }

    /// All that are waited for have ended.
    package var isSettled: Bool {
        guard revision != nil else { return false }
        let settled = concerned.filter(\.isSettled)
        if isElected {
            // Of a host that went silent another takes over.
            return settled.contains { $0.state != "silent" }
        }
        if let count = expectation.count { return settled.count >= count }
        return !concerned.isEmpty && settled.count == concerned.count
    }

    /// All that have ended did as they should.
    package var succeeded: Bool {
        let settled = concerned.filter(\.isSettled)
        if isElected {
            let last = settled.filter { $0.state != "silent" }
                .max { ($0.outcome?.attempt ?? 0) < ($1.outcome?.attempt ?? 0) }
            return last?.succeeded == true
        }
        return settled.allSatisfy(\.succeeded)
    }
}
