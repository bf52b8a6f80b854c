/// Which watched paths depend on which kernel watch, and by which name.
///
/// One inode has one watch, however many paths lead through it, so a watch lives as long as
/// anything depends on it. A lookup allocates nothing: most events are about names that nobody
/// watches.
struct WatchIndex {
    /// Who is to be told of a name.
    enum Dependent: Hashable {
        /// A name on the way to a directory that holds watched paths.
        case directory(Int32)
        /// The last name of a watched path.
        case entry(ActionID)
        /// A name on the way from a symbolic link at a watched path to its target.
        case link(ActionID)
    }

    /// A watch's number, which the kernel counts upwards.
    private struct Watch: Hashable {
        var number: Int32

        init(_ number: Int32) {
            self.number = number
        }

        func _rawHashValue(seed: Int) -> Int { OwnNumber.hash(Int(number), seed) }
    }

    /// By watch, and by the hash of the name. The names themselves are not kept: there may be many,
    /// and with 64 bits under a key that nobody knows, two that share a hash can't be chosen and are
    /// not met by chance.
    private var names: [Watch: Multimap<UInt64, Dependent>] = [:]
    /// The watched paths whose file a watch is on.
    private var files = Multimap<Watch, ActionID>()

    mutating func add(_ dependent: Dependent, to step: PathWalk.Step) {
        let hash = step.name.span.withUnsafeBytes(Self.hash)
        names[Watch(step.watch), default: Multimap()].append(dependent, to: hash)
    }

    mutating func add(file action: ActionID, to watch: Int32) {
        files.append(action, to: Watch(watch))
    }

    /// Removes one registration; true when nothing depends on the watch any more.
    mutating func remove(_ dependent: Dependent, from step: PathWalk.Step) -> Bool {
        guard names[Watch(step.watch)] != nil else { return false }
        names[Watch(step.watch)]?
            .removeFirst(dependent, of: step.name.span.withUnsafeBytes(Self.hash))
        if names[Watch(step.watch)]?.isEmpty == true { names[Watch(step.watch)] = nil }
        return isUnused(step.watch)
    }

    /// Removes a file; true when nothing depends on the watch any more.
    mutating func remove(file action: ActionID, from watch: Int32) -> Bool {
        files.removeFirst(action, of: Watch(watch)) && isUnused(watch)
    }

    /// Whether nothing depends on a watch, or not any more.
    func isUnused(_ watch: Int32) -> Bool {
        names[Watch(watch)] == nil && files[Watch(watch)].isEmpty
    }

    /// Forgets a watch that the kernel ended, and returns whoever depended on it.
    mutating func removeWatch(_ watch: Int32) -> [Dependent] {
        let dependents = names.removeValue(forKey: Watch(watch))?.allValues ?? []
        return dependents + files.removeAll(of: Watch(watch)).map(Dependent.link)
    }

    /// Everything that depends on a name in a watched directory.
    func dependents(of watch: Int32, named name: RawSpan) -> Few<Dependent> {
        guard let index = names.index(forKey: Watch(watch)) else { return .none }
        return names.values[index][name.withUnsafeBytes(Self.hash)]
    }

    /// The watched paths whose file the watch is on.
    func files(of watch: Int32) -> Few<ActionID> {
        files[Watch(watch)]
    }

    /// Keyed anew in each process.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }
}
