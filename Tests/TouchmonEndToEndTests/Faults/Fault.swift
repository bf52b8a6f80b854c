import Foundation

/// One system call of the daemon that is made to fail.
struct Fault: Hashable, Sendable {
    enum Extent: String, Sendable, CaseIterable { case once, forever }

    var call: String
    /// Which of the daemon's calls of this name, from 1.
    var ordinal: Int
    var extent: Extent
    var error: String

    /// Begins a command that is to meet with the fault; what was made to fail is written to `trace`.
    func prefix(tracing trace: String) -> [String] {
        Self.tracing(trace) + ["-e", "trace=\(call)", "-e", injection]
    }

    /// Begins a command all of whose system calls are written to `trace`.
    ///
    /// The tracer is not the command's parent: signals and the exit status are the command's own.
    static func tracing(_ trace: String) -> [String] {
        ["/usr/bin/strace", "-D", "-o", trace, "-ttt", "-y"]
    }

    /// The option of strace(1).
    var injection: String {
        "inject=\(call):error=\(error):when=\(ordinal)\(extent == .forever ? "+" : "")"
    }

    /// What a call can really fail with, on a machine that is short of something or has a broken disk;
    /// nil where it can't fail.
    static func error(of call: String) -> String? {
        switch call {
        case "openat", "openat2", "memfd_create", "socket", "epoll_create1", "inotify_init1",
            "signalfd4", "pidfd_open":
            "EMFILE"
        case "open_by_handle_at", "mmap", "mprotect", "munmap", "poll", "getcwd", "epoll_ctl",
            "epoll_pwait2",
            "statx":
            "ENOMEM"
        case "newfstatat", "fstat", "fstatfs", "read", "pread64", "lseek", "readlink", "readlinkat",
            "getdents64", "close", "fsync", "fdatasync", "ftruncate", "unlink", "unlinkat",
            "fchmod",
            "access", "faccessat2", "faccessat", "rename", "fchdir":
            "EIO"
        case "write", "pwrite64", "mkdir", "mkdirat", "inotify_add_watch": "ENOSPC"
        case "fcntl", "flock": "ENOLCK"
        case "clone": "EAGAIN"
        case "fchown", "setgroups": "EPERM"
        case "connect": "ECONNREFUSED"
        case "bind", "listen": "EADDRINUSE"
        case "rt_sigaction", "rt_sigprocmask", "inotify_rm_watch", "prctl": "EINVAL"
        case "getgroups": "ENOMEM"
        case "waitid": "EAGAIN"
        case "ioctl": "ENOTTY"
        case "fanotify_init": "EMFILE"
        case "fanotify_mark": "ENOMEM"
        case "name_to_handle_at": "EOPNOTSUPP"
        case "fallocate": "EOPNOTSUPP"
        case "getsid": "ESRCH"
        case "pidfd_send_signal": "ESRCH"
        default: nil
        }
    }

    /// Those that the kernel does not refuse, or of which nobody asks whether it did; and brk(2), which
    /// reports a failure in a way that strace(1) can't feign: with the end of the heap as it was.
    static let neverFail: Set<String> = [
        "brk", "getpid", "wait4", "geteuid", "getegid", "getuid", "getgid", "gettid", "uname",
        "getrandom", "umask",
        "madvise", "futex", "exit_group", "setfsuid", "setfsgid", "kill", "clock_nanosleep",
        "restart_syscall", "sched_getaffinity", "prlimit64",
        "arch_prctl", "execve", "rseq", "set_robust_list", "set_tid_address",
    ]

    /// waitid(2) does not fail for as long as there is a child: once is more than it ever does.
    private static func extents(of call: String) -> [Extent] {
        call == "waitid" ? [.once] : Extent.allCases
    }

    /// Every call in a trace of a life, from the daemon's own first one on: what is before it is the
    /// work of the loader. Each fails once, and from then on.
    static func all(in trace: [TracedCall]) -> [Fault] {
        var counts: [String: Int] = [:]
        var isOwn = false
        var faults: [Fault] = []
        for traced in trace {
            counts[traced.call, default: 0] += 1
            // Who am I: the first thing that the daemon asks.
            isOwn = isOwn || traced.call == "getgroups"
            guard isOwn, let error = error(of: traced.call) else { continue }
            for extent in extents(of: traced.call) {
                faults.append(
                    Fault(
                        call: traced.call, ordinal: counts[traced.call] ?? 0, extent: extent,
                        error: error))
            }
        }
        return faults
    }
}

/// One line of strace(1) with `-ttt`.
struct TracedCall {
    var time: Double
    var call: String
    /// Arguments and result.
    var text: String
    var isInjected: Bool { text.hasSuffix("(INJECTED)") }

    init?(_ line: Substring) {
        guard let space = line.firstIndex(of: " "), let time = Double(line[..<space]),
            let open = line.firstIndex(of: "("), open > space
        else { return nil }
        self.time = time
        call = String(line[line.index(after: space)..<open])
        text = String(line[open...])
    }

    static func read(_ file: String) -> [TracedCall] {
        // Arguments may hold bytes that are not UTF-8.
        guard let data = FileManager.default.contents(atPath: file) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
            .compactMap(TracedCall.init)
    }
}
