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

    @Test func `a link is read as it is written`() throws {
        let directory = try TemporaryDirectory()
        symlink("../some where/", directory("link"))
        #expect(try readLink(CPath(directory("link"))) == "../some where/".bytes)
        #expect(throws: SystemFailure.self) { try readLink(CPath(directory.path)) }
    }
}
