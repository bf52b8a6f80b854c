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
    ) -> (users: Set<AccountName>, groups: Set<AccountName>) {
        var users = Set(owners.values.filter { $0 != 0 }.map(AccountName.id))
        var groups: Set<AccountName> = []
        // Most actions in a row are one user's.
        var last: AccountName?
        func add(_ definition: ActionDefinition) {
            if let user = definition.user, user != last {
                users.insert(user)
                last = user
            }
            if let group = definition.group { groups.insert(group) }
            groups.formUnion(definition.supplementaryGroups ?? [])
            users.formUnion(definition.touchedBy?.users ?? [])
            groups.formUnion(definition.touchedBy?.groups ?? [])
        }
        for definition in definitions {
            add(definition)
            if let handler = definition.onFailure { add(handler.value) }
        }
        return (users, groups)
    }

    /// Makes the plan of the definitions in force; the problems are all there are.
    ///
    /// `owners` are the owners of the opened action files; of those that are not in it, root.
    package init(
        _ definitions: [ActionDefinition], owners: [RawPath: UInt32], accounts: AccountTable,
        daemon: DaemonIdentity
    ) {
        var resolver = IdentityResolver(accounts: accounts, daemon: daemon)
        items.reserveCapacity(definitions.count)
        for definition in definitions {
            let owner = owners[definition.location.file] ?? 0
            items.append(
                Item(
                    action: resolver.planned(definition, owner: owner),
                    location: definition.location))
        }
        problems = resolver.problems
        isForbidden = resolver.isForbidden
    }
}

extension Plan {
    /// A plan of actions that need nothing looked up any more; they have no place in a file.
    package init(resolved actions: [PlannedAction]) {
        let nowhere = SourceLocation(file: RawPath("/"), line: 1, column: 1)
        items = actions.map { Item(action: $0, location: nowhere) }
    }
}
