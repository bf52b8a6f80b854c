internal import CTouchmon
internal import Glibc

/// Where `path` leads to, free of symbolic links; nil where that is nowhere. realpath(3).
package func realPath(_ path: CPath) -> [UInt8]? {
    guard let found = realpath(path.terminated, nil) else { return nil }
    defer { free(found) }
    return Array(UnsafeRawBufferPointer(start: found, count: strlen(found)))
}

/// The bytes of the regular file at a path of a tree, as `OwnedDescriptor.init(inTree:)` opens it. nil where
/// it is longer than `limit`, or no regular file. Never blocks on a FIFO. read(2).
package func readFile(inTree path: CPath, atMost limit: Int) throws(SystemFailure) -> [UInt8]? {
    let found = try OwnedDescriptor(inTree: path, flags: tm_open_path)
    guard try FileMetadata(of: found).kind == .regular else { return nil }
    return try found.reopenedForReading().readAll(atMost: limit, "read a file of a tree")
}
