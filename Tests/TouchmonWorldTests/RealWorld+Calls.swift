import Glibc
import TouchmonCore
import TouchmonTestSupport

// The system calls of the real world, and their terms.
extension RealWorld {
    static func flags(_ options: OpenOptions) -> Int32 {
        var flags = O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        flags |= options.contains(.write) ? (options.contains(.read) ? O_RDWR : O_WRONLY) : O_RDONLY
        if options.contains(.create) { flags |= O_CREAT }
        if options.contains(.exclusive) { flags |= O_EXCL }
        if options.contains(.truncate) { flags |= O_TRUNC }
        if options.contains(.append) { flags |= O_APPEND }
        return flags
    }

    static func timespec(_ change: TimeChange) -> Glibc.timespec {
        // UTIME_NOW and UTIME_OMIT, utimensat(2); the C macros are not imported.
        switch change {
        case .now: Glibc.timespec(tv_sec: 0, tv_nsec: (1 << 30) - 1)
        case .omit: Glibc.timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2)
        case .set(let time):
            Glibc.timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
        }
    }

    /// Writes `count` bytes. A FIFO that nobody reads would also send `SIGPIPE`, which is taken back
    /// in this thread, for the process has other tests to run.
    func write(_ descriptor: Int32, _ count: Int) -> Int32 {
        var brokenPipe = sigset_t()
        var previous = sigset_t()
        sigemptyset(&brokenPipe)
        sigaddset(&brokenPipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &brokenPipe, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        guard Glibc.write(descriptor, "12345", count) < 0 else { return 0 }
        let error = errno
        if error == EPIPE {
            var noTime = Glibc.timespec()
            sigtimedwait(&brokenPipe, nil, &noTime)
        }
        return error
    }

    /// renameat2(2) with `RENAME_EXCHANGE`, which the Glibc module does not show.
    static func exchange(_ path: String, _ otherPath: String) -> Int32 {
        typealias Rename =
            @convention(c) (
                Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
            ) -> Int32
        guard let symbol = dlsym(nil, "renameat2") else { return -1 }
        return unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, path, AT_FDCWD, otherPath, 2)
    }

    static func facts(_ status: stat) -> Facts {
        let kind: FileKind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            default: .regular
            }
        return Facts(
            number: UInt64(status.st_dev) << 32 | UInt64(status.st_ino), kind: kind,
            size: UInt64(status.st_size), mode: UInt16(status.st_mode & 0o7777),
            // Whoever runs the tests is root in the simulation.
            owner: status.st_uid == getuid() ? 0 : status.st_uid,
            group: status.st_gid == getgid() ? 0 : status.st_gid, links: UInt32(status.st_nlink),
            modified: FileTime(
                seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(status.st_mtim.tv_nsec)),
            changed: FileTime(
                seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int32(status.st_ctim.tv_nsec)))
    }

    static func removeTree(_ path: String) {
        guard rmdir(path) != 0, errno == ENOTEMPTY || errno == ENOTDIR else { return }
        guard errno == ENOTEMPTY else {
            Glibc.unlink(path)
            return
        }
        guard let directory = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(directory)
        for name in names { removeTree(path + "/" + name) }
        rmdir(path)
    }
}
