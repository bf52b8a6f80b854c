import Foundation
import Glibc
import Testing
import TouchmonSystem

/// The files that tell runs what was changed.
@Suite struct ChangesDirectoryTests {
    /// A state directory with such files.
    private final class Place {
        let directory: TemporaryDirectory
        let state: StateDirectory
        var changes: ChangesDirectory

        init(under parent: String = "/var/tmp", _ prepare: (String) throws -> Void = { _ in })
            throws
        {
            directory = try TemporaryDirectory(under: parent)
            state = try StateDirectory(directory("state").bytes, patience: 0)
            try prepare(directory("state"))
            changes = try ChangesDirectory(in: state)
        }

        var path: String { directory("state/changes") }
        func path(_ run: UInt64) -> String { "\(path)/\(run)" }
    }

    private static func status(_ path: String) throws -> stat {
        var status = Glibc.stat()
        try #require(lstat(path, &status) == 0)
        return status
    }

    private static func mode(_ path: String) throws -> mode_t {
        try status(path).st_mode & 0o7777
    }

    /// Whether that user can list a directory, or read a file.
    private static func mayRead(_ path: String, _ user: UserRecord) throws -> Bool {
        try ReadAccess.isAllowed(CPath(path), to: user.identity)
    }

    private static func text(_ file: borrowing OwnedDescriptor) throws -> String {
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = read(file.raw, &buffer, 100)
        try #require(count >= 0)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    @Test
    func `a file that was made ahead is nobody else's until it is given, and goes with its run`()
        throws
    {
        let place = try Place()
        try place.changes.makeAhead(7)
        let inode = try Self.status(place.path(7)).st_ino
        #expect(try Self.mode(place.path(7)) == 0o400 && Self.status(place.path(7)).st_size == 0)
        // Once more is nothing new.
        try place.changes.makeAhead(7)
        _ = try place.changes.make(7, "{}\n".bytes, user: geteuid(), group: getegid())
        let status = try Self.status(place.path(7))
        #expect(status.st_ino == inode && status.st_size == 3)
        place.changes.dismissAhead()
        #expect(try Self.status(place.path(7)).st_size == 3)

        // Another run came, or none.
        try place.changes.makeAhead(8)
        _ = try place.changes.make(9, "{}\n".bytes, user: geteuid(), group: getegid())
        try place.changes.makeAhead(10)
        #expect(access(place.path(8), F_OK) != 0)
        place.changes.dismissAhead()
        #expect(access(place.path(10), F_OK) != 0)
        #expect(try Self.status(place.path(9)).st_size == 3)
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to give a file away"))
    func `its user can read it by its path, and nobody else`() async {
        await #expect(processExitsWith: .success) {
            umask(0o077)
            let (alice, bob) = (try #require(TestUsers.alice), try #require(TestUsers.bob))
            let place = try Place()
            let path = try place.changes.make(
                7, "{}\n".bytes, user: alice.user, group: alice.group)
            #expect(path == place.path(7).bytes)
            let status = try Self.status(place.path(7))
            #expect((status.st_uid, status.st_gid) == (alice.user, alice.group))
            #expect(status.st_mode == S_IFREG | 0o400)
            #expect(try Self.mayRead(place.path(7), alice))
            #expect(try !Self.mayRead(place.path(7), bob))
            // Nor is anything else to be seen.
            for hidden in [place.path, place.directory("state")] {
                #expect(try !Self.mayRead(hidden, alice))
                #expect(try Self.mode(hidden) == 0o711)
            }
        }
    }

    @Test func `the input is at its beginning, and can't be written`() throws {
        let place = try Place()
        _ = try place.changes.make(7, "{}\n".bytes, user: geteuid(), group: getegid())
        for _ in 1...2 {
            let input = try place.changes.open(7)
            #expect(fcntl(input.raw, F_GETFL) & O_ACCMODE == O_RDONLY)
            #expect(fcntl(input.raw, F_GETFD) == FD_CLOEXEC)
            #expect(try Self.text(input) == "{}\n")
        }
        #expect(throws: SystemFailure.self) { _ = try place.changes.open(8) }
    }

    @Test func `a large one is whole, and an empty one is there`() throws {
        let place = try Place()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        _ = try place.changes.make(7, bytes, user: geteuid(), group: getegid())
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path(7))) == Data(bytes))
        _ = try place.changes.make(8, [], user: geteuid(), group: getegid())
        #expect(try Self.status(place.path(8)).st_size == 0)
    }

    @Test func `what an earlier daemon left is replaced, whoever has it open`() throws {
        let place = try Place()
        _ = try place.changes.make(7, "old and long".bytes, user: geteuid(), group: getegid())
        chmod(place.path(7), 0o600)
        let old = open(place.path(7), O_WRONLY | O_CLOEXEC)
        _ = try place.changes.make(7, "new".bytes, user: geteuid(), group: getegid())
        #expect(write(old, "x", 1) == 1)
        close(old)
        #expect(try Self.text(place.changes.open(7)) == "new")
        #expect(try Self.mode(place.path(7)) == 0o400)
    }

    @Test func `all are removed but those that are needed`() throws {
        let place = try Place()
        for run: UInt64 in [1, 2, 3, .max] {
            _ = try place.changes.make(run, [], user: geteuid(), group: getegid())
        }
        try place.directory.file("state/changes/strange")
        try place.changes.removeAll(except: [2, 9])
        #expect(
            try Directory.names(of: CPath(place.path)) == ["2".bytes, "strange".bytes])
        try place.changes.remove(2)
        try place.changes.remove(2)
        #expect(try Directory.names(of: CPath(place.path)) == ["strange".bytes])
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to mount a small disk"))
    func `where there is no room there is no file`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try FanotifyPlace.hideMounts()
            try #require(run("mount", "-t", "tmpfs", "-o", "size=64k", "t", directory.path) == 0)
            defer { _ = try? run("umount", "-l", directory.path) }
            let place = try Place(under: directory.path)
            let failure = SystemFailure(
                operation: "write the changes for a run", errno: .noSpace,
                subject: place.path(7).bytes)
            let bytes = [UInt8](repeating: 0x78, count: 100_000)
            #expect(throws: failure) {
                _ = try place.changes.make(7, bytes, user: geteuid(), group: getegid())
            }
            #expect(try Directory.names(of: CPath(place.path)).isEmpty)
            _ = try place.changes.make(7, "x".bytes, user: geteuid(), group: getegid())
            #expect(try Self.text(place.changes.open(7)) == "x")
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user"))
    func `an ordinary user's daemon gives to nobody else`() async {
        await #expect(processExitsWith: .success) {
            let alice = try #require(TestUsers.alice)
            let directory = try TemporaryDirectory()
            chown(directory.path, alice.user, alice.group)
            try #require(setegid(alice.group) == 0 && seteuid(alice.user) == 0)
            let place = try Place(under: directory.path)
            _ = try place.changes.make(7, "x".bytes, user: alice.user, group: alice.group)
            #expect(try Self.text(place.changes.open(7)) == "x")
            let failure = SystemFailure(
                operation: "write the changes for a run", errno: .notPermitted,
                subject: place.path(8).bytes)
            #expect(throws: failure) {
                _ = try place.changes.make(8, "x".bytes, user: 0, group: 0)
            }
            #expect(try Directory.names(of: CPath(place.path)) == ["7".bytes])
            try #require(seteuid(0) == 0 && setegid(0) == 0)
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it asks what another user may read"))
    func `what is in the state directory is closed before others may pass`() async {
        await #expect(processExitsWith: .success) {
            let alice = try #require(TestUsers.alice)
            let place = try Place { path in
                // As an earlier version left it.
                for name in ["ledger.sqlite", "ledger.sqlite-wal", "journal"] {
                    close(open("\(path)/\(name)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
                }
                mkdir("\(path)/output", 0o700)
                let mode = try Self.mode(path)
                #expect(mode == 0o700)
            }
            let state = place.directory("state")
            for name in ["ledger.sqlite", "ledger.sqlite-wal", "journal"] {
                #expect(try Self.mode("\(state)/\(name)") == 0o600)
            }
            #expect(try Self.mode("\(state)/output") == 0o700)
            // What comes later is closed by whoever makes it.
            for name in ["ledger.sqlite", "ledger.sqlite-wal", "journal"] {
                unlink("\(state)/\(name)")
            }
            let journal = try JournalFile(in: place.state)
            _ = try LedgerStore.load(from: place.state, isWritable: true)
            let outputs = try OutputDirectory(in: place.state)
            let output = try outputs.make(7)
            #expect(journal.descriptor.raw > 2 && output.raw > 2)
            let names = try Directory.names(of: CPath(state)).map {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(Set(names).isSuperset(of: ["ledger.sqlite", "journal", "output", "changes"]))
            for name in names + ["output/7"] where name != "pid" {
                #expect(try !Self.mayRead("\(state)/\(name)", alice), "\(name)")
            }
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to give a directory away"))
    func `a directory of somebody else is refused, and a link`() throws {
        let place = try Place()
        chown(place.path, 1, 1)
        #expect(throws: SystemFailure.self) { _ = try ChangesDirectory(in: place.state) }
        rmdir(place.path)
        symlink("/tmp", place.path)
        #expect(throws: SystemFailure.self) { _ = try ChangesDirectory(in: place.state) }
    }
}
