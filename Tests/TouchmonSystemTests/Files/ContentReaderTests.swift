import Glibc
import Testing
import TouchmonSystem

@Suite struct ContentReaderTests {
    private static func opened(_ path: CPath) throws -> ContentReader {
        guard let reader = ContentReader(path) else {
            throw SystemFailure(operation: "open", errno: .noSuchFile, subject: path.bytes)
        }
        return reader
    }

    /// The pieces of a file, read with room for `room` bytes.
    private static func pieces(_ reader: borrowing ContentReader, room: Int) throws -> [String] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 8)
        defer { buffer.deallocate() }
        var pieces: [String] = []
        while case let count = try reader.read(into: buffer), count > 0 {
            pieces.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        return pieces
    }

    @Test func `a file is read in pieces, from its beginning to its end`() throws {
        let directory = try TemporaryDirectory()
        let path = CPath(try directory.file("file", "0123456789"))
        let reader = try Self.opened(path)
        #expect(try Self.pieces(reader, room: 4) == ["0123", "4567", "89"])
        #expect(try Self.pieces(reader, room: 4) == [], "at its end")
        // Each reader begins anew, and a file of one piece ends as well.
        let whole = try Self.opened(path)
        #expect(try Self.pieces(whole, room: 10) == ["0123456789"])
        let large = try Self.opened(path)
        #expect(try Self.pieces(large, room: 4096) == ["0123456789"])
    }

    @Test func `an empty file has no piece`() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.opened(CPath(try directory.file("file")))
        #expect(try Self.pieces(reader, room: 4096) == [])
        #expect(reader.metadata.size == 0)
    }

    @Test func `the state is that of the file when it was opened, and another now`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file", "0123456789", mode: 0o640)
        let reader = try Self.opened(CPath(path))
        #expect(reader.metadata == (try FileMetadata(at: CPath(path))))
        #expect(reader.metadata.size == 10 && reader.metadata.mode == 0o640)
        #expect(try reader.currentMetadata() == reader.metadata)
        #expect(truncate(path, 4) == 0)
        #expect(try reader.currentMetadata() != reader.metadata)
        #expect(try reader.currentMetadata().size == 4)
        #expect(reader.metadata.size == 10)
        #expect(try Self.pieces(reader, room: 100) == ["0123"])
    }

    @Test func `a file that is replaced or removed meanwhile is read to its end`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file", "0123456789")
        let reader = try Self.opened(CPath(path))
        rename(try directory.file("new", "another"), path)
        #expect(try Self.pieces(reader, room: 100) == ["0123456789"])
        let other = try Self.opened(CPath(path))
        #expect(other.metadata.inode != reader.metadata.inode)
        unlink(path)
        #expect(try Self.pieces(other, room: 100) == ["another"])
        #expect(try other.currentMetadata().links == 0)
    }

    @Test func `a symbolic link leads to its file`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file", "content")
        symlink("file", directory("link"))
        symlink("link", directory("further"))
        let reader = try Self.opened(CPath(directory("further")))
        #expect(reader.metadata == (try FileMetadata(at: CPath(path))))
        #expect(try Self.pieces(reader, room: 100) == ["content"])
    }

    @Test func `what is no regular file is not opened, nor what is not there`() throws {
        let directory = try TemporaryDirectory()
        let fifo = directory("fifo")
        try #require(mkfifo(fifo, 0o666) == 0)
        symlink("fifo", directory("link"))
        symlink("missing", directory("dangling"))
        symlink("loop", directory("loop"))
        let file = try directory.file("file")
        for path in [
            fifo, directory("link"), directory.path, "/dev/null", "/dev/zero", "/dev/tty",
            directory("missing"), directory("dangling"), directory("loop"), "\(file)/below", "",
        ] {
            let isOpened = ContentReader(CPath(path)) != nil
            #expect(!isOpened, "\(path)")
        }
        // Nobody has it open for reading.
        #expect(open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC) == -1 && errno == ENXIO)
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it becomes an ordinary user"))
    func `what an ordinary user can't read is not read`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let own = try directory.file("own", "own", mode: 0o600)
            let open = try directory.file("open", "open", mode: 0o644)
            let closed = try directory.file("closed", "closed", mode: 0o600)
            mkdir(directory("inner"), 0o700)
            let below = try directory.file("inner/file", "below", mode: 0o644)
            let alice = try #require(TestUsers.alice)
            chown(own, alice.user, alice.group)
            // As root it can all be read.
            for path in [own, open, closed, below] {
                let isOpened = ContentReader(CPath(path)) != nil
                #expect(isOpened, "\(path)")
            }
            try #require(seteuid(alice.user) == 0)
            try makeDumpable()
            for (path, expected) in [(own, true), (open, true), (closed, false), (below, false)] {
                let isOpened = ContentReader(CPath(path)) != nil
                #expect(isOpened == expected, "\(path)")
            }
            try #require(seteuid(0) == 0)
        }
    }
}
