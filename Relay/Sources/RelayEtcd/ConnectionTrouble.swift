internal import GRPCCore
internal import RelayCore

/// Says what is wrong with a connection, and what to do about it.
enum ConnectionTrouble {
    static func failure(_ error: any Error, _ endpoint: EtcdEndpoint) -> EtcdFailure {
        let text = causes(of: error)
        for (sign, reason, remedy) in known where text.contains(sign) {
            return .unavailable(reason: "\(endpoint): \(reason)", remedy: remedy)
        }
        return .unavailable(
            reason: "\(endpoint): \((error as? RPCError)?.message ?? text)",
            remedy: "See whether etcd runs there: etcdctl --endpoints=\(endpoint) endpoint health")
    }

    private static let known: [(sign: String, reason: String, remedy: String)] = [
        (
            "CERTIFICATE_VERIFY_FAILED",
            "its certificate is not signed by an authority that is trusted here, or has expired",
            "Name the authority's certificate with --cacert, and see when the server's ends: "
                + "openssl x509 -noout -dates -in FILE"
        ),
        (
            "unableToValidateCertificate", "its certificate is for another name",
            "Use a name in --endpoints that the certificate has: openssl x509 -noout -ext "
                + "subjectAltName -in FILE"
        ),
        (
            "noCertificateToValidate", "it shows no certificate", "Give etcd a --cert-file."
        ),
        (
            "WRONG_VERSION_NUMBER", "it does not speak TLS",
            "Write http:// instead of https:// if it is meant to be without, or give etcd a "
                + "--cert-file."
        ),
        (
            "TLSV1_ALERT_CERTIFICATE_REQUIRED", "it wants a certificate of ours",
            "Name one that its authority has signed, with --cert and --key."
        ),
        (
            "ALERT_BAD_CERTIFICATE", "it wants a certificate of ours, or does not accept it",
            "Name one that its authority has signed and that has not expired, with --cert and --key."
        ),
        (
            "ALERT", "it does not accept our certificate",
            "Name one that its authority has signed and that has not expired, with --cert and --key."
        ),
        (
            "Connection refused", "connection refused",
            "See whether etcd runs there and listens on this address (--listen-client-urls)."
        ),
        (
            "No route to host", "no route to host",
            "See whether this host reaches it: ip route get."
        ),
        (
            "isn't ready", "the connection was lost",
            "See whether etcd runs there and the network lets this host through."
        ),
        (
            "connectTimeout", "nobody answers",
            "See whether etcd runs there and the network lets this host through."
        ),
        (
            "resolve", "its name is not known",
            "See whether this host can look it up: getent hosts NAME."
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
