/// What a daemon carries out: for every watched path the action that was defined last.
package struct Plan: Sendable {
    /// One watched path with its action, and where it was defined.
    package struct Item: Sendable {
        package var action: PlannedAction
        package var location: SourceLocation
    }

    /// In the order of the definitions.
    package private(set) var items: [Item] = []

    package init() {}

    /// An action file that was read and understood.
    package struct File: Sendable {
        /// The owner of the opened file.
        package var owner: UInt32
        package var definitions: [ActionDefinition]

        package init(owner: UInt32, definitions: [ActionDefinition]) {
            self.owner = owner
            self.definitions = definitions
        }
    }

    /// Every user and group that has to be looked up before `resolve`.
    package static func accounts(
        in files: [File]
    ) -> (users: Set<AccountName>, groups: Set<AccountName>) {
        var users: Set<AccountName> = []
        var groups: Set<AccountName> = []
        for file in files {
            if file.owner != 0 { users.insert(.id(file.owner)) }
            for definition in file.definitions {
                if let user = definition.user { users.insert(user) }
                if let group = definition.group { groups.insert(group) }
                groups.formUnion(definition.supplementaryGroups ?? [])
            }
        }
        return (users, groups)
    }

    /// Makes the plan of all files, in order; the problems are all there are.
    package static func resolve(
        _ files: [File], accounts: AccountTable, daemon: DaemonIdentity
    ) -> (plan: Plan, problems: [Problem], isForbidden: Bool) {
        var plan = Plan()
        var places: [RawPath: Int] = [:]
        var resolver = IdentityResolver(accounts: accounts, daemon: daemon)
        for file in files {
            for definition in file.definitions {
                let item = Item(
                    action: resolver.planned(definition, owner: file.owner),
                    location: definition.location)
                guard let place = places[definition.path] else {
                    places[definition.path] = plan.items.count
                    plan.items.append(item)
                    continue
                }
                resolver.problems.append(overridden(plan.items[place], by: item))
                plan.items[place] = item
            }
        }
        return (plan, resolver.problems, resolver.isForbidden)
    }

    private static func overridden(_ old: Item, by new: Item) -> Problem {
        let path = TerminalText.escaped(old.action.path.bytes)
        let place =
            "\(TerminalText.escaped(new.location.file.bytes)):\(new.location.line):\(new.location.column)"
        return Problem(
            .note, at: old.location, "this action for `\(path)` is overridden at \(place)",
            remedy: "the last definition of a path wins; remove this one if that is meant")
    }
}
