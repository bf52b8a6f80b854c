/// Tells the changes of one watched path that its action asks for beside touches, or instead of them,
/// and whether a level that it asks for is up.
///
/// As with touches, events and states are both evidence. A change that was heard counts as what it
/// was heard to be. One that was only seen, because nobody listened, counts as whatever it may have
/// been: a run too many is better than a run too few.
struct ChangeJudge {
    /// What counts, touches among it.
    var kinds: TouchKinds {
        didSet { if kinds != oldValue { isNews = true } }
    }

    /// What was heard since the last look.
    private var heard: TouchKinds = []
    /// Whether anything happened since the level was last told.
    private var isNews = true

    init(kinds: TouchKinds) {
        self.kinds = kinds
    }

    /// Whether it matters if a directory has entries.
    var needsListing: Bool { kinds.contains(.notEmpty) }

    /// Whether it matters that nothing is at the path.
    var needsAbsence: Bool { !kinds.isDisjoint(with: [.create, .delete, .move]) }

    /// Takes one event of the path's name.
    mutating func heardName(_ mask: InotifyMask) {
        isNews = true
        if mask.contains(.create) { heard.insert(.create) }
        if mask.contains(.delete) { heard.insert(.delete) }
        if !mask.isDisjoint(with: [.movedFrom, .movedTo]) { heard.insert(.move) }
    }

    /// Takes one event of the file, or of the entries of the directory, that is at the path.
    mutating func heardFile(_ mask: InotifyMask) {
        isNews = true
        if mask.contains(.modify) { heard.insert(.modify) }
        if mask.contains(.attributes) { heard.insert(.attribute) }
    }

    /// Judges a look at the path: what happened that counts. `before` is what was there at the last
    /// look; where there was none, `isKnown` is false, and only what was heard counts.
    mutating func judge(
        before: FileStatus?, isKnown: Bool, after: FileStatus?
    ) -> TouchKinds {
        defer { heard = [] }
        var happened = heard
        let isSame = before?.identity == after?.identity
        // The last name of a file that goes away is an attribute, too: its count of links.
        if !isSame { happened.remove(.attribute) }
        if isKnown { happened.formUnion(seen(before, after)) }
        if happened != [] { isNews = true }
        return happened.intersection(kinds.subtracting(.levels))
    }

    private func seen(_ before: FileStatus?, _ after: FileStatus?) -> TouchKinds {
        guard let after else {
            guard before != nil, heard.isDisjoint(with: [.delete, .move]) else { return [] }
            return [.delete, .move]
        }
        guard let before, before.identity == after.identity else {
            var seen: TouchKinds =
                heard.isDisjoint(with: [.create, .move]) ? [.create, .move] : []
            // It may have been written before its own watch stood.
            if !heard.contains(.move), after.kind == .regular, after.size > 0 {
                seen.insert(.modify)
            }
            return seen
        }
        var seen: TouchKinds = []
        if before.modified != after.modified || before.size != after.size, heard == [] {
            seen.formUnion([.modify, .attribute])
        }
        let isChanged =
            before.mode != after.mode || before.owner != after.owner || before.group != after.group
            || before.links != after.links
        if isChanged { seen.insert(.attribute) }
        return seen
    }

    /// Whether a level that the action asks for is up; `hasEntries` is of a directory.
    func isUp(_ after: FileStatus?, hasEntries: Bool) -> Bool {
        guard after != nil else { return false }
        return kinds.contains(.exists) || (kinds.contains(.notEmpty) && hasEntries)
    }

    /// Takes whether anything happened since this was last asked.
    mutating func takeNews() -> Bool {
        defer { isNews = false }
        return isNews
    }
}
