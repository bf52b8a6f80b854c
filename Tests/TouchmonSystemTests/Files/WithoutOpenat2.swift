import Glibc
import Testing

/// From now on openat2(2) fails in this thread with `error`, as before Linux 5.6 or by the system call
/// filter of a container; for the body of a `processExitsWith`. seccomp(2).
func forbidOpenat2(_ error: Int32) throws {
    // struct sock_filter: code, where to go if true and if false, and an operand.
    let program: [(UInt16, UInt8, UInt8, UInt32)] = [
        (0x20, 0, 0, 0),  // load the number of the call
        (0x15, 0, 1, 437),  // openat2?
        (0x06, 0, 0, 0x0005_0000 | UInt32(error)),  // SECCOMP_RET_ERRNO
        (0x06, 0, 0, 0x7FFF_0000),  // SECCOMP_RET_ALLOW
    ]
    let symbol = try #require(dlsym(nil, "prctl"))
    typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
    let control = unsafeBitCast(symbol, to: Control.self)
    let setNoNewPrivileges: Int32 = 38
    let setFilter: Int32 = 22
    try #require(control(setNoNewPrivileges, 1, 0, 0, 0) == 0)
    let result = program.withUnsafeBytes { bytes in
        // struct sock_fprog: how many, and where.
        var head = (UInt(program.count), UInt(bitPattern: bytes.baseAddress))
        return withUnsafePointer(to: &head) { control(setFilter, 2, UInt(bitPattern: $0), 0, 0) }
    }
    try #require(result == 0)
}
