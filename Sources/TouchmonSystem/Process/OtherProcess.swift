internal import CTouchmon
internal import Glibc

/// A process that is not a child of this one: a run that an earlier daemon began.
package final class OtherProcess: Sendable {
    package let pid: Int32
    /// Readable once the process has ended, pidfd_open(2).
    package let pidfd: OwnedDescriptor

    /// Finds the process with this number if it is still the one that existed at `witnessed`,
    /// nanoseconds since boot: if it is not younger. nil when it is gone.
    ///
    /// Throws where that can't be told for now: who took the process for gone could start its run a
    /// second time, side by side. pidfd_open(2), proc(5), poll(2).
    package init?(_ pid: Int32, witnessed: Int64) throws(SystemFailure) {
        guard pid > 0 else { return nil }
        let descriptor: OwnedDescriptor
        do {
            descriptor = OwnedDescriptor(
                adopting: try systemCall("open a process") { tm_open_pidfd(pid) })
        } catch {
            switch error.errno {
            // The last two: a number that no process has, but a thread; older kernels, and newer.
            case .noSuchProcess, .invalidArgument, .noSuchFile: return nil
            default: throw error
            }
        }
        // After the descriptor was opened: what is read is of the process that it stands for, or the
        // descriptor is readable by then.
        guard let start = try Self.start(of: pid), start <= witnessed else { return nil }
        var request = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        let isReadable = try systemCall("look at a process") { poll(&request, 1, 0) } > 0
        guard !isReadable else { return nil }
        self.pid = pid
        pidfd = descriptor
    }

    /// Whether it has ended, for somebody who was told that it did: in doubt, yes.
    package var hasEnded: Bool {
        var request = pollfd(fd: pidfd.raw, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) != 0
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
    static func start(of pid: Int32) throws(SystemFailure) -> Int64? {
        do {
            let file = try OwnedDescriptor(
                opening: CPath(Array("/proc/\(pid)/stat".utf8)), flags: O_RDONLY)
            let raw = file.raw
            // Between a touch and its run: nothing is allocated. The kernel gives all fields, which are
            // some 50 numbers, in one piece.
            let start = try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) {
                (text) throws(SystemFailure) -> Int64? in
                let count = try systemCall("read the state of a process") {
                    read(raw, text.baseAddress, text.count)
                }
                return Self.ticks(in: text[..<count])
            }
            return start.map { $0 * (1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))) }
        } catch {
            guard error.errno != .noSuchProcess, error.errno != .noSuchFile else { return nil }
            throw error
        }
    }

    private static func ticks(in text: Slice<UnsafeMutableRawBufferPointer>) -> Int64? {
        // The name in the second field may hold anything, also parentheses. After it comes a space, the
        // third field, and a space before each other one.
        guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        var (field, ticks): (Int, Int64?) = (2, nil)
        for byte in text[(end + 1)...] {
            if byte == UInt8(ascii: " ") {
                field += 1
                if field > 22 { return ticks }
            } else if field == 22 {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                ticks = (ticks ?? 0) * 10 + Int64(byte - UInt8(ascii: "0"))
            }
        }
        return nil
    }
}
