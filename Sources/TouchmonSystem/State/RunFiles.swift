internal import Glibc

/// A directory in the state directory that has a file for a run, called by its number.
struct RunFiles: ~Copyable, Sendable {
    let directory: OwnedDescriptor

    /// Opens the directory, which is made if it is not there, and gives it this mode.
    init(
        _ name: String, mode: mode_t, in state: borrowing StateDirectory
    ) throws(SystemFailure) {
        let name = CPath(name)
        try Self.make(name, mode, in: state)
        let opened = try OwnedDescriptor(
            opening: name, in: state.descriptor.raw, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try Self.check(opened, name, mode)
        directory = opened
    }

    private static func make(
        _ name: CPath, _ mode: mode_t, in state: borrowing StateDirectory
    ) throws(SystemFailure) {
        do {
            _ = try systemCall("make the directory", name) {
                mkdirat(state.descriptor.raw, name.terminated, mode)
            }
        } catch {
            // Where nothing can be made, opening says whether it is there.
            guard [EEXIST, EROFS, EACCES].contains(error.errno.code) else { throw error }
        }
    }

    /// It must be ours, and as open to others as it is meant to be.
    private static func check(
        _ directory: borrowing OwnedDescriptor, _ name: CPath, _ mode: mode_t
    ) throws(SystemFailure) {
        var status = stat()
        _ = try systemCall("examine", name) { fstat(directory.raw, &status) }
        guard status.st_uid == geteuid() else {
            throw SystemFailure(operation: "use", errno: .notPermitted, subject: name.bytes)
        }
        guard status.st_mode & 0o777 != mode else { return }
        _ = try systemCall("change the mode of", name) { fchmod(directory.raw, mode) }
    }

    static func name(_ run: UInt64) -> CPath { CPath(number: run) }

    /// Removes the file of a run, if there is one.
    func remove(_ run: UInt64) throws(SystemFailure) {
        do {
            let name = Self.name(run)
            _ = try systemCall("remove", name) { unlinkat(directory.raw, name.terminated, 0) }
        } catch {
            guard error.errno == .noSuchFile else { throw error }
        }
    }

    /// What the file of a run takes of the disk, and when it was last written.
    func size(_ run: UInt64) throws(SystemFailure) -> (bytes: Int64, modified: Int64) {
        let name = Self.name(run)
        var status = stat()
        _ = try systemCall("examine", name) {
            fstatat(directory.raw, name.terminated, &status, AT_SYMLINK_NOFOLLOW)
        }
        return (
            Int64(status.st_blocks) * 512,
            Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        )
    }

    /// The runs of which there is a file, in no order.
    func runs() throws(SystemFailure) -> [UInt64] {
        try Directory.names(of: CPath("/proc/self/fd/\(directory.raw)")).compactMap { name in
            let text = String(decoding: name, as: UTF8.self)
            return UInt64(text).flatMap { String($0) == text ? $0 : nil }
        }
    }
}
