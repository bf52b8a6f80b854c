/// What the runs of trees are for: the changes that wait for one, and those that one was begun for.
struct TreeRuns {
    /// Some changes, each path once.
    struct Batch: Equatable {
        private(set) var changes: [TreeChange] = []
        private var places: [RawPath: Int] = [:]
        /// Until when all had been heard before the first of them.
        private(set) var since: FileTime?

        init() {}

        /// Of which nothing is known but that there are some.
        init(since: FileTime) { self.since = since }

        var isEmpty: Bool { changes.isEmpty }

        /// Adds a change; of a path that is there already, it becomes the last one.
        mutating func add(_ change: TreeChange) {
            since = since.map { min($0, change.since) } ?? change.since
            guard let place = places[change.path] else {
                places[change.path] = changes.count
                changes.append(change)
                return
            }
            changes[place].kind.formUnion(change.kind)
            changes[place].status = change.status
            changes[place].isBeingWritten = change.isBeingWritten
            changes[place].touchers += change.touchers
            changes[place].hasLeft = false
        }

        /// Nothing is at the path any more.
        mutating func left(_ path: RawPath) {
            guard let place = places[path] else { return }
            changes[place].hasLeft = true
        }

        /// Somebody goes on writing to it.
        mutating func writing(_ path: RawPath) {
            guard let place = places[path] else { return }
            changes[place].isBeingWritten = true
        }

        /// The changes without those of files that have left, if there are others.
        var staying: Batch {
            let staying = changes.filter { !$0.hasLeft }
            guard !staying.isEmpty, staying.count < changes.count else { return self }
            var batch = Batch()
            for change in staying { batch.add(change) }
            batch.since = since
            return batch
        }

        mutating func add(_ other: Batch) {
            for change in other.changes { add(change) }
            if let time = other.since { since = since.map { min($0, time) } ?? time }
        }

        /// Takes the first ones, at most `most`, as many as have room in `bytes` of arguments, and at least
        /// one.
        mutating func take(_ most: Int, bytes: Int) -> Batch {
            var (count, size) = (0, 0)
            while count < min(most, changes.count) {
                // A string and its place in the list.
                size += changes[count].path.bytes.count + 9
                // A path that no command line holds must not keep the others from their run.
                if bytes < .max, changes[count].path.bytes.count >= TreeRuns.longestArgument {
                    count = max(count, 1)
                    break
                }
                if size > bytes, count > 0 { break }
                count += 1
            }
            guard count < changes.count else {
                defer { self = Batch() }
                return self
            }
            var (taken, rest) = (Batch(), Batch())
            for change in changes[..<count] { taken.add(change) }
            for change in changes[count...] { rest.add(change) }
            self = rest
            return taken
        }
    }

    /// A file of a tree whose action runs once for each: it is an action by itself as long as a run of it
    /// is due or busy.
    private struct FileAction {
        var tree: ActionID
        var pending = Batch()
    }

    /// Files in the order in which they changed, each once.
    private struct Waiting {
        var order = Queue<RawPath>()
        var changes: [RawPath: TreeChange] = [:]
    }

    private var pending: [ActionID: Batch] = [:]
    /// How many of the pending changes came before the queue was last read to its end, as far as some
    /// came since: and how often it had been by then.
    private var heard: [ActionID: (count: Int, drains: Int)] = [:]
    private var running: [RunNumber: (tree: ActionID, batch: Batch)] = [:]
    private var files: [ActionID: FileAction] = [:]
    private var counts: [ActionID: Int] = [:]
    /// The changes of files that wait to become actions.
    private var waiting: [ActionID: Waiting] = [:]
    /// A run that an earlier daemon owed, for changes that are still to be found.
    var owed: [ActionID: RunReason] = [:]

    /// So many files of a tree may be actions at once, beyond those that run: the others wait.
    private static let mostFiles = 64
    /// A command line holds less than 2 MiB as a rule; execve(2).
    private static let mostArguments = 1 << 20
    /// Nor any string of so many bytes: with its NUL at most 32 pages, of which the smallest have 4 KiB.
    private static let longestArgument = 32 * 4096

    // MARK: Files

    /// Whether one more file of a tree can become an action.
    func hasRoom(_ tree: ActionID, atOnce: Int) -> Bool {
        counts[tree, default: 0] < Self.mostFiles + atOnce
    }

    mutating func wait(_ tree: ActionID, _ change: TreeChange) {
        let old = waiting[tree, default: Waiting()].changes.updateValue(change, forKey: change.path)
        if let old {
            waiting[tree]?.changes[change.path]?.since = old.since
        } else {
            waiting[tree]?.order.append(change.path)
        }
    }

    mutating func takeWaiting(_ tree: ActionID) -> TreeChange? {
        guard let path = waiting[tree]?.order.popFirst() else { return nil }
        return waiting[tree]?.changes.removeValue(forKey: path)
    }

