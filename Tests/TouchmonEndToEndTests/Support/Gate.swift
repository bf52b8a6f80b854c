import Foundation
import Testing

/// A FIFO that runs wait at, until a test lets one of them pass.
final class Gate {
    private let descriptor: Int32

    init(_ path: String) throws {
        try #require(mkfifo(path, 0o666) == 0)
        // Open for both, so that nobody waits for the other side to open it.
        descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
        try #require(descriptor >= 0)
    }

    deinit {
        close(descriptor)
    }

    /// Lets one run pass, which reads one byte at a time as read(1) of the shell does.
    func open() {
        _ = write(descriptor, "\n", 1)
    }
}
