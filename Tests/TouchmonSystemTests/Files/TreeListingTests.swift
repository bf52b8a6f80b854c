import Foundation
import Glibc
import Testing
import TouchmonSystem

/// Directories that are watched and listed.
@Suite struct TreeListingTests {
    /// An entry that can be kept.
    private struct Found: Hashable {
        var kind: FileMetadata.Kind?
        var inode: UInt64
        var metadata: FileMetadata?
    }

    private static func list(
        _ listing: consuming TreeListing, withStatus: Bool = false
    ) throws -> [[UInt8]: Found] {
        var found: [[UInt8]: Found] = [:]
        while try listing.next(
            withStatus: withStatus,
            { entry in
                let old = found.updateValue(
                    Found(kind: entry.kind, inode: entry.inode, metadata: entry.metadata),
                    forKey: Array(entry.name))
                #expect(old == nil, "listed twice")
            })
        {}
        return found
    }

    /// A file of each kind.
    private static func fill(_ directory: String) throws -> [String: FileMetadata.Kind] {
        try #require(
            run(
                "sh", "-ec",
                """
                cd '\(directory)'; echo x > regular; mkdir directory; mkfifo fifo; ln -s / link
                : > .hidden; : > ...; : > ' '; perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0);
                bind(S, sockaddr_un("socket")) or die'
                """) == 0)
        return [
            "regular": .regular, "directory": .directory, "fifo": .fifo, "link": .symbolicLink,
            "socket": .socket, ".hidden": .regular, "...": .regular, " ": .regular,
        ]
    }

    private static func verify(_ path: String) throws {
        let kinds = try fill(path)
        for withStatus in [false, true] {
            let found = try list(TreeListing(CPath(path)), withStatus: withStatus)
            #expect(Set(found.keys) == Set(kinds.keys.map(\.bytes)))
            for (name, kind) in kinds {
                let entry = try #require(found[name.bytes])
                let expected = try FileMetadata(at: CPath("\(path)/\(name)"), follow: false)
                #expect(entry.kind == kind, "\(name)")
                #expect(entry.inode == expected.inode, "\(name)")
                #expect(entry.metadata == (withStatus ? expected : nil), "\(name)")
            }
        }
    }

    @Test(arguments: ["/tmp", "/dev/shm"])
    func `every entry is told with its kind, and its status where asked for`(
        parent: String
    ) throws {
        let directory = try TemporaryDirectory(under: parent)
        try Self.verify(directory.path)
    }

    @Test(
        .enabled(if: getuid() == 0, "needs root, to mount"),
        arguments: [MountPlace.Kind.untyped, .ext4, .xfs, .btrfs, .overlay, .fuse])
    func `so it is on other file systems, and where directories do not say what is in them`(
        kind: MountPlace.Kind
    ) async {
        await #expect(processExitsWith: .success) { [kind] in
            let place = try MountPlace(kind)
            mkdir(place("directory"), 0o755)
            try Self.verify(place("directory"))
        }
    }

    @Test func `a directory may have more entries than fit into one piece`() throws {
        let directory = try TemporaryDirectory(under: "/dev/shm")
        let names = (0..<5000).map { "\($0)" + String(repeating: "x", count: $0 % 200) }
        for name in names { try #require(symlink("nowhere", directory(name)) == 0) }
        let found = try Self.list(TreeListing(CPath(directory.path)))
        #expect(Set(found.keys) == Set(names.map(\.bytes)))
        #expect(found.values.allSatisfy { $0.kind == .symbolicLink })
        var listing = try TreeListing(CPath(directory.path))
        var pieces = 0
        while try listing.next(withStatus: false, { _ in }) { pieces += 1 }
        #expect(pieces > 1 && pieces < 50)
        let isMore = try listing.next(withStatus: false) { _ in }
        #expect(!isMore)
    }

    @Test func `an empty directory has no entries, and what is none can't be listed`() throws {
        let directory = try TemporaryDirectory()
        #expect(try Self.list(TreeListing(CPath(directory.path))).isEmpty)
        try directory.file("file")
        symlink(directory.path, directory("link"))
        mkfifo(directory("fifo"), 0o600)
        for (name, errors) in [
            ("file", [ENOTDIR]), ("fifo", [ENOTDIR]), ("missing", [ENOENT]),
            ("link", [ELOOP, ENOTDIR]), ("link/link", [ELOOP, ENOTDIR]),
        ] {
            do {
                _ = try TreeListing(CPath(directory(name)))
                Issue.record("\(name) is listed")
            } catch {
                #expect(errors.contains(error.errno.code), "\(name) \(error)")
            }
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to mount"))
    func `what is mounted on an entry is what its status tells`() async {
        await #expect(processExitsWith: .success) {
            let place = try MountPlace(.ext4)
            try #require(place.run("mkdir $m/a; mount -t tmpfs tmpfs $m/a") == 0)
            let entry = try #require(
                try Self.list(TreeListing(CPath(place.point)), withStatus: true)["a".bytes])
            let mounted = try FileMetadata(at: CPath(place("a")))
            #expect(entry.metadata == mounted)
            #expect(entry.inode != mounted.inode || mounted.inode == 1)
            #expect(try mounted.device != FileMetadata(at: CPath(place.point)).device)
        }
    }

    @Test func `what has vanished is left out, and what may not be looked at is told`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            mkdir(directory("a"), 0o755)
            for name in ["f", "g"] { try directory.file("a/\(name)") }
            var listing = try TreeListing(CPath(directory("a")))
            var names: [[UInt8]] = []
            // The first that is handed out takes the other away.
            _ = try listing.next(withStatus: true) { entry in
                names.append(Array(entry.name))
                for name in ["f", "g"] where name.bytes != Array(entry.name) {
                    unlink(directory("a/\(name)"))
                }
            }
            #expect(names.count == 1)
            guard getuid() == 0 else { return }
            // Listed, but not entered.
            chmod(directory("a"), 0o744)
            try directory.file("a/h")
            try #require(seteuid(#require(TestUsers.alice).user) == 0)
            let found = try Self.list(TreeListing(CPath(directory("a"))), withStatus: true)
            try #require(seteuid(0) == 0)
            #expect(found.count == 2)
            #expect(found.values.allSatisfy { $0.kind == .regular && $0.metadata == nil })
        }
    }

    @Test func `listing leaves no access time`() throws {
        let directory = try TemporaryDirectory()
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 2, tv_nsec: 0)]
        try directory.file("file")
        utimensat(AT_FDCWD, directory.path, &times, 0)
        #expect(try Self.list(TreeListing(CPath(directory.path))).count == 1)
        var status = stat()
        try #require(stat(directory.path, &status) == 0)
        #expect(status.st_atim.tv_sec == 1)
    }
}
