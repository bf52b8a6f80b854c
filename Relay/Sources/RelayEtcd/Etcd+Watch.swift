internal import EtcdMessages
internal import FoundationEssentials
internal import GRPCCore
internal import RelayCore

/// News of a watch.
package enum WatchNews: Sendable {
    /// The watch is in force.
    case begun
    case put(Entry)
    case deleted(Entry)
    /// All up to this revision was told.
    case progress(Int64)
}

extension Etcd {
    /// Tells all changes of names that begin so, from a revision on, until `tell` says that it is enough.
    /// Throws when the stream ends; who goes on begins with the revision after the last one heard.
    package nonisolated func watch(
        _ start: String, from revision: Int64,
        _ tell: @Sendable @escaping (WatchNews) async throws -> Bool
    ) async throws(EtcdFailure) {
        var request = Etcdserverpb_WatchRequest()
        request.createRequest.key = Data(start.utf8)
        request.createRequest.rangeEnd = Data(KeySpace.end(of: start))
        request.createRequest.startRevision = revision
        request.createRequest.progressNotify = true
        // Many large values at once would not fit into an answer.
        request.createRequest.fragment = true
        let creation = request
        try await ask(isStream: true) { call in
            var metadata = call.metadata
            // Who has lost its cluster has to say so, instead of keeping quiet.
            metadata.addString("true", forKey: "hasleader")
            try await Etcdserverpb_Watch.Client(wrapping: call.client).watch(
                metadata: metadata, options: call.options,
                requestProducer: { writer in
                    try await writer.write(creation)
                    // The watch lasts as long as this side stays open.
                    try await Task.sleep(for: .seconds(1_000_000_000))
                },
                onResponse: { response in
                    for try await answer in response.messages {
                        guard try await Self.tell(answer, tell) else { return }
                    }
                    throw RPCError(code: .unavailable, message: "etcd ended the watch")
                })
        }
    }

    private static func tell(
        _ answer: Etcdserverpb_WatchResponse, _ tell: (WatchNews) async throws -> Bool
    ) async throws -> Bool {
        if answer.compactRevision > 0 { throw EtcdFailure.compacted(answer.compactRevision) }
        if answer.canceled {
            throw EtcdFailure.of(etcdText: answer.cancelReason)
                ?? EtcdFailure.unavailable(
                    reason: "etcd ended the watch: \(answer.cancelReason)", remedy: "")
        }
        if answer.created, !(try await tell(.begun)) { return false }
        for event in answer.events {
            let entry = Entry(event.kv)
            let news: WatchNews = event.type == .delete ? .deleted(entry) : .put(entry)
            guard try await tell(news) else { return false }
        }
        // A part of an answer: the rest has the same revision.
        if answer.fragment || answer.created { return true }
        // With events, the header is of what etcd knows, and more of it may follow.
        let revision = answer.events.last?.kv.modRevision ?? answer.header.revision
        return try await tell(.progress(revision))
    }
}
