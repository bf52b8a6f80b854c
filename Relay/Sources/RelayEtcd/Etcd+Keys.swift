internal import EtcdMessages
internal import FoundationEssentials
internal import RelayCore

/// A key of etcd's, and what is there.
package struct Entry: Hashable, Sendable {
    package let key: [UInt8]
    package let value: [UInt8]
    package let created: Int64
    /// Of its last change.
    package let revision: Int64
    package let lease: Int64

    /// Nil where it is no text.
    package var name: String? { String(validating: key, as: UTF8.self) }

    init(_ message: Etcdserverpb_KeyValue) {
        key = Array(message.key)
        value = Array(message.value)
        created = message.createRevision
        revision = message.modRevision
        lease = message.lease
    }
}

/// What was there at a revision.
package struct Listing: Sendable {
    package var entries: [Entry] = []
    /// Of all of etcd, when it was read.
    package var revision: Int64 = 0
    package var cluster: UInt64 = 0
}

/// Something that a transaction requires.
package enum Requirement: Hashable, Sendable {
    /// The key has not been changed since this revision; 0: it is not there.
    case unchanged(String, since: Int64)
    /// The key is the one that was made then; 0: it is not there.
    case created(String, at: Int64)
}

/// Something that a transaction does.
package enum Change: Hashable, Sendable {
    case put(String, [UInt8], lease: Int64 = 0)
    case delete(String)
}

extension Etcd {
    /// What is at a key now, and as of which revision.
    package nonisolated func entry(_ key: String) async throws(EtcdFailure) -> (
        Entry?, revision: Int64
    ) {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(key.utf8)
        let answer = try await range(request)
        return (answer.kvs.first.map(Entry.init), answer.header.revision)
    }

    /// Everything whose name begins so, all as of one revision, asked for in pages.
    package nonisolated func list(
        _ start: String, keysOnly: Bool = false, limit: Int = 1_000_000
    ) async throws(EtcdFailure) -> Listing {
        var listing = Listing()
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(start.utf8)
        request.rangeEnd = Data(KeySpace.end(of: start))
        request.keysOnly = keysOnly
        // Outcomes have some kilobytes each.
        request.limit = keysOnly ? 5000 : 200
        while true {
            let answer = try await range(request)
            if request.revision == 0 {
                listing.revision = answer.header.revision
                listing.cluster = answer.header.clusterID
                request.revision = answer.header.revision
            }
            listing.entries += answer.kvs.map(Entry.init)
            guard answer.more, let last = answer.kvs.last, listing.entries.count < limit else {
                return listing
            }
            request.key = last.key + [0]
        }
    }

    /// Writes a value; the revision is that of the change.
    @discardableResult
    package nonisolated func put(
        _ key: String, _ value: [UInt8], lease: Int64 = 0
    ) async throws(EtcdFailure) -> Int64 {
        try await ask { call in
            try await Etcdserverpb_KV.Client(wrapping: call.client).put(
                Self.put(key, value, lease), metadata: call.metadata, options: call.options)
        }.header.revision
    }

    /// Does all of it, or, where a requirement is not met, nothing: false.
    package nonisolated func transact(
        if requirements: [Requirement], _ changes: [Change]
    ) async throws(EtcdFailure) -> Bool {
        var request = Etcdserverpb_TxnRequest()
        request.compare = requirements.map(Self.compare)
        request.success = changes.map(Self.operation)
        let transaction = request
        return try await ask { call in
            try await Etcdserverpb_KV.Client(wrapping: call.client).txn(
                transaction, metadata: call.metadata, options: call.options)
        }.succeeded
    }

    /// Deletes a key that still has this value, and leaves any other.
    package nonisolated func delete(
        _ key: String, ifStill value: [UInt8]
    ) async throws(EtcdFailure) {
        guard let entry = try await entry(key).0, entry.value == value else { return }
        _ = try await transact(if: [.unchanged(key, since: entry.revision)], [.delete(key)])
    }

    /// Forgets all revisions before this one.
    package nonisolated func compact(_ revision: Int64) async throws(EtcdFailure) {
        var request = Etcdserverpb_CompactionRequest()
        request.revision = revision
        let compaction = request
        _ = try await ask { call in
            try await Etcdserverpb_KV.Client(wrapping: call.client).compact(
                compaction, metadata: call.metadata, options: call.options)
        }
    }

    private nonisolated func range(
        _ request: Etcdserverpb_RangeRequest
    ) async throws(EtcdFailure) -> Etcdserverpb_RangeResponse {
        try await ask { call in
            try await Etcdserverpb_KV.Client(wrapping: call.client).range(
                request, metadata: call.metadata, options: call.options)
        }
    }

    private static func put(
        _ key: String, _ value: [UInt8], _ lease: Int64
    ) -> Etcdserverpb_PutRequest {
        var request = Etcdserverpb_PutRequest()
        request.key = Data(key.utf8)
        request.value = Data(value)
        request.lease = lease
        return request
    }

    private static func compare(_ requirement: Requirement) -> Etcdserverpb_Compare {
        var compare = Etcdserverpb_Compare()
        compare.result = .equal
        switch requirement {
        case .unchanged(let key, let revision):
            compare.key = Data(key.utf8)
            compare.target = .mod
            compare.modRevision = revision
        case .created(let key, let revision):
            compare.key = Data(key.utf8)
            compare.target = .create
            compare.createRevision = revision
        }
        return compare
    }

    private static func operation(_ change: Change) -> Etcdserverpb_RequestOp {
        var operation = Etcdserverpb_RequestOp()
        switch change {
        case .put(let key, let value, let lease):
            operation.requestPut = put(key, value, lease)
        case .delete(let key):
            operation.requestDeleteRange.key = Data(key.utf8)
        }
        return operation
    }
}
