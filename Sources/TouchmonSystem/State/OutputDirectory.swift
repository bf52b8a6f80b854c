internal import CTouchmon
internal import Glibc

/// The directory of the files that runs print into, in the state directory.
///
/// Nobody else can enter it; so its files can be writable for everybody, and are: a program that
/// opens /dev/stderr, and thereby /proc/self/fd/2, is asked for the right to write the file.
package struct OutputDirectory: ~Copyable, Sendable {
    private let files: RunFiles

    /// Opens the directory, which is made if it is not there.
    package init(in state: borrowing StateDirectory) throws(SystemFailure) {
        files = try RunFiles("output", mode: 0o700, in: state)
    }

    /// A fresh file for a run, open for appending.
    package func make(_ run: UInt64) throws(SystemFailure) -> OwnedDescriptor {
        let file = try OwnedDescriptor(
            opening: RunFiles.name(run), in: files.directory.raw,
            flags: O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
        _ = try systemCall("change the mode of a file") { fchmod(file.raw, 0o622) }
        return file
    }

    /// The file of a run, to be looked at. Never waits for whoever has it open.
    package func open(_ run: UInt64) throws(SystemFailure) -> OutputFile {
        try OutputFile(
            OwnedDescriptor(
                opening: RunFiles.name(run), in: files.directory.raw,
                flags: O_RDWR | O_NOFOLLOW | O_NONBLOCK))
    }

    /// Removes the file of a run, if there is one.
    package func remove(_ run: UInt64) throws(SystemFailure) { try files.remove(run) }

    /// The runs of which there is a file, in no order.
    package func runs() throws(SystemFailure) -> [UInt64] { try files.runs() }

    /// What the file of a run takes of the disk in bytes, and when it was last written, in nanoseconds since
    /// 1970. fstatat(2).
    package func size(_ run: UInt64) throws(SystemFailure) -> (bytes: Int64, modified: Int64) {
        try files.size(run)
    }

    /// Where the file of a run is, for as long as the directory is open. Needs /proc, proc(5).
    package func path(of run: UInt64) -> CPath {
        CPath("/proc/self/fd/\(files.directory.raw)/\(run)")
    }
}

/// The file that a run prints into.
package struct OutputFile: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor
    /// In bytes, holes included.
    package let size: Int64

    fileprivate init(_ descriptor: consuming OwnedDescriptor) throws(SystemFailure) {
        var status = stat()
        let raw = descriptor.raw
        _ = try systemCall("examine the output") { fstat(raw, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemFailure(operation: "use the output", errno: .invalidArgument)
        }
        size = Int64(status.st_size)
        self.descriptor = descriptor
    }

    /// Where the next bytes are that were not taken out, from an offset on; the size where there are none.
    /// lseek(2) with SEEK_DATA.
    package func data(from offset: Int64) throws(SystemFailure) -> Int64 {
        do {
            return Int64(
                try systemCall("read the output") {
                    lseek(descriptor.raw, off_t(offset), tm_seek_data)
                })
        } catch {
            guard error.errno.code == ENXIO else { throw error }
            return size
        }
    }

    /// The bytes in a part of it; fewer where it ends before.
    package func read(_ part: Range<Int64>) throws(SystemFailure) -> [UInt8] {
        guard !part.isEmpty else { return [] }
        let size = Int(part.upperBound - part.lowerBound)
        var failure: SystemFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            do {
                count = try systemCall("read the output") {
                    pread(descriptor.raw, buffer.baseAddress, size, off_t(part.lowerBound))
                }
            } catch let error as SystemFailure {
                failure = error
            } catch {
                preconditionFailure("no other error is thrown")
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Takes a part out of it, whose bytes are 0 from then on and take nothing of the disk; false where
    /// the file system has no holes.
    package func punch(_ part: Range<Int64>) throws(SystemFailure) -> Bool {
        do {
            _ = try systemCall("make a hole in the output") {
                tm_punch_hole(
                    descriptor.raw, part.lowerBound, part.upperBound - part.lowerBound)
            }
            return true
        } catch {
            guard error.errno == .notSupported else { throw error }
            return false
        }
    }

    /// Cuts off what is beyond `end`.
    package func cutOff(at end: Int64) throws(SystemFailure) {
        _ = try systemCall("cut the output") { ftruncate(descriptor.raw, off_t(end)) }
    }
}
