package import RelayCore

/// What was done with touches, in memory and on disk.
package actor TouchRecords {
    private var intake: TouchIntake
    private let directory: StateDirectory
    /// Since the last write something has changed.
    private var isChanged = false

    /// Reads what a predecessor has written.
    package init(_ directory: StateDirectory, limit: Int) throws(RelayProblem) {
        self.directory = directory
        intake = TouchIntake(handled: try directory.read(), limit: limit)
    }

    /// What to do after a listing; on disk before anything of it is done.
    func listed(
        _ entries: [TouchIntake.Listed], cluster: UInt64, revision: Int64, fromBeginning: Bool,
        first: Bool
    ) throws(SystemFailure) -> TouchIntake.Plan {
        let plan = intake.listed(
            entries, cluster: cluster, revision: revision, fromBeginning: fromBeginning,
            first: first)
        isChanged = true
        try write()
        return plan
    }

    /// Whether the touch is newer than all that is known of its key.
    func heard(_ key: TouchKey, _ revision: Int64) -> Bool { intake.heard(key, revision: revision) }

    func progressed(to revision: Int64) { intake.progressed(to: revision) }

    /// All of which something is known.
    var keys: [TouchKey] {
        (intake.handled?.keys.keys.sorted() ?? []).compactMap { try? TouchKey($0) }
    }

    func record(of key: TouchKey) -> HandledTouches.Record? { intake.record(of: key) }

    func record(_ record: HandledTouches.Record, for key: TouchKey) {
        intake.record(record, for: key)
        isChanged = true
    }

    /// Returns when everything up to here is on disk. Of those who wait for it at the same time the first
    /// one writes for all.
    func write() throws(SystemFailure) {
        guard isChanged, let handled = intake.handled else { return }
        try directory.write(handled)
        isChanged = false
    }
}
