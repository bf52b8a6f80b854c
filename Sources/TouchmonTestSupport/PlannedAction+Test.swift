package import TouchmonCore

extension PlannedAction {
    /// An action for a path; what it runs does not matter.
    package init(_ path: String, settle: SettlePolicy = SettlePolicy(quiet: .zero)) {
        self.init(
            path: RawPath(path), argv: [Array("true".utf8)], programs: [RawPath("/bin/true")],
            identity: RunIdentity(name: "alice", user: 1000, group: 1000, groups: [1000]),
            settle: settle)
    }
}
