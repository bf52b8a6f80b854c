internal import RelayCore
package import RelayEtcd

/// What the workers of a follower share.
package struct FollowerContext: Sendable {
    package let etcd: Etcd
    package let options: FollowerOptions
    package let directory: TouchDirectory
    package let records: TouchRecords
    package let leases: LeaseKeeper
    package let log: RelayLog
    package let metrics: MetricsFile
    /// Values in memory at a time, of all keys.
    let gate = Gate(places: 4)

    package init(
        etcd: Etcd, options: FollowerOptions, directory: TouchDirectory, records: TouchRecords,
        log: RelayLog, metrics: MetricsFile
    ) {
        self.etcd = etcd
        self.options = options
        self.directory = directory
        self.records = records
        self.log = log
        self.metrics = metrics
        leases = LeaseKeeper(etcd: etcd, seconds: options.leaseSeconds, log: log)
    }

    /// From here on a restart finds out whether the file took its place.
    func placing(
        _ key: TouchKey, _ revision: Int64, _ attempt: Int, _ file: TouchDirectory.FileIdentity
    ) async throws {
        var record = HandledTouches.Record(revision: revision, stage: .placing, attempt: attempt)
        record.device = file.device
        record.inode = file.inode
        await records.record(record, for: key)
        try await records.write()
    }

    /// Nothing is left to do about this touch.
    func done(_ key: TouchKey, _ revision: Int64, _ attempt: Int) async {
        await records.record(.init(revision: revision, stage: .done, attempt: attempt), for: key)
        do { try await records.write() } catch {
            log.write(
                LogRecord(
                    .error, "state_not_written",
                    "unable to note that it is done: \(error). A restart reports the run again",
                    key: key, revision: revision))
        }
    }
}
