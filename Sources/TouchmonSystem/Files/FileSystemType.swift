internal import CTouchmon
internal import Glibc

/// Which kind of file system holds a file, statfs(2).
package struct FileSystemType: Hashable, Sendable {
    /// `f_type`.
    package let magic: UInt64
    /// `f_fsid`, by which `Fanotify` tells file systems apart.
    package let number: UInt64

    /// Of the file at `path`; with `follow`, at the end of its symbolic links. The same for every file
    /// of its device. Opens nothing (`O_PATH`), so that no device or FIFO notices.
    package init(of path: CPath, follow: Bool = true) throws(SystemFailure) {
        let file = try OwnedDescriptor(
            opening: path, flags: tm_open_path | (follow ? 0 : O_NOFOLLOW))
        var (magic, number): (UInt64, UInt64) = (0, 0)
        let raw = file.raw
        _ = try systemCall("examine the file system", path) {
            tm_examine_file_system(raw, &magic, &number)
        }
        self.magic = magic
        self.number = number
    }
}
