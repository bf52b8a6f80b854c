import Glibc
import Testing

@testable import TouchmonSystem

@Suite struct PollerTests {
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    @Test func `tokens of ready descriptors come back`() throws {
        let (first, second) = (try Self.pipe(), try Self.pipe())
        let one = OwnedDescriptor(adopting: first.read)
        let other = OwnedDescriptor(adopting: second.read)
        var poller = try Poller()
        var tokens: [UInt64] = [9]
        try poller.add(one, token: 1)
        try poller.add(other, token: .max)
        try poller.wait(timeout: 0, into: &tokens)
        #expect(tokens == [])
        #expect(write(second.write, "x", 1) == 1)
        try poller.wait(timeout: nil, into: &tokens)
        #expect(tokens == [.max])
        #expect(write(first.write, "x", 1) == 1)
        try poller.wait(timeout: nil, into: &tokens)
        #expect(Set(tokens) == [1, .max])
        try poller.remove(other)
        try poller.wait(timeout: nil, into: &tokens)
        #expect(tokens == [1])
        close(first.write)
        close(second.write)
    }

    @Test func `a wait without events lasts its time`() throws {
        var poller = try Poller()
        var tokens: [UInt64] = []
        let began = Clock.monotonic()
        try poller.wait(timeout: 1_500_000, into: &tokens)
        #expect(Clock.monotonic() - began >= 1_500_000)
    }

    @Test func `one wait reports no more than it has room for`() throws {
        let ends = try Self.pipe()
        let writer = OwnedDescriptor(adopting: ends.write)
        let other = OwnedDescriptor(adopting: ends.read)
        #expect(write(writer.raw, "x", 1) == 1)
        let copy = OwnedDescriptor(adopting: dup(other.raw))
        var poller = try Poller(capacity: 1)
        var tokens: [UInt64] = []
        try poller.add(other, token: 1)
        try poller.add(copy, token: 2)
        var seen: Set<UInt64> = []
        #expect(
            try eventually {
                try poller.wait(timeout: nil, into: &tokens)
                seen.formUnion(tokens)
                return tokens.count == 1 && seen == [1, 2]
            })
    }

    @Test(
        arguments: [
            (-1, -1), (0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2),
            (Int64.max, Int32.max),
        ] as [(Int64, Int32)])
    func `milliseconds never end before their deadline`(nanoseconds: Int64, expected: Int32) {
        #expect(Poller.milliseconds(roundingUp: nanoseconds) == expected)
    }
}
