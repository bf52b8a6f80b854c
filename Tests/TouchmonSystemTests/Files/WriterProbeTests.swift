import Glibc
import Testing
import TouchmonSystem

@Suite struct WriterProbeTests {
    @Test(arguments: ["/tmp", "/dev/shm"])
    func `a writer is seen while it is there`(parent: String) throws {
        let directory = try TemporaryDirectory(under: parent)
        let path = try directory.file("file", "content")
        try waitForWriters(of: path)
        let reader = open(path, O_RDONLY | O_CLOEXEC)
        try waitForWriters(of: path)
        for flags in [O_WRONLY, O_RDWR, O_WRONLY | O_APPEND] {
            let writer = open(path, flags | O_CLOEXEC)
            #expect(WriterProbe.probe(CPath(path)) == .yes)
            close(writer)
            try waitForWriters(of: path)
        }
        close(reader)
    }

    @Test func `the lease is given back`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        try waitForWriters(of: path)
        let writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        #expect(writer >= 0)
        close(writer)
    }

    @Test func `a link leads to its file`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file")
        symlink("file", directory("link"))
        let writer = open(path, O_WRONLY | O_CLOEXEC)
        #expect(WriterProbe.probe(CPath(directory("link"))) == .yes)
        close(writer)
    }

    @Test func `what is no regular file is not opened`() throws {
        let directory = try TemporaryDirectory()
        mkfifo(directory("fifo"), 0o600)
        #expect(WriterProbe.probe(CPath(directory("fifo"))) == .unknown)
        #expect(WriterProbe.probe(CPath(directory.path)) == .unknown)
        #expect(WriterProbe.probe(CPath(directory("missing"))) == .unknown)
        #expect(WriterProbe.probe(CPath("/dev/null")) == .unknown)
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user"))
    func `another user's file is unknown`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = try directory.file("file", mode: 0o644)
            let alice = try #require(TestUsers.alice)
            try #require(seteuid(alice.user) == 0)
            #expect(WriterProbe.probe(CPath(path)) == .unknown)
            try #require(seteuid(0) == 0)
        }
    }
}
