internal import ArgumentParser
internal import Glibc
internal import RelayCore
internal import RelayEtcd
internal import RelayHost

/// How etcd is reached: under the names that etcdctl has for it.
struct EtcdArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Servers of the cluster, with commas between them ($ETCDCTL_ENDPOINTS; "
                + "http://127.0.0.1:2379).", valueName: "urls"))
    var endpoints: String?

    @Option(
        help: ArgumentHelp(
            "Certificate of the authority that has signed the servers' ($ETCDCTL_CACERT).",
            valueName: "file"))
    var cacert: String?

    @Option(help: ArgumentHelp("Certificate of ours ($ETCDCTL_CERT).", valueName: "file"))
    var cert: String?

    @Option(help: ArgumentHelp("Its key ($ETCDCTL_KEY).", valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "User of etcd's ($ETCDCTL_USER). The password is in $ETCDCTL_PASSWORD, or in the file of "
                + "--password-file.", valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("File whose first line is the password.", valueName: "file"))
    var passwordFile: String?

    @Option(help: ArgumentHelp("What all keys in etcd begin with.", valueName: "prefix"))
    var prefix = "/touchmon/"

    @Option(
        help: ArgumentHelp(
            "How long a server may take to answer for the first time.", valueName: "duration"))
    var dialTimeout = DurationArgument(.seconds(2))

    @Option(
        help: ArgumentHelp("How long a command may take in all.", valueName: "duration"))
    var commandTimeout = DurationArgument(.seconds(5))

    var keys: KeySpace { KeySpace(prefix: prefix) }

    /// When a command gives up.
    var deadline: ContinuousClock.Instant { .now + commandTimeout.duration }

    /// Throws what is wrong with the arguments or the environment.
    func etcd() throws -> Etcd {
        guard !prefix.isEmpty, prefix.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw RelayProblem(
                .usage, "use this --prefix", "it is empty, or has characters that can't be typed",
                "Leave it out, or write one such as /touchmon/.")
        }
        let certificates = try certificates()
        var configuration = EtcdConfiguration(endpoints: try servers(certificates))
        configuration.certificates = certificates
        configuration.credentials = try credentials()
        configuration.dialTimeout = dialTimeout.duration
        configuration.callTimeout = commandTimeout.duration
        return Etcd(configuration)
    }

    private func servers(
        _ certificates: EtcdConfiguration.Certificates
    ) throws -> [EtcdEndpoint] {
        let text = endpoints ?? Self.variable("ETCDCTL_ENDPOINTS") ?? "http://127.0.0.1:2379"
        let isSecure = certificates.authority != nil || certificates.own != nil
        return try text.split(separator: ",").map { part in
            guard let endpoint = EtcdEndpoint(String(part), secureByDefault: isSecure) else {
                throw RelayProblem(
                    .usage, "use \(FleetTable.printable(String(part), longest: 80)) as an endpoint",
                    "it is no address of a server", "Write it as in https://etcd1.example.org:2379."
                )
            }
            return endpoint
        }
    }

    private func certificates() throws -> EtcdConfiguration.Certificates {
        let authority = cacert ?? Self.variable("ETCDCTL_CACERT")
        let certificate = cert ?? Self.variable("ETCDCTL_CERT")
        let key = key ?? Self.variable("ETCDCTL_KEY")
        for file in [authority, certificate, key].compactMap(\.self)
        where access(file, R_OK) != 0 {
            throw RelayProblem(
                .usage, "read \(file)", String(cString: strerror(errno)),
                "Name PEM files that this user can read.")
        }
        guard (certificate == nil) == (key == nil) else {
            throw RelayProblem(
                .usage, "use a certificate of ours", "--cert and --key belong together",
                "Name both, or none.")
        }
        let own = certificate.flatMap { certificate in key.map { (certificate, $0) } }
        return EtcdConfiguration.Certificates(authority: authority, own: own)
    }

    private func credentials() throws -> EtcdConfiguration.Credentials? {
        if let user, user.contains(":") {
            throw RelayProblem(
                .usage, "take a password from the command line",
                "everybody on this host can read command lines",
                "Write only the name behind --user, and the password into a file for "
                    + "--password-file, or into ETCDCTL_PASSWORD.")
        }
        var name = user
        var password = Self.variable("ETCDCTL_PASSWORD")
        if name == nil, let both = Self.variable("ETCDCTL_USER") {
            let parts = both.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            name = String(parts[0])
            if parts.count > 1 { password = String(parts[1]) }
        }
        guard let name, !name.isEmpty else { return nil }
        if let passwordFile { password = try Self.firstLine(of: passwordFile) }
        guard let password else {
            throw RelayProblem(
                .usage, "speak to etcd as \(name)", "there is no password",
                "Write it into a file for --password-file, or into ETCDCTL_PASSWORD.")
        }
        return EtcdConfiguration.Credentials(user: name, password: password)
    }

    private static func firstLine(of file: String) throws -> String {
        let bytes = try WholeFile.read(file, atMost: 4096)
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
