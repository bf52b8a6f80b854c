import Glibc
import Testing
import TouchmonSystem

@Suite struct DirectoryTests {
    @Test func `names come in byte order, without the directory itself`() throws {
        let directory = try TemporaryDirectory()
        for name in ["b", "a.json", ".hidden", "B"] { try directory.file(name) }
        let odd: [UInt8] = [0xFF, 0x0A]
        let path = directory.path.bytes.map(CChar.init(bitPattern:)) + [0x2F, -1, 0x0A, 0]
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(
            try Directory.names(of: CPath(directory.path))
                == [".hidden".bytes, "B".bytes, "a.json".bytes, "b".bytes, odd])
    }

    @Test func `what is no directory is told`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        let failure = SystemFailure(operation: "list", errno: .notADirectory, subject: path.bytes)
        #expect(throws: failure) { try Directory.names(of: CPath(path)) }
    }

    @Test func `a directory has entries besides itself, or none`() throws {
        let directory = try TemporaryDirectory()
        let path = CPath(directory.path)
        #expect(try !Directory.hasEntries(path))
        for name in [".hidden", "...", "name", "-"] {
            try directory.file(name)
            #expect(try Directory.hasEntries(path), "\(name)")
            unlink(directory(name))
            #expect(try !Directory.hasEntries(path), "\(name) is gone")
        }
        // What leads nowhere is an entry as well, and an empty directory is one.
        symlink("nowhere", directory("link"))
        #expect(try Directory.hasEntries(path))
        unlink(directory("link"))
        mkdir(directory("below"), 0o755)
        #expect(try Directory.hasEntries(path))
        #expect(try !Directory.hasEntries(CPath(directory("below"))))
        for name in 0..<1000 { try directory.file("\(name)") }
        #expect(try Directory.hasEntries(path))
        symlink("below", directory("to below"))
        #expect(try !Directory.hasEntries(CPath(directory("to below"))), "a link is followed")
    }

    @Test func `whether there are entries can't be told of what is no directory`() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("file")
        mkfifo(directory("fifo"), 0o600)
        for (path, errno) in [
            (file, Errno.notADirectory), (directory("fifo"), .notADirectory),
            ("\(file)/below", .notADirectory), (directory("missing"), .noSuchFile),
        ] {
            let failure = SystemFailure(operation: "list", errno: errno, subject: path.bytes)
            #expect(throws: failure) { try Directory.hasEntries(CPath(path)) }
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user"))
    func `a directory that an ordinary user can't list is told`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.file("file")
            chmod(directory.path, 0o711)
            #expect(try Directory.hasEntries(CPath(directory.path)))
            let alice = try #require(TestUsers.alice)
            try #require(seteuid(alice.user) == 0)
            let failure = SystemFailure(
                operation: "list", errno: .permissionDenied, subject: directory.path.bytes)
            #expect(throws: failure) { try Directory.hasEntries(CPath(directory.path)) }
            #expect(throws: failure) { try Directory.names(of: CPath(directory.path)) }
            try #require(seteuid(0) == 0)
        }
    }

    @Test func `no descriptor is left open`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.file("file")
            let before = try Directory.names(of: CPath("/proc/self/fd"))
            for _ in 1...100 {
                #expect(try Directory.hasEntries(CPath(directory.path)))
                #expect(try Directory.names(of: CPath(directory.path)) == ["file".bytes])
            }
            #expect(try Directory.names(of: CPath("/proc/self/fd")).count < before.count + 50)
        }
    }

    @Test func `a link is read as it is written`() throws {
        let directory = try TemporaryDirectory()
        symlink("../some where/", directory("link"))
        #expect(try readLink(CPath(directory("link"))) == "../some where/".bytes)
        #expect(throws: SystemFailure.self) { try readLink(CPath(directory.path)) }
    }
}
