internal import RelayCore

/// Puts a value once, also where an answer was lost.
package struct Touching: Sendable {
    private let etcd: Etcd
    private let name: String

    package init(_ etcd: Etcd, _ name: String) {
        self.etcd = etcd
        self.name = name
    }

    /// The revision of the touch.
    package func touch(
        _ value: [UInt8], until deadline: ContinuousClock.Instant
    ) async throws(EtcdFailure) -> Int64 {
        let (etcd, name) = (etcd, name)
        let before = try await etcd.persistently(until: deadline) {
            () async throws(EtcdFailure) -> Int64? in
            do throws(EtcdFailure) {
                return try await etcd.entry(name).0?.revision ?? 0
            } catch {
                // Who may only write can't look whether he has written.
                guard case .notPermitted = error else { throw error }
                return nil
            }
        }
        let attempts = Attempts()
        return try await etcd.persistently(until: deadline) { () async throws(EtcdFailure) in
            if let before, await attempts.isAnotherOne,
                let now = try await etcd.entry(name).0, now.revision > before, now.value == value
            {
                // The first attempt has reached etcd, or somebody has touched with the same value since.
                return now.revision
            }
            return try await etcd.put(name, value)
        }
    }

    private actor Attempts {
        private var count = 0

        var isAnotherOne: Bool {
            count += 1
            return count > 1
        }
    }
}
