internal import TouchmonCore
internal import TouchmonSystem

/// The control groups of the runs that have one of their own: those with `kill` set to `all`.
struct ControlGroups {
    /// By which daemons, and with that their groups, are told apart.
    private let state: RawPath
    private var byRun: [RunNumber: ControlGroup] = [:]
    /// The daemon's own; looked for when the first run needs one.
    private var own: ControlGroupPath?
    /// Those of runs that ended by themselves and left processes in it.
    private var left: [ControlGroup] = []

    /// How many of those are looked at when a run ends.
    private static let looks = 16

    init(state: RawPath) {
        self.state = state
    }

    /// The daemon's own group; nil where it can't be seen, or there is none of version 2.
    static var own: ControlGroupPath? {
        guard let groups = ControlGroup.own else { return nil }
        return path(groups)
    }

    private static func path(_ groups: [UInt8]) -> ControlGroupPath? {
        guard let mounts = try? MountTable().read() else { return nil }
        return ControlGroupPath(of: groups, mounts: mounts)
    }

    /// Makes the group of a run, and returns what its process enters it by.
    mutating func make(for run: RunNumber) throws(StartFailure) -> OwnedDescriptor {
        do throws(SystemFailure) {
            let group = try makeAgain(run)
            byRun[run] = group
            return try group.members()
        } catch {
            ended(run)
            throw StartFailure(step: .cgroup, error: ErrorNumber(error.errno.code))
        }
    }

    private mutating func makeAgain(_ run: RunNumber) throws(SystemFailure) -> ControlGroup {
        do {
            return try makeOnce(run)
        } catch {
            // The daemon may be in another one by now, or that is mounted elsewhere.
            guard error.errno == .noSuchFile, own != nil else { throw error }
            own = nil
            return try makeOnce(run)
        }
    }

    private mutating func makeOnce(_ run: RunNumber) throws(SystemFailure) -> ControlGroup {
        if own == nil {
            own = Self.own
            if let own { removeRemains(in: own) }
        }
        guard let own else {
            throw SystemFailure(operation: "find the control group", errno: .noSuchFile)
        }
        // A daemon that could not keep its ledger may have used the number before.
        for again in 0... {
            let path = own.ofRun(run, state: state, again: again)
            let group = ControlGroup(at: path.directory.bytes, name: path.name.bytes)
            do {
                try group.make()
                return group
            } catch {
                guard error.errno == .exists, again < 100 else { throw error }
            }
        }
        preconditionFailure("a range without end has ended")
    }

    /// Removes those that an earlier daemon left and that nobody is in any more.
    private func removeRemains(in own: ControlGroupPath) {
        for directory in ControlGroup.directories(in: own.directory.bytes)
        where ControlGroupPath.isOfRun(RawPath(bytes: directory), state: state) {
            _ = ControlGroup(at: directory, name: []).remove()
        }
    }

    /// Takes over the group of a run that an earlier daemon began, if it has one of its own.
    mutating func adopt(_ run: RunNumber, process: Int32) {
        guard let groups = ControlGroup.groups(of: process),
            let name = ControlGroupPath.name(in: groups),
            ControlGroupPath.isOfRun(name, run, state: state), let path = Self.path(groups)
        else { return }
        byRun[run] = ControlGroup(at: path.directory.bytes, name: path.name.bytes)
    }

    /// The group of a run; nil where it has none of its own.
    subscript(_ run: RunNumber) -> ControlGroup? { byRun[run] }

    /// A run is over. Its group is removed when nobody is in it any more.
    mutating func ended(_ run: RunNumber) {
        guard let group = byRun.removeValue(forKey: run) else { return }
        let again = left.prefix(Self.looks) + [group]
        left = left.dropFirst(Self.looks) + again.filter { !$0.remove() }
    }
}
