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
