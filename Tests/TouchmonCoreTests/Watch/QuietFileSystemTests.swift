import Testing

@testable import TouchmonCore

@Suite struct QuietFileSystemTests {
    @Test(
        arguments: [
            (0x6969, QuietFileSystem.nfs), (0xFF53_4D42, .cifs), (0xFE53_4D42, .smb),
            (0x517B, .smb),
            (0x6573_5546, .fuse), (0x0102_1997, .plan9), (0x6B41_4653, .afs), (0x4750_4653, .gpfs),
            (0x0BD0_0BD0, .lustre), (0x794C_7630, .overlay), (0x9FA0, .proc), (0x6265_6572, .sysfs),
            (0x6367_7270, .cgroup2),
        ] as [(UInt64, QuietFileSystem)])
    func `what is polled`(magic: UInt64, fileSystem: QuietFileSystem) {
        #expect(QuietFileSystem(magic: magic) == fileSystem)
    }

    /// ext2 to ext4, XFS, Btrfs, tmpfs, ramfs, FAT, exFAT, F2FS, ZFS, devpts, squashfs, and none.
    @Test(
        arguments: [
            0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x8584_58F6, 0x4D44, 0x2011_BAB0,
            0xF2F5_2010,
            0x2FC1_2FC1, 0x1CD1, 0x7371_7368, 0,
        ] as [UInt64])
    func `what is heard`(magic: UInt64) {
        #expect(QuietFileSystem(magic: magic) == nil)
    }

    @Test func `its name is mount's`() {
        #expect(QuietFileSystem(magic: 0x0102_1997)?.name == "9p")
        #expect(QuietFileSystem(magic: 0x794C_7630)?.name == "overlay")
    }

    @Test func `what the kernel makes up keeps no times, and what has layers no birth time`() {
        #expect(!QuietFileSystem.proc.keepsTimes && !QuietFileSystem.sysfs.keepsTimes)
        #expect(QuietFileSystem.nfs.keepsTimes && QuietFileSystem.overlay.keepsTimes)
        #expect(!QuietFileSystem.overlay.keepsBirthTime && QuietFileSystem.fuse.keepsBirthTime)
    }
}
