internal import CTouchmon

/// The process of an event that names it by its number alone. As long as it is held and was not reaped, nobody
/// else has that number: who it is when it touches again takes one system call. pidfd_open(2), proc(5).
package struct NumberedProcess: ~Copyable {
    package let pid: Int32
    private let pidfd: OwnedDescriptor
    private let began: Int64

    /// nil where nobody has that number, or somebody who began after `touched`: the change time of what was
    /// touched, on the same machine.
    ///
    /// Who began before it could still be another than the one who touched, if both had the same number
    /// and the file was touched again later. That takes as many new processes as there are numbers, and an
    /// event that was not read for as long.
    package init?(_ pid: Int32, touched: FileMetadata.Time) {
        guard pid > 0, let opened = try? systemCall("open a process", nil, { tm_open_pidfd(pid) })
        else { return nil }
        let pidfd = OwnedDescriptor(adopting: opened)
        // After the descriptor was opened, and as long as that process was not reaped, as `present` looks at:
        // so it is the one that began then.
        guard let start = (try? OtherProcess.start(of: pid)) ?? nil,
            start <= Self.bootTime(touched) + Self.longestTick
        else { return nil }
        self.pid = pid
        self.pidfd = pidfd
        began = start
    }

    /// Who it is now; nil when it was reaped.
    package func present(_ wishes: TouchingProcess.Wishes) -> TouchingProcess? {
        var process = TouchingProcess(pid, pidfd: pidfd.raw, wishes)
        process?.began = began
        return process
    }

    /// A file's time may be so much older than the touch: file systems have it from the last tick of the
    /// kernel's clock, at least CONFIG_HZ=100.
    private static let longestTick: Int64 = 10_000_000

    /// Nanoseconds since boot; a time to come is now, and one before 1970 is before boot.
    private static func bootTime(_ time: FileMetadata.Time) -> Int64 {
        let now = Clock.realtime()
        let second: Int64 = 1_000_000_000
        guard time.seconds <= now / second else { return Clock.boot() }
        let nanoseconds = max(time.seconds, 0) * second + Int64(time.nanoseconds)
        return Clock.boot() - (now - min(now, nanoseconds))
    }
}
