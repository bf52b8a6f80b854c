internal import CTouchmon
internal import Glibc

/// Where the commands of a daemon's users come in, unix(7).
package struct ControlListener: ~Copyable {
    package let descriptor: OwnedDescriptor

    /// Listens at a path, in place of a socket that nobody listens at any more. The directory is there.
    /// Fails with EADDRINUSE where somebody does.
    package init(at path: [UInt8]) throws(SystemFailure) {
        let place = try SocketPlace(path)
        let isHeld: Bool
        do {
            _ = try ControlSocket(connectingTo: path)
            isHeld = true
        } catch {
            isHeld = false
        }
        guard !isHeld else {
            throw SystemFailure(
                operation: "listen at", errno: Errno(EADDRINUSE), subject: path)
        }
        _ = unlink(place.path.terminated)
        descriptor = OwnedDescriptor(
            adopting: try systemCall("listen at", CPath(path)) {
                tm_listen(place.path.terminated)
            })
    }

    /// The same in a directory that is made if it is not there, with those above it.
    package init(makingDirectoryOf path: [UInt8]) throws(SystemFailure) {
        var end = path.startIndex
        while let next = path[(end + 1)...].firstIndex(of: .slash) {
            end = next
            // What is wrong, the socket finds as well.
            _ = mkdir(CPath(Array(path[..<end])).terminated, 0o755)
        }
        try self.init(at: path)
    }

    /// The same in a state directory, which everybody may pass through from then on.
    package init(in state: borrowing StateDirectory) throws(SystemFailure) {
        try state.letPass()
        try self.init(at: state.path(of: "control"))
    }

    /// The next who connected; nil when there is nobody.
    package func accept() throws(SystemFailure) -> ControlSocket? {
        var user: UInt32 = 0
        var process: Int32 = 0
        do {
            let raw = try systemCall("accept a command") {
                tm_accept(descriptor.raw, &user, &process)
            }
            return ControlSocket(OwnedDescriptor(adopting: raw), user: user, process: process)
        } catch {
            // Whoever connected may be gone again.
            guard error.errno != .tryAgain, error.errno.code != ECONNABORTED else { return nil }
            throw error
        }
    }
}

/// One connection of a control socket, from either end.
package struct ControlSocket: ~Copyable {
    package let descriptor: OwnedDescriptor
    /// Who connected, as the kernel says it: real user and process at that moment.
    package let user: UInt32
    package let process: Int32

    init(_ descriptor: consuming OwnedDescriptor, user: UInt32, process: Int32) {
        self.descriptor = descriptor
        self.user = user
        self.process = process
    }

    /// Connects to the daemon that listens at a path. Fails with ENOENT or ECONNREFUSED where there is
    /// none.
    package init(connectingTo path: [UInt8]) throws(SystemFailure) {
        let place = try SocketPlace(path)
        descriptor = OwnedDescriptor(
            adopting: try systemCall("connect to", CPath(path)) {
                tm_connect(place.path.terminated)
            })
        (user, process) = (geteuid(), getpid())
    }

    /// What one read brought; an empty one is the end.
    package enum Received: ~Copyable {
        case nothing
        case bytes(Int, passed: OwnedDescriptor?)
    }

    /// Reads once into a buffer.
    package func receive(into buffer: UnsafeMutableRawBufferPointer) throws(SystemFailure)
        -> Received
    {
        var passed: Int32 = -1
        do {
            let count = try systemCall("read a command") {
                tm_receive(descriptor.raw, buffer.baseAddress, buffer.count, &passed)
            }
            return .bytes(count, passed: passed < 0 ? nil : OwnedDescriptor(adopting: passed))
        } catch {
            guard error.errno != .tryAgain else { return .nothing }
            throw error
        }
    }

    /// Waits until something can be read, until a time of the monotonic clock at most; false when that has
    /// passed. poll(2).
    package func waits(until deadline: Int64?) -> Bool {
        while true {
            var timeout: Int32 = -1
            if let deadline {
                let rest = max(0, deadline - Clock.monotonic())
                timeout = Poller.milliseconds(roundingUp: min(rest, 86_400_000_000_000))
            }
            var subject = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
            let count = poll(&subject, 1, timeout)
            if count > 0 { return true }
            if count == 0, deadline.map({ $0 <= Clock.monotonic() }) ?? false { return false }
            // What else goes wrong, reading says.
            if count < 0, errno != EINTR { return true }
        }
    }

    /// Writes as much as goes without waiting, with a descriptor for the other end; returns how much.
    package func send(
        _ bytes: RawSpan, passing passed: borrowing OwnedDescriptor
    ) throws(SystemFailure) -> Int {
        try send(bytes, passed.raw)
    }

    package func send(_ bytes: RawSpan) throws(SystemFailure) -> Int { try send(bytes, -1) }

    private func send(_ bytes: RawSpan, _ passed: Int32) throws(SystemFailure) -> Int {
        do {
            return try systemCall("answer a command") {
                bytes.withUnsafeBytes {
                    tm_send(descriptor.raw, $0.baseAddress, $0.count, passed)
                }
            }
        } catch {
            guard error.errno != .tryAgain else { return 0 }
            throw error
        }
    }
}

/// A path of a socket in the form in which it is short enough, whatever its length: by way of a descriptor
/// of its directory. Needs /proc, proc(5).
private struct SocketPlace: ~Copyable {
    private let directory: OwnedDescriptor
    let path: CPath

    init(_ path: [UInt8]) throws(SystemFailure) {
        let end = path.lastIndex(of: .slash) ?? 0
        let parent = end == 0 ? [.slash] : Array(path[..<end])
        directory = try OwnedDescriptor(
            opening: CPath(parent), flags: tm_open_path | O_DIRECTORY)
        self.path = CPath(Array("/proc/self/fd/\(directory.raw)/".utf8) + path[(end + 1)...])
    }
}

/// Whether a descriptor that somebody passed shows that he may touch what is at a path.
package enum TouchProof: Sendable {
    /// It is open for writing, and the file that is there.
    case given
    /// It can't be written to.
    case notWritable
    /// It is another file's: the path may have been replaced since.
    case otherFile

    /// Examines a descriptor. The kernel has let its owner open it for writing: that is the proof, and no
    /// path's name. A hard link's is the same file's. fcntl(2), stat(2).
    package init(_ passed: borrowing OwnedDescriptor, for path: CPath) throws(SystemFailure) {
        let flags = fcntl(passed.raw, F_GETFL)
        let access = flags & O_ACCMODE
        guard flags >= 0, flags & tm_open_path == 0, access == O_WRONLY || access == O_RDWR else {
            self = .notWritable
            return
        }
        let (given, there) = (
            try FileMetadata(of: passed), try FileMetadata(at: path, follow: true)
        )
        self = given.device == there.device && given.inode == there.inode ? .given : .otherFile
    }
}
