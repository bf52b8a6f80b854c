/// What a daemon carries out: for every watched path the action that was defined last.
package struct Plan: Sendable {
    /// One watched path with its action, and where it was defined.
    package struct Item: Sendable {
        package var action: PlannedAction
        package var location: SourceLocation
    }

    /// In the order of the definitions.
    package private(set) var items: [Item] = []
    /// What is wrong with them; with an error among them, none may be carried out.
    package private(set) var problems: [Problem] = []
    /// Whether a problem is one of permission: an ordinary user's daemon was asked for more than
    /// that user.
    package private(set) var isForbidden = false

    /// Whether an action cares for the groups of who touched.
    package var asksForGroups: Bool {
        items.contains { $0.action.command.guardian?.groups.isEmpty == false }
    }

    /// Whether an action cares for the session of who touched.
    package var asksForSessions: Bool {
        items.contains { $0.action.command.touch.ownChanges == .ignore }
    }

    /// Every user and group that has to be looked up before `resolve`: those that definitions name,
    /// and the owners of their files.
    package static func accounts(
        in definitions: [ActionDefinition], owners: [RawPath: UInt32]
    ) -> AccountNames {
        var names = AccountNames()
        for definition in definitions { names.add(of: definition) }
        names.add(owners: owners)
        return names
    }

    /// Makes the plan of the definitions in force; the problems are all there are.
    ///
    /// `owners` are the owners of the opened action files; of those that are not in it, root.
    package init(
        _ definitions: [ActionDefinition], owners: [RawPath: UInt32], accounts: AccountTable,
        daemon: DaemonIdentity
    ) {
        var maker = PlanMaker(owners: owners, accounts: accounts, daemon: daemon)
        items = maker.items(of: definitions)
        problems = maker.problems
        isForbidden = maker.isForbidden
    }

    /// A plan without an action.
    package init() {}

    /// Adds what comes next.
    package mutating func append(_ next: [Item]) { items += next }
}

/// Makes a plan piece by piece.
package struct PlanMaker {
    private let owners: [RawPath: UInt32]
    private var resolver: IdentityResolver

    /// `owners` are the owners of the opened action files; of those that are not in it, root.
    package init(owners: [RawPath: UInt32], accounts: AccountTable, daemon: DaemonIdentity) {
        self.owners = owners
        resolver = IdentityResolver(accounts: accounts, daemon: daemon)
    }

    /// What is wrong with the definitions until now; with an error among them, none may be carried out.
    package var problems: [Problem] { resolver.problems }
    /// Whether a problem is one of permission; see `Plan.isForbidden`.
    package var isForbidden: Bool { resolver.isForbidden }

    /// The items of the next definitions that are in force.
    package mutating func items(of definitions: [ActionDefinition]) -> [Plan.Item] {
        definitions.map { definition in
            let owner = owners[definition.location.file] ?? 0
            return Plan.Item(
                action: resolver.planned(definition, owner: owner), location: definition.location)
        }
    }
}

/// The users and groups that have to be looked up for a plan.
package struct AccountNames: Hashable, Sendable {
    package private(set) var users: Set<AccountName> = []
    package private(set) var groups: Set<AccountName> = []
    /// Most actions in a row are one user's.
    private var last: AccountName?

    /// Adds those that a definition names.
    mutating func add(of definition: ActionDefinition) {
        addNames(of: definition)
        if let handler = definition.onFailure { addNames(of: handler.value) }
    }

    private mutating func addNames(of definition: ActionDefinition) {
        if let user = definition.user, user != last {
            users.insert(user)
            last = user
        }
        if let group = definition.group { groups.insert(group) }
        if let more = definition.supplementaryGroups { groups.formUnion(more) }
        guard let touchers = definition.touchedBy else { return }
        users.formUnion(touchers.users)
        groups.formUnion(touchers.groups)
    }

    /// Adds the owners of action files: root needs no name.
    package mutating func add(owners: [RawPath: UInt32]) {
        users.formUnion(owners.values.filter { $0 != 0 }.map(AccountName.id))
    }
}

extension Plan {
    /// A plan of actions that need nothing looked up any more; they have no place in a file.
    package init(resolved actions: [PlannedAction]) {
        let nowhere = SourceLocation(file: RawPath("/"), line: 1, column: 1)
        items = actions.map { Item(action: $0, location: nowhere) }
    }
}
