/// An action as `status` shows it.
package struct StatusRow: Hashable, Sendable {
    /// What it is doing, the most important thing.
    package enum State: String, Hashable, Sendable {
        case idle, running
        /// A touch was seen, and the path is to be quiet for a while.
        case settling
        /// A run is due, and something is in its way.
        case waiting
    }

    package var path: RawPath
    /// The program and its arguments.
    package var argv: [[UInt8]] = []
    package var state: State
    /// How it is known what happens at the path: in words that are the log's.
    package var mechanism: String
    /// The numbers of the runs that have not ended, in order.
    package var runs: [RunNumber] = []
    /// Why a run is due that has not begun.
    package var due: RunReason?
    /// The time of the last change of the file that was seen.
    package var touched: FileTime?
    /// The last run; nil where there was none, or where that is not known.
    package var last: HistoryRow?

    package func write(to writer: inout JSONWriter, name: (UInt32) -> String? = { _ in nil }) {
        writer.object { writer in
            writer.member("path", path)
            writer.key("argv")
            writer.list { for argument in argv { $0.string(argument) } }
            writer.member("state", state.rawValue)
            writer.member("mechanism", mechanism)
            if !runs.isEmpty {
                writer.key("runs")
                writer.list { for run in runs { $0.number(run.value) } }
            }
            if let due { writer.member("due", due.rawValue) }
            if let touched {
                writer.member(
                    "last_touch",
                    Timestamp.text(nanosecondsSince1970: touched.nanosecondsSince1970, digits: 9))
            }
            if let last {
                writer.key("last_run")
                last.write(to: &writer, name: name)
            }
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
    package func status(from place: Int, atMost count: Int) -> (rows: [StatusRow], next: Int?) {
        let places = actions.presentPlaces
        var index = places.partitioningIndex { $0.index >= place }
        var rows: [StatusRow] = []
        while index < places.count, rows.count < count {
            rows.append(status(of: places[index]))
            index += 1
        }
        return (rows, index < places.count ? places[index].index : nil)
    }

    /// The action of a path; nil where it is not watched by itself.
    package func status(of path: RawPath) -> StatusRow? {
        guard let id = actions.place(of: path), actions.present(id) != nil else { return nil }
        return status(of: id)
    }

    private func status(of id: ActionID) -> StatusRow {
        let isTree = trees.contains(id)
        let files = isTree ? treeRuns.files(of: id) : []
        let active = runs.activeRuns.filter {
            !$0.isHandler && ($0.action == id || files.contains($0.action))
        }
        let due = runs.waitingReason(id) ?? files.lazy.compactMap(runs.waitingReason).first
        let state: StatusRow.State =
            if !active.isEmpty {
                .running
            } else if due != nil {
                .waiting
            } else if trigger.isSettling(id) || files.contains(where: trigger.isSettling) {
                .settling
            } else {
                .idle
            }
        return StatusRow(
            path: actions[id].action.path, argv: actions[id].action.command.argv.strings,
            state: state,
            mechanism: isTree
                ? trees.mechanisms(of: id) : watcher.isPolled(id) ? "poll" : "inotify",
            runs: active.map(\.number), due: due,
            touched: isTree ? nil : watcher.handled(id)?.status.changed)
    }
}

extension Array {
    /// The first index whose element is so, of elements that are all so from one on.
    fileprivate func partitioningIndex(where isSo: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
