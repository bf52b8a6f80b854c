internal import EtcdMessages
internal import GRPCCore
internal import RelayCore

/// The conversation with etcd: one connection at a time, to the next server after trouble.
package actor Etcd {
    private let configuration: EtcdConfiguration
    private var connection: Connection?
    private var next: Int
    private var token: String?
    private var authenticating: Task<String?, any Error>?

    /// Begins with any of the endpoints, so that a fleet does not ask one server for everything.
    package init(_ configuration: EtcdConfiguration) {
        self.configuration = configuration
        next = Int.random(in: 0..<max(1, configuration.endpoints.count))
    }

    /// Ends the connection. Nothing can be asked afterwards.
    package func close() {
        connection?.close()
        connection = nil
    }

    /// What a call needs.
    struct Call: Sendable {
        let client: Connection.Client
        let metadata: Metadata
        let options: CallOptions
    }

    /// Asks once; with `isStream`, for something that has no end.
    nonisolated func ask<Answer: Sendable>(
        isStream: Bool = false, _ call: @Sendable (Call) async throws -> Answer
    ) async throws(EtcdFailure) -> Answer {
        for isLast in [false, true] {
            let connection = try await current()
            do {
                let token = try await currentToken(connection)
                var options = CallOptions.defaults
                options.timeout =
                    isStream
                    ? nil
                    : connection.hasAnswered ? configuration.callTimeout : configuration.dialTimeout
                options.maxResponseMessageBytes = Self.longestAnswer
                var metadata = Metadata()
                if let token { metadata.addString(token, forKey: "token") }
                let answer = try await call(
                    Call(client: connection.client, metadata: metadata, options: options))
                connection.answer()
                return answer
            } catch {
                let failure = EtcdFailure(error, endpoint: connection.endpoint)
                switch failure {
                case .tokenExpired where configuration.credentials != nil && !isLast:
                    await forgetToken()
                    continue
                case .unavailable: await leave(connection)
                default: break
                }
                throw failure
            }
        }
        throw .tokenExpired
    }

    /// Asks until there is an answer; what can't get better by waiting is thrown, and everything when the
    /// deadline has passed. `trouble` hears of the first failure of each kind.
    package nonisolated func persistently<Answer: Sendable>(
        until deadline: ContinuousClock.Instant? = nil,
        trouble: @Sendable (EtcdFailure) -> Void = { _ in },
        _ body: @Sendable () async throws(EtcdFailure) -> Answer
    ) async throws(EtcdFailure) -> Answer {
        var backOff = BackOff(first: .milliseconds(100), longest: .seconds(5))
        var said: EtcdFailure?
        while true {
            do {
                return try await body()
            } catch {
                guard error.isTransient, !Task.isCancelled else { throw error }
                let wait = backOff.next(random: .random(in: 0...1))
                if let deadline, ContinuousClock.now + wait >= deadline { throw error }
                if said != error { trouble(error) }
                said = error
                do { try await Task.sleep(for: wait) } catch { throw .cancelled }
            }
        }
    }

    /// More than the largest value, and than etcd sends at once.
    private static let longestAnswer = 16 * 1024 * 1024

    private func current() throws(EtcdFailure) -> Connection {
        if let connection { return connection }
        let endpoint = configuration.endpoints[next % configuration.endpoints.count]
        let new = try Connection(endpoint, configuration)
        connection = new
        return new
    }

    /// The next call goes to the next server, if nobody has seen to that already.
    private func leave(_ left: Connection) {
        guard connection === left else { return }
        left.close()
        connection = nil
        next += 1
    }

    private func forgetToken() { token = nil }

    /// The token of the user, if there is one. Who asks meanwhile waits for the same answer.
    private func currentToken(_ connection: Connection) async throws -> String? {
        guard let credentials = configuration.credentials else { return nil }
        if let token { return token }
        if let authenticating { return try await authenticating.value }
        let timeout = configuration.callTimeout
        let task = Task { () async throws -> String? in
            var request = Etcdserverpb_AuthenticateRequest()
            request.name = credentials.user
            request.password = credentials.password
            var options = CallOptions.defaults
            options.timeout = timeout
            do {
                let client = Etcdserverpb_Auth.Client(wrapping: connection.client)
                return try await client.authenticate(request, options: options).token
            } catch let error as RPCError where error.message.contains("is not enabled") {
                // A cluster where everybody may do everything.
                return nil
            }
        }
        authenticating = task
        defer { authenticating = nil }
        token = try await task.value
        return token
    }
}
