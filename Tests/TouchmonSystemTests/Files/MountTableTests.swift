import Glibc
import Testing
import TouchmonSystem

@Suite struct MountTableTests {
    @Test func `the table is whole each time it is read`() throws {
        let mounts = try MountTable()
        let first = try mounts.read()
        #expect(String(decoding: first, as: UTF8.self).contains(" /proc "))
        #expect(first.last == UInt8(ascii: "\n"))
        #expect(try mounts.read() == first)
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it mounts"))
    func `a mount is reported, and a quiet table is not`() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let mounts = try MountTable()
            var poller = try Poller()
            var tokens: [UInt64] = []
            try poller.add(mounts.descriptor, token: 3, interest: .priority)
            try poller.wait(timeout: 0, into: &tokens)
            #expect(tokens == [])
            try #require(run("mount", "-t", "tmpfs", "none", directory.path) == 0)
            try poller.wait(timeout: 10_000_000_000, into: &tokens)
            #expect(tokens == [3])
            #expect(
                String(decoding: try mounts.read(), as: UTF8.self).contains(directory.path))
            try #require(run("umount", directory.path) == 0)
        }
    }
}
