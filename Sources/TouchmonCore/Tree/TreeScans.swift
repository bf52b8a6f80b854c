/// How far the listing of a tree's directories has come.
package struct TreeScan: Hashable, Sendable {
    package var directories: Int
    package var files: Int
    /// Directories that are known and not listed yet; there may be more below them.
    package var left: Int

    package init(directories: Int, files: Int, left: Int) {
        self.directories = directories
        self.files = files
        self.left = left
    }
}

/// The directories of trees that are still to be listed, and what for.
struct TreeScans {
    /// What is made of a file that a listing shows.
    enum Files: Equatable {
        /// Nothing: what was there when a daemon begins is not its affair.
        case ignored
        /// It counts if it was changed in this time, in which nobody listened.
        case changed(from: FileTime, to: FileTime)
        /// It came with its directory.
        case new
        /// It is compared with what the last look of this kind saw.
        case compared
    }

    struct Item: Equatable {
        var tree: ActionID
        /// The root of the part of the tree that it lies in: where another file system begins is another.
        var part: Int
        /// From the tree's base.
        var directory: [UInt8]
        var files: Files
        /// Until when all had been heard before this came up.
        var since: FileTime
    }

    /// What can't wait: a directory came, and what is in it is not heard yet.
    private var urgent: [Item] = []
    /// The rest, of which there may be very much.
    private var leisurely: [Item] = []
    /// Those that the system could not list, and when they are tried again.
    private var postponed: [(until: Instant, item: Item)] = []
    /// The one that is being listed.
    private(set) var current: Item?
    /// How many files were seen in the directories that were listed.
    var files = 0
    /// The same by tree, of trees of which directories are still to be listed.
    private var counts: [ActionID: Count] = [:]

    private struct Count {
        var directories = 0, files = 0
        /// How many files of all trees were seen when its last directory was begun.
        var before = 0
    }

    /// How much of a tree was listed since it was last done, and how much is known to be left; nil where
    /// nothing is.
    func progress(_ tree: ActionID) -> TreeScan? {
        guard let count = counts[tree] else { return nil }
        let left = all.count { $0.tree == tree }
        guard left > 0 else { return nil }
        return TreeScan(
            directories: count.directories,
            files: count.files + (current?.tree == tree ? files - count.before : 0), left: left)
    }

    private var all: [Item] {
        urgent + leisurely + postponed.map(\.item) + (current.map { [$0] } ?? [])
    }

    var isEmpty: Bool { current == nil && urgent.isEmpty && leisurely.isEmpty }
    /// Whether there is something that can't wait.
    var hasUrgent: Bool { !urgent.isEmpty }

    mutating func add(_ item: Item) {
        switch item.files {
        case .ignored, .new: urgent.append(item)
        case .changed, .compared: leisurely.append(item)
        }
    }

    /// The next directory to list. The last that came is the first to go: so no more wait at any time than
    /// those beside one way down.
    mutating func takeNext() -> Item? {
        guard let item = urgent.popLast() ?? leisurely.popLast() else { return nil }
        current = item
        counts[item.tree, default: Count()].directories += 1
        counts[item.tree]?.before = files
        return item
    }

    mutating func finish() {
        if let tree = current?.tree, let count = counts[tree] {
            counts[tree]?.files += files - count.before
        }
        current = nil
        if urgent.isEmpty, leisurely.isEmpty, postponed.isEmpty { counts = [:] }
    }

    /// The present directory is to be listed later.
    mutating func postpone(until time: Instant) {
        if let item = current { postponed.append((time, item)) }
        current = nil
    }

    /// When `timePassed` is to be called next.
    var deadline: Instant? { postponed.first?.until }

    mutating func timePassed(at now: Instant) {
        while let first = postponed.first, first.until <= now {
            postponed.removeFirst()
            add(first.item)
        }
    }

    /// Whether the files of the present directory have to be looked at.
    var needsStatus: Bool {
        switch current?.files {
        case .changed, .compared: true
        case .ignored, .new, nil: false
        }
    }

    /// Whether nothing is made of a file of the present directory, whatever its name: of nearly all it is so.
    func passesOver(_ status: FileStatus?) -> Bool {
        switch current?.files {
        case .ignored: true
        case .changed(let from, let to):
            status.map { $0.changed < from || $0.changed > to } ?? true
        case .new, .compared, nil: false
        }
    }

    /// All that is in the present directory is new.
    mutating func currentIsNew() { current?.files = .new }

    mutating func remove(where isUnwanted: (Item) -> Bool) {
        urgent.removeAll(where: isUnwanted)
        leisurely.removeAll(where: isUnwanted)
        postponed.removeAll { isUnwanted($0.item) }
        if let item = current, isUnwanted(item) { current = nil }
    }

    /// Whether a part of a tree is still compared.
    func isComparing(_ tree: ActionID, _ part: Int) -> Bool {
        let all = leisurely + postponed.map(\.item) + (current.map { [$0] } ?? [])
        return all.contains { $0.tree == tree && $0.part == part && $0.files == .compared }
    }

    /// Until when all of a tree had been heard before the oldest of what is left to do.
    func oldest(_ tree: ActionID) -> FileTime? {
        all.lazy
            .filter { $0.tree == tree && $0.files != .compared }.map(\.since).min()
    }
}
