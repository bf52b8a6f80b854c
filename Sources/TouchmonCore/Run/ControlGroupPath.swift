/// Where a control group of version 2 is, cgroups(7).
///
/// The runs with `kill` set to `all` have one each, right below the daemon's own: what contains the
/// daemon contains them, and a delegated group is enough.
package struct ControlGroupPath: Hashable, Sendable {
    /// As /proc/PID/cgroup names it.
    package var name: RawPath
    /// The directory that stands for it.
    package var directory: RawPath

    /// The group of a process, by the texts of its /proc/PID/cgroup and of /proc/self/mountinfo; nil
    /// where there is no hierarchy of version 2, or it is not mounted where the group could be seen.
    package init?(of groups: [UInt8], mounts: [UInt8]) {
        guard let name = Self.name(in: groups) else { return nil }
        self.name = name
        // The last one lies over those before it.
        for line in mounts.split(separator: UInt8(ascii: "\n")).reversed() {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard let dash = fields.dropFirst(6).firstIndex(where: { $0.elementsEqual("-".utf8) }),
                fields.dropFirst(dash + 1).first?.elementsEqual("cgroup2".utf8) == true
            else { continue }
            let root = RawPath(bytes: MountPoints.unescaped(fields[3]))
            guard name.isWithin(root) else { continue }
            let rest = name.bytes.dropFirst(root.bytes == Array("/".utf8) ? 0 : root.bytes.count)
            directory = RawPath(bytes: MountPoints.unescaped(fields[4]))
                .appending(rest.drop { $0 == UInt8(ascii: "/") })
            return
        }
        return nil
    }

    private init(name: RawPath, directory: RawPath) {
        self.name = name
        self.directory = directory
    }

    /// What the text of a /proc/PID/cgroup says of version 2; nil where it says nothing.
    package static func name(in groups: [UInt8]) -> RawPath? {
        groups.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "0::/".utf8) }
            .map { RawPath(bytes: Array($0.dropFirst(3))) }
    }

    /// The group of a run right below this one; `again` counts those of that name which are there
    /// already. `state` is the daemon's state directory, by which daemons are told apart.
    package func ofRun(_ run: RunNumber, state: RawPath, again: Int = 0) -> ControlGroupPath {
        let name = Self.names(state) + "\(run.value)".utf8 + (again == 0 ? "" : ".\(again)").utf8
        return ControlGroupPath(
            name: self.name.appending(name), directory: directory.appending(name))
    }

    /// Whether a group of this name is a run's of the daemon with this state directory.
    package static func isOfRun(_ name: RawPath, _ run: RunNumber? = nil, state: RawPath) -> Bool {
        let rest = name.name
        guard rest.starts(with: names(state)) else { return false }
        let number = rest.dropFirst(names(state).count).prefix { $0 != UInt8(ascii: ".") }
        return run.map { number.elementsEqual("\($0.value)".utf8) } ?? !number.isEmpty
    }

    /// What the names of a daemon's groups begin with.
    private static func names(_ state: RawPath) -> [UInt8] {
        let own = state.name.prefix(64).map { byte in
            let isPlain =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            return isPlain ? byte : UInt8(ascii: "_")
        }
        return Array("touchmon-".utf8) + own + Array("-run-".utf8)
    }
}
