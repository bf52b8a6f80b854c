/// Who touched: a process as it was when its touch was heard of.
///
/// Information, and a guard against accidents: the process may have been started by somebody else, or
/// may have changed its user since. What authenticates is the right to write the file.
///
/// One object, however many hold it: it goes along with every touch.
package final class Toucher: Equatable, Sendable {
    package let process: Int32
    /// The real user and group.
    package let user: UInt32
    package let group: UInt32
    /// The other groups; empty where nobody asked for them.
    package let groups: [UInt32]
    /// The first process of its session, setsid(2): a run's is its own first process.
    package let session: Int32
    /// The user's name, where the user database has one.
    package let name: String?
    /// When the process began, on the realtime clock, where its number alone was told: a file whose last
    /// change is older was not touched by it.
    package let began: FileTime?

    package init(
        process: Int32, user: UInt32, group: UInt32, groups: [UInt32] = [], session: Int32 = 0,
        name: String? = nil, began: FileTime? = nil
    ) {
        self.process = process
        self.user = user
        self.group = group
        self.groups = groups
        self.session = session
        self.name = name
        self.began = began
    }

    /// Whether it may have made a change of this time, which is of the last tick before it.
    func mayHaveMade(_ change: FileTime?) -> Bool {
        guard let began, let change else { return true }
        return began <= change.advanced(by: TreeProgress.tick)
    }

    package static func == (left: Toucher, right: Toucher) -> Bool {
        left === right
            || (left.process == right.process && left.user == right.user
                && left.group == right.group && left.groups == right.groups
                && left.session == right.session && left.name == right.name
                && left.began == right.began)
    }

    /// As the ledger has it, which knows no groups.
    convenience init(_ known: LedgerChange.Run.Toucher) {
        self.init(process: known.process, user: known.user, group: .max)
    }
}

/// Whose touches count, by real user, or by a group.
package struct ToucherGuard: Hashable, Sendable {
    package var users: [UInt32]
    package var groups: [UInt32]

    package init(users: [UInt32] = [], groups: [UInt32] = []) {
        self.users = users
        self.groups = groups
    }

    /// Whether this one's touches count.
    package func allows(_ toucher: Toucher) -> Bool {
        users.contains(toucher.user) || groups.contains(toucher.group)
            || groups.contains(where: toucher.groups.contains)
    }
}
