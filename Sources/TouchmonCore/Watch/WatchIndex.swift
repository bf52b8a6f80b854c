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

    private struct Registration {
        var name: [UInt8]
        var dependent: Dependent
    }

    private struct Watch {
        /// By the hash of the name; names that share a hash are told apart by their bytes.
        var names: [UInt64: Few<Registration>] = [:]
        /// The watched paths whose file this is.
        var files = Few<ActionID>.none
        var isUnused: Bool { names.isEmpty && files.isEmpty }
    }

    private var watches: [Int32: Watch] = [:]

    /// How many watches something depends on.
    var count: Int { watches.count }

    mutating func add(_ dependent: Dependent, to step: PathWalk.Step) {
        let hash = step.name.span.withUnsafeBytes(Self.hash)
        watches[step.watch, default: Watch()].names[hash, default: .none]
            .append(Registration(name: step.name, dependent: dependent))
    }

    mutating func add(file action: ActionID, to watch: Int32) {
        watches[watch, default: Watch()].files.append(action)
    }

    /// Removes one registration; true when nothing depends on the watch any more.
    mutating func remove(_ dependent: Dependent, from step: PathWalk.Step) -> Bool {
        guard watches[step.watch] != nil else { return false }
        let hash = step.name.span.withUnsafeBytes(Self.hash)
        if var registrations = watches[step.watch]?.names.removeValue(forKey: hash) {
            registrations.removeFirst { $0.dependent == dependent && $0.name == step.name }
            if !registrations.isEmpty { watches[step.watch]?.names[hash] = registrations }
        }
        return forgetIfUnused(step.watch)
    }

    /// Removes a file; true when nothing depends on the watch any more.
    mutating func remove(file action: ActionID, from watch: Int32) -> Bool {
        guard watches[watch] != nil else { return false }
        watches[watch]?.files.removeFirst { $0 == action }
        return forgetIfUnused(watch)
    }

    /// True, and once only, when a watch that was just added turns out to be needed by nothing.
    func isUnused(_ watch: Int32) -> Bool {
        watches[watch] == nil
    }

    /// Forgets a watch that the kernel ended, and returns whoever depended on it.
    mutating func removeWatch(_ watch: Int32) -> [Dependent] {
        guard let gone = watches.removeValue(forKey: watch) else { return [] }
        return gone.names.values.joined().map(\.dependent) + gone.files.map(Dependent.link)
    }

    /// Everything that depends on a name in a watched directory.
    func dependents(of watch: Int32, named name: RawSpan) -> Few<Dependent> {
        guard let index = watches.index(forKey: watch) else { return .none }
        let hash = name.withUnsafeBytes(Self.hash)
        guard let registrations = watches.values[index].names[hash] else { return .none }
        var dependents = Few<Dependent>.none
        for registration in registrations
        where name.withUnsafeBytes({ $0.elementsEqual(registration.name) }) {
            dependents.append(registration.dependent)
        }
        return dependents
    }

    /// The watched paths whose file the watch is on.
    func files(of watch: Int32) -> Few<ActionID> {
        guard let index = watches.index(forKey: watch) else { return .none }
        return watches.values[index].files
    }

    private mutating func forgetIfUnused(_ watch: Int32) -> Bool {
        guard watches[watch]?.isUnused == true else { return false }
        watches[watch] = nil
        return true
    }

    /// FNV-1a: names are short, and a chosen collision costs one comparison of bytes.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
