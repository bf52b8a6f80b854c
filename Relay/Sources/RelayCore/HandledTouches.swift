/// What was done with the touches of each key, as it stands on disk.
package struct HandledTouches: Codable, Hashable, Sendable {
    /// The latest touch of a key that was begun.
    package struct Record: Codable, Hashable, Sendable {
        /// How far it is.
        package enum Stage: String, Codable, Sendable {
            /// The value is about to take its place; whether it has, its inode tells.
            case placing
            /// Nothing is left to do.
            case done
        }

        package var revision: Int64
        package var stage: Stage
        /// Of the file with the value, while it is being placed and run.
        package var device: UInt64?
        package var inode: UInt64?
        package var attempt: Int

        package init(revision: Int64, stage: Stage, attempt: Int = 1) {
            self.revision = revision
            self.stage = stage
            self.attempt = attempt
        }
    }

    /// The form of the file.
    package static let currentVersion = 1

    package var version = currentVersion
    /// Whose revisions these are: another cluster counts anew.
    package var cluster: UInt64
    /// All touches up to here are in `keys`, or were not followed.
    package var position: Int64
    /// By key.
    package var keys: [String: Record] = [:]

    package init(cluster: UInt64, position: Int64) {
        self.cluster = cluster
        self.position = position
    }
}

/// Decides which touches are run. A touch is a key and a revision; the newest of a key is all that counts.
package struct TouchIntake: Sendable {
    /// What was listed of one key.
    package struct Listed: Hashable, Sendable {
        package let key: TouchKey
        package let revision: Int64

        package init(key: TouchKey, revision: Int64) {
            self.key = key
            self.revision = revision
        }
    }

    /// What a listing leads to.
    package struct Plan: Hashable, Sendable {
        /// To be run, as they are newer than what was run.
        package var run: [Listed] = []
        /// Known from now on, and not run.
        package var noted: [Listed] = []
        /// Begun before, and not known how it ended.
        package var resume: [TouchKey] = []
        /// The revisions of another cluster, or of an older copy of this one, were on disk.
        package var startsAnew = false
    }

    /// How many keys are followed at most: what is in etcd is not ours to trust.
    package let limit: Int
    /// For disk; nil before the first listing.
    package private(set) var handled: HandledTouches?
    /// The newest of each key that is not begun.
    private var wanted: [TouchKey: Int64] = [:]
    /// All up to here was heard.
    private var heard: Int64 = 0

    package init(handled: HandledTouches?, limit: Int) {
        self.handled = handled
        self.limit = limit
    }

    /// Compares what is in etcd now with what was run. `first` says whether this is the listing that the
    /// relay begins with: then what a predecessor had begun is resumed.
    package mutating func listed(
        _ entries: [Listed], cluster: UInt64, revision: Int64, fromBeginning: Bool, first: Bool
    ) -> Plan {
        var plan = Plan()
        var known = handled
        if let old = known, old.cluster != cluster || revision < old.position {
            known = nil
            plan.startsAnew = true
            wanted = [:]
        }
        let isNew = known == nil
        var now = known ?? HandledTouches(cluster: cluster, position: 0)
        for entry in entries {
            let record = now.keys[entry.key.text]
            let isNewer =
                if let record {
                    entry.revision > record.revision
                } else if isNew {
                    fromBeginning && !plan.startsAnew
                } else {
                    entry.revision > now.position
                }
            if isNewer {
                guard entry.revision > wanted[entry.key] ?? 0, hasRoom(for: entry.key, in: now)
                else {
                    continue
                }
                wanted[entry.key] = entry.revision
                plan.run.append(entry)
            } else if record == nil, hasRoom(for: entry.key, in: now) {
                now.keys[entry.key.text] = .init(revision: entry.revision, stage: .done)
                plan.noted.append(entry)
            }
        }
        if first {
            plan.resume = now.keys.compactMap { text, record in
                record.stage == .placing ? try? TouchKey(text) : nil
            }.sorted()
        }
        // A key that is gone has nothing to compare with: its next touch is newer than all that was heard.
        let there = Set(entries.map(\.key.text))
        now.keys = now.keys.filter { there.contains($0.key) || $0.value.stage == .placing }
        handled = now
        heard = max(heard, revision)
        advance()
        return plan
    }

    /// A touch was heard; false where it is not newer than what is known of its key, or one key too many.
    package mutating func heard(_ key: TouchKey, revision: Int64) -> Bool {
        guard let now = handled, hasRoom(for: key, in: now),
            revision > max(wanted[key] ?? 0, now.keys[key.text]?.revision ?? 0)
        else { return false }
        wanted[key] = revision
        return true
    }

    /// Everything up to a revision was heard, and concerned nobody.
    package mutating func progressed(to revision: Int64) {
        heard = max(heard, revision)
        advance()
    }

    /// What was done with a touch changes on disk.
    package mutating func record(_ record: HandledTouches.Record, for key: TouchKey) {
        handled?.keys[key.text] = record
        if let revision = wanted[key], revision <= record.revision { wanted[key] = nil }
        advance()
    }

    /// What was done with the latest touch of a key.
    package func record(of key: TouchKey) -> HandledTouches.Record? { handled?.keys[key.text] }

    private func hasRoom(for key: TouchKey, in now: HandledTouches) -> Bool {
        wanted[key] != nil || now.keys[key.text] != nil || wanted.count + now.keys.count < limit
    }

    /// What is wanted and not begun has to be found again after a crash.
    private mutating func advance() {
        guard var now = handled else { return }
        let position = wanted.values.min().map { $0 - 1 } ?? heard
        now.position = max(now.position, min(position, heard))
        handled = now
    }
}
