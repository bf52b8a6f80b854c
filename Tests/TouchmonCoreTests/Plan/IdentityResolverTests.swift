import Testing
import TouchmonCore

/// Who a run is, and what may not be asked for; each problem with its place and its words.
@Suite struct IdentityResolverTests {
    private static let file = RawPath("actions.json")
    private static let alice = UserAccount(
        name: "alice", user: 1000, group: 1000, groups: [1000, 4, 27],
        home: Array("/home/alice".utf8), shell: Array("/bin/bash".utf8))
    private static let bob = UserAccount(
        name: "bob", user: 1001, group: 1001, groups: [1001], home: Array("/home/bob".utf8),
        shell: [])
    private static let root = UserAccount(
        name: "root", user: 0, group: 0, groups: [0], home: Array("/root".utf8),
        shell: Array("/bin/sh".utf8))

    private static let accounts: AccountTable = {
        var table = AccountTable()
        for account in [alice, bob, root] {
            table.users[.name(account.name)] = .found(account)
            table.users[.id(account.user)] = .found(account)
        }
        table.users[.name("ghost")] = .unknown
        table.users[.id(4243)] = .failed(ErrorNumber(5))
        table.users[.name("ldap")] = .failed(ErrorNumber(5))
        table.groups = [
            .name("adm"): .found(4), .name("docker"): .found(998), .id(27): .found(27),
            .name("nogroup"): .unknown, .name("ldap"): .failed(.tryAgain),
        ]
        return table
    }()

    private static func definition(
        user: AccountName? = .name("alice"), group: AccountName? = nil,
        groups: [AccountName]? = nil
    ) -> ActionDefinition {
        var definition = ActionDefinition(
            path: RawPath("/srv/stamp"),
            location: SourceLocation(file: file, line: 2, column: 5),
            argv: [Array("true".utf8)], user: user)
        if user != nil { definition.userLocation = SourceLocation(file: file, line: 4, column: 17) }
        definition.group = group
        definition.supplementaryGroups = groups
        return definition
    }

    private static func plan(
        _ definition: ActionDefinition, owner: UInt32 = 0, daemon: UserAccount = root
    ) -> Plan {
        Plan(
            [definition], owners: [file: owner], accounts: accounts,
            daemon: DaemonIdentity(account: daemon))
    }

    /// Each problem as `line:column: message; remedy`.
    private static func problems(_ plan: Plan) -> [String] {
        plan.problems.map { problem in
            let place =
                if case .place(let location) = problem.site { location.lineAndColumn } else { "" }
            return "\(place): \(problem.message); \(problem.remedy)"
        }
    }

    private static func identity(_ plan: Plan) throws -> RunIdentity {
        #expect(plan.problems.isEmpty)
        return try #require(plan.items.first).action.command.identity
    }

    // MARK: As root

