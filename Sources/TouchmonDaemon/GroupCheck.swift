internal import TouchmonCore

/// Looks whether there are control groups for the actions that need them. Whether the daemon may make
/// any is not known before it runs: `check` is in another group than it will be.
enum GroupCheck {
    static func problems(with items: [Plan.Item]) -> [Problem] {
        let items = items.filter { item in
            let command = item.action.command
            return command.policy.kill == .all || command.onFailure?.value.policy.kill == .all
        }
        guard !items.isEmpty, ControlGroups.own == nil else { return [] }
        return items.map { item in
            Problem(
                .warning, at: item.location,
                "`kill` can't be `all` here: no control groups of version 2 are mounted",
                remedy: "mount them (cgroup2), or let `kill` be `group`; until then nothing runs")
        }
    }
}
