package import RelayCore

/// How etcd is reached.
package struct EtcdConfiguration: Sendable {
    /// Certificates, as paths of PEM files.
    package struct Certificates: Sendable {
        /// Of the authority that has signed the server's; nil: those that the system trusts.
        package var authority: String?
        /// Ours, with its key.
        package var own: (certificate: String, key: String)?

        package init(authority: String? = nil, own: (certificate: String, key: String)? = nil) {
            self.authority = authority
            self.own = own
        }
    }

    /// A user of etcd's. Never printed.
    package struct Credentials: Sendable {
        package let user: String
        package let password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    package var endpoints: [EtcdEndpoint]
    package var certificates = Certificates()
    package var credentials: Credentials?
    /// How long a server may take until it has answered for the first time.
    package var dialTimeout = Duration.seconds(2)
    /// How long it may take to answer.
    package var callTimeout = Duration.seconds(5)

    package init(endpoints: [EtcdEndpoint]) {
        self.endpoints = endpoints
    }
}
