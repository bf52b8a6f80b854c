import Testing

@testable import TouchmonSystem

@Suite struct TimestampGranularityTests {
    private static let tick = TimestampGranularity.tick(nanoseconds: 10_000_000)

    @Test(arguments: [
        ("6.13.0", true), ("6.13-rc1", true), ("6.18.44-fc", true), ("7.0.0", true),
        ("6.12.99", false), ("5.15.0-105-generic", false), ("6.1.0-18-amd64", false),
    ])
    func `ext4 is fine since Linux 6.13`(release: String, isFine: Bool) {
        let granularity = TimestampGranularity(kernel: release, fileSystem: 0xEF53)
        #expect(granularity == (isFine ? .fine : Self.tick))
    }

    @Test(arguments: [0x6969, 0x794C_7630, 0x6573_5546, 0x9FA0] as [UInt64])
    func `NFS, overlayfs, FUSE and proc have ticks`(magic: UInt64) {
        #expect(TimestampGranularity(kernel: "7.0.0", fileSystem: magic) == Self.tick)
    }

    @Test func `proc is asked and has ticks`() throws {
        #expect(try TimestampGranularity(of: FileSystemType(of: CPath("/proc/self"))) == Self.tick)
    }

    @Test func `where it is fine, a change after a look always shows`() throws {
        let directory = try TemporaryDirectory(under: "/dev/shm")
        let path = CPath(try directory.file("file"))
        guard try TimestampGranularity(of: FileSystemType(of: path)) == .fine else { return }
        for round in 0..<1000 {
            let before = try FileMetadata(at: path)
            try directory.file("file", round % 2 == 0 ? "a" : "b")
            #expect(try FileMetadata(at: path).changed != before.changed)
        }
    }
}
