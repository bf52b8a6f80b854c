internal import GRPCCore
package import RelayCore

/// Why etcd did not do what it was asked for.
package enum EtcdFailure: Error, Hashable, Sendable {
    /// No server could be reached, or it had no leader. It may help to try again.
    case unavailable(reason: String, remedy: String)
    /// The token is not valid any more.
    case tokenExpired
    /// The user or the password is not the right one.
    case credentials(String)
    /// The user may not do this.
    case notPermitted(String)
    /// The revisions that were asked for are gone.
    case compacted(Int64)
    /// It was taken for wrong.
    case refused(String)
    /// We end.
    case cancelled

    /// Whether to try again is of use.
    package var isTransient: Bool {
        switch self {
        case .unavailable, .tokenExpired: true
        default: false
        }
    }

    /// For people: what could not be done, why, and what to do.
    package func problem(_ action: String) -> RelayProblem {
        switch self {
        case .unavailable(let reason, let remedy):
            RelayProblem(.unavailable, action, reason, remedy)
        case .tokenExpired:
            RelayProblem(.notPermitted, action, "etcd does not accept its own token", "Try again.")
        case .credentials(let reason):
            RelayProblem(
                .notPermitted, action, reason,
                "Say who you are with --user, and the password with --password-file or in "
                    + "ETCDCTL_PASSWORD.")
        case .notPermitted(let reason):
            RelayProblem(
                .notPermitted, action, reason,
                "Grant the user a role for it: etcdctl role grant-permission ROLE "
                    + "--prefix=true read|write|readwrite PREFIX")
        case .compacted(let revision):
            RelayProblem(
                .tryAgainLater, action, "revisions before \(revision) are gone", "Try again.")
        case .refused(let reason): RelayProblem(.system, action, reason)
        case .cancelled: RelayProblem(.tryAgainLater, action, "interrupted")
        }
    }

    /// Of what gRPC says; `endpoint` is who was asked.
    init(_ error: any Error, endpoint: EtcdEndpoint) {
        if let failure = error as? EtcdFailure {
            self = failure
        } else if error is CancellationError {
            self = .cancelled
        } else if let error = error as? RPCError {
            self = Self.of(error, endpoint)
        } else {
            self = ConnectionTrouble.failure(error, endpoint)
        }
    }

    /// Of what etcd wrote: a status, or a reason for the end of a watch.
    static func of(etcdText text: String) -> EtcdFailure? {
        if text.contains("permission denied") {
            return .notPermitted("etcd does not permit it to this user")
        }
        if text.contains("invalid user ID or password") {
            return .credentials("etcd does not know this user with this password")
        }
        if text.contains("user name is empty") || text.contains("user name not found") {
            return .credentials("etcd wants to know who asks")
        }
        if text.contains("requested lease not found") {
            return .unavailable(
                reason: "etcd has given up this host's lease",
                remedy: "It gets a new one by itself.")
        }
        if text.contains("invalid auth token") || text.contains("auth store is old") {
            return .tokenExpired
        }
        return nil
    }

    private static func of(_ error: RPCError, _ endpoint: EtcdEndpoint) -> EtcdFailure {
        if let known = of(etcdText: error.message) { return known }
        switch error.code {
        case .cancelled where Task.isCancelled: return .cancelled
        case .permissionDenied: return .notPermitted(error.message)
        case .unauthenticated: return .tokenExpired
        case .deadlineExceeded:
            return .unavailable(
                reason: "\(endpoint) did not answer in time",
                remedy: "See whether etcd runs there and the network lets this host through.")
        case .unavailable, .cancelled, .internalError, .unknown, .aborted, .resourceExhausted:
            return ConnectionTrouble.failure(error, endpoint)
        default: return .refused("etcd says: \(error.message)")
        }
    }
}
