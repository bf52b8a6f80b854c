import Foundation
import Glibc
import TouchmonCore
import TouchmonTestSupport

/// The running kernel performing steps in a fresh directory.
struct RealWorld: World {
    private let base: String
    private let work: String
    private let inotify: Int32
    /// The watch descriptor that the next watch gets: those of one inotify instance only grow, and
    /// one instance serves many histories because closing it takes the kernel milliseconds.
    private(set) var firstWatch: Int32 = 1
    private var watchesAdded: Int32 = 0
    private var handles: [Int32] = [-1, -1, -1]
    private var hasMounted = false

    init(below directory: String) throws {
        var template = Array((directory + "/touchmon-world-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw ErrorNumber(errno) }
        base = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        work = base + "/work"
        inotify = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard inotify >= 0 else { throw ErrorNumber(errno) }
        mkdir(work, 0o700)
    }

    /// Forgets the last history: its watches, open files and names.
    mutating func reset() {
        for slot in handles.indices where handles[slot] >= 0 {
            Glibc.close(handles[slot])
            handles[slot] = -1
        }
        if hasMounted { unmountAll() }
        for descriptor in firstWatch..<(firstWatch + watchesAdded) {
            inotify_rm_watch(inotify, descriptor)
        }
        // A link may lead out of the work directory, but not out of the base.
        Self.removeTree(base)
        mkdir(base, 0o700)
        mkdir(work, 0o700)
        _ = readEvents()
        firstWatch += watchesAdded
        watchesAdded = 0
    }

    /// Leaves nothing behind. The world is not used after it.
    mutating func tearDown() {
        reset()
        Self.removeTree(base)
        Glibc.close(inotify)
    }

    /// The kernel's coarse clock, of which file times are made, clock_gettime(2).
    static var coarseClock: FileTime {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return FileTime(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }

    mutating func perform(_ step: Step) -> Int32 {
        switch step {
        case .open(let slot, let path, let options):
            guard handles[slot] < 0 else { return 0 }
            handles[slot] = Glibc.open(full(path), Self.flags(options), 0o600)
            return handles[slot] < 0 ? errno : 0
        case .write(let slot, let count):
            guard handles[slot] >= 0 else { return 0 }
            return write(handles[slot], count)
        case .truncateHandle(let slot, let size):
            return handles[slot] < 0 ? 0 : check(ftruncate(handles[slot], size))
        case .close(let slot):
            guard handles[slot] >= 0 else { return 0 }
            defer { handles[slot] = -1 }
            return check(Glibc.close(handles[slot]))
        case .handleTimes(let slot, let access, let modification):
            guard handles[slot] >= 0 else { return 0 }
            return check(
                futimens(handles[slot], [Self.timespec(access), Self.timespec(modification)]))
        case .times(let path, let access, let modification, let follow):
            return check(
                utimensat(
                    AT_FDCWD, full(path), [Self.timespec(access), Self.timespec(modification)],
                    follow ? 0 : AT_SYMLINK_NOFOLLOW))
        case .mode(let path, let mode):
            return check(chmod(full(path), mode_t(mode)))
        case .owner(let path, let owner, let group, let follow):
            return check(
                (follow ? chown : lchown)(full(path), owner ?? .max, group ?? .max))
        case .truncate(let path, let size):
            return check(Glibc.truncate(full(path), size))
        case .makeDirectory(let path):
            return check(mkdir(full(path), 0o700))
        case .removeDirectory(let path):
            return check(rmdir(full(path)))
        case .unlink(let path):
            return check(Glibc.unlink(full(path)))
        case .rename(let path, let newPath):
            return check(Glibc.rename(full(path), full(newPath)))
        case .exchange(let path, let otherPath):
            return check(Self.exchange(full(path), full(otherPath)))
        case .link(let path, let newPath):
            return check(Glibc.link(full(path), full(newPath)))
        case .symbolicLink(let path, let target):
            return check(symlink(target, full(path)))
        case .node(let path, let kind):
            let type =
                switch kind {
                case .fifo: S_IFIFO
                case .socket: S_IFSOCK
                default: S_IFREG
                }
            return check(mknod(full(path), mode_t(type) | 0o600, 0))
        case .addWatch(let path, let mask):
            let descriptor = inotify_add_watch(inotify, full(path), mask.rawValue)
            guard descriptor >= 0 else { return errno }
            let ordinal = descriptor - firstWatch + 1
            watchesAdded = max(watchesAdded, ordinal)
            return -ordinal
        case .removeWatch(let descriptor):
            return check(inotify_rm_watch(inotify, descriptor + firstWatch - 1))
        case .mount(let path):
            return noting(Glibc.mount("none", full(path), "tmpfs", 0, "mode=0700"))
        case .bind(let source, let path):
            return noting(
                Glibc.mount(full(source), full(path), nil, UInt(MS_BIND), nil))
        case .unmount(let path, let lazy):
            return check(umount2(full(path), lazy ? Int32(MNT_DETACH) : 0))
        }
    }

    mutating func readEvents() -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                count = max(0, read(inotify, buffer.baseAddress, buffer.count))
            }
            guard !chunk.isEmpty else { return bytes }
            bytes += chunk
        }
    }

    mutating func facts(_ path: String) -> Result<Facts, ErrorNumber> {
        var status = stat()
        guard lstat(full(path), &status) == 0 else { return .failure(ErrorNumber(errno)) }
        return .success(Self.facts(status))
    }

    mutating func facts(slot: Int) -> Result<Facts, ErrorNumber> {
        var status = stat()
        guard fstat(handles[slot], &status) == 0 else { return .failure(ErrorNumber(errno)) }
        return .success(Self.facts(status))
    }

    /// Asks for a read lease, which the kernel refuses while the file is open for writing, fcntl(2).
    func hasWriter(_ path: String) -> Result<Bool, ErrorNumber> {
        let descriptor = Glibc.open(full(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(ErrorNumber(errno)) }
        defer { Glibc.close(descriptor) }
        let setLease: Int32 = 1024
        guard fcntl(descriptor, setLease, F_RDLCK) != 0 else { return .success(false) }
        return errno == EAGAIN ? .success(true) : .failure(ErrorNumber(errno))
    }

    private func full(_ path: String) -> String { work + "/" + path }

    private func check(_ result: some SignedInteger) -> Int32 { result < 0 ? errno : 0 }

    private mutating func noting(_ result: Int32) -> Int32 {
        hasMounted = true
        return check(result)
    }

    /// Unmounts what is below the base, also where a rename has taken it, the newest first.
    private mutating func unmountAll() {
        hasMounted = false
        guard let table = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        else { return }
        for line in table.split(separator: "\n").reversed() {
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[4].hasPrefix(base) else { continue }
            umount2(String(fields[4]), Int32(MNT_DETACH))
        }
    }
}
