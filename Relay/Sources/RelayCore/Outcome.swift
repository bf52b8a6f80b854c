package import FoundationEssentials

/// What a host says of the latest touch of a key that it knows of. This is what stands in etcd, as JSON.
package struct Outcome: Codable, Hashable, Sendable {
    /// How far it is.
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Knows the key, and has noted a revision without running anything.
        case following
        /// Has the touch, and waits: for its turn, for a daemon, for the run to begin.
        case waiting
        case running
        /// The run has ended, with a status or a signal.
        case ended
        /// The daemon saw the touch and ran nothing.
        case noRun = "no run"
        case failedToStart = "failed to start"
        /// The run was there and nobody saw how it ended.
        case interrupted
        /// The value is in place, and nobody was asked what it led to.
        case written
        /// Not run, because too many others had failed.
        case heldBack = "held back"
    }

    package var host: String
    /// Of the touch, in etcd.
    package var revision: Int64
    package var state: State
    /// The daemon's number of the run.
    package var run: Int64?
    package var status: Int?
    /// Such as SIGKILL.
    package var signal: String?
    /// RFC 3339, by the host's clock: for people. Nothing is decided by it.
    package var started: String?
    package var seconds: Double?
    /// More than 1: another host had begun before.
    package var attempt: Int
    /// One host of all runs it.
    package var elected: Bool
    /// Why, for people.
    package var reason: String?
    /// What it printed last.
    package var tail: Data?

    package init(
        host: HostName, revision: Int64, state: State, attempt: Int = 1, elected: Bool = false
    ) {
        self.host = host.text
        self.revision = revision
        self.state = state
        self.attempt = attempt
        self.elected = elected
    }

    /// Nothing more will come.
    package var isFinal: Bool {
        switch state {
        case .following, .waiting, .running: false
        case .ended, .noRun, .failedToStart, .interrupted, .written, .heldBack: true
        }
    }

    /// It ended as it should.
    package var succeeded: Bool {
        switch state {
        case .ended: status == 0
        case .written: true
        default: false
        }
    }

    /// It ended, and not as it should.
    package var failed: Bool { isFinal && !succeeded }
}

/// JSON as it stands in etcd and on disk.
package enum RelayJSON {
    /// The same value makes the same bytes.
    package static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("a value of ours can't be written as JSON")
        }
        return Array(data)
    }

    /// Nil where it is something else: others can write there too.
    package static func value<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(type, from: Data(bytes))
    }
}
