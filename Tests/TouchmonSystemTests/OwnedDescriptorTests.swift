import Glibc
import Testing
import TouchmonSystem

@Suite struct OwnedDescriptorTests {
    @Test func `a descriptor closes with its owner`() async {
        await #expect(processExitsWith: .success) {
            let raw = try OwnedDescriptor.null().raw
            #expect(fcntl(raw, F_GETFD) == -1)
        }
    }

    @Test func `a released descriptor stays open`() throws {
        let raw = try OwnedDescriptor.null().release()
        #expect(fcntl(raw, F_GETFD) == FD_CLOEXEC)
        close(raw)
    }

    @Test func `closing twice traps`() async {
        await #expect(processExitsWith: .failure) {
            // A number far above those that another thread of this process may be given meanwhile.
            let owner = OwnedDescriptor(
                adopting: fcntl(try OwnedDescriptor.null().release(), F_DUPFD, 900))
            close(owner.raw)
        }
    }
}
