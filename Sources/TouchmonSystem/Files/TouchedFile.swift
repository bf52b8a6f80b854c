internal import CTouchmon
internal import Glibc

/// A file that is about to be touched, as touch(1) does it: made if it is not there, its times set to now.
package struct TouchedFile: ~Copyable {
    /// Open for writing, which shows who may touch it; nil for what can't be opened so, such as a directory.
    package private(set) var descriptor: OwnedDescriptor?
    /// Whether it was made by opening it: then it is touched already.
    package let isNew: Bool
    private let path: CPath

    /// Opens a file for writing, or `makes` it. open(2).
    package init(_ path: [UInt8], makes: Bool) throws(SystemFailure) {
        self.path = CPath(path)
        let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY
        do throws(SystemFailure) {
            descriptor = try OwnedDescriptor(opening: self.path, flags: flags)
            isNew = false
        } catch {
            switch error.errno.code {
            case ENOENT where makes:
                descriptor = try OwnedDescriptor(
                    opening: self.path, flags: flags | O_CREAT, mode: 0o666)
                isNew = true
            // A directory; a FIFO or socket that nobody reads.
            case EISDIR, ENXIO:
                descriptor = nil
                isNew = false
            default: throw error
            }
        }
    }

    /// Sets its times to now, and closes it. utimensat(2).
    package mutating func touch() throws(SystemFailure) {
        if let opened = descriptor.take() {
            let raw = opened.raw
            _ = try systemCall("touch", path) { futimens(raw, nil) }
        } else {
            _ = try systemCall("touch", path) { utimensat(AT_FDCWD, path.terminated, nil, 0) }
        }
    }

    /// When a file was last changed in any way, on the monotonic clock, in nanoseconds: as long as the realtime
    /// clock was not set since. statx(2).
    package static func changed(_ path: [UInt8]) throws(SystemFailure) -> Int64 {
        let time = try FileMetadata(at: CPath(path)).changed
        let age = Clock.realtime() - (time.seconds * 1_000_000_000 + Int64(time.nanoseconds))
        return Clock.monotonic() - age
    }
}
