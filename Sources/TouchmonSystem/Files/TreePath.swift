internal import CTouchmon
internal import Glibc

extension OwnedDescriptor {
    /// Opens what is at `path`, which is absolute and normal, of any length, and leads through no
    /// symbolic link; nor to one, unless `O_PATH` is among `flags`: that opens the link itself.
    ///
    /// Fails with `ELOOP` or `ENOTDIR` where a link is on the way: whoever may write in a tree can put
    /// one there at any moment, and files from elsewhere would look as if they were in the tree.
    /// openat2(2).
    package init(inTree path: CPath, flags: Int32) throws(SystemFailure) {
        let raw: Int32
        do {
            raw = try systemCall("open", path) {
                tm_open_without_links(AT_FDCWD, path.terminated, flags | O_NOFOLLOW | O_CLOEXEC)
            }
        } catch {
            switch error.errno.code {
            case ENAMETOOLONG:
                self = try TreePath.open(path, flags, inPiecesOf: 4095, tm_open_without_links)
            // Before Linux 5.6; and older filters of containers answer what they do not know with
            // EPERM. What else that means, this way finds as well.
            case ENOSYS, EPERM:
                self = try TreePath.open(path, flags, inPiecesOf: 0) { openat($0, $1, $2) }
            default: throw error
            }
            return
        }
        self.init(adopting: raw)
    }
}

private enum TreePath {
    /// Opens a path piece by piece: whole names, and at most `limit` bytes where they are several.
    static func open(
        _ path: CPath, _ flags: Int32, inPiecesOf limit: Int,
        _ open: (Int32, UnsafePointer<CChar>, Int32) -> Int32
    ) throws(SystemFailure) -> OwnedDescriptor {
        let pieces = pieces(path.bytes, limit)
        var place = try OwnedDescriptor(opening: CPath("/"), flags: tm_open_path)
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            let flags = (isLast ? flags : tm_open_path | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC
            let next = try systemCall("open", path) { open(place.raw, piece.terminated, flags) }
            place = OwnedDescriptor(adopting: next)
        }
        return place
    }

    /// The root itself is a piece that names the directory.
    private static func pieces(_ path: [UInt8], _ limit: Int) -> [CPath] {
        var pieces: [CPath] = []
        var piece: [UInt8] = []
        for name in path.split(separator: .slash) {
            if !piece.isEmpty, piece.count + 1 + name.count > limit {
                pieces.append(CPath(piece))
                piece.removeAll(keepingCapacity: true)
            }
            if !piece.isEmpty { piece.append(.slash) }
            piece += name
        }
        return pieces + [CPath(piece.isEmpty ? [.dot] : piece)]
    }
}
