internal import Glibc

/// The directory in which one daemon keeps what outlives it, and the lock on it.
///
/// The lock is on the directory itself, flock(2): it works where nothing can be written, and it goes
/// when the last process goes that shares it. A child shares it from clone on until it has written
/// its record; so nobody gets the lock of a daemon that was killed before its last child's record is
/// in the journal.
package struct StateDirectory: ~Copyable, Sendable {
    /// Why there is no state directory to work with.
    package enum Failure: Error, Hashable, Sendable {
        /// Another process works with it; nil where it can't be told which.
        case held(by: Int32?)
        case system(SystemFailure)
        /// It is somebody else's, or others may write it: what is in it can't be trusted.
        case notOurs(path: [UInt8])
    }

    private static let pid = Array("pid".utf8)

    /// Absolute.
    package let path: [UInt8]
    let descriptor: OwnedDescriptor

    /// Opens the directory, which is made with mode 0700 if it is not there, its parents with 0755,
    /// and locks it. Waits at most `patience` nanoseconds for children of a daemon that is gone.
    package init(_ path: [UInt8], patience: Int64) throws(Failure) {
        let descriptor: OwnedDescriptor
        do {
            descriptor = try Self.made(path)
        } catch {
            throw .system(error)
        }
        try Self.check(descriptor, path)
        try Self.lock(descriptor, until: Clock.monotonic() + patience)
        // Only for those who look; the lock is what counts.
        if let file = try? OwnedDescriptor(
            opening: CPath(Self.pid), in: descriptor.raw,
            flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o644)
        {
            let text = Array("\(getpid())\n".utf8)
            _ = write(file.raw, text, text.count)
        }
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens a directory that is there, to look at what is in it: another daemon may work with it.
    package init(lookingInto path: [UInt8]) throws(Failure) {
        let descriptor: OwnedDescriptor
        do {
            descriptor = try OwnedDescriptor(
                opening: CPath(path), flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            throw .system(error)
        }
        try Self.check(descriptor, path)
        self.path = path
        self.descriptor = descriptor
    }

    private static func made(_ path: [UInt8]) throws(SystemFailure) -> OwnedDescriptor {
        try make(path)
        return try OwnedDescriptor(
            opening: CPath(path), flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }

    /// The path of something in it.
    package func path(of name: String) -> [UInt8] {
        path + Array("/\(name)".utf8)
    }

    /// Lets everybody pass through the directory to what is in it, and list nothing. What is there is
    /// closed before: it may be an earlier version's, which left that to the directory. What is made
    /// later must be closed by whoever makes it.
    func letPass() throws(SystemFailure) {
        var status = stat()
        let raw = descriptor.raw
        _ = try systemCall("examine the state directory") { fstat(raw, &status) }
        guard status.st_mode & 0o011 != 0o011 else { return }
        for name in try Directory.names(of: CPath("/proc/self/fd/\(raw)")) where name != Self.pid {
            let name = CPath(name)
            var entry = stat()
            _ = try systemCall("examine", name) {
                fstatat(raw, name.terminated, &entry, AT_SYMLINK_NOFOLLOW)
            }
            guard entry.st_mode & S_IFMT == S_IFREG, entry.st_mode & 0o077 != 0 else { continue }
            let mode = entry.st_mode & 0o700
            _ = try systemCall("change the mode of", name) {
                fchmodat(raw, name.terminated, mode, 0)
            }
        }
        let mode = status.st_mode & 0o777 | 0o011
        _ = try systemCall("change the mode of the state directory") { fchmod(raw, mode) }
    }

    private static func make(_ path: [UInt8]) throws(SystemFailure) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[(end + 1)...].firstIndex(of: .slash) ?? path.endIndex
            let isLast = end == path.endIndex
            let parent = CPath(Array(path[..<end]))
            if mkdir(parent.terminated, isLast ? 0o700 : 0o755) == 0 {
                syncParent(of: parent)
                continue
            }
            if errno == EEXIST { continue }
            // Where nothing can be made, opening says whether it is there.
            let code = errno
            if code == EROFS || code == EACCES { continue }
            throw SystemFailure(
                operation: "make the state directory", errno: Errno(code), subject: path)
        }
    }

    /// What was made must still be there after a power loss. A failure is not worth a word: what is
    /// lost then is lost together.
    private static func syncParent(of path: CPath) {
        let end = path.bytes.lastIndex(of: .slash) ?? 0
        let parent = CPath(end == 0 ? [.slash] : Array(path.bytes[..<end]))
        guard
            let directory = try? OwnedDescriptor(
                opening: parent, flags: O_RDONLY | O_DIRECTORY)
        else { return }
        _ = fsync(directory.raw)
    }

    private static func check(
        _ descriptor: borrowing OwnedDescriptor, _ path: [UInt8]
    ) throws(Failure) {
        var status = stat()
        guard fstat(descriptor.raw, &status) == 0 else {
            throw .system(
                SystemFailure(operation: "examine", errno: Errno(errno), subject: path))
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw .notOurs(path: path)
        }
    }

    private static func lock(
        _ descriptor: borrowing OwnedDescriptor, until deadline: Int64
    ) throws(Failure) {
        while flock(descriptor.raw, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else {
                throw .system(SystemFailure(operation: "lock", errno: Errno(errno)))
            }
            let holder = holder(of: descriptor)
            let isAlive = holder.map { kill($0, 0) == 0 || errno == EPERM } ?? false
            guard !isAlive, Clock.monotonic() < deadline else { throw .held(by: holder) }
            // The daemon is gone; its last child is about to be.
            usleep(5000)
        }
    }

    /// Who took the lock, by /proc/locks of proc(5).
    private static func holder(of descriptor: borrowing OwnedDescriptor) -> Int32? {
        var status = stat()
        guard fstat(descriptor.raw, &status) == 0,
            let file = try? OwnedDescriptor(opening: CPath("/proc/locks"), flags: O_RDONLY),
            let text = try? file.readAll(atMost: 1 << 24, "read the locks")
        else { return nil }
        let device = status.st_dev
        let wanted = "\(hex(major(device))):\(hex(minor(device))):\(status.st_ino)"
        for line in text.split(separator: UInt8(ascii: "\n")) {
            // 1: FLOCK  ADVISORY  WRITE 4711 08:02:131 0 EOF
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 5, fields[1].elementsEqual("FLOCK".utf8),
                fields[5].elementsEqual(wanted.utf8)
            else { continue }
            return Int32(String(decoding: fields[4], as: UTF8.self))
        }
        return nil
    }

    private static func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }

    // The macros of makedev(3).
    private static func major(_ device: dev_t) -> UInt32 {
        UInt32(((device >> 8) & 0xfff) | ((device >> 32) & ~0xfff))
    }

    private static func minor(_ device: dev_t) -> UInt32 {
        UInt32((device & 0xff) | ((device >> 12) & ~0xff))
    }
}
