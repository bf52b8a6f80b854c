/// A file system on which things change that inotify(7) does not tell.
///
/// inotify reports what passes through this machine's kernel, at this mount. What another machine,
/// the server behind a mount, or the kernel itself changes is only found by looking.
package enum QuietFileSystem: UInt8, Hashable, Sendable, CaseIterable {
    case nfs, cifs, smb, plan9, afs, openAFS, coda, ceph, lustre, gpfs, gfs2, ocfs2, beegfs,
        orangefs
    case panfs, snfs, fuse, vboxsf, vmhgfs, parallels, overlay, aufs, ecryptfs
    case proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, configfs, efivarfs, pstore
    case bpf, binfmt, fusectl, selinux, smack, resctrl, nsfs

    /// Who changes files there without a word.
    package enum Silence: Hashable, Sendable {
        case otherMachines, server, layers, kernel
    }

    /// By the magic number of statfs(2), `f_type`; nil where inotify tells everything, or where
    /// nothing is known of the file system: to look costs, and there are many that tell.
    package init?(magic: UInt64) {
        guard let known = Self.allCases.first(where: { $0.magics.contains(magic) }) else {
            return nil
        }
        self = known
    }

    /// The name as mount(8) has it.
    package var name: String {
        switch self {
        case .plan9: "9p"
        case .openAFS: "afs"
        case .parallels: "prl_fs"
        case .binfmt: "binfmt_misc"
        case .selinux: "selinuxfs"
        case .smack: "smackfs"
        default: "\(self)"
        }
    }

    package var silence: Silence {
        switch self {
        case .nfs, .cifs, .smb, .plan9, .afs, .openAFS, .coda, .ceph, .lustre, .gpfs, .gfs2, .ocfs2,
            .beegfs, .orangefs, .panfs, .snfs:
            .otherMachines
        case .fuse, .vboxsf, .vmhgfs, .parallels: .server
        case .overlay, .aufs, .ecryptfs: .layers
        case .proc, .sysfs, .cgroup, .cgroup2, .debugfs, .tracefs, .securityfs, .configfs,
            .efivarfs, .pstore, .bpf, .binfmt, .fusectl, .selinux, .smack, .resctrl, .nsfs:
            .kernel
        }
    }

    /// Whether a change always moves the file's time. The kernel's own files are made anew at each
    /// reading: their time is that of their inode's coming into memory.
    var keepsTimes: Bool { silence != .kernel }

    /// Whether the birth time stays the file's. A union of directories shows that of the layer in
    /// which the file is now, which changes with the first write.
    var keepsBirthTime: Bool { silence != .layers }

    /// `<linux/magic.h>`, statfs(2), and the file systems' own sources.
    private var magics: [UInt64] {
        switch self {
        case .nfs: [0x6969]
        case .cifs: [0xFF53_4D42]
        case .smb: [0x517B, 0xFE53_4D42]
        case .plan9: [0x0102_1997]
        case .afs: [0x6B41_4653]
        case .openAFS: [0x5346_414F]
        case .coda: [0x7375_7245]
        case .ceph: [0x00C3_6400]
        case .lustre: [0x0BD0_0BD0]
        case .gpfs: [0x4750_4653]
        case .gfs2: [0x0116_1970]
        case .ocfs2: [0x7461_636F]
        case .beegfs: [0x1983_0326]
        case .orangefs: [0x2003_0528]
        case .panfs: [0xAAD7_AAEA]
        case .snfs: [0xBEEF_DEAD]
        case .fuse: [0x6573_5546]
        case .vboxsf: [0x786F_4256]
        case .vmhgfs: [0xBACB_ACBC]
        case .parallels: [0x7C7C_6673]
        case .overlay: [0x794C_7630]
        case .aufs: [0x6175_6673]
        case .ecryptfs: [0xF15F]
        case .proc: [0x9FA0]
        case .sysfs: [0x6265_6572]
        case .cgroup: [0x0027_E0EB]
        case .cgroup2: [0x6367_7270]
        case .debugfs: [0x6462_6720]
        case .tracefs: [0x7472_6163]
        case .securityfs: [0x7363_6673]
        case .configfs: [0x6265_6570]
        case .efivarfs: [0xDE5E_81E4]
        case .pstore: [0x6165_676C]
        case .bpf: [0xCAFE_4A11]
        case .binfmt: [0x4249_4E4D]
        case .fusectl: [0x6573_5543]
        case .selinux: [0xF97C_FF8C]
        case .smack: [0x4341_5D53]
        case .resctrl: [0x0765_5821]
        case .nsfs: [0x6E73_6673]
        }
    }
}
