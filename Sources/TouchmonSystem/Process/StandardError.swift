internal import Glibc

/// The daemon's own log: standard error.
package struct StandardError: ~Copyable {
    /// Lines that nobody took: the reader is gone, or stood still.
    package private(set) var dropped = 0
    /// How long, in nanoseconds, the last `write` waited for a reader, or would have waited for one that
    /// stands still.
    package private(set) var waited: Int64 = 0

    private static let patience: Int32 = 100  // milliseconds
    /// Whether the last line was dropped: the next one is then not waited for, so that a reader who
    /// stands still costs the daemon 100 ms once and not for every line.
    private var isStalled = false

    package init() {}

    /// Writes all of `line`, waiting at most 100 ms for each 4096 bytes, or counts it as dropped.
    ///
    /// Standard error is shared with others and not ours to make non-blocking, so nothing is written
    /// before poll(2) says that a page fits: that much a pipe takes without blocking, pipe(7). SIGPIPE
    /// must be blocked, as `SignalInbox` does.
    package mutating func write(_ line: [UInt8]) {
        waited = 0
        do {
            var start = 0
            while start < line.count {
                guard try isWritable() else { return drop() }
                let rest = min(line.count - start, Int(PIPE_BUF))
                start += try systemCall("write to standard error") {
                    line.withUnsafeBytes {
                        Glibc.write(STDERR_FILENO, $0.baseAddress.map { $0 + start }, rest)
                    }
                }
            }
            isStalled = false
        } catch {
            drop()
        }
    }

    private mutating func isWritable() throws(SystemFailure) -> Bool {
        if try isWritable(within: 0) { return true }
        guard !isStalled else {
            waited += Int64(Self.patience) * 1_000_000
            return false
        }
        let begun = Clock.monotonic()
        defer { waited += Clock.monotonic() - begun }
        return try isWritable(within: Self.patience)
    }

    private func isWritable(within milliseconds: Int32) throws(SystemFailure) -> Bool {
        var request = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        return try systemCall("wait for standard error") { poll(&request, 1, milliseconds) } > 0
    }

    private mutating func drop() {
        dropped += 1
        isStalled = true
    }

    /// Whether standard error is the journal's own stream, so that a line may begin with a priority:
    /// `stream` is the value of JOURNAL_STREAM, `device:inode`. systemd.exec(5).
    package static func isJournal(_ stream: [UInt8]?) -> Bool {
        var status = stat()
        guard let stream, fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == Array("\(status.st_dev):\(status.st_ino)".utf8)
    }
}
