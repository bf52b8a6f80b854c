import Foundation
import Testing

/// What the kernel can do for a sandbox.
enum Landlock {
    /// Its version, landlock_create_ruleset(2); -1 where there is none for this process.
    static let version: Int = {
        typealias SystemCall = @convention(c) (Int, Int, Int, Int) -> Int
        guard let symbol = dlsym(nil, "syscall") else { return -1 }
        return unsafeBitCast(symbol, to: SystemCall.self)(444, 0, 0, 1)
    }()

    static var isThere: Bool { version >= 3 }
    static let reason: Comment = "needs Linux 6.2 or later with Landlock"

    /// What every program needs here: its libraries and what loads them.
    static let system = ["/usr", "/lib", "/lib64", "/bin"].filter {
        FileManager.default.fileExists(atPath: $0)
    }
}
