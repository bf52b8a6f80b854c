internal import CTouchmon
internal import Glibc

/// How far apart two changes of a file must be to be told apart by its change time.
package enum TimestampGranularity: Hashable, Sendable {
    /// A change after somebody looked at the file always shows: multigrain timestamps.
    case fine
    /// Times move in ticks; two changes within this many nanoseconds may look like one.
    case tick(nanoseconds: Int64)

    // The longest tick of a kernel, CONFIG_HZ=100.
    private static let longestTick = TimestampGranularity.tick(nanoseconds: 10_000_000)

    // ext2 to ext4, XFS, Btrfs and tmpfs took part from the first day, statfs(2).
    private static let multigrainFileSystems: Set<UInt64> = [
        0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994,
    ]

    /// The granularity of a file system with this magic number, on the running kernel.
    package init(of fileSystem: FileSystemType) throws(SystemFailure) {
        self.init(kernel: try Self.kernelRelease(), fileSystem: fileSystem.magic)
    }

    /// Decides by the release, such as `6.13.2-arch`, and the magic number of the file system.
    init(kernel release: String, fileSystem magic: UInt64) {
        let numbers = release.split { !$0.isNumber }.prefix(2).map { Int($0) ?? 0 }
        let isRecent = !numbers.lexicographicallyPrecedes([6, 13])
        self = isRecent && Self.multigrainFileSystems.contains(magic) ? .fine : Self.longestTick
    }

    private static func kernelRelease() throws(SystemFailure) -> String {
        var name = utsname()
        _ = try systemCall("ask for the kernel's release") { uname(&name) }
        return withUnsafeBytes(of: name.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
