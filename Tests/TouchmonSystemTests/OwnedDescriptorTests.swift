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
            let owner = try OwnedDescriptor.null()
            close(owner.raw)
        }
    }
}
