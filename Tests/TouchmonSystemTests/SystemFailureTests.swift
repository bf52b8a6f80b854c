import Glibc
import Testing

@testable import TouchmonSystem

@Suite struct SystemFailureTests {
    @Test func `errno has a name and a reason`() {
        #expect(Errno.noSuchFile.name == "ENOENT")
        #expect(Errno.noSuchFile.message == "No such file or directory")
        #expect(Errno(12345).name == "12345")
        #expect(Errno(12345).message == "error 12345")
    }

    @Test func `an interrupted call is made again`() throws {
        var results: [Int32] = [-1, -1, 7]
        let result = try systemCall("try") {
            errno = EINTR
            return results.removeFirst()
        }
        #expect(result == 7)
    }

    @Test func `a failure names operation, reason and subject`() {
        let expected = SystemFailure(
            operation: "try", errno: .noSpace, subject: Array("/x".utf8))
        #expect(throws: expected) {
            try systemCall("try", CPath("/x")) { () -> Int32 in
                errno = ENOSPC
                return -1
            }
        }
    }

    @Test func `a bad descriptor traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = try systemCall("close") { close(12345) }
        }
    }
}
