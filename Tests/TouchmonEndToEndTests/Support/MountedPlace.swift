import Foundation
import Testing

/// A kind of file system that tests mount.
struct MountedKind: CustomTestStringConvertible, Sendable {
    var testDescription: String { name }
    var name: String
    /// As /proc/filesystems has it.
    var kernelName: String
    /// Makes and mounts it at `$m`; `$s` is a directory beside it. Run once, then mounted again by
    /// `again`.
    var script: String
    var again: String
    /// Where a file of it lies when something changes it unheard; nil where nothing can.
    var behind: String?
    /// What of `$b`, the path behind, the file system shows again when it was replaced there.
    var showsReplaced = true

    private static func image(_ size: String, _ mkfs: String, _ kernelName: String, _ name: String)
        -> MountedKind
    {
        MountedKind(
            name: name, kernelName: kernelName,
            script: "truncate -s \(size) $s/image; \(mkfs) $s/image > $s/mkfs.log 2>&1; "
                + "mount -o loop $s/image $m",
            again: "mount -o loop $s/image $m")
    }

    static let all: [MountedKind] = [
        MountedKind(
            name: "tmpfs", kernelName: "tmpfs",
            script: "mkdir $s/t; mount -t tmpfs tmpfs $s/t; mount --bind $s/t $m",
            again: "mount --bind $s/t $m"),
        image("16M", "mkfs.ext4 -q -F", "ext4", "ext4"),
        // 128-byte inodes have no room for a part of a second.
        image("16M", "mkfs.ext2 -q -F -I 128", "ext2", "ext2, times of 1 s"),
        image("300M", "mkfs.xfs -q", "xfs", "xfs"),
        image("120M", "mkfs.btrfs -q", "btrfs", "btrfs"),
        image("16M", "mkfs.vfat", "vfat", "vfat, times of 2 s"),
        MountedKind(
            name: "FUSE (bindfs)", kernelName: "fuse",
            script: "mkdir $s/source; " + Self.bindfs, again: Self.bindfs, behind: "source"),
        // Layers on a file system of their own: where tests run in a container, it is an overlay.
        MountedKind(
            name: "overlay", kernelName: "overlay",
            script: "mkdir $s/l; mount -t tmpfs tmpfs $s/l; "
                + "mkdir $s/l/lower $s/l/upper $s/l/work; echo low > $s/l/lower/behind; "
                + Self.overlay, again: Self.overlay, behind: "l/lower", showsReplaced: false),
    ]

    /// Its process goes on, and must hold nothing by which a test knows that a command has ended. Over
    /// a directory with files in it libfuse 2 mounts only if it is asked to, and libfuse 3 anyway.
    private static let bindfs = """
        bindfs() {
            python3 -c 'import os, sys; os.closerange(3, 4096); os.execvp("bindfs", sys.argv[1:])' \\
                bindfs "$@"
        }
        bindfs -o nonempty $s/source $m || bindfs $s/source $m
        """

    private static let overlay =
        "mount -t overlay overlay "
        + "-o lowerdir=$s/l/lower,upperdir=$s/l/upper,workdir=$s/l/work $m"

    /// Whether the running kernel has it; where it does not, says so.
    func isKnown() throws -> Bool {
        _ = try? Command.run(["modprobe", "-q", kernelName])
        let kinds = try String(contentsOfFile: "/proc/filesystems", encoding: .utf8)
        let isThere = kinds.split(separator: "\n").contains {
            $0.split(separator: "\t").last?.elementsEqual(kernelName) == true
        }
        if !isThere {
            print("NOT TESTED: the running kernel has no \(kernelName), so nothing can be mounted")
        }
        return isThere
    }
}

/// A directory over which file systems are mounted, unseen by everybody else: the mounts are in a
/// namespace of their own, mount_namespaces(7), and go with it.
final class MountedPlace {
    let scratch: Scratch
    private let holder = Process()
    private let pipe = Pipe()
    var point: String { scratch("m") }

    /// `parent` is where it is made; see `Scratch`.
    init(in parent: String? = nil) throws {
        scratch = try parent.map { try Scratch(in: $0) } ?? Scratch()
        try FileManager.default.createDirectory(
            atPath: scratch("m"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: scratch("s"), withIntermediateDirectories: true)
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = [
            "unshare", "-m", "--propagation", "private", "sh", "-c", "echo; exec sleep 900",
        ]
        holder.standardInput = FileHandle.nullDevice
        holder.standardOutput = pipe
        try holder.run()
        _ = try pipe.fileHandleForReading.read(upToCount: 1)
    }

    deinit {
        _ = try? Command.run(prefix + ["sh", "-c", "umount -l \(point) 2>&1 || :"])
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
    }

    /// To be put before a command that is to see the mounts.
    var prefix: [String] { ["nsenter", "-m", "-t", String(holder.processIdentifier)] }

    /// The mounts, seen from outside: what absolute paths begin with.
    var root: String { "/proc/\(holder.processIdentifier)/root" }

    /// Runs a script in which `$m` is the mount point and `$s` the directory beside it; fails when it
    /// does.
    func run(_ script: String, _ environment: [String: String] = [:]) throws {
        let result = try Command.run(
            prefix + ["timeout", "30", "sh", "-ec", script], in: scratch.path,
            environment: environment.merging(["m": point, "s": scratch("s")]) { $1 })
        try #require(result.status == 0, "\(script)\n\(result.output)")
    }

    /// With `late`, also one path whose runs come later than any wait for a close.
    func daemon(_ paths: [String], late: String? = nil) throws -> TouchmonProcess {
        let action: [String: Any] = ["argv": ["true"], "user": NSUserName()]
        var actions = Dictionary(uniqueKeysWithValues: paths.map { ($0, action) })
        if let late { actions[late] = action.merging(TouchmonProcess.lateness) { $1 } }
        return try TouchmonProcess.daemon([try scratch.actions(actions)], prefix: prefix)
    }
}

extension TouchmonProcess {
    /// What makes the runs of an action come later than any wait for a close, which is 20 ms, by the
    /// daemon's own clock.
    static var lateness: [String: Any] { ["settle": "60ms"] }

    /// How many runs of a path have ended.
    func runs(of path: String) -> Int {
        events("run_ended").count { $0["path"] as? String == path }
    }

    /// Whether all runs have ended, by its log.
    var haveRunsEnded: Bool {
        count("run_started") + count("run_adopted") == count("run_ended")
    }

    /// Whether it waits without a deadline: nothing is left to be done, and nothing is polled.
    var isAsleepForever: Bool {
        // epoll_pwait2 with no timeout: its fourth argument is NULL. proc(5), syscall.
        let text = (try? String(contentsOfFile: "/proc/\(pid)/syscall", encoding: .utf8)) ?? ""
        let fields = text.split(separator: " ")
        return fields.count > 4 && fields[0] == "441" && fields[4] == "0x0"
    }
}
