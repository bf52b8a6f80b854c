internal import CTouchmon
internal import Glibc

/// Looks at files of trees by their paths, which lead through no symbolic link.
///
/// The directory of the last one stays open: a look at its neighbour takes a third of the time. It stays
/// the directory that it was when its path leads elsewhere by now. So `forget` before events are read: a
/// directory that was moved before that is looked up again, and one that is moved later is told of
/// later. A mount is kept busy until then, too.
package struct TreeLooks: ~Copyable {
    private var directory: OwnedDescriptor?
    /// Its path with the slash behind it.
    private var path: [UInt8] = []

    package init() {}

    /// Closes the directory.
    package mutating func forget() {
        directory = nil
    }

    /// What is at `path`, absolute and normal and of any length; a symbolic link itself. `isFresh`: as
    /// for `FileMetadata`. Fails with `ELOOP` or `ENOTDIR` where a symbolic link is on the way.
    package mutating func metadata(
        of path: CPath, isFresh: Bool = false
    ) throws(SystemFailure) -> FileMetadata {
        do throws(SystemFailure) {
            return try path.terminated.withUnsafeBufferPointer {
                (bytes) throws(SystemFailure) -> FileMetadata in
                guard let start = bytes.baseAddress, start.pointee == CChar(UInt8.slash),
                    let found = strrchr(start, Int32(UInt8.slash))
                else { preconditionFailure("a path of a tree is absolute") }
                let slash = UnsafePointer(found)
                let directory = UnsafeRawBufferPointer(start: start, count: slash + 1 - start)
                // The root is an entry of nothing but itself.
                let name = slash[1] == 0 ? slash : slash + 1
                return try FileMetadata(of: name, in: enter(directory), isFresh: isFresh)
            }
        } catch {
            throw SystemFailure(
                operation: error.operation, errno: error.errno, subject: path.bytes)
        }
    }

    /// Opens a directory, given with a slash at its end, unless it is the one that is open.
    private mutating func enter(_ path: UnsafeRawBufferPointer) throws(SystemFailure) -> Int32 {
        if let raw = directory?.raw, self.path.elementsEqual(path) { return raw }
        directory = nil
        self.path.removeAll(keepingCapacity: true)
        self.path += path
        let opened = try OwnedDescriptor(
            inTree: CPath(Array(path)), flags: tm_open_path | O_DIRECTORY)
        let raw = opened.raw
        directory = consume opened
        return raw
    }
}
