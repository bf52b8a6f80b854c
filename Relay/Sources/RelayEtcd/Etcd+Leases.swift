internal import EtcdMessages
internal import GRPCCore

extension Etcd {
    /// A lease that lives this many seconds, and as long as it is renewed.
    package nonisolated func grantLease(seconds: Int64) async throws(EtcdFailure) -> Int64 {
        var request = Etcdserverpb_LeaseGrantRequest()
        request.ttl = seconds
        let grant = request
        return try await ask { call in
            try await Etcdserverpb_Lease.Client(wrapping: call.client).leaseGrant(
                grant, metadata: call.metadata, options: call.options)
        }.id
    }

    /// False: it has expired.
    package nonisolated func renewLease(_ lease: Int64) async throws(EtcdFailure) -> Bool {
        var request = Etcdserverpb_LeaseKeepAliveRequest()
        request.id = lease
        let renewal = request
        return try await ask { call in
            try await Etcdserverpb_Lease.Client(wrapping: call.client).leaseKeepAlive(
                metadata: call.metadata, options: call.options,
                requestProducer: { try await $0.write(renewal) },
                onResponse: { response in
                    for try await answer in response.messages { return answer.ttl > 0 }
                    throw RPCError(code: .unavailable, message: "etcd closed the stream")
                })
        }
    }

    /// Ends a lease now, and all that is under it.
    package nonisolated func revokeLease(_ lease: Int64) async throws(EtcdFailure) {
        var request = Etcdserverpb_LeaseRevokeRequest()
        request.id = lease
        let revocation = request
        _ = try await ask { call in
            try await Etcdserverpb_Lease.Client(wrapping: call.client).leaseRevoke(
                revocation, metadata: call.metadata, options: call.options)
        }
    }
}