    @Test func `a user has the groups of a login, in order and without repetition`() throws {
        let identity = try Self.identity(Self.plan(Self.definition()))
        #expect(
            identity
                == RunIdentity(name: "alice", user: 1000, group: 1000, groups: [4, 27, 1000]))
        #expect(identity.groups == [4, 27, 1000])
    }

    @Test func `groups of the action replace those of the user`() throws {
        let definition = Self.definition(
            user: .id(1000), group: .name("docker"), groups: [.id(27), .name("adm")])
        let identity = try Self.identity(Self.plan(definition))
        #expect(identity.group == 998)
        #expect(identity.groups == [4, 27])
    }

    @Test func `an empty list of groups is none at all`() throws {
        #expect(try Self.identity(Self.plan(Self.definition(groups: []))).groups.isEmpty)
    }

    @Test func `root has to be asked for`() throws {
        #expect(
            Self.problems(Self.plan(Self.definition(user: nil))) == [
                "2:5: this action does not say which user it runs as; "
                    + "add \"user\": \"NAME\"; write \"root\" if that is meant"
            ])
        #expect(try Self.identity(Self.plan(Self.definition(user: .name("root")))).user == 0)
    }

    @Test func `an unknown user is an error at its value`() {
        #expect(
            Self.problems(Self.plan(Self.definition(user: .name("ghost")))) == [
                "4:17: there is no user `ghost`; "
                    + "create the user, or name one that `getent passwd` lists"
            ])
        #expect(
            Self.problems(Self.plan(Self.definition(user: .id(4242)))) == [
                "4:17: there is no user `4242`; "
                    + "create the user, or name one that `getent passwd` lists"
            ])
    }

    @Test func `a user database that does not answer is not an unknown user`() {
        #expect(
            Self.problems(Self.plan(Self.definition(user: .name("ldap")))) == [
                "4:17: unable to look up the user `ldap`: input/output error; "
                    + "see whether `getent passwd ldap` answers, then try again"
            ])
    }

    @Test func `unknown groups are errors, each of them`() {
        let definition = Self.definition(
            group: .name("nogroup"), groups: [.name("ldap"), .name("nogroup"), .name("adm")])
        let unknown =
            "2:5: there is no group `nogroup`; "
            + "create the group, or name one that `getent group` lists"
        #expect(
            Self.problems(Self.plan(definition)) == [
                unknown,
                "2:5: unable to look up the group `ldap`: resource temporarily unavailable; "
                    + "see whether `getent group ldap` answers, then try again",
                unknown,
            ])
    }

    // MARK: Files of users

    @Test func `a user's file runs commands as that user, who must be able to read the path`()
        throws
    {
        let plan = Self.plan(Self.definition(), owner: 1000)
        let identity = try Self.identity(plan)
        #expect(plan.items[0].action.command.reader == identity)
        #expect(Self.plan(Self.definition(), owner: 0).items[0].action.command.reader == nil)
    }

    @Test(arguments: ["bob", "root"])
    func `a user's file can't run commands as somebody else`(other: String) {
        let plan = Self.plan(Self.definition(user: .name(other)), owner: 1000)
        #expect(
            Self.problems(plan) == [
                "4:17: this file belongs to `alice`, so its actions can't run as `\(other)`; "
                    + "let the action run as the file's owner, or give the file to root"
            ])
        #expect(!plan.isForbidden)
    }

    @Test(arguments: [4242, 4243] as [UInt32])
    func `an owner whom the database does not know is told by his number`(owner: UInt32) {
        #expect(
            Self.problems(Self.plan(Self.definition(), owner: owner)) == [
                "4:17: this file belongs to `\(owner)`, so its actions can't run as `alice`; "
                    + "let the action run as the file's owner, or give the file to root"
            ])
    }

    @Test func `a user's file can't ask for groups that the user is not in`() {
        let problem =
            "2:5: this file belongs to `alice`, who is not in all of the groups that the action "
            + "asks for; ask for groups of `alice`, or give the file to root"
        let wanted: [ActionDefinition] = [
            Self.definition(group: .name("docker")),
            Self.definition(groups: [.name("adm"), .name("docker")]),
        ]
        for definition in wanted {
            #expect(Self.problems(Self.plan(definition, owner: 1000)) == [problem])
        }
    }

    @Test func `a user's file may ask for fewer groups, and for another of his as primary`() throws
    {
        let definition = Self.definition(group: .name("adm"), groups: [.id(27)])
        let identity = try Self.identity(Self.plan(definition, owner: 1000))
        #expect(identity.group == 4)
        #expect(identity.groups == [27])
    }

    // MARK: As an ordinary user

    @Test func `an ordinary user's daemon runs commands as that user, named or not`() throws {
        for user in [nil, .name("alice"), .id(1000)] as [AccountName?] {
            let plan = Self.plan(Self.definition(user: user), owner: 1000, daemon: Self.alice)
            #expect(try Self.identity(plan).user == 1000)
            #expect(plan.items[0].action.command.reader == nil)
        }
    }

    @Test func `its rights are those that it has, whatever the user database says`() throws {
        var daemon = Self.alice
        daemon.groups = [1000]
        for user in [nil, .name("alice"), .id(1000)] as [AccountName?] {
            let plan = Self.plan(Self.definition(user: user), daemon: daemon)
            #expect(try Self.identity(plan).groups == [1000])
        }
    }

    @Test func `a user whom the database does not know runs commands as himself`() throws {
        let nobody = UserAccount(
            name: "4242", user: 4242, group: 4242, groups: [], home: Array("/".utf8), shell: [])
        let plan = Self.plan(Self.definition(user: .id(4242)), daemon: nobody)
        #expect(try Self.identity(plan).user == 4242)
    }

    @Test func `it can't run commands as somebody else`() {
        let plan = Self.plan(Self.definition(user: .name("bob")), daemon: Self.alice)
        #expect(
            Self.problems(plan) == [
                "4:17: running as `alice`, touchmon can't run commands as `bob`; "
                    + "run touchmon as root, or let the action run as `alice`"
            ])
        #expect(plan.isForbidden)
    }

    @Test func `it can't change its groups`() {
        let wanted: [ActionDefinition] = [
            Self.definition(group: .name("adm")), Self.definition(groups: []),
        ]
        for definition in wanted {
            let plan = Self.plan(definition, daemon: Self.alice)
            #expect(
                Self.problems(plan) == [
                    "2:5: only root can change the groups of a run; "
                        + "leave out `group` and `supplementary_groups`, or run as root"
                ])
            #expect(plan.isForbidden)
        }
    }

    // MARK: The plan

    @Test func `what has to be looked up are the names in definitions and the files' owners`() {
        let definition = Self.definition(group: .name("adm"), groups: [.id(27)])
        let names = Plan.accounts(
            in: [definition, Self.definition(user: nil)],
            owners: [Self.file: 1001, RawPath("b.json"): 0])
        #expect(names.users == [.name("alice"), .id(1001)])
        #expect(names.groups == [.name("adm"), .id(27)])
    }

    @Test func `equal commands are kept once, in the order of the definitions`() {
        var second = Self.definition()
        second.path = RawPath("/srv/other")
        let plan = Plan(
            [Self.definition(), second, Self.definition(user: .name("bob")), second], owners: [:],
            accounts: Self.accounts, daemon: DaemonIdentity(account: Self.root))
        #expect(
            plan.items.map(\.action.path.bytes)
                == ["/srv/stamp", "/srv/other", "/srv/stamp", "/srv/other"].map { Array($0.utf8) })
        #expect(plan.items[0].action.shared === plan.items[1].action.shared)
        #expect(plan.items[0].action.shared != plan.items[2].action.shared)
        // Also where another stands between them.
        #expect(plan.items[0].action.shared === plan.items[3].action.shared)
    }
}

