internal import EtcdMessages
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import RelayCore
internal import Synchronization

/// One connection to one server.
final class Connection: Sendable {
    typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

    let endpoint: EtcdEndpoint
    let client: Client
    private let connecting: Task<Void, Never>
    private let answered = Atomic(false)

    /// It has answered once: from then on it may take its time.
    var hasAnswered: Bool { answered.load(ordering: .relaxed) }

    init(_ endpoint: EtcdEndpoint, _ configuration: EtcdConfiguration) throws(EtcdFailure) {
        self.endpoint = endpoint
        do {
            let client = Client(
                transport: try .init(
                    target: Self.target(endpoint),
                    transportSecurity: Self.security(endpoint, configuration.certificates),
                    config: .defaults { config in
                        // A peer that is gone without a word is noticed; etcd takes pings at this pace.
                        config.connection.keepalive = .init(
                            time: .seconds(10), timeout: .seconds(5), allowWithoutCalls: false)
                        config.connection.flushCoalescing = nil
                        config.backoff.initial = .milliseconds(200)
                        config.backoff.max = .seconds(5)
                    }))
            self.client = client
            connecting = Task { try? await client.runConnections() }
        } catch {
            throw .refused(
                "the certificates can't be used (\((error as? RuntimeError)?.cause ?? error)); see that "
                    + "--cacert, --cert and --key name PEM files, and that the last two belong together"
            )
        }
    }

    func answer() { answered.store(true, ordering: .relaxed) }

    func close() {
        client.beginGracefulShutdown()
        connecting.cancel()
    }

    private static func target(_ endpoint: EtcdEndpoint) -> any ResolvableTarget {
        if endpoint.host.contains(":") {
            return .ipv6(address: endpoint.host, port: endpoint.port)
        }
        if endpoint.host.allSatisfy({ $0.isNumber || $0 == "." }) {
            return .ipv4(address: endpoint.host, port: endpoint.port)
        }
        return .dns(host: endpoint.host, port: endpoint.port)
    }

    private static func security(
        _ endpoint: EtcdEndpoint, _ certificates: EtcdConfiguration.Certificates
    ) -> HTTP2ClientTransport.Posix.TransportSecurity {
        guard endpoint.isSecure else { return .plaintext }
        return .tls { config in
            if let authority = certificates.authority {
                config.trustRoots = .certificates([.file(path: authority, format: .pem)])
            }
            if let own = certificates.own {
                config.certificateChain = [.file(path: own.certificate, format: .pem)]
                config.privateKey = .file(path: own.key, format: .pem)
            }
        }
    }
}
