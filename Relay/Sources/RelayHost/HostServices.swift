internal import FoundationEssentials
internal import Glibc
package import RelayCore
internal import Synchronization

/// The log, on standard error.
package final class RelayLog: Sendable {
    private let format: LogRecord.Format

    package init(_ format: LogRecord.Format) { self.format = format }

    /// Writes a line.
    package func write(_ record: LogRecord) {
        let bytes = record.line(format, time: WallClock.text)
        // Nobody is there to be told that nobody reads.
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// For people only.
package enum WallClock {
    /// RFC 3339, in UTC.
    package static var text: String {
        Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// Where a service manager wants to be told, sd_notify(3).
package enum NotifySocket {
    /// Tells it, if there is one: `READY=1`, `STOPPING=1`.
    package static func send(_ message: String) {
        guard let name = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), name.count > 1 else {
            return
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        // An abstract name begins with a zero.
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let descriptor = Descriptor(socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0))
        let text = Array(message.utf8)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor.number, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}

/// What is counted, and the file that says it.
package final class MetricsFile: Sendable {
    private let path: String?
    private let metrics = Mutex(RelayMetrics())

    /// `path` nil: it is counted all the same.
    package init(_ path: String?) { self.path = path }

    /// Changes what is counted.
    package func update(_ change: (inout RelayMetrics) -> Void) { metrics.withLock { change(&$0) } }

    /// One more.
    package func count(_ counter: RelayMetrics.Counter) { update { $0.count(counter) } }

    /// Replaces the file at once.
    package func write() throws(SystemFailure) {
        guard let path else { return }
        let temporary = "\(path).new"
        do {
            let file = Descriptor(
                try systemCall("make \(temporary)") {
                    open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
                })
            try file.write(Array(metrics.withLock { $0.text }.utf8), to: temporary)
        }
        try systemCall("replace \(path)") { rename(temporary, path) }
    }
}
