import Glibc
import Testing
import TouchmonSystem

/// Makes the whole process an ordinary user's, for good.
func become(_ user: UserRecord) throws {
    let groups = user.groups
    try #require(setgroups(groups.count, groups) == 0)
    try #require(setgid(user.group) == 0)
    try #require(setuid(user.user) == 0)
}

/// Gives the process every permitted capability as inheritable and ambient, capabilities(7).
func raiseAmbientCapabilities() throws {
    var (header, data) = try capabilities()
    for half in 0..<2 { data[3 * half + 2] = data[3 * half + 1] }
    try #require(capset(&header, &data) == 0)
    let prctl = try function("prctl", as: Prctl.self)
    for capability in 0..<UInt(64)
    where data[3 * Int(capability / 32) + 1] >> (capability % 32) & 1 == 1 {
        try #require(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)
    }
}

/// Takes one capability from the calling thread.
func drop(capability: Int) throws {
    var (header, data) = try capabilities()
    for set in 0..<3 { data[3 * (capability / 32) + set] &= ~(1 << UInt32(capability % 32)) }
    try #require(capset(&header, &data) == 0)
}

/// Makes /proc/self the process's own again, as in a program that was started by its user: who changes
/// users loses that, proc(5).
func makeDumpable() throws {
    try #require(function("prctl", as: Prctl.self)(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0)
}

// The Glibc module does not show these; their arguments are plain words.
private typealias Prctl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
private typealias Capabilities =
    @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer)
    -> Int32

private let PR_SET_DUMPABLE: Int32 = 4
private let PR_CAP_AMBIENT: Int32 = 47
private let PR_CAP_AMBIENT_RAISE: UInt = 2

/// A function of libc that the Glibc module does not show.
func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
    unsafeBitCast(try #require(dlsym(nil, name)), to: type)
}

private func capset(_ header: inout [UInt32], _ data: inout [UInt32]) throws -> Int32 {
    try function("capset", as: Capabilities.self)(&header, &data)
}

/// The header of version 3, and effective, permitted and inheritable, low half first.
private func capabilities() throws -> (header: [UInt32], data: [UInt32]) {
    var header: [UInt32] = [0x2008_0522, 0]
    var data = [UInt32](repeating: 0, count: 6)
    try #require(try function("capget", as: Capabilities.self)(&header, &data) == 0)
    return (header, data)
}
