import Foundation
import Glibc
import Testing
import TouchmonSystem

/// File systems that only this process sees, which go with it; for the body of a
/// `processExitsWith`.
final class MountPlace {
    /// What can be mounted.
    enum Kind: String, CaseIterable, Codable, Sendable {
        case ext4, tmpfs, xfs, btrfs, overlay, fuse
        /// Of which a directory does not say what kind its entries are.
        case untyped

        fileprivate var script: String {
            switch self {
            case .ext4: Self.image("16M", "mkfs.ext4 -q -F")
            case .untyped: Self.image("16M", "mkfs.ext4 -q -F -O ^filetype")
            case .xfs: Self.image("300M", "mkfs.xfs -q")
            case .btrfs: Self.image("120M", "mkfs.btrfs -q")
            case .tmpfs: "mount -t tmpfs tmpfs $m"
            case .overlay:
                "mkdir $s/l; mount -t tmpfs tmpfs $s/l; mkdir $s/l/low $s/l/up $s/l/work; mount -t "
                    + "overlay overlay -o lowerdir=$s/l/low,upperdir=$s/l/up,workdir=$s/l/work $m"
            // Its process goes on, and must hold nothing by which a test knows that a command has ended.
            case .fuse:
                "mkdir $s/source; python3 -c 'import os; os.closerange(3, 4096); "
                    + "os.execvp(\"bindfs\", [\"bindfs\", \"'$s'/source\", \"'$m'\"])'"
            }
        }

        private static func image(_ size: String, _ mkfs: String) -> String {
            "truncate -s \(size) $s/image; \(mkfs) $s/image; mount -o loop $s/image $m"
        }
    }

    private let directory: TemporaryDirectory
    /// Where it is mounted.
    var point: String { directory("m") }
    /// A directory beside it, on another file system.
    var beside: String { directory("s") }

    /// Ends the test's process with success, and says so, where the running kernel has no such file
    /// system.
    init(_ kind: Kind) throws {
        directory = try TemporaryDirectory()
        for name in ["m", "s"] { mkdir(directory(name), 0o755) }
        try FanotifyPlace.hideMounts()
        guard try run(kind.script) == 0 else {
            print("NOT TESTED: the running kernel has no \(kind)")
            exit(0)
        }
    }

    // What is mounted can't be removed.
    deinit {
        _ = try? run("umount -l $m $s/* || :; rm -rf $s")
    }

    /// The path of `name` in what is mounted.
    func callAsFunction(_ name: String) -> String { "\(point)/\(name)" }

    /// Runs a script in which `$m` is the mount point and `$s` the directory beside it; returns its exit
    /// status.
    @discardableResult
    func run(_ script: String) throws -> Int32 {
        try TouchmonSystemTests.run(
            "sh", "-ec", "m='\(point)'; s='\(beside)'; \(script)")
    }

}

/// Makes a directory below `path` for each of `names`, each in the one before, however long that
/// becomes, and returns the path of the last.
@discardableResult
func makeDeep(_ path: String, _ names: [String]) throws -> String {
    var place = try OwnedDescriptor(inTree: CPath(path), flags: O_RDONLY | O_DIRECTORY)
    for name in names {
        try #require(mkdirat(place.raw, name, 0o755) == 0)
        let next = openat(place.raw, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try #require(next >= 0)
        place = OwnedDescriptor(adopting: next)
    }
    return ([path] + names).joined(separator: "/")
}
