internal import GRPCCore
internal import RelayCore

/// Says what is wrong with a connection, and what to do about it.
enum ConnectionTrouble {
    static func failure(_ error: any Error, _ endpoint: EtcdEndpoint) -> EtcdFailure {
        let text = causes(of: error)
        for trouble in known where trouble.signs.contains(where: text.contains) {
            return .unavailable(
                reason: "\(endpoint): \(trouble.reason)",
                remedy: trouble.remedy.replacing("PLACE", with: "\(endpoint.host):\(endpoint.port)")
            )
        }
        return .unavailable(
            reason: "\(endpoint): \((error as? RPCError)?.message ?? text)",
            remedy: "See whether etcd runs there: etcdctl --endpoints=\(endpoint) endpoint health")
    }

    private struct Trouble {
        /// What the libraries call it.
        let signs: [String]
        let reason: String
        let remedy: String
    }

    /// The first that fits is meant.
    private static let known = [
        Trouble(
            signs: ["CERTIFICATE_VERIFY_FAILED"],
            reason:
                "its certificate has expired, or no authority that is trusted here has signed it",
            remedy:
                "Name the authority's certificate with --cacert. Who has signed, and until when, says "
                + "openssl s_client -connect PLACE </dev/null | openssl x509 -noout -issuer -dates"),
        Trouble(
            signs: ["failedToValidateHostname"], reason: "its certificate is for another name",
            remedy: "Use a name in --endpoints that the certificate has: "
                + "openssl s_client -connect PLACE </dev/null | openssl x509 -noout -ext subjectAltName"
        ),
        Trouble(
            signs: ["EOF during handshake", "WRONG_VERSION_NUMBER"],
            reason: "it does not speak TLS",
            remedy: "Write http:// if it is meant to be without, or give etcd a --cert-file."),
        Trouble(
            signs: ["ALERT"], reason: "it wants a certificate of ours, or does not accept it",
            remedy:
                "Name one that its authority has signed and that has not expired, with --cert and "
                + "--key."),
        Trouble(
            signs: ["before completing the HTTP/2"],
            reason: "it closes the connection at once; perhaps it speaks TLS only",
            remedy:
                "Write https:// if it has a certificate, and name its authority's with --cacert."),
        Trouble(
            signs: ["Connection refused"], reason: "connection refused",
            remedy:
                "See whether etcd runs there and listens on this address (--listen-client-urls)."),
        Trouble(
            signs: ["No route to host", "Network is unreachable"], reason: "no route to host",
            remedy: "See whether this host reaches it: ip route get."),
        Trouble(
            signs: ["connectTimeout"], reason: "nobody answers",
            remedy: "See whether etcd runs there and the network lets this host through."),
        Trouble(
            signs: ["isn't ready", "unexpectedly closed"], reason: "the connection was lost",
            remedy: "See whether etcd runs there and the network lets this host through."),
        Trouble(
            signs: ["Couldn't resolve"], reason: "its name is not known",
            remedy: "See whether this host can look it up: getent hosts NAME."),
        Trouble(
            signs: ["no leader"], reason: "the cluster has no leader",
            remedy: "See that more than half of its members run: etcdctl endpoint status --cluster."
        ),
    ]

    /// The texts of an error and of all that led to it.
    private static func causes(of error: any Error) -> String {
        var text = String(describing: error)
        if let error = error as? RPCError, let cause = error.cause {
            text += "; " + causes(of: cause)
        }
        if let error = error as? RuntimeError, let cause = error.cause {
            text += "; " + causes(of: cause)
        }
        return text
    }
}
