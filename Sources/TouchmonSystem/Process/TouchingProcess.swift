internal import CTouchmon
internal import Glibc

/// A process that an event names, as it is now: with its real user and group.
package struct TouchingProcess: Hashable, Sendable {
    package var pid: Int32
    package var user: UInt32
    package var group: UInt32
    /// The other groups; empty unless asked for.
    package var groups: [UInt32]
    /// The first process of its session; 0 unless asked for.
    package var session: Int32
    /// When it began, in nanoseconds since boot; 0 where that was not asked for.
    package internal(set) var began: Int64 = 0

    /// What takes a while to find out.
    package struct Wishes: Sendable {
        package var groups = false
        package var session = false

        package init() {}
    }

    /// nil when it was reaped, and nobody knows any more. `pidfd` refers to the process: as long as
    /// that was not reaped, nobody else has its number.
    package init?(_ pid: Int32, pidfd: Int32, _ wishes: Wishes) {
        guard pid > 0, pidfd >= 0 else { return nil }
        let session = wishes.session ? getsid(pid) : 0
        var (user, group): (UInt32, UInt32) = (0, 0)
        if !wishes.groups, tm_process_identity(pidfd, &user, &group) == 0 {
            self.init(pid: pid, user: user, group: group, groups: [], session: session)
        } else if !wishes.groups, errno == ESRCH {
            return nil
        } else {
            guard var known = Self.read(pid), tm_is_process_there(pidfd) == 0 else { return nil }
            known.session = session
            self = known
        }
    }

    private init(pid: Int32, user: UInt32, group: UInt32, groups: [UInt32], session: Int32) {
        self.pid = pid
        self.user = user
        self.group = group
        self.groups = groups
        self.session = session
    }

    /// /proc/PID/status, proc(5).
    private static func read(_ pid: Int32) -> TouchingProcess? {
        guard
            let file = try? OwnedDescriptor(
                opening: CPath("/proc/\(pid)/status"), flags: O_RDONLY),
            let text = try? file.readAll(atMost: 1 << 20, "read the state of a process")
        else { return nil }
        var (user, group, groups): (UInt32?, UInt32?, [UInt32]) = (nil, nil, [])
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let numbers = line[(colon + 1)...]
                .split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
                .map { UInt32(String(decoding: $0, as: UTF8.self)) }
            let key = line[..<colon]
            // Real, effective, saved, file system.
            if key.elementsEqual("Uid".utf8) { user = numbers.first ?? nil }
            if key.elementsEqual("Gid".utf8) { group = numbers.first ?? nil }
            if key.elementsEqual("Groups".utf8) { groups = numbers.compactMap { $0 } }
        }
        guard let user, let group else { return nil }
        return TouchingProcess(pid: pid, user: user, group: group, groups: groups, session: 0)
    }
}
