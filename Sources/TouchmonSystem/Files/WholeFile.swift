internal import Glibc

/// The bytes of a file that a user has named; nil where there are more than `limit`. Fails as open(2) and
/// read(2) do.
package func readFile(at path: CPath, atMost limit: Int) throws(SystemFailure) -> [UInt8]? {
    let file = try OwnedDescriptor(opening: path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK)
    return try file.readAll(atMost: limit, "read")
}

/// Puts a file with these bytes, which everybody may read, in the place of the one at a path, at once: rename(2).
/// Nothing that is at the path is followed or written to. Fails as open(2), write(2) and rename(2) do.
package func replaceFile(at path: CPath, with bytes: [UInt8]) throws(SystemFailure) {
    let new = CPath(path.bytes + Array(".\(getpid()).tmp".utf8))
    do {
        let file = try OwnedDescriptor(
            opening: new, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try systemCall("write", new) {
                rest.withUnsafeBytes { write(file.raw, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
        _ = try systemCall("replace", path) { rename(new.terminated, path.terminated) }
    } catch {
        if error.errno != .exists { _ = unlink(new.terminated) }
        throw error
    }
}
