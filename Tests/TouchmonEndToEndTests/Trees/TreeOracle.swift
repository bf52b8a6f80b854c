import Foundation

/// Which files of a tree had to be told since the last reckoning, and how often at most.
///
/// - After a touch of a file that is still there, its path is told, if its state is none that may have been
///   handled before; and the last time it is told, it is in the state that it has. A file that came back
///   as it was, was not touched.
/// - A path is told no more often than it was touched, a doubt counting as a touch.
///
/// What leaves a doubt (docs/guarantees.md): what was changed through another name of the same file is not
/// heard under this one, and seen as soon as anything else happens to it; and where the clock of the file
/// system moves in ticks, an attribute that changes within one.
struct TreeOracle {
    /// What tells whether a file is as it was.
    struct State: Hashable {
        var inode: UInt64
        var size: Int64
        var modified: timespec
        var changed: timespec

        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modified = status.st_mtim
            changed = status.st_ctim
        }

        static func == (left: State, right: State) -> Bool {
            left.inode == right.inode && left.size == right.size
                && left.modified.tv_sec == right.modified.tv_sec
                && left.modified.tv_nsec == right.modified.tv_nsec
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(inode)
            hasher.combine(size)
            hasher.combine(modified.tv_sec)
            hasher.combine(modified.tv_nsec)
        }
    }

    private struct Path {
        /// States in which it may have been handled before, and those since.
        var before: Set<State> = []
        var since: Set<State> = []
        var isDue = false
        var isThere = false
        var touches = 0
        var doubts = 0
        /// What was done to it since.
        var deeds: [String] = []
        /// The same before the last reckoning at which anything had been done.
        var earlier: [String] = []
    }

    /// What holds the tree, with a slash behind it.
    let root: String
    private var paths: [String: Path] = [:]
    private var news: Set<String> = []
    /// Files that have, or had, several names.
    private var linked: Set<Int> = []
    private let isFine: Bool

    /// `isFine`: a change that follows a look always shows another time.
    init(root: String, isFine: Bool) {
        (self.root, self.isFine) = (root, isFine)
    }

    // MARK: What is done

    /// A file was touched under a name, or came to it.
    mutating func touched(_ path: String, file: Int, _ deed: String) {
        guard path.hasPrefix("tree/"), let state = State(root + path) else { return }
        news.insert(path)
        change(path) {
            $0.isThere = true
            $0.touches += 1
            if !$0.before.contains(state) { $0.isDue = true }
            $0.since.insert(state)
            $0.deeds.append(deed)
        }
        if linked.contains(file) { doubt(path) }
    }

    /// A name is nobody's any more.
    mutating func removed(_ path: String, _ deed: String) {
        guard path.hasPrefix("tree/") else { return }
        news.insert(path)
        change(path) {
            ($0.isThere, $0.isDue) = (false, false)
            $0.deeds.append(deed)
        }
    }

    /// Something was done that is no touch.
    mutating func stirred(_ path: String, file: Int, _ deed: String) {
        guard path.hasPrefix("tree/") else { return }
        news.insert(path)
        change(path) { $0.deeds.append(deed) }
        if linked.contains(file) || !isFine { doubt(path) }
    }

    /// A file got another name.
    mutating func linked(_ file: Int) { linked.insert(file) }

    private mutating func doubt(_ path: String) { change(path) { $0.doubts += 1 } }

    private mutating func change(_ path: String, _ body: (inout Path) -> Void) {
        body(&paths[path, default: Path()])
    }

    // MARK: The reckoning

    /// Compares with what was told since the last time, in order; returns what is wrong.
    mutating func reckon(_ told: [(path: String, report: TreeReport)], _ files: [String: Int])
        -> [String]
    {
        var wrong: [String] = []
        var counts: [String: Int] = [:]
        var last: [String: TreeReport] = [:]
        for (path, report) in told {
            counts[path, default: 0] += 1
            last[path] = report
        }
        for (path, count) in counts.sorted(by: { $0.key < $1.key }) {
            let known = news.contains(path) ? paths[path] ?? Path() : Path()
            guard count > known.touches + known.doubts else { continue }
            let reports = told.filter { $0.path == path }.map(\.report.fields)
            wrong.append(
                "doubled: \(path) was told \(count) times after \(known.touches) touches and "
                    + "\(known.doubts) doubts: \(known.deeds), as \(reports); it is "
                    + "\(State(root + path) as Any), and before that: \(paths[path]?.earlier ?? [])"
            )
        }
        for path in news.sorted() {
            guard let known = paths[path] else { continue }
            let state = State(root + path)
            if known.isDue {
                if let report = last[path] {
                    let fields = report.fields
                    let isLast =
                        (fields["inode"] as? NSNumber)?.uint64Value == state?.inode
                        && (fields["size"] as? NSNumber)?.int64Value == state?.size
                        && fields["mtime"] as? String == state.map { Self.text($0.modified) }
                    if !isLast, files[path].map(linked.contains) != true {
                        wrong.append(
                            "lost: the last touch of \(path), told as \(fields), is \(state as Any): "
                                + "\(known.deeds)")
                    }
                } else {
                    wrong.append("lost: \(path): \(known.deeds)")
                }
            }
            settle(path, state)
        }
        news.removeAll()
        return wrong
    }

    /// What is there now was handled; of what is gone, nobody knows in which of its states it was seen.
    private mutating func settle(_ path: String, _ state: State?) {
        change(path) {
            if $0.isThere, let state {
                $0.before = [state]
            } else {
                $0.before.formUnion($0.since)
            }
            $0.earlier = $0.deeds
            ($0.since, $0.isDue, $0.touches, $0.doubts, $0.deeds) = ([], false, 0, 0, [])
        }
    }

    /// As touchmon writes times.
    private static func text(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, 32, "%Y-%m-%dT%H:%M:%S", &parts)
        let whole = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        let part = String(time.tv_nsec)
        return whole + "." + String(repeating: "0", count: 9 - part.count) + part + "Z"
    }
}
