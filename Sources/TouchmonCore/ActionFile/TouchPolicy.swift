/// Which changes of a path count for its action, and whose.
package struct TouchPolicy: Hashable, Sendable {
    /// What counts; never empty.
    package var on: TouchKinds = .touch
    package var compare = ComparePolicy.state
    /// What becomes of changes that the action's own runs make.
    package var ownChanges = OwnChangesPolicy.run

    /// What an action has that says nothing of this.
    package static let standard = TouchPolicy()

    package init() {}
}

/// The kinds of changes that an action may count. Some are levels: what matters is how things are,
/// not that they have changed.
package struct TouchKinds: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The file was touched, as `docs/guarantees.md` says.
    package static let touch = TouchKinds(rawValue: 1 << 0)
    /// A file was created at the path, which need not be complete.
    package static let create = TouchKinds(rawValue: 1 << 1)
    /// The path is gone: removed, or with a directory above it.
    package static let delete = TouchKinds(rawValue: 1 << 2)
    /// A file was renamed to the path, or away from it.
    package static let move = TouchKinds(rawValue: 1 << 3)
    /// Mode, owner, times or the like of the file changed.
    package static let attribute = TouchKinds(rawValue: 1 << 4)
    /// The file was written to or truncated, and may not be closed yet.
    package static let modify = TouchKinds(rawValue: 1 << 5)
    /// There is something at the path: a level.
    package static let exists = TouchKinds(rawValue: 1 << 6)
    /// There is a directory at the path that has entries: a level.
    package static let notEmpty = TouchKinds(rawValue: 1 << 7)

    static let levels: TouchKinds = [.exists, .notEmpty]

    /// As an action file names them, in the order of the documentation.
    package static let names: [(name: String, kind: TouchKinds)] = [
        ("touch", .touch), ("create", .create), ("delete", .delete), ("move", .move),
        ("attribute", .attribute), ("modify", .modify), ("exists", .exists),
        ("not_empty", .notEmpty),
    ]
}

/// What a touch is compared with.
package enum ComparePolicy: String, Hashable, Sendable, CaseIterable {
    /// The handled state: every touch counts.
    case state
    /// The bytes of the file as they last counted: a touch that leaves them does not count.
    case content
}

/// What becomes of changes that an action's own runs make.
package enum OwnChangesPolicy: String, Hashable, Sendable, CaseIterable {
    case run, ignore
}

/// Whose touches count; anybody's where nobody is named.
package struct ToucherNames: Hashable, Sendable {
    package var users: [AccountName]
    package var groups: [AccountName]

    package init(users: [AccountName] = [], groups: [AccountName] = []) {
        self.users = users
        self.groups = groups
    }
}
