internal import CTouchmon
internal import Glibc

/// A process that is not a child of this one: a run that an earlier daemon began.
package final class OtherProcess: Sendable {
    package let pid: Int32
    /// Readable once the process has ended, pidfd_open(2).
    package let pidfd: OwnedDescriptor

    /// Finds the process with this number if it is still the one that existed at `witnessed`,
    /// nanoseconds since boot: if it is not younger. nil when it is gone.
    package init?(_ pid: Int32, witnessed: Int64) {
        guard pid > 0, let raw = try? systemCall("open a process", nil, { tm_open_pidfd(pid) })
        else { return nil }
        let descriptor = OwnedDescriptor(adopting: raw)
        // After the descriptor was opened: what is read is of the process that it stands for, or the
        // descriptor is readable by then.
        guard let start = Self.start(of: pid), start <= witnessed, !Self.isReadable(descriptor)
        else { return nil }
        self.pid = pid
        pidfd = descriptor
    }

    /// Whether it has ended.
    package var hasEnded: Bool { Self.isReadable(pidfd) }

    private static func isReadable(_ descriptor: borrowing OwnedDescriptor) -> Bool {
        var poll = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0
    }

    /// The exit status as wait(2) gives it, of a process that has ended; nil where the kernel does
    /// not tell, before Linux 6.15. PIDFD_GET_INFO of ioctl(2).
    package var status: Int32? {
        var status: Int32 = 0
        // The kernel tells when its parent has taken note, which is a moment later.
        for _ in 0..<20 {
            switch tm_exit_status(pidfd.raw, &status) {
            case 1: return status
            case 0: usleep(500)
            default: return nil
            }
        }
        return nil
    }

    /// Sends a signal to its process group: a run leads its own.
    package func sendGroup(_ signal: Int32) {
        if !hasEnded { kill(-pid, signal) }
    }

    /// When a process began, in nanoseconds since boot, rounded down to the kernel's clock tick.
    /// Field 22 of /proc/PID/stat, proc(5).
    private static func start(of pid: Int32) -> Int64? {
        guard
            let file = try? OwnedDescriptor(
                opening: CPath(Array("/proc/\(pid)/stat".utf8)), flags: O_RDONLY),
            let text = try? file.readAll(atMost: 1 << 16, "read the state of a process"),
            // The name in the second field may hold anything, also parentheses.
            let end = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let ticks = Int64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        return ticks * (1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }
}
