/// An action as `status` shows it.
package struct StatusRow: Hashable, Sendable {
    /// What it is doing, the most important thing.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case idle, running
        /// A touch was seen, and the path is to be quiet for a while.
        case settling
        /// A run is due, and something is in its way.
        case waiting
        /// Somebody wants no run of it to begin for now.
        case paused
    }

    /// Since when it is paused, and until when; nanoseconds since 1970.
    package struct Paused: Hashable, Sendable {
        package var since: Int64
        /// nil: until somebody resumes it.
        package var until: Int64?
        package var reason: [UInt8]
        package var user: UInt32

        package init(since: Int64, until: Int64?, reason: [UInt8], user: UInt32) {
            self.since = since
            self.until = until
            self.reason = reason
            self.user = user
        }
    }

    package var path: RawPath
    /// The program and its arguments.
    package var argv = PackedStrings([])
    package var state: State
    /// How it is known what happens at the path: in words that are the log's.
    package var mechanism: String
    /// The numbers of the runs that have not ended, in order.
    package var runs: [RunNumber] = []
    /// Why a run is due that has not begun.
    package var due: RunReason?
    package var pause: Paused?
    /// The time of the last change of the file that was seen.
    package var touched: FileTime?
    /// How far the listing of a tree's directories has come; nil where that is over.
    package var scan: TreeScan?
    /// Directories of a tree that may not be read.
    package var unreadable = 0
    /// The last run; nil where there was none, or where that is not known.
    package var last: HistoryRow?

    package func write(to writer: inout JSONWriter, name: (UInt32) -> String?) {
        writer.object { writer in
            writer.member("path", path)
            writer.key("argv")
            writer.list { for argument in argv.strings { $0.string(argument) } }
            writer.member("state", state.rawValue)
            writer.member("mechanism", mechanism)
            if !runs.isEmpty {
                writer.key("runs")
                writer.list { for run in runs { $0.number(run.value) } }
            }
            if let due { writer.member("due", due.rawValue) }
            if let pause { pause.write(to: &writer, name: name) }
            if let touched {
                writer.member("last_touch", time: touched.nanosecondsSince1970)
            }
            if let scan {
                writer.key("scan")
                writer.object {
                    $0.member("directories", scan.directories)
                    $0.member("files", scan.files)
                    $0.member("left", scan.left)
                }
            }
            if unreadable > 0 { writer.member("unreadable_directories", unreadable) }
            if let last {
                writer.key("last_run")
                last.write(to: &writer, name: name)
            }
        }
    }
}

extension StatusRow.Paused {
    fileprivate func write(to writer: inout JSONWriter, name: (UInt32) -> String?) {
        writer.key("paused")
        writer.object { writer in
            writer.member("since", time: since)
            if let until {
                writer.member("until", time: until)
            }
            if !reason.isEmpty {
                writer.key("reason")
                writer.string(reason)
            }
            writer.user(user, name)
        }
    }
}

extension Engine {
    /// What can't be done as it should be, in words that are the log's; empty where all is well.
    package var degradations: [String] {
        (ledger.isKept ? [] : ["ledger"]) + (isOutputDegraded ? ["output"] : [])
    }

    package var actionCount: Int { actions.count }

    /// Some actions from a place in the table on, and where the next are; nil where there are none.
    /// `calendar` is the realtime clock minus the monotonic one, in nanoseconds.
    package func status(
        from place: Int, atMost count: Int, calendar: Int64
    ) -> (rows: [StatusRow], next: Int?) {
        let active = runs.activeRuns.filter { !$0.isHandler }
        let (places, next) = actions.presentPlaces(from: place, atMost: count)
        return (places.map { status(of: $0, active, calendar) }, next)
    }

    /// The action of a path; nil where it is not watched by itself.
    package func status(of path: RawPath, calendar: Int64) -> StatusRow? {
        asked(path).map { status(of: $0.id, runs.activeRuns.filter { !$0.isHandler }, calendar) }
    }

    private func status(
        of id: ActionID, _ active: [Runs.Active], _ calendar: Int64
    ) -> StatusRow {
        let isTree = trees.contains(id)
        let files = isTree ? treeRuns.files(of: id) : []
        let active = active.filter { $0.action == id || files.contains($0.action) }
        let due = runs.waitingReason(id) ?? files.lazy.compactMap(runs.waitingReason).first
        let pause = pauses[actions[id].action.path].map {
            StatusRow.Paused(
                since: $0.since.nanoseconds + calendar,
                until: $0.until.map { $0.nanoseconds + calendar }, reason: $0.reason, user: $0.user)
        }
        let state: StatusRow.State =
            if !active.isEmpty {
                .running
            } else if pause != nil {
                .paused
            } else if due != nil {
                .waiting
            } else if trigger.isSettling(id) || files.contains(where: trigger.isSettling) {
                .settling
            } else {
                .idle
            }
        return StatusRow(
            path: actions[id].action.path, argv: actions[id].action.command.argv, state: state,
            mechanism: isTree
                ? trees.mechanisms(of: id) : watcher.isPolled(id) ? "poll" : "inotify",
            runs: active.map(\.number), due: due, pause: pause,
            touched: isTree ? nil : watcher.handled(id)?.status.changed,
            scan: isTree ? trees.scan(of: id) : nil,
            unreadable: isTree ? trees.closedDirectories(of: id) : 0)
    }
}
