package import TouchmonCore

extension PlannedAction {
    /// An action for a path; what it runs does not matter.
    package init(
        _ path: String, settle: SettlePolicy = SettlePolicy(quiet: .zero), poll: Duration? = nil,
        argv: [String] = ["true"], touch: TouchPolicy = .standard,
        guardian: ToucherGuard? = nil, policy: RunPolicy = .standard, catchUp: Bool = true,
        reader: RunIdentity? = nil
    ) {
        self.init(
            path: RawPath(path),
            Shared(
                RunCommand(
                    argv: argv.map { Array($0.utf8) }, programs: [RawPath("/bin/true")],
                    identity: RunIdentity(name: "alice", user: 1000, group: 1000, groups: [1000]),
                    touch: touch, guardian: guardian, settle: settle, poll: poll,
                    catchUp: catchUp, policy: policy, reader: reader)))
    }
}

extension PlannedAction {
    /// An action for a directory or a pattern.
    package static func tree(
        _ key: String, isDeep: Bool = true, exclude: [String] = [], usesGitignore: Bool = false,
        placeholders: [Int: TreePolicy.Placeholder] = [:], each: TreePolicy.Each = .batch,
        settle: SettlePolicy = SettlePolicy(quiet: .zero), poll: Duration? = nil,
        touch: TouchPolicy = .standard, guardian: ToucherGuard? = nil,
        policy: RunPolicy = .standard, catchUp: Bool = true, reader: RunIdentity? = nil
    ) throws -> PlannedAction {
        let treeKey = try TreeKey(Array(key.utf8), relativeTo: RawPath("/"), isDeep: isDeep)
        var tree = TreePolicy(
            selection: try Selection(
                treeKey, exclude: exclude.map { Array($0.utf8) }, usesGitignore: usesGitignore))
        tree.each = each
        tree.argvPlaceholders = placeholders
        return PlannedAction(
            path: treeKey.path,
            Shared(
                RunCommand(
                    argv: [Array("true".utf8)]
                        + placeholders.values.map { Array($0.rawValue.utf8) },
                    programs: [RawPath("/bin/true")],
                    identity: RunIdentity(name: "alice", user: 1000, group: 1000, groups: [1000]),
                    touch: touch, guardian: guardian, settle: settle, tree: Shared(tree),
                    poll: poll, catchUp: catchUp, policy: policy, reader: reader)))
    }
}
