import Foundation
import Glibc
import Testing
import TouchmonSystem

@Suite struct TrustedFileTests {
    private static func text(_ file: TrustedFile) -> String? {
        guard case .bytes(let bytes) = file.content else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `directory name` for each look-up.
    private static func way(_ file: TrustedFile) -> [String] {
        file.lookups.map {
            String(decoding: $0.directoryPath, as: UTF8.self) + " "
                + String(decoding: $0.name, as: UTF8.self)
        }
    }

    @Test func `a file comes with everything on the way to it`() throws {
        let directory = try TemporaryDirectory()
        mkdir(directory("inner"), 0o750)
        let path = try directory.file("inner/file", "content", mode: 0o604)
        let file = try TrustedFile(reading: CPath(path), atMost: 7)
        #expect(Self.text(file) == "content")
        #expect(file.metadata.mode == 0o604)
        let name = directory.path.dropFirst("/tmp/".count)
        #expect(
            Self.way(file) == [
                "/ tmp", "/tmp \(name)", "\(directory.path) inner", "\(directory.path)/inner file",
            ])
        #expect(file.lookups[1].directory.mode == 0o1777)
        #expect(file.lookups[3].directory.mode == 0o750)
        #expect(file.lookups[2].entry == file.lookups[3].directory)
        #expect(file.lookups[3].entry.inode == file.metadata.inode)
    }

    @Test func `the directories of a link's target are on the way`() throws {
        let directory = try TemporaryDirectory()
        for name in ["real", "real/inner", "links"] { mkdir(directory(name), 0o755) }
        try directory.file("real/inner/file", "content")
        symlink("../real/inner", directory("links/relative"))
        symlink(directory("links/relative/../inner/./file"), directory("links/absolute"))
        let file = try TrustedFile(reading: CPath(directory("links/absolute")), atMost: 100)
        #expect(Self.text(file) == "content")
        let name = directory.path.dropFirst("/tmp/".count)
        let start = ["/ tmp", "/tmp \(name)", "\(directory.path) links"]
        #expect(
            Self.way(file) == start + ["\(directory.path)/links absolute"]
                + start + ["\(directory.path)/links relative"]
                + ["\(directory.path) real", "\(directory.path)/real inner"]
                + ["\(directory.path)/real inner", "\(directory.path)/real/inner file"])
        #expect(file.lookups[3].entry.kind == .symbolicLink)
    }

    @Test func `one byte too many is too large`() throws {
        let directory = try TemporaryDirectory()
        let path = CPath(try directory.file("file", "12345678"))
        #expect(Self.text(try TrustedFile(reading: path, atMost: 8)) == "12345678")
        guard case .tooLarge = try TrustedFile(reading: path, atMost: 7).content else {
            Issue.record("it was read")
            return
        }
    }

    @Test func `a file larger than its size is too large`() throws {
        guard
            case .tooLarge = try TrustedFile(
                reading: CPath("/proc/self/mountinfo"), atMost: 10
            ).content
        else {
            Issue.record("it was read")
            return
        }
    }

    @Test func `what is no regular file is not opened`() throws {
        let directory = try TemporaryDirectory()
        mkfifo(directory("fifo"), 0o600)
        for path in [directory("fifo"), directory.path, "/", "/dev/null", "/dev/tty"] {
            guard case .notRegular = try TrustedFile(reading: CPath(path), atMost: 10).content
            else {
                Issue.record("\(path) was opened")
                continue
            }
        }
    }

    @Test func `a program is examined without being read`() throws {
        let file = try TrustedFile(examining: CPath("/bin/true"))
        guard case .unread = file.content else {
            Issue.record("it was read")
            return
        }
        #expect(file.metadata.kind == .regular)
        #expect(file.metadata.inode == (try FileMetadata(at: CPath("/bin/true")).inode))
    }

    @Test func `a loop of links ends`() throws {
        let directory = try TemporaryDirectory()
        symlink("loop", directory("loop"))
        let failure = SystemFailure(
            operation: "open", errno: .tooManyLinks, subject: directory("loop").bytes)
        #expect(throws: failure) {
            try TrustedFile(reading: CPath(directory("loop")), atMost: 10)
        }
    }

    @Test func `a chain of forty links is followed, one more is not`() throws {
        let directory = try TemporaryDirectory()
        try directory.file("0", "end")
        for link in 1...41 { symlink("\(link - 1)", directory("\(link)")) }
        #expect(Self.text(try TrustedFile(reading: CPath(directory("40")), atMost: 10)) == "end")
        #expect(throws: SystemFailure.self) {
            try TrustedFile(reading: CPath(directory("41")), atMost: 10)
        }
    }

    @Test func `a missing file and a file in the way are told`() throws {
        let directory = try TemporaryDirectory()
        try directory.file("file")
        let missing = SystemFailure(
            operation: "open", errno: .noSuchFile, subject: directory("missing").bytes)
        #expect(throws: missing) {
            try TrustedFile(reading: CPath(directory("missing")), atMost: 10)
        }
        let inTheWay = SystemFailure(
            operation: "open", errno: .notADirectory, subject: directory("file/below").bytes)
        #expect(throws: inTheWay) {
            try TrustedFile(reading: CPath(directory("file/below")), atMost: 10)
        }
    }
}
