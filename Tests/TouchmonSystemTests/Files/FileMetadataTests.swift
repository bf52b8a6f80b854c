import Foundation
import Glibc
import Testing
import TouchmonSystem

@Suite struct FileMetadataTests {
    @Test func `a file is described as stat describes it`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("file", "12345", mode: 0o640)
        var times = [timespec(tv_sec: 1, tv_nsec: 2), timespec(tv_sec: -7, tv_nsec: 123_456_789)]
        utimensat(AT_FDCWD, path, &times, 0)
        var expected = stat()
        try #require(stat(path, &expected) == 0)

        let metadata = try FileMetadata(at: CPath(path))
        #expect(metadata.device == expected.st_dev)
        #expect(metadata.inode == expected.st_ino)
        #expect(metadata.kind == .regular)
        #expect(metadata.size == 5)
        #expect(metadata.mode == 0o640)
        #expect(metadata.owner == getuid())
        #expect(metadata.group == expected.st_gid)
        #expect(metadata.links == 1)
        #expect(metadata.modified == .init(seconds: -7, nanoseconds: 123_456_789))
        #expect(metadata.changed.seconds == Int64(expected.st_ctim.tv_sec))
        #expect(metadata.mount != nil)
        let descriptor = OwnedDescriptor(adopting: open(path, O_RDONLY))
        #expect(try FileMetadata(of: descriptor) == metadata)
    }

    @Test func `birth is kept where the file system keeps it`() throws {
        let directory = try TemporaryDirectory(under: "/dev/shm")
        let birth = try #require(try FileMetadata(at: CPath(directory.file("file"))).birth)
        #expect(abs(birth.seconds - Clock.realtime() / 1_000_000_000) < 60)
    }

    @Test func `a link is followed only when asked to`() throws {
        let directory = try TemporaryDirectory()
        symlink("/does/not/exist", directory("link"))
        #expect(try FileMetadata(at: CPath(directory("link")), follow: false).kind == .symbolicLink)
        #expect(throws: SystemFailure.self) { try FileMetadata(at: CPath(directory("link"))) }
    }

    @Test func `every kind of file is told`() throws {
        let directory = try TemporaryDirectory()
        mkfifo(directory("fifo"), 0o600)
        #expect(try FileMetadata(at: CPath(directory("fifo"))).kind == .fifo)
        #expect(try FileMetadata(at: CPath(directory.path)).kind == .directory)
        #expect(try FileMetadata(at: CPath("/dev/null")).kind == .characterDevice)
        if mknod(directory("socket"), S_IFSOCK | 0o600, 0) == 0 {
            #expect(try FileMetadata(at: CPath(directory("socket"))).kind == .socket)
        }
    }
}
