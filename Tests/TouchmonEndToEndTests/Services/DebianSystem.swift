import Foundation
import Testing

/// A Debian system that is running: systemd, or another manager, is process 1 of namespaces of its own, in a
/// control group of its own, and what it does to its files is done to a copy. namespaces(7), systemd's
/// CONTAINER_INTERFACE.
final class DebianSystem {
    let debian: DebianRoot
    private let process = Process()
    private let group = "touchmon-test-\(UUID().uuidString)"
    /// Process 1 as others see it.
    private let first: Int32

    /// Starts systemd, and waits until everything is started that it starts.
    convenience init(_ suite: DebianRoot.Suite = .bookworm) throws {
        try self.init(try DebianRoot(suite), first: ["/lib/systemd/systemd"])
        let isUp = try eventually(within: 60) {
            try run("systemctl is-system-running").output.contains("running")
        }
        let failed = try run("systemctl --failed --no-pager").output
        try #require(isUp, "\(failed)")
    }

    /// Starts a command as process 1.
    init(_ debian: DebianRoot, first command: [String]) throws {
        self.debian = debian
        let start = try debian.scratch.write("start", Self.starting)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            Command.withoutBlockedSignals + [
                "unshare", "--mount", "--propagation", "private", "bash", start,
                debian.scratch.path,
                group,
            ] + command
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: try debian.scratch.write("console"))
        process.standardError = process.standardOutput
        try process.run()
        var found: Int32?
        let pid = process.processIdentifier
        let isThere = eventually {
            let children = try? String(
                contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
            found = children?.split(separator: " ").first.flatMap { Int32($0) }
            let name = found.flatMap {
                try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)
            }
            return name.map { command[0].hasSuffix($0.dropLast()) } ?? false
        }
        try #require(isThere)
        first = try #require(found)
    }

    deinit {
        // Nobody in its namespace outlives process 1.
        kill(first, SIGKILL)
        process.waitUntilExit()
        let place = debian.scratch("groups")
        _ = try? Command.run([
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            """
            mkdir -p \(place) && mount -t cgroup2 none \(place) && cd \(place)/\(group) || exit
            echo 1 > cgroup.kill
            until grep -q 'populated 0' cgroup.events; do sleep 0.01; done
            find . -mindepth 1 -depth -type d -exec rmdir {} +
            cd .. && rmdir \(group)
            """,
        ])
    }

    private static let starting = """
        set -e
        root=$1/root
        mkdir -p $1/groups
        mount -t cgroup2 none $1/groups
        mkdir $1/groups/$2
        echo $$ > $1/groups/$2/cgroup.procs
        umount $1/groups
        mount --bind $root $root
        # What it may not change is this machine's own.
        inside='
            set -e
            mount -t proc proc $1/proc
            mount --bind -o ro $1/proc/sys $1/proc/sys
            mount -o remount,bind,ro $1/proc/sys
            mount -t sysfs -o ro sysfs $1/sys
            mount -t cgroup2 cgroup2 $1/sys/fs/cgroup
            mount -t tmpfs -o mode=755 tmpfs $1/run
            mount -t tmpfs tmpfs $1/tmp
            mount -t tmpfs -o mode=755 tmpfs $1/dev
            mkdir $1/dev/pts $1/dev/shm
            for name in full null random tty urandom zero; do
                touch $1/dev/$name
                mount --bind /dev/$name $1/dev/$name
            done
            exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$@"
        '
        shift 2
        exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup bash -c "$inside" bash $root "$@"
        """

    /// Runs a script as root, in the system, to its end.
    @discardableResult
    func run(_ script: String) throws -> Command {
        try Command.run([
            "nsenter", "-t", String(first), "-m", "-p", "-u", "-i", "-C", "-r", "-w", "env", "-i",
            "PATH=\(DebianRoot.programs)", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C",
            "SYSTEMD_PAGER=", "SYSTEMD_COLORS=0", "bash", "-c", script,
        ])
    }

    /// The same, which has to end with 0; returns what it printed, without the newline at its end.
    @discardableResult
    func succeed(_ script: String, _ location: SourceLocation = #_sourceLocation) throws -> String {
        let outcome = try run(script)
        try #require(outcome.status == 0, "\(script): \(outcome.output)", sourceLocation: location)
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Waits until a condition holds, which is a script that ends with 0.
    func wait(
        until script: String, within seconds: Double = 30,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var last: Command?
        let holds = try eventually(within: seconds, every: 20_000) {
            last = try run(script)
            return last?.status == 0
        }
        let journal = holds ? "" : try journal()
        try #require(
            holds, "\(script): \(last?.output ?? "")\n\(journal)", sourceLocation: location)
    }

    /// A property of a unit.
    func property(_ name: String, of unit: String = "touchmon") throws -> String {
        try succeed("systemctl show -P \(name) \(unit)")
    }

    func journal(of unit: String = "touchmon") throws -> String {
        try run("journalctl -u \(unit) -o cat").output
    }

    /// Installs the package of the program under test.
    func installPackage(version: String? = nil, systemd: Int? = nil) throws {
        let package = try Packages.deb(version: version, systemd: systemd)
        try? FileManager.default.removeItem(atPath: "\(debian.path)/root/touchmon.deb")
        try FileManager.default.copyItem(
            atPath: package, toPath: "\(debian.path)/root/touchmon.deb")
        try succeed("dpkg -i /root/touchmon.deb")
    }

    /// Writes an action file, by itself of the daemon whose name is not said.
    func actions(_ actions: [String: [String: Any]], in name: String = "test.json") throws {
        let data = try JSONSerialization.data(withJSONObject: actions, options: .sortedKeys)
        let path = "\(debian.path)/etc/touchmon.d/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try data.write(to: URL(fileURLWithPath: path))
    }
}