/// Who the command is that is told of failures.
extension IdentityResolverTests {
    private static func handled(
        _ handler: ActionDefinition, by user: AccountName? = .name("alice"), owner: UInt32 = 0,
        daemon: UserAccount = root
    ) -> Plan {
        var definition = definition(user: user)
        var handler = handler
        handler.location = SourceLocation(file: file, line: 6, column: 9)
        if handler.user != nil {
            handler.userLocation = SourceLocation(file: file, line: 7, column: 11)
        }
        definition.onFailure = Shared(handler)
        return plan(definition, owner: owner, daemon: daemon)
    }

    private static func handler(_ plan: Plan) throws -> RunCommand {
        #expect(problems(plan) == [])
        return try #require(plan.items.first?.action.command.onFailure).value
    }

    @Test func `it is the action's user, unless it names one`() throws {
        let own = try Self.handler(Self.handled(Self.definition(user: nil, group: .name("docker"))))
        #expect(own.identity.name == "alice" && own.identity.group == 998)
        let other = try Self.handler(Self.handled(Self.definition(user: .name("bob"))))
        #expect(other.identity.name == "bob" && other.reader == nil)
        #expect(other.environment.strings.contains(Array("HOME=/home/bob".utf8)))
    }

    @Test func `in a file of alice's it is alice`() throws {
        let own = try Self.handler(Self.handled(Self.definition(user: nil), owner: 1000))
        #expect(own.identity.name == "alice" && own.reader?.name == "alice")
        #expect(
            Self.problems(Self.handled(Self.definition(user: .name("bob")), owner: 1000)) == [
                "7:11: this file belongs to `alice`, so its actions can't run as `bob`; let the "
                    + "action run as the file's owner, or give the file to root"
            ])
    }

    @Test func `an ordinary user's daemon tells nobody else`() {
        let plan = Self.handled(Self.definition(user: .name("bob")), daemon: Self.alice)
        #expect(plan.problems.count == 1 && plan.isForbidden)
    }

    @Test(arguments: [nil, AccountName.name("ghost")])
    func `what is wrong with the user of both is said once`(user: AccountName?) {
        #expect(Self.handled(Self.definition(user: nil), by: user).problems.count == 1)
    }

    @Test func `its names are looked up`() {
        var definition = Self.definition()
        definition.onFailure = Shared(
            Self.definition(user: .name("bob"), group: .name("adm"), groups: [.id(27)]))
        let names = Plan.accounts(in: [definition], owners: [:])
        #expect(names.users == [.name("alice"), .name("bob")])
        #expect(names.groups == [.name("adm"), .id(27)])
    }
}

