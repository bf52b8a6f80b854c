/// The directories of trees, as far as they are known, and by what the kernel tells of them.
///
/// With a watch on every directory all of them are known; where the kernel tells of a whole file system,
/// only those in which something happened, and many that are no tree's, so that what happens there costs
/// one look at a table.
struct TreeNodes {
    typealias ID = Int32

    struct Node {
        var tree: ActionID
        /// -1 for the tree's base, whose name is empty.
        var parent: ID
        var name: [UInt8]
        /// inotify's; nil where it has none.
        var watch: Int32?
        /// What the kernel tells it by; 0 where that is not known.
        var number: UInt64 = 0
        var ignored = Ignored.unread
        /// Whether it could not be watched because it may not be read.
        var isClosed = false
        fileprivate var firstChild: ID = -1, next: ID = -1, previous: ID = -1
        fileprivate var isUsed = true
    }

    /// What the `.gitignore` of a directory says.
    enum Ignored {
        case unread
        case read(IgnoreRules?)
    }

    /// A number that is spread over all bits already: nobody can choose it.
    private struct Number: Hashable {
        var value: UInt64
        func _rawHashValue(seed: Int) -> Int { Int(truncatingIfNeeded: value) ^ seed }
    }

    private var nodes: [Node] = []
    private var free: [ID] = []
    private var byName: [UInt64: ID] = [:]
    private var byNumber: [Number: Few<ID>] = [:]
    private var byWatch: [Int32: Few<ID>] = [:]
    /// The directory in which the last one was that was made, and its path from the base; see `make`.
    private var lastParent: (base: ID, path: [UInt8], node: ID)?
    /// Those that are no tree's and of which nothing more is told.
    var silenced = SilencedDirectories()
    /// How many numbers stand for directories that are no tree's.
    private var unrelated = 0
    /// So many of those are kept; of more, all are forgotten.
    private static let mostUnrelated = 65536

    // Nothing is copied to look at a part of it.
    subscript(_ id: ID) -> Node {
        _read { yield nodes[Int(id)] }
    }

    var count: Int { nodes.count - free.count }

    // MARK: Finding

    /// The directories that a number stands for; nil where that is not known.
    func nodes(numbered number: UInt64) -> Few<ID>? { byNumber[Number(value: number)] }

    func nodes(watchedBy watch: Int32) -> Few<ID> { byWatch[watch] ?? .none }

    func child(_ parent: ID, _ name: UnsafeRawBufferPointer) -> ID? {
        byName[Self.hash(parent, name)]
    }

    /// The same in each process is never the same in another: nobody can choose names that collide.
    static func hash(_ parent: ID, _ name: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(parent)
        hasher.combine(bytes: name)
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }

    /// Appends the way from the tree's base to a directory, without a slash at either end.
    func appendPath(_ id: ID, to path: inout [UInt8]) {
        let parent = nodes[Int(id)].parent
        guard parent >= 0 else { return }
        if nodes[Int(parent)].parent >= 0 {
            appendPath(parent, to: &path)
            path.append(UInt8(ascii: "/"))
        }
        path.append(contentsOf: nodes[Int(id)].name)
    }

    /// The directory at a path from a tree's base, new or not, with all above it.
    ///
    /// The directory above the last one is remembered: whoever lists a tree asks for its neighbours next.
    mutating func make(_ base: ID, _ path: UnsafeRawBufferPointer) -> ID {
        var (node, rest) = (base, path[...])
        if let last = lastParent, last.base == base, path.count > last.path.count,
            path[last.path.count] == UInt8(ascii: "/"),
            last.path.withUnsafeBytes({ path.starts(with: $0) })
        {
            (node, rest) = (last.node, path[(last.path.count + 1)...])
        }
        var parent: ID?
        var end = 0
        while let name = Self.nextName(&rest) {
            parent = node
            end = path.count - rest.count - name.count - (rest.isEmpty ? 1 : 2)
            node = add(node, name)
        }
        if let parent, end > 0, lastParent?.node != parent {
            lastParent = (base, Array(path[..<end]), parent)
        }
        return node
    }

    /// The known directory at a path from a tree's base.
    func find(_ base: ID, _ path: UnsafeRawBufferPointer) -> ID? {
        var (node, rest) = (base, path[...])
        while let name = Self.nextName(&rest) {
            guard let child = child(node, name) else { return nil }
            node = child
        }
        return node
    }

    /// Takes the first name of a path.
    private static func nextName(
        _ path: inout Slice<UnsafeRawBufferPointer>
    ) -> UnsafeRawBufferPointer? {
        guard !path.isEmpty else { return nil }
        let end = path.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        let name = UnsafeRawBufferPointer(rebasing: path[..<end])
        path = path[min(end + 1, path.endIndex)...]
        return name
    }

    /// The directory and all that are known below it, those above before those below.
    func subtree(_ id: ID) -> [ID] {
        var found = [id]
        var next = 0
        while next < found.count {
            var child = nodes[Int(found[next])].firstChild
            while child >= 0 {
                found.append(child)
                child = nodes[Int(child)].next
            }
            next += 1
        }
        return found
    }

    /// The directories above one, the tree's base first, and itself last.
    func way(to id: ID) -> [ID] {
        var way = [id]
        while let first = way.last, nodes[Int(first)].parent >= 0 {
            way.append(nodes[Int(first)].parent)
        }
        return way.reversed()
    }

    // MARK: Changing

