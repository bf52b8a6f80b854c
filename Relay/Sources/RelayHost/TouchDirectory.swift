internal import Glibc
package import RelayCore

/// The directory where values become files, each at the path that its key says. Nothing outside is ever
/// written: directories are opened one in the other, and no symbolic link is followed.
package final class TouchDirectory: Sendable {
    /// A file, as the kernel knows it.
    package struct FileIdentity: Hashable, Sendable {
        package let device: UInt64
        package let inode: UInt64
    }

    /// A value on disk that has not taken its place.
    package struct Prepared: ~Copyable {
        package let identity: FileIdentity
        fileprivate let directory: Descriptor
        fileprivate let temporary: String
        fileprivate let name: String
    }

    /// As it was given.
    package let path: String
    private let top: Descriptor

    /// Opens the directory, which has to be there.
    package init(_ path: String) throws(SystemFailure) {
        self.path = path
        top = Descriptor(
            try systemCall("open \(path)") { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }

    /// Where the value of a key is.
    package func path(of key: TouchKey) -> String { "\(path)/\(key)" }

    /// Writes a value beside its place, under a hidden name, to disk.
    package func prepare(
        _ key: TouchKey, revision: Int64, _ value: [UInt8]
    ) throws(SystemFailure) -> Prepared {
        let directory = try self.directory(of: key, makes: true)
        let name = key.components.last ?? key.text
        let temporary = Self.temporary(name, revision)
        // Of an attempt that was cut off; a link that somebody put there is removed, not followed.
        unlinkat(directory.number, temporary, 0)
        let file = Descriptor(
            try systemCall("make \(temporary)") {
                openat(
                    directory.number, temporary,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
            })
        try file.write(value, to: temporary)
        try file.sync(temporary)
        var status = stat()
        try systemCall("look at \(temporary)") { fstat(file.number, &status) }
        return Prepared(
            identity: FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            directory: directory, temporary: temporary, name: name)
    }

    /// The value takes its place, at once.
    package func place(_ prepared: consuming Prepared) throws(SystemFailure) {
        let directory = prepared.directory
        do {
            try systemCall("put \(prepared.name) in its place") {
                renameat(
                    directory.number, prepared.temporary, directory.number, prepared.name)
            }
        } catch {
            unlinkat(directory.number, prepared.temporary, 0)
            throw error
        }
        try directory.sync("the directory of \(prepared.name)")
    }

    /// Whether this very file is at the place of the key.
    package func isPlaced(_ key: TouchKey, _ identity: FileIdentity) -> Bool {
        guard let directory = try? self.directory(of: key, makes: false) else { return false }
        var status = stat()
        guard
            fstatat(
                directory.number, key.components.last ?? key.text, &status, AT_SYMLINK_NOFOLLOW)
                == 0
        else { return false }
        return UInt64(status.st_dev) == identity.device && UInt64(status.st_ino) == identity.inode
    }

    /// Removes what an attempt that was cut off has left.
    package func discard(_ key: TouchKey, revision: Int64) {
        guard let directory = try? self.directory(of: key, makes: false) else { return }
        unlinkat(directory.number, Self.temporary(key.components.last ?? key.text, revision), 0)
    }

    private static func temporary(_ name: String, _ revision: Int64) -> String {
        ".\(name).relay-\(revision)"
    }

    private func directory(of key: TouchKey, makes: Bool) throws(SystemFailure) -> Descriptor {
        var directory = top
        for component in key.components.dropLast() {
            let parent = directory
            if makes, mkdirat(parent.number, component, 0o755) == 0 {
                try parent.sync("the directory of \(component)")
            }
            directory = Descriptor(
                try systemCall("open the directory \(component) of \(key)") {
                    openat(
                        parent.number, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                })
        }
        return directory
    }
}
