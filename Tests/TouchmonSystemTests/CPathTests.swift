import Testing
import TouchmonSystem

@Suite struct CPathTests {
    @Test func `bytes come back as they were`() {
        let bytes: [UInt8] = [0x2F, 0xFF, 0x0A, 0x80]
        #expect(CPath(bytes).bytes == bytes)
        #expect(CPath("").bytes == [])
    }

    @Test func `NUL traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = CPath([0x2F, 0, 0x61])
        }
    }
}