    /// The base of a tree.
    mutating func addBase(_ tree: ActionID) -> ID {
        insert(Node(tree: tree, parent: -1, name: []))
    }

    /// The directory of this name, new or not.
    mutating func add(_ parent: ID, _ name: UnsafeRawBufferPointer) -> ID {
        let hash = Self.hash(parent, name)
        if let id = byName[hash] { return id }
        let id = insert(Node(tree: nodes[Int(parent)].tree, parent: parent, name: Array(name)))
        byName[hash] = id
        let first = nodes[Int(parent)].firstChild
        nodes[Int(id)].next = first
        if first >= 0 { nodes[Int(first)].previous = id }
        nodes[Int(parent)].firstChild = id
        return id
    }

    private mutating func insert(_ node: Node) -> ID {
        if let id = free.popLast() {
            nodes[Int(id)] = node
            return id
        }
        nodes.append(node)
        return ID(nodes.count - 1)
    }

    /// Forgets a directory and all below it. Returns them, and the watches that nobody needs now.
    mutating func remove(_ id: ID) -> (nodes: [ID], watches: [Int32]) {
        let removed = subtree(id)
        lastParent = nil
        var watches: [Int32] = []
        let (parent, next, previous) = (
            nodes[Int(id)].parent, nodes[Int(id)].next, nodes[Int(id)].previous
        )
        if previous >= 0 {
            nodes[Int(previous)].next = next
        } else if parent >= 0 {
            nodes[Int(parent)].firstChild = next
        }
        if next >= 0 { nodes[Int(next)].previous = previous }
        for id in removed {
            let node = nodes[Int(id)]
            if node.parent >= 0 {
                byName[node.name.withUnsafeBytes { Self.hash(node.parent, $0) }] = nil
            }
            if let watch = node.watch, unset(watch, id) { watches.append(watch) }
            if node.number != 0 { forget(id, node.number) }
            nodes[Int(id)] = Node(tree: ActionID(0), parent: -1, name: [])
            nodes[Int(id)].isUsed = false
            free.append(id)
        }
        return (removed, watches)
    }

    mutating func setIgnored(_ id: ID, _ ignored: Ignored) { nodes[Int(id)].ignored = ignored }

    mutating func setClosed(_ id: ID) { nodes[Int(id)].isClosed = true }

    /// How many directories of a tree may not be read. Looks at all that are known.
    func closedCount(_ tree: ActionID) -> Int {
        nodes.indices.count { nodes[$0].isClosed && nodes[$0].isUsed && nodes[$0].tree == tree }
    }

    /// A directory is watched by this from now on. Returns the watch that it had, if nobody needs it.
    mutating func setWatch(_ id: ID, _ watch: Int32) -> Int32? {
        let old = nodes[Int(id)].watch
        guard old != watch else { return nil }
        nodes[Int(id)].watch = watch
        nodes[Int(id)].isClosed = false
        byWatch[watch] = (byWatch[watch] ?? .none).adding(id)
        guard let old, unset(old, id) else { return nil }
        return old
    }

    /// Whether no directory has this watch.
    func isUnused(_ watch: Int32) -> Bool { byWatch[watch] == nil }

    private mutating func unset(_ watch: Int32, _ id: ID) -> Bool {
        let rest = (byWatch[watch] ?? .none).removing { $0 == id }
        byWatch[watch] = rest.isEmpty ? nil : rest
        return rest.isEmpty
    }

    /// The kernel ended a watch.
    mutating func endWatch(_ watch: Int32) {
        for id in byWatch.removeValue(forKey: watch) ?? .none { nodes[Int(id)].watch = nil }
    }

    /// A number stands for these directories; for none of a tree's where there are none.
    mutating func setNumber(_ number: UInt64, _ ids: [ID]) {
        if ids.isEmpty {
            if unrelated >= Self.mostUnrelated { forgetUnrelated() }
            if byNumber[Number(value: number)] == nil { unrelated += 1 }
        }
        for id in ids {
            let old = nodes[Int(id)].number
            if old != 0, old != number { forget(id, old) }
            nodes[Int(id)].number = number
        }
        byNumber[Number(value: number)] = Few(ids)
    }

    private mutating func forget(_ id: ID, _ number: UInt64) {
        guard let rest = byNumber[Number(value: number)]?.removing(where: { $0 == id }) else {
            return
        }
        // With none left it is not known any more where it is.
        byNumber[Number(value: number)] = rest.isEmpty ? nil : rest
    }

    /// A directory that was no tree's may be one's now.
    mutating func forgetUnrelated() {
        guard unrelated > 0 else { return }
        byNumber = byNumber.filter { !$0.value.isEmpty }
        unrelated = 0
        silenced.forget()
    }

    /// Whatever the kernel tells directories by may be others' now.
    mutating func forgetNumbers() {
        byNumber.removeAll()
        unrelated = 0
        silenced.forget()
        for id in nodes.indices { nodes[id].number = 0 }
    }
}

extension Few where Element == TreeNodes.ID {
    init(_ elements: [Element]) {
        switch elements.count {
        case 0: self = .none
        case 1: self = .one(elements[0])
        default: self = .many(elements)
        }
    }

    func adding(_ element: Element) -> Few {
        if case .none = self { return .one(element) }
        return Few(Array(self) + [element])
    }

    func removing(where isUnwanted: (Element) -> Bool) -> Few { Few(filter { !isUnwanted($0) }) }
}
