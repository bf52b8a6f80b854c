import Glibc
import Testing
import TouchmonSystem

@Suite struct StandardErrorTests {
    /// Runs `body` with standard error at the write end of a pipe, whose read end it gets.
    private static func redirected(_ body: (Int32) throws -> Void) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let kept = dup(2)
        dup2(ends[1], 2)
        close(ends[1])
        defer { dup2(kept, 2) }
        try body(ends[0])
    }

    @Test func `a line is written whole`() async {
        await #expect(processExitsWith: .success) {
            try StandardErrorTests.redirected { reader in
                var log = StandardError()
                let line = [UInt8](repeating: 0x61, count: 10_000)
                log.write(line)
                var received = [UInt8](repeating: 0, count: 20_000)
                #expect(read(reader, &received, 20_000) == 10_000)
                #expect(Array(received[..<10_000]) == line)
                #expect(log.dropped == 0)
            }
        }
    }

    @Test func `a reader that stands still costs one wait and loses lines`() async {
        await #expect(processExitsWith: .success) {
            try StandardErrorTests.redirected { reader in
                var log = StandardError()
                let line = [UInt8](repeating: 0x61, count: 4096)
                let began = Clock.monotonic()
                for _ in 0..<100 { log.write(line) }
                let lost = log.dropped
                #expect(lost > 0 && lost < 100)
                #expect(Clock.monotonic() - began < 2_000_000_000)
                var page = [UInt8](repeating: 0, count: 65536)
                #expect(read(reader, &page, 65536) > 0)
                log.write(line)
                #expect(log.dropped == lost)
            }
        }
    }

    @Test func `a reader that is gone loses lines and kills nobody`() async {
        await #expect(processExitsWith: .success) {
            _ = try SignalInbox()
            try StandardErrorTests.redirected { reader in
                close(reader)
                var log = StandardError()
                log.write("line\n".bytes)
                #expect(log.dropped == 1)
            }
        }
    }

    @Test func `the journal is known by its stream`() throws {
        var status = stat()
        try #require(fstat(2, &status) == 0)
        #expect(StandardError.isJournal("\(status.st_dev):\(status.st_ino)".bytes))
        #expect(!StandardError.isJournal("\(status.st_dev):\(status.st_ino + 1)".bytes))
        #expect(!StandardError.isJournal(nil))
    }
}
