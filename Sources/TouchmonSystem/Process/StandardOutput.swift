internal import Glibc

/// Standard output, written to at once.
package struct StandardOutput: ~Copyable {
    /// A second descriptor of it, to be waited for.
    package let descriptor: OwnedDescriptor

    /// dup(2).
    package init() throws(SystemFailure) {
        descriptor = OwnedDescriptor(
            adopting: try systemCall("keep standard output") {
                fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
            })
    }

    /// isatty(3).
    package var isTerminal: Bool { isatty(descriptor.raw) == 1 }

    /// Writes all of it, waiting for as long as it takes. Fails with `EPIPE` where nobody reads it any
    /// more; SIGPIPE must be blocked, as `SignalInbox` does.
    package func write(_ bytes: [UInt8]) throws(SystemFailure) {
        var start = 0
        while start < bytes.count {
            do {
                start += try retrying("write to standard output") {
                    bytes.withUnsafeBytes {
                        Glibc.write(
                            descriptor.raw, $0.baseAddress.map { $0 + start }, bytes.count - start)
                    }
                }
            } catch {
                // Somebody who shares it has made it non-blocking.
                guard error.errno == .tryAgain else { throw error }
                var request = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
                _ = try systemCall("wait for standard output") { poll(&request, 1, -1) }
            }
        }
    }
}
