internal import CTouchmon
internal import Glibc

/// A control group of version 2 that is one run's, cgroups(7): whatever a process in it starts is in it
/// as well, also what leaves its process group and its session.
///
/// Its directory is all that there is of it, and is there until `remove`.
package final class ControlGroup {
    /// As /proc/PID/cgroup names it.
    private let name: [UInt8]
    private let directory: [UInt8]
    /// Open once somebody waits for the group to be empty.
    private var events: OwnedDescriptor?

    /// How many times the members are listed to signal those who are new: who starts processes faster
    /// than that does not hold up the daemon.
    private static let passes = 16

    /// A group that exists. `name` is what /proc/PID/cgroup says of its members.
    package init(at directory: [UInt8], name: [UInt8]) {
        self.directory = directory
        self.name = name
    }

    /// Makes the group; `EEXIST` where there is one. mkdir(2).
    package func make() throws(SystemFailure) {
        let path = CPath(directory)
        _ = try systemCall("make a control group", path) { mkdir(path.terminated, 0o755) }
    }

    /// What a process writes to enter the group, open for writing.
    package func members() throws(SystemFailure) -> OwnedDescriptor {
        try OwnedDescriptor(
            opening: file("cgroup.procs"), flags: O_WRONLY, operation: "open a control group")
    }

    /// Whether anybody is in the group or in one below it; in doubt, yes.
    package var isPopulated: Bool {
        do {
            let text: [UInt8]?
            if let raw = events?.raw {
                _ = try systemCall("read a control group") { lseek(raw, 0, SEEK_SET) }
                text = try events?.readAll(atMost: 4096, "read a control group")
            } else {
                text = try read("cgroup.events")
            }
            return text?.contains(subsequence: "populated 0") != true
        } catch {
            return error.errno != .noSuchFile && error.errno != .noDevice
        }
    }

    /// Calls `listen` with a descriptor that a `Poller` reports with the interest `priority` when the
    /// group becomes empty, and `isPopulated` is to be asked after that; it is open as long as this is.
    package func listen(
        _ listen: (borrowing OwnedDescriptor) throws(SystemFailure) -> Void
    ) throws(SystemFailure) {
        let opened = try OwnedDescriptor(
            opening: file("cgroup.events"), flags: O_RDONLY, operation: "open a control group")
        try listen(opened)
        events = consume opened
    }

    /// Calls `stop` with the descriptor that was listened to, and closes it.
    package func stopListening(
        _ stop: (borrowing OwnedDescriptor) throws(SystemFailure) -> Void
    ) throws(SystemFailure) {
        guard let opened = events.take() else { return }
        try stop(opened)
    }

    /// Sends a signal to everybody in the group and in those below it.
    package func signal(_ signal: Int32) {
        var told: Set<Int32> = []
        for _ in 0..<Self.passes {
            let new = processes.filter { told.insert($0).inserted }
            if new.isEmpty { return }
            for process in new { send(signal, to: process) }
        }
    }

    /// Kills everybody in the group and in those below it, nobody of whom gets away.
    package func kill() {
        do {
            let file = try OwnedDescriptor(opening: file("cgroup.kill"), flags: O_WRONLY)
            _ = try systemCall("kill a control group") { write(file.raw, "1", 1) }
        } catch {
            // Before Linux 5.14 there is no such file.
            signal(SIGKILL)
        }
    }

    /// Removes the group if it is empty, with those below it; whether it is gone.
    package func remove() -> Bool {
        for path in groups.reversed() { rmdir(CPath(path).terminated) }
        return (try? FileMetadata(at: CPath(directory))) == nil
    }

    // MARK: Who is in it

    /// The number may be another process's by now: what the descriptor stands for is looked at.
    private func send(_ signal: Int32, to process: Int32) {
        let raw = tm_open_pidfd(process)
        guard raw >= 0 else { return }
        let descriptor = OwnedDescriptor(adopting: raw)
        guard let text = Self.groups(of: process),
            text.split(separator: UInt8(ascii: "\n")).contains(where: isOwn)
        else { return }
        _ = tm_send_signal(descriptor.raw, signal)
    }

    private func isOwn(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: "0::".utf8) else { return false }
        let group = line.dropFirst(3)
        return group.starts(with: name)
            && (group.count == name.count
                || group[group.startIndex + name.count] == UInt8(ascii: "/"))
    }

    /// The text of /proc/PID/cgroup; nil where the process is gone, or can't be looked at.
    package static func groups(of process: Int32) -> [UInt8]? {
        groups(in: "/proc/\(process)/cgroup")
    }

    /// The text of /proc/self/cgroup.
    package static var own: [UInt8]? { groups(in: "/proc/self/cgroup") }

    private static func groups(in file: String) -> [UInt8]? {
        let file = try? OwnedDescriptor(opening: CPath(file), flags: O_RDONLY)
        return try? file?.readAll(atMost: 1 << 16, "read the control groups")
    }

    private var processes: [Int32] {
        groups.flatMap { group in
            ((try? read("cgroup.procs", in: group)) ?? [])
                .split(separator: UInt8(ascii: "\n"))
                .compactMap { Int32(String(decoding: $0, as: UTF8.self)) }.filter { $0 > 0 }
        }
    }

    /// The directories of this group and of those below it, each before what is below it.
    private var groups: [[UInt8]] {
        var groups = [directory]
        var next = 0
        while next < groups.count, groups.count < 1000 {
            groups += Self.directories(in: groups[next])
            next += 1
        }
        return groups
    }

    /// The groups right below the group with this directory.
    package static func directories(in group: [UInt8]) -> [[UInt8]] {
        // A group below is one link of its parent.
        guard let parent = try? FileMetadata(at: CPath(group)), parent.links > 2 else { return [] }
        return ((try? Directory.names(of: CPath(group))) ?? [])
            .map { group + [UInt8(ascii: "/")] + $0 }
            .filter { (try? FileMetadata(at: CPath($0)))?.kind == .directory }
    }

    private func file(_ name: String, in group: [UInt8]? = nil) -> CPath {
        CPath((group ?? directory) + Array("/\(name)".utf8))
    }

    private func read(
        _ name: String, in group: [UInt8]? = nil
    ) throws(SystemFailure) -> [UInt8] {
        let file = try OwnedDescriptor(
            opening: file(name, in: group), flags: O_RDONLY, operation: "open a control group")
        return try file.readAll(atMost: 1 << 24, "read a control group") ?? []
    }
}

extension Array<UInt8> {
    fileprivate func contains(subsequence text: String) -> Bool {
        String(decoding: self, as: UTF8.self).split(separator: "\n").contains { $0 == text }
    }
}
