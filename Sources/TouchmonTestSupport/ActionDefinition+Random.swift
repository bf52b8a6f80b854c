package import TouchmonCore

extension ActionDefinition {
    /// An action that an action file can define, with any of its keys; `isWhole`: also with what runs
    /// when it fails.
    package static func random(
        path: RawPath, isWhole: Bool = true, using random: inout some RandomNumberGenerator
    ) -> ActionDefinition {
        func maybe<Value>(_ value: @autoclosure () -> Value) -> Value? {
            Bool.random(using: &random) ? value() : nil
        }
        func text() -> [UInt8] {
            (0..<Int.random(in: 0...6, using: &random)).map { _ in
                UInt8.random(in: 1...255, using: &random)
            }
        }
        func account() -> AccountName {
            maybe(.id(UInt32.random(in: 0...4_294_967_294, using: &random)))
                ?? ["www-data", "0day", "é", "1 2"].randomElement(using: &random).map { .name($0) }
                ?? .id(0)
        }
        func some(_ range: ClosedRange<Int64>) -> Duration {
            .milliseconds(Int64.random(in: range, using: &random))
        }
        let place = SourceLocation(file: RawPath(""), line: 0, column: 0)
        var action = ActionDefinition(path: path, location: place, argv: [Array("x".utf8), text()])
        action.user = maybe(account())
        action.group = maybe(account())
        action.supplementaryGroups = maybe([account(), account()])
        action.environment =
            maybe([EnvironmentVariable(name: Array("A".utf8), value: text())]) ?? []
        action.workingDirectory = maybe(RawPath(bytes: Array("/".utf8) + text()))
        action.umask = UInt16.random(in: 0...0o777, using: &random)
        action.touch.on = TouchKinds(rawValue: UInt8.random(in: 1...255, using: &random))
        action.touch.compare = ComparePolicy.allCases.randomElement(using: &random) ?? .state
        action.touch.ownChanges =
            OwnChangesPolicy.allCases.randomElement(using: &random) ?? .run
        action.touchedBy = maybe(
            ToucherNames(users: [account()], groups: maybe([account()]) ?? []))
        if action.touchedBy != nil { action.touch.on = [.touch, .delete] }
        action.settle = SettlePolicy(quiet: some(0...5000), max: maybe(some(5000...1 << 40)))
        action.poll = maybe(some(10...100_000))
        action.output = OutputPolicy.allCases.randomElement(using: &random) ?? action.output
        action.outputLimit = Int64.random(in: 4096...1 << 30, using: &random)
        action.interrupted =
            InterruptedPolicy.allCases.randomElement(using: &random) ?? action.interrupted
        action.catchUp = Bool.random(using: &random)
        action.process.limits = ResourceLimit.Resource.allCases.compactMap { resource in
            maybe(
                ResourceLimit(
                    resource,
                    Int64.random(in: max(5, resource.least.value)...1 << 33, using: &random)))
        }
        action.process.nice = maybe(Int8.random(in: -20...19, using: &random))
        action.process.ioClass = maybe(
            IOClass(.bestEffort, level: UInt8.random(in: 0...7, using: &random)))
        action.process.sandbox =
            maybe(SandboxPath.Access.allCases.map { SandboxPath(RawPath("/srv"), $0) }) ?? []
        action.process.noNewPrivileges = maybe(
            !action.process.sandbox.isEmpty || Bool.random(using: &random))
        action.policy.busy = BusyPolicy.allCases.randomElement(using: &random) ?? .queue
        action.policy.maxParallel = Int.random(in: 1...1000, using: &random)
        action.policy.busySignal = Int32.random(in: 1...31, using: &random)
        action.policy.timeout = maybe(some(1...1 << 40))
        action.policy.stopSignal = Int32.random(in: 1...31, using: &random)
        action.policy.stopTimeout = some(1...1 << 40)
        action.policy.kill = KillScope.allCases.randomElement(using: &random) ?? .group
        action.policy.retry = maybe(RetryPolicy(attempts: Int.random(in: 1...1000, using: &random)))
        action.policy.retry?.backOff = Double.random(in: 1...100, using: &random)
        action.policy.rateLimit = maybe(
            RateLimit(runs: Int.random(in: 1...1000, using: &random), per: some(1...1 << 40)))
        action.policy.follow = FollowLevel.allCases.randomElement(using: &random) ?? .none
        action.policy.runAtStart = Bool.random(using: &random)
        if isWhole, Bool.random(using: &random) { action.becomeTree(using: &random) }
        if isWhole, Bool.random(using: &random) {
            let other = ActionDefinition.random(path: path, isWhole: false, using: &random)
            var handler = ActionDefinition(path: path, location: place, argv: other.argv)
            handler.user = other.user
            handler.group = other.group
            handler.supplementaryGroups = other.supplementaryGroups
            handler.environment = other.environment
            handler.workingDirectory = other.workingDirectory
            handler.umask = other.umask
            handler.process = other.process
            handler.output = other.output
            handler.outputLimit = other.outputLimit
            handler.policy.timeout = other.policy.timeout
            handler.policy.stopSignal = other.policy.stopSignal
            handler.policy.stopTimeout = other.policy.stopTimeout
            handler.policy.kill = other.policy.kill
            action.onFailure = Shared(handler)
        }
        return action
    }
}

extension ActionDefinition {
    /// Makes it an action of a directory or a pattern below its path.
    private mutating func becomeTree(using random: inout some RandomNumberGenerator) {
        let endings = ["/", "/*.csv", "/**/[!a-c]?", "/{a,b/c}/", "/\\*\\\\", "/.*/**"]
        let key = path.bytes + (endings.randomElement(using: &random) ?? "/").utf8
        let form = TreeKey.form(of: key)
        let patterns =
            ["*.c", "docs/", "/a/**", "{x,y}*", "[[:alpha:]]", "\\[", "é?"]
            .map { Array($0.utf8) } + [[0xFF]]
        func some() -> [[UInt8]] { patterns.filter { _ in Bool.random(using: &random) } }
        let include = some()
        let isDeep = form != .pattern && Bool.random(using: &random)
        guard
            let treeKey = try? TreeKey(key, relativeTo: RawPath("/"), isDeep: isDeep),
            let selection = try? Selection(
                treeKey, include: include.isEmpty ? nil : include, exclude: some(),
                usesGitignore: Bool.random(using: &random),
                leavesOutUsual: Bool.random(using: &random))
        else { return }
        var policy = TreePolicy(selection: selection)
        policy.each = TreePolicy.Each.allCases.randomElement(using: &random) ?? .batch
        policy.readsChanges = Bool.random(using: &random)
        if Bool.random(using: &random) {
            let kind = policy.each == .file ? TreePolicy.Placeholder.path : .paths
            policy.argvPlaceholders = [argv.count: kind]
            argv.append(Array(kind.rawValue.utf8))
        }
        path = treeKey.path
        touch.compare = .state
        touch.on.subtract([.exists, .notEmpty])
        if touch.on.isEmpty { touch.on = .touch }
        if policy.each == .file {
            self.policy.runAtStart = false
            if [.parallel, .signal].contains(self.policy.busy) { self.policy.busy = .queue }
        }
        tree = Shared(policy)
    }
}
