import Foundation
import Testing

/// Many writes that are one save, and touches that are to be one run.
@Suite(.enabled(if: Binary.isThere, Binary.reason)) struct ExactlyOneTests {
    @Test(arguments: [true, false])
    func `a burst of writes is one run, after the close`(exists: Bool) throws {
        let watched = try Watched(exists: exists)
        let daemon = try watched.start()
        let file = open(watched.path, O_WRONLY | O_CREAT | O_APPEND, 0o666)
        try #require(file >= 0)
        for number in 1...10_000 {
            #expect(write(file, "x", 1) == 1)
            if number % 2000 == 0 { try watched.expectRuns([], daemon) }
        }
        close(file)
        try watched.expectRuns(["touch"], daemon)
        daemon.stop()
    }

    @Test func `a slow upload in chunks is one run, after the close`() throws {
        let watched = try Watched(exists: false)
        let daemon = try watched.start()
        let file = open(watched.path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
        try #require(file >= 0)
        let chunk = [UInt8](repeating: 7, count: 65536)
        for _ in 1...30 {
            #expect(write(file, chunk, chunk.count) == chunk.count)
            // The line is so slow that the daemon has looked at each.
            try watched.pass(daemon)
        }
        try watched.expectRuns([], daemon)
        close(file)
        try watched.expectRuns(["touch"], daemon)
        daemon.stop()
    }

    /// Nanoseconds of the monotonic clock, as a run of ours writes it down.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static let clock = """
        python3 -c 'import time; print(time.monotonic_ns())' >> ${gate}s
        """

    private static func moments(_ watched: Watched) -> [Int64] {
        ((try? String(contentsOfFile: watched.scratch("gates"), encoding: .utf8)) ?? "")
            .split(separator: "\n").compactMap { Int64($0) }
    }

    @Test func `touches with less than the quiet time between them are one run after the last`()
        throws
    {
        // Where somebody kept us from touching for longer, there is nothing to be seen.
        for attempt in 1...10 {
            let watched = try Watched(Self.clock, extra: ["settle": "1s"])
            let daemon = try watched.start()
            var (last, isQuick) = (Int64.max, true)
            for _ in 1...10 {
                let begin = Self.now()
                utimes(watched.path, nil)
                if last < .max, Self.now() - last >= 1_000_000_000 { isQuick = false }
                last = begin
                try watched.pass(daemon)
            }
            try #require(isQuick || attempt < 10)
            guard isQuick else { continue }
            #expect(eventually { Self.moments(watched).count == 1 })
            #expect(Self.moments(watched).allSatisfy { $0 >= last + 1_000_000_000 })
            try watched.expectRuns(["touch"], daemon)
            daemon.stop()
            return
        }
    }

    @Test func `max bounds the wait for quiet`() throws {
        let watched = try Watched(
            Self.clock, extra: ["settle": ["quiet": "1s", "max": "1s"] as [String: Any]])
        let daemon = try watched.start()
        let first = Self.now()
        // It is never quiet.
        #expect(
            eventually {
                utimes(watched.path, nil)
                return Self.moments(watched).count == 1
            })
        #expect(Self.moments(watched).allSatisfy { $0 >= first + 1_000_000_000 })
        daemon.stop()
    }

    @Test func `what settles when the daemon is killed is caught up`() throws {
        let watched = try Watched(extra: ["settle": ["quiet": "1h", "max": "1h"] as [String: Any]])
        let first = try watched.start()
        utimes(watched.path, nil)
        try watched.pass(first)
        #expect(first.count("touched") == 2)
        first.stop(with: SIGKILL)
        let second = try watched.start()
        try watched.expectRuns([], second)
        #expect(second.count("caught_up") == 1)
        second.stop(with: SIGKILL)
    }
}
