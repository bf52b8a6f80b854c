/// A file system on which things change that inotify(7) does not tell.
///
/// inotify reports what passes through this machine's kernel, at this mount. What another machine,
/// the server behind a mount, or the kernel itself changes is only found by looking.
package enum QuietFileSystem: String, Hashable, Sendable, CaseIterable {
    case nfs, cifs, smb, afs, coda, ceph, lustre, gpfs, gfs2, ocfs2, beegfs, orangefs, panfs, snfs
    case plan9 = "9p"
    case fuse, vboxsf, vmhgfs
    case parallels = "prl_fs"
    case overlay, aufs, ecryptfs
    case proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, configfs, efivarfs, pstore, bpf
    case binfmt = "binfmt_misc"
    case fusectl, selinuxfs, smackfs, resctrl, nsfs

    /// Who changes files there without a word.
    package enum Silence: Hashable, Sendable {
        case otherMachines, server, layers, kernel
    }

    /// The name as mount(8) has it.
    package var name: String { rawValue }

    package var silence: Silence {
        switch self {
        case .nfs, .cifs, .smb, .plan9, .afs, .coda, .ceph, .lustre, .gpfs, .gfs2, .ocfs2,
            .beegfs, .orangefs, .panfs, .snfs:
            .otherMachines
        case .fuse, .vboxsf, .vmhgfs, .parallels: .server
        case .overlay, .aufs, .ecryptfs: .layers
        case .proc, .sysfs, .cgroup, .cgroup2, .debugfs, .tracefs, .securityfs, .configfs,
            .efivarfs, .pstore, .bpf, .binfmt, .fusectl, .selinuxfs, .smackfs, .resctrl, .nsfs:
            .kernel
        }
    }

    /// Whether a change always moves the file's time. The kernel's own files are made anew at each
    /// reading: their time is that of their inode's coming into memory.
    var keepsTimes: Bool { silence != .kernel }

    /// Whether the birth time stays the file's. A union of directories shows that of the layer in
    /// which the file is now, which changes with the first write.
    var keepsBirthTime: Bool { silence != .layers }

    /// By the magic number of statfs(2), `f_type`: `<linux/magic.h>`, and the file systems' own
    /// sources. nil where inotify tells everything, or where nothing is known of the file system: to
    /// look costs, and there are many that tell.
    package init?(magic: UInt64) {
        switch magic {
        case 0x6969: self = .nfs
        case 0xFF53_4D42: self = .cifs
        case 0x517B, 0xFE53_4D42: self = .smb
        case 0x0102_1997: self = .plan9
        case 0x6B41_4653, 0x5346_414F: self = .afs
        case 0x7375_7245: self = .coda
        case 0x00C3_6400: self = .ceph
        case 0x0BD0_0BD0: self = .lustre
        case 0x4750_4653: self = .gpfs
        case 0x0116_1970: self = .gfs2
        case 0x7461_636F: self = .ocfs2
        case 0x1983_0326: self = .beegfs
        case 0x2003_0528: self = .orangefs
        case 0xAAD7_AAEA: self = .panfs
        case 0xBEEF_DEAD: self = .snfs
        case 0x6573_5546: self = .fuse
        case 0x786F_4256: self = .vboxsf
        case 0xBACB_ACBC: self = .vmhgfs
        case 0x7C7C_6673: self = .parallels
        case 0x794C_7630: self = .overlay
        case 0x6175_6673: self = .aufs
        case 0xF15F: self = .ecryptfs
        case 0x9FA0: self = .proc
        case 0x6265_6572: self = .sysfs
        case 0x0027_E0EB: self = .cgroup
        case 0x6367_7270: self = .cgroup2
        case 0x6462_6720: self = .debugfs
        case 0x7472_6163: self = .tracefs
        case 0x7363_6673: self = .securityfs
        case 0x6265_6570: self = .configfs
        case 0xDE5E_81E4: self = .efivarfs
        case 0x6165_676C: self = .pstore
        case 0xCAFE_4A11: self = .bpf
        case 0x4249_4E4D: self = .binfmt
        case 0x6573_5543: self = .fusectl
        case 0xF97C_FF8C: self = .selinuxfs
        case 0x4341_5D53: self = .smackfs
        case 0x0765_5821: self = .resctrl
        case 0x6E73_6673: self = .nsfs
        default: return nil
        }
    }
}
