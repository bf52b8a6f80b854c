import Foundation
import Testing

/// A control group for a daemon, in a hierarchy of version 2 that is mounted for it alone, and by itself:
/// whatever else there is of that version is not to be seen.
final class GroupPlace {
    let place: MountedPlace
    private let name = "touchmon-test-\(UUID().uuidString)"

    /// Whether the running kernel lets control groups of version 2 be mounted.
    static let isThere: Bool = {
        let test = "unshare -m --propagation private mount -t cgroup2 none /mnt"
        return (try? Command.run(["sh", "-c", test]))?.status == 0
    }()
    static let reason: Comment = "needs control groups of version 2, cgroup2"

    init(isMounted: Bool = true) throws {
        place = try MountedPlace()
        try place.run(
            """
            awk '$0 ~ / - cgroup2 / { print $5 }' /proc/self/mountinfo | while read -r point; do
                umount -l "$point"
            done
            """)
        if isMounted { try place.run("mount -t cgroup2 none $m; mkdir $m/\(name)") }
    }

    deinit {
        // Whoever is left in it is of this test.
        try? place.run(
            """
            cd $m/\(name) 2> /dev/null || exit 0
            echo 1 > cgroup.kill
            until grep -q 'populated 0' cgroup.events; do sleep 0.01; done
            find . -mindepth 1 -type d | while read -r group; do rmdir "$group"; done
            cd ..
            rmdir \(name)
            """)
    }

    /// The directory of the daemon's group, for the daemon.
    var inside: String { "\(place.point)/\(name)" }
    /// The same for the test.
    var directory: String { "\(place.root)\(inside)" }

    /// To be put before a daemon that is to be in the group.
    var prefix: [String] {
        place.prefix + ["sh", "-c", "echo $$ > \(inside)/cgroup.procs && exec \"$@\"", "sh"]
    }

    /// The groups of runs that are there.
    var runs: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
            .filter { $0.hasPrefix("touchmon-") }.sorted()
    }

    /// How many processes there are in a run's group.
    func count(in run: String) -> Int {
        let file = "\(directory)/\(run)/cgroup.procs"
        return ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: "\n")
            .count
    }

    func set(_ file: String, _ text: String) throws {
        try place.run("echo \(text) > \(inside)/\(file)")
    }
}
