/// Turns the names of an action's user and groups into the rights of its runs, and finds whatever
/// would grant somebody more than they have.
struct IdentityResolver {
    let accounts: AccountTable
    let daemon: DaemonIdentity
    var problems: [Problem] = []
    /// Whether a problem is one of permission: an ordinary user's daemon was asked for more than
    /// that user.
    private(set) var isForbidden = false
    /// What many actions have in common is kept once: thousands of them run few commands as few
    /// users.
    private var commands: [RunCommand: Shared<RunCommand>] = [:]
    /// The last definition without a problem, whose file it is in, and what came of it: most are like the one
    /// before.
    private var last: (definition: ActionDefinition, owner: UInt32, command: Shared<RunCommand>)?
    /// The environment that was made last, and of what.
    private var lastEnvironment:
        (account: UserAccount, additions: [EnvironmentVariable], variables: [[UInt8]])?

    init(accounts: AccountTable, daemon: DaemonIdentity) {
        self.accounts = accounts
        self.daemon = daemon
    }

    /// The action of a definition in a file that belongs to `owner`. Where there is a problem, it
    /// is not to be used.
    mutating func planned(_ definition: ActionDefinition, owner: UInt32) -> PlannedAction {
        let count = problems.count
        let command = likeLast(definition, owner: owner) ?? made(definition, owner: owner)
        last = problems.count == count ? (definition, owner, command) : nil
        // A copy of its own, behind all that is read: the decoded one lies among what is let go of, and
        // would keep a page of that in memory.
        let path = RawPath(bytes: definition.path.bytes.map { $0 })
        return PlannedAction(path: path, command)
    }

    /// The command of the last definition, if this one says the same of another path.
    private func likeLast(_ definition: ActionDefinition, owner: UInt32) -> Shared<RunCommand>? {
        guard let last, last.owner == owner else { return nil }
        var same = last.definition
        (same.path, same.location) = (definition.path, definition.location)
        same.userLocation = definition.userLocation
        return same == definition ? last.command : nil
    }

    private mutating func made(
        _ definition: ActionDefinition, owner: UInt32
    ) -> Shared<RunCommand> {
        var command = command(definition, owner: owner)
        if let handler = definition.onFailure?.value {
            command.onFailure = shared(self.handler(handler, of: definition, owner: owner))
        }
        return shared(command)
    }

    /// What runs when a run of `definition` failed: as the same user, if it names none.
    private mutating func handler(
        _ handler: ActionDefinition, of definition: ActionDefinition, owner: UInt32
    ) -> RunCommand {
        var handler = handler
        if handler.user == nil {
            handler.user = definition.user
            handler.userLocation = definition.userLocation
            if definition.user == nil { handler.location = definition.location }
        }
        let known = problems
        let command = command(handler, owner: owner)
        // What is wrong with the user of both is said once.
        problems = known + problems[known.count...].filter { !known.contains($0) }
        return command
    }

    private mutating func command(_ definition: ActionDefinition, owner: UInt32) -> RunCommand {
        let account = account(of: definition) ?? daemon.account
        let identity = RunIdentity(
            name: account.name, user: account.user,
            group: group(definition.group, at: definition) ?? account.group,
            groups: definition.supplementaryGroups?
                .compactMap { group($0, at: definition) } ?? account.groups)
        checkPermission(identity, account, definition, owner: owner)
        let environment = environment(of: account, definition.environment)
        return RunCommand(
            argv: definition.argv,
            programs: BaseEnvironment.programs(named: definition.argv[0], in: environment),
            identity: identity, environment: environment,
            workingDirectory: definition.workingDirectory, umask: definition.umask,
            process: definition.process, touch: definition.touch,
            guardian: guardian(of: definition), settle: definition.settle,
            tree: definition.tree, poll: definition.poll,
            output: definition.output, outputLimit: definition.outputLimit,
            catchUp: definition.catchUp, interrupted: definition.interrupted,
            policy: definition.policy,
            reader: daemon.isRoot && owner != 0 ? identity : nil)
    }

    private mutating func environment(
        of account: UserAccount, _ additions: [EnvironmentVariable]
    ) -> [[UInt8]] {
        if let last = lastEnvironment, last.account == account, last.additions == additions {
            return last.variables
        }
        let variables = BaseEnvironment.variables(for: account, adding: additions)
        lastEnvironment = (account, additions, variables)
        return variables
    }

    private mutating func shared(_ command: RunCommand) -> Shared<RunCommand> {
        if let known = commands[command] { return known }
        let new = Shared(command)
        commands[command] = new
        return new
    }

