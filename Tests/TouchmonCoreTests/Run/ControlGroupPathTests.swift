import Testing
import TouchmonCore

@Suite struct ControlGroupPathTests {
    private static let state = RawPath("/var/lib/touchmon/default")
    private static let mount =
        "41 31 0:38 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw"

    private static func path(_ groups: String, _ mounts: String...) -> ControlGroupPath? {
        ControlGroupPath(
            of: Array(groups.utf8), mounts: Array((mounts.joined(separator: "\n") + "\n").utf8))
    }

    @Test(arguments: [
        ("0::/\n", "/sys/fs/cgroup"),
        ("0::/system.slice/touchmon.service\n", "/sys/fs/cgroup/system.slice/touchmon.service"),
        ("1:cpu:/elsewhere\n0::/a b\n", "/sys/fs/cgroup/a b"),
    ])
    func `the group of a process is below the mount`(groups: String, directory: String) {
        #expect(Self.path(groups, Self.mount)?.directory == RawPath(directory))
    }

    @Test(arguments: [
        "1:cpu:/elsewhere\n", "", "0::\n", "0::../outside\n",
    ])
    func `no group of version 2`(groups: String) {
        #expect(Self.path(groups, Self.mount) == nil)
    }

    @Test func `other hierarchies, and lines that are none, are passed over`() {
        let others = [
            "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", "",
            "33 31 0:29 / /cgroup2 rw shared:1 master:2", "34 31 0:29 / /x rw -",
        ]
        #expect(Self.path("0::/a\n", others.joined(separator: "\n")) == nil)
        #expect(
            Self.path("0::/a\n", Self.mount, others.joined(separator: "\n"))?.directory
                == RawPath("/sys/fs/cgroup/a"))
    }

    @Test func `a mount shows what is below its root`() {
        let part = "50 31 0:38 /a /mnt/my\\040part rw - cgroup2 none rw"
        #expect(Self.path("0::/a/b\n", part)?.directory == RawPath("/mnt/my part/b"))
        #expect(Self.path("0::/a\n", part)?.directory == RawPath("/mnt/my part"))
        #expect(Self.path("0::/ab\n", part) == nil)
        // Outside of a namespace.
        #expect(Self.path("0::/../b\n", part) == nil)
    }

    @Test func `the last mount is used: it lies over those before`() {
        let later = "51 31 0:38 / /mnt rw - cgroup2 none rw"
        #expect(Self.path("0::/a\n", Self.mount, later)?.directory == RawPath("/mnt/a"))
    }

    @Test func `the group of a run is named by daemon and number`() throws {
        let own = try #require(Self.path("0::/a\n", Self.mount))
        let group = own.ofRun(RunNumber(12), state: Self.state)
        #expect(group.name == RawPath("/a/touchmon-default-run-12"))
        #expect(group.directory == RawPath("/sys/fs/cgroup/a/touchmon-default-run-12"))
        #expect(ControlGroupPath.isOfRun(group.name, RunNumber(12), state: Self.state))
        #expect(ControlGroupPath.isOfRun(group.directory, state: Self.state))
        let again = own.ofRun(RunNumber(12), state: Self.state, again: 2)
        #expect(again.name == RawPath("/a/touchmon-default-run-12.2"))
        #expect(ControlGroupPath.isOfRun(again.name, RunNumber(12), state: Self.state))
    }

    @Test(arguments: [
        "/a", "/touchmon-default-run-1", "/touchmon-default-run-123", "/touchmon-other-run-12",
        "/touchmon-default-run-12/below", "/",
    ])
    func `others are not the run's`(name: String) {
        #expect(!ControlGroupPath.isOfRun(RawPath(name), RunNumber(12), state: Self.state))
    }

    @Test func `a group that somebody removed is made anew, and no other device is waited for`() {
        #expect(StartFailure(step: .cgroup, error: .noDevice).isPassing)
        #expect(!StartFailure(step: .cgroup, error: .permissionDenied).isPassing)
        #expect(!StartFailure(step: .execute, error: .noDevice).isPassing)
    }

    @Test func `a name without a number is nobody's`() {
        #expect(!ControlGroupPath.isOfRun(RawPath("/touchmon-default-run-"), state: Self.state))
    }

    @Test func `a name that a group can't have is written with what it can`() throws {
        let own = try #require(Self.path("0::/\n", Self.mount))
        let state = RawPath("/srv/a.B_9-\né" + String(repeating: "x", count: 100))
        let name = own.ofRun(RunNumber(1), state: state).name
        #expect(
            name
                == RawPath("/touchmon-a_B_9-___" + String(repeating: "x", count: 55) + "-run-1"))
        #expect(ControlGroupPath.isOfRun(name, RunNumber(1), state: state))
    }
}
