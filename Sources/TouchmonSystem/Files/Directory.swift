internal import Glibc

/// What a directory and a symbolic link hold: names, as bytes.
package enum Directory {
    /// The names in a directory except `.` and `..`, in byte order. readdir(3).
    package static func names(of path: CPath) throws(SystemFailure) -> [[UInt8]] {
        let descriptor = try OwnedDescriptor(
            opening: path, flags: O_RDONLY | O_DIRECTORY | O_NONBLOCK, operation: "list")
        guard let stream = fdopendir(descriptor.raw) else {
            throw SystemFailure(operation: "list", errno: Errno(errno), subject: path.bytes)
        }
        defer { closedir(stream) }
        // closedir closes the descriptor.
        _ = descriptor.release()
        var names: [[UInt8]] = []
        while let name = try nextName(stream, path) {
            if name != [.dot], name != [.dot, .dot] { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Whether a directory has entries besides `.` and `..`. readdir(3).
    package static func hasEntries(_ path: CPath) throws(SystemFailure) -> Bool {
        let descriptor = try OwnedDescriptor(
            opening: path, flags: O_RDONLY | O_DIRECTORY | O_NONBLOCK, operation: "list")
        guard let stream = fdopendir(descriptor.raw) else {
            throw SystemFailure(operation: "list", errno: Errno(errno), subject: path.bytes)
        }
        defer { closedir(stream) }
        _ = descriptor.release()
        while let name = try nextName(stream, path) {
            if name != [.dot], name != [.dot, .dot] { return true }
        }
        return false
    }

    private static func nextName(
        _ stream: OpaquePointer, _ path: CPath
    ) throws(SystemFailure) -> [UInt8]? {
        // The end and a failure look the same but for errno.
        errno = 0
        guard let entry = readdir(stream) else {
            let code = errno
            guard code != 0 else { return nil }
            throw SystemFailure(operation: "list", errno: Errno(code), subject: path.bytes)
        }
        let start = UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
        let name = UnsafeRawBufferPointer(start: start, count: Int(entry.pointee.d_reclen))
        return Array(name.prefix { $0 != 0 })
    }
}

/// Where a symbolic link points, as it is written: readlink(2). `EINVAL` when it is no link.
package func readLink(_ path: CPath) throws(SystemFailure) -> [UInt8] {
    try readLink(path, in: AT_FDCWD)
}

/// The target of the link that `path` names below `directory`; with an empty path, of the link that
/// `directory` was opened on with `O_PATH`.
func readLink(_ path: CPath, in directory: Int32) throws(SystemFailure) -> [UInt8] {
    // Linux makes no longer link than PATH_MAX.
    var target = [CChar](repeating: 0, count: 4096)
    let count = try systemCall("read the link", path) {
        readlinkat(directory, path.terminated, &target, 4096)
    }
    return target[..<count].map(UInt8.init(bitPattern:))
}

extension UInt8 {
    static let dot = UInt8(ascii: ".")
    static let slash = UInt8(ascii: "/")
}
