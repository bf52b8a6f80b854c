import Testing

@testable import TouchmonCore

@Suite struct QuietFileSystemTests {
    /// The numbers of `<linux/magic.h>`, and of the sources of file systems that are not in the
    /// kernel's tree; the names are those that mount(8) takes.
    static let documented: [(UInt64, String)] = [
        (0x6969, "nfs"), (0xFF53_4D42, "cifs"), (0xFE53_4D42, "smb"), (0x517B, "smb"),
        (0x0102_1997, "9p"), (0x6B41_4653, "afs"), (0x5346_414F, "afs"), (0x7375_7245, "coda"),
        (0x00C3_6400, "ceph"), (0x0BD0_0BD0, "lustre"), (0x4750_4653, "gpfs"),
        (0x0116_1970, "gfs2"), (0x7461_636F, "ocfs2"), (0x1983_0326, "beegfs"),
        (0x2003_0528, "orangefs"), (0xAAD7_AAEA, "panfs"), (0xBEEF_DEAD, "snfs"),
        (0x6573_5546, "fuse"), (0x786F_4256, "vboxsf"), (0xBACB_ACBC, "vmhgfs"),
        (0x7C7C_6673, "prl_fs"), (0x794C_7630, "overlay"), (0x6175_6673, "aufs"),
        (0xF15F, "ecryptfs"), (0x9FA0, "proc"), (0x6265_6572, "sysfs"), (0x27_E0EB, "cgroup"),
        (0x6367_7270, "cgroup2"), (0x6462_6720, "debugfs"), (0x7472_6163, "tracefs"),
        (0x7363_6673, "securityfs"), (0x6265_6570, "configfs"), (0xDE5E_81E4, "efivarfs"),
        (0x6165_676C, "pstore"), (0xCAFE_4A11, "bpf"), (0x4249_4E4D, "binfmt_misc"),
        (0x6573_5543, "fusectl"), (0xF97C_FF8C, "selinuxfs"), (0x4341_5D53, "smackfs"),
        (0x0765_5821, "resctrl"), (0x6E73_6673, "nsfs"),
    ]

    @Test(arguments: documented)
    func `what is polled`(magic: UInt64, name: String) {
        #expect(QuietFileSystem(magic: magic)?.name == name)
    }

    @Test func `every one has a number`() {
        let named = Set(Self.documented.map(\.1))
        #expect(named == Set(QuietFileSystem.allCases.map(\.name)))
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
