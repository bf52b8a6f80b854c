import Foundation
import RelayCore
import RelayEtcd

/// An etcd of a test's own, on loopback.
final class EtcdServer: @unchecked Sendable {
    static let program = "/usr/bin/etcd"

    let scratch: Scratch
    let port: Int
    private let peerPort: Int
    private let options: [String]
    private let scheme: String
    private var process: RunningProgram?
    private var starts = 0

    var url: String { "\(scheme)://127.0.0.1:\(port)" }

    init(scratch: Scratch, scheme: String = "http", options: [String] = []) throws {
        self.scratch = scratch
        self.scheme = scheme
        self.options = options
        port = try Self.freePort()
        peerPort = try Self.freePort()
        try start()
    }

    func start() throws {
        starts += 1
        let peer = "http://127.0.0.1:\(peerPort)"
        process = try RunningProgram(
            Self.program,
            [
                "--name=test", "--data-dir=\(scratch.path)/etcd", "--listen-client-urls=\(url)",
                "--advertise-client-urls=\(url)", "--listen-peer-urls=\(peer)",
                "--initial-advertise-peer-urls=\(peer)", "--initial-cluster=test=\(peer)",
                "--log-level=error",
            ] + options, scratch: scratch, name: "etcd\(starts)")
    }

    func stop() async throws {
        process?.signal(SIGKILL)
        _ = try await process?.status()
        process = nil
    }

    /// A client, when the server answers.
    func client() async throws -> Etcd {
        guard let endpoint = EtcdEndpoint(url) else { throw Failure("no endpoint: \(url)") }
        let etcd = Etcd(EtcdConfiguration(endpoints: [endpoint]))
        _ = try await etcd.persistently(until: .now + .seconds(30)) {
            () async throws(EtcdFailure) in
            try await etcd.entry("health").revision
        }
        return etcd
    }

    /// A port that nobody listens on now, and that no client is given for its end of a connection before
    /// the server listens.
    static func freePort() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 10_000..<32_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let isBound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isBound { return port }
        }
        throw Failure("no free port")
    }
}
