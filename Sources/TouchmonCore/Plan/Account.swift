/// A user as the user database has it at one moment, passwd(5), with the groups of a login.
package struct UserAccount: Hashable, Sendable {
    package var name: String
    package var user: UInt32
    /// The primary group.
    package var group: UInt32
    /// The groups of a login, initgroups(3), in the order of the database.
    package var groups: [UInt32]
    package var home: [UInt8]
    package var shell: [UInt8]

    package init(
        name: String, user: UInt32, group: UInt32, groups: [UInt32], home: [UInt8], shell: [UInt8]
    ) {
        self.name = name
        self.user = user
        self.group = group
        self.groups = groups
        self.home = home
        self.shell = shell
    }
}

/// What the user database said of every user and group that a plan names.
package struct AccountTable: Sendable {
    /// How a look-up ended.
    package enum Answer<Account: Hashable & Sendable>: Hashable, Sendable {
        case found(Account)
        case unknown
        /// The database could not be asked.
        case failed(ErrorNumber)
    }

    package var users: [AccountName: Answer<UserAccount>] = [:]
    package var groups: [AccountName: Answer<UInt32>] = [:]

    package init() {}
}

/// Who the daemon itself is: the user that runs it, with exactly its rights.
package struct DaemonIdentity: Hashable, Sendable {
    package var account: UserAccount

    package init(account: UserAccount) {
        self.account = account
    }

    /// Whether it may run commands as other users.
    package var isRoot: Bool { account.user == 0 }
}