    private mutating func account(of definition: ActionDefinition) -> UserAccount? {
        let location = definition.userLocation ?? definition.location
        guard let name = definition.user else {
            if daemon.isRoot {
                problems.append(
                    Problem(
                        .error, at: location,
                        "this action does not say which user it runs as",
                        remedy: "add \"user\": \"NAME\"; write \"root\" if that is meant"))
            }
            return nil
        }
        // An ordinary user's daemon runs as itself with the rights that it has, whatever the user
        // database says of them: it may have been started before a group was added, or in a
        // container that knows no such user.
        if !daemon.isRoot, case .id(daemon.account.user) = name { return daemon.account }
        guard let account = user(name, at: location) else { return nil }
        let isOwn = !daemon.isRoot && account.user == daemon.account.user
        return isOwn ? daemon.account : account
    }

    private mutating func user(_ name: AccountName, at location: SourceLocation) -> UserAccount? {
        switch accounts.users[name] {
        case .found(let account): return account
        case .failed(let error):
            problems.append(
                Problem(
                    .error, at: location,
                    "unable to look up the user `\(shown(name))`: \(error.explanation)",
                    remedy: "see whether `getent passwd \(shown(name))` answers, then try again"))
        case .unknown, nil:
            problems.append(
                Problem(
                    .error, at: location, "there is no user `\(shown(name))`",
                    remedy: "create the user, or name one that `getent passwd` lists"))
        }
        return nil
    }

    private mutating func group(_ name: AccountName?, at definition: ActionDefinition) -> UInt32? {
        guard let name else { return nil }
        switch accounts.groups[name] {
        case .found(let group): return group
        case .failed(let error):
            problems.append(
                Problem(
                    .error, at: definition.location,
                    "unable to look up the group `\(shown(name))`: \(error.explanation)",
                    remedy: "see whether `getent group \(shown(name))` answers, then try again"))
        case .unknown, nil:
            problems.append(
                Problem(
                    .error, at: definition.location, "there is no group `\(shown(name))`",
                    remedy: "create the group, or name one that `getent group` lists"))
        }
        return nil
    }

    /// Whose touches count. A number stands for itself, whether or not the user database has it.
    private mutating func guardian(of definition: ActionDefinition) -> ToucherGuard? {
        if !daemon.isRoot {
            let keys = [
                ("touched_by", definition.touchedBy != nil),
                ("own_changes", definition.touch.ownChanges == .ignore),
            ]
            for (key, isAsked) in keys where isAsked {
                isForbidden = true
                problems.append(
                    Problem(
                        .error, at: definition.location,
                        "`\(key)` needs root: the kernel tells nobody else who touches a file",
                        remedy: "remove `\(key)`, or run touchmon as root"))
            }
        }
        guard let names = definition.touchedBy else { return nil }
        return ToucherGuard(
            users: names.users.compactMap { name in
                if case .id(let id) = name { id } else { user(name, at: definition.location)?.user }
            },
            groups: names.groups.compactMap { name in
                if case .id(let id) = name { id } else { group(name, at: definition) }
            })
    }

    private mutating func checkPermission(
        _ identity: RunIdentity, _ account: UserAccount, _ definition: ActionDefinition,
        owner: UInt32
    ) {
        let location = definition.userLocation ?? definition.location
        if !daemon.isRoot {
            let own = RunIdentity(
                name: daemon.account.name, user: daemon.account.user, group: daemon.account.group,
                groups: daemon.account.groups)
            guard identity.user != own.user else {
                guard identity.group != own.group || identity.groups != own.groups else { return }
                isForbidden = true
                return problems.append(
                    Problem(
                        .error, at: definition.location,
                        "only root can change the groups of a run",
                        remedy: "leave out `group` and `supplementary_groups`, or run as root"))
            }
            isForbidden = true
            problems.append(
                Problem(
                    .error, at: location,
                    "running as `\(own.name)`, touchmon can't run commands as `\(identity.name)`",
                    remedy: "run touchmon as root, or let the action run as `\(own.name)`"))
            return
        }
        guard owner != 0 else { return }
        let ownerName = accounts.users[.id(owner)].flatMap { answer in
            if case .found(let account) = answer { account.name } else { nil }
        }
        if identity.user != owner {
            problems.append(
                Problem(
                    .error, at: location,
                    "this file belongs to `\(ownerName ?? String(owner))`, so its actions can't "
                        + "run as `\(identity.name)`",
                    remedy: "let the action run as the file's owner, or give the file to root"))
        } else if !Set(identity.groups + [identity.group])
            .isSubset(of: account.groups + [account.group])
        {
            problems.append(
                Problem(
                    .error, at: definition.location,
                    "this file belongs to `\(account.name)`, who is not in all of the groups that "
                        + "the action asks for",
                    remedy: "ask for groups of `\(account.name)`, or give the file to root"))
        }
    }

    private func shown(_ name: AccountName) -> String {
        switch name {
        case .name(let name): name
        case .id(let id): String(id)
        }
    }
}