    mutating func addFile(_ file: ActionID, of tree: ActionID) {
        files[file] = FileAction(tree: tree)
        counts[tree, default: 0] += 1
    }

    mutating func removeFile(_ file: ActionID) {
        guard let tree = files.removeValue(forKey: file)?.tree else { return }
        counts[tree]? -= 1
    }

    /// The tree that a file's action belongs to.
    func tree(of file: ActionID) -> ActionID? { files[file]?.tree }

    func files(of tree: ActionID) -> [ActionID] {
        files.filter { $0.value.tree == tree }.map(\.key)
    }

    // MARK: Changes

    /// A change for which a run of the action is due; `drains` is how often the queue was read to its end.
    mutating func add(_ action: ActionID, _ change: TreeChange, drains: Int) {
        if files[action] != nil {
            files[action]?.pending.add(change)
        } else {
            if heard[action]?.drains != drains {
                heard[action] = (pending[action]?.changes.count ?? 0, drains)
            }
            pending[action, default: Batch()].add(change)
        }
    }

    /// Nothing is at a path any more.
    mutating func left(_ action: ActionID, _ path: RawPath) { pending[action]?.left(path) }

    /// A file that counted is written to: a run of its action that begins now does not have all of it.
    mutating func writing(_ file: ActionID, _ path: RawPath) {
        files[file]?.pending.writing(path)
    }

    /// No run is due for what has changed.
    mutating func drop(_ action: ActionID) {
        pending[action] = nil
        heard[action] = nil
        files[action]?.pending = Batch()
    }

    func isPending(_ action: ActionID) -> Bool { pending[action]?.isEmpty == false }

    /// The last change of a file's action.
    func last(_ file: ActionID) -> TreeChange? { files[file]?.pending.changes.last }

    /// A run begins for what has changed. `listsPaths`: its arguments are the paths. `onlyStaying`: files
    /// that have left are of no use to it. `drains` is how often the queue was read to its end.
    ///
    /// A change that was seen after that is left for the next run, or its events, which are still in the
    /// queue, would lead to one more for the same.
    mutating func begin(
        _ run: RunNumber, of action: ActionID, listsPaths: Bool, onlyStaying: Bool = false,
        drains: Int
    ) {
        var batch: Batch
        if let file = files[action] {
            batch = file.pending
            files[action]?.pending = Batch()
        } else {
            let known = heard.removeValue(forKey: action)
            let most = known.map { $0.drains == drains && $0.count > 0 ? $0.count : .max } ?? .max
            batch =
                pending[action]?.take(most, bytes: listsPaths ? Self.mostArguments : .max)
                ?? Batch()
            if pending[action]?.isEmpty == true { pending[action] = nil }
            if onlyStaying { batch = batch.staying }
        }
        running[run] = (files[action]?.tree ?? action, batch)
    }

    /// A run of an earlier daemon goes on.
    mutating func adopt(_ run: RunNumber, of tree: ActionID, since: FileTime) {
        running[run] = (tree, Batch(since: since))
    }

    /// What a run was begun for.
    func batch(_ run: RunNumber) -> Batch { running[run]?.batch ?? Batch() }

    /// A run is over.
    mutating func end(_ run: RunNumber) { running[run] = nil }

    /// A run is over, and what it was begun for is due again: `action` is of a tree or of a file.
    mutating func putBack(_ run: RunNumber, to action: ActionID) {
        guard var (_, batch) = running.removeValue(forKey: run) else { return }
        if let file = files[action] {
            batch.add(file.pending)
            files[action]?.pending = batch
        } else {
            if let later = pending[action] { batch.add(later) }
            pending[action] = batch
            heard[action] = nil
        }
    }

    mutating func remove(_ tree: ActionID) {
        pending[tree] = nil
        heard[tree] = nil
        waiting[tree] = nil
        counts[tree] = nil
        owed[tree] = nil
        files = files.filter { $0.value.tree != tree }
        running = running.filter { $0.value.tree != tree }
    }

    /// Until when all of a tree had been heard before the first change that waits, and before the first
    /// for which a run is busy.
    func oldest(_ tree: ActionID) -> (waiting: FileTime?, busy: FileTime?) {
        var since = pending[tree].flatMap(\.since)
        for change in waiting[tree]?.changes.values ?? [:].values {
            since = min(since ?? change.since, change.since)
        }
        for file in files.values where file.tree == tree {
            if let time = file.pending.since { since = min(since ?? time, time) }
        }
        var busy: FileTime?
        for run in running.values where run.tree == tree {
            if let time = run.batch.since { busy = min(busy ?? time, time) }
        }
        return (since, busy)
    }

    /// The changes of a tree for which no run has begun.
    func waiting(_ tree: ActionID) -> [TreeChange] {
        (pending[tree]?.changes ?? [])
            + files.values.filter { $0.tree == tree }.flatMap(\.pending.changes)
            + (waiting[tree]?.changes.values ?? [:].values)
    }
}