/// Whose touches count.
extension IdentityResolverTests {
    private static func guarded(
        _ names: ToucherNames?, own: OwnChangesPolicy = .run, daemon: UserAccount = root
    ) -> Plan {
        var definition = definition()
        definition.touchedBy = names
        definition.touch.ownChanges = own
        return plan(definition, daemon: daemon)
    }

    @Test func `users and groups are looked up, numbers stand for themselves`() throws {
        let plan = Self.guarded(
            ToucherNames(
                users: [.name("bob"), .id(77)], groups: [.name("docker"), .id(78), .name("adm")]))
        #expect(plan.problems.isEmpty)
        #expect(
            plan.items[0].action.command.guardian
                == ToucherGuard(users: [1001, 77], groups: [998, 78, 4]))
        #expect(Self.guarded(nil).items[0].action.command.guardian == nil)
    }

    @Test func `each name that nobody has is an error`() {
        let plan = Self.guarded(
            ToucherNames(users: [.name("ghost"), .name("alice")], groups: [.name("nogroup")]))
        #expect(
            Self.problems(plan) == [
                "2:5: there is no user `ghost`; "
                    + "create the user, or name one that `getent passwd` lists",
                "2:5: there is no group `nogroup`; "
                    + "create the group, or name one that `getent group` lists",
            ])
    }

    @Test func `an ordinary user's daemon is told of nobody`() {
        let plan = Self.guarded(
            ToucherNames(users: [.id(1000)]), own: .ignore, daemon: Self.alice)
        #expect(
            Self.problems(plan)
                == ["touched_by", "own_changes"].map { key in
                    "2:5: `\(key)` needs root: the kernel tells nobody else who touches a file; "
                        + "remove `\(key)`, or run touchmon as root"
                })
        #expect(plan.isForbidden)
    }

    @Test func `what has to be asked of whoever touches is known`() {
        let plans = [
            Self.guarded(nil), Self.guarded(ToucherNames(users: [.id(1)])),
            Self.guarded(ToucherNames(groups: [.id(1)])), Self.guarded(nil, own: .ignore),
        ]
        #expect(plans.map(\.asksForGroups) == [false, false, true, false])
        #expect(plans.map(\.asksForSessions) == [false, false, false, true])
    }
}
