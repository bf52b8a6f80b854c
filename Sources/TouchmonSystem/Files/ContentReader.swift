internal import CTouchmon
internal import Glibc

/// Reads a regular file from its beginning to its end, a piece at a time.
///
/// Never blocks on a FIFO or a device: what is at the path is looked at through `O_PATH`, which opens
/// nothing, and only a regular file is opened.
package struct ContentReader: ~Copyable {
    private let file: OwnedDescriptor
    /// The file as it was when it was opened.
    package let metadata: FileMetadata

    /// nil where there is no regular file that can be read.
    package init?(_ path: CPath) {
        guard let found = try? OwnedDescriptor(opening: path, flags: tm_open_path),
            let metadata = try? FileMetadata(of: found), metadata.kind == .regular,
            let file = try? found.reopenedForReading()
        else { return nil }
        self.file = file
        self.metadata = metadata
    }

    /// Reads into `buffer` and returns how many bytes; 0 at the end. read(2).
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemFailure) -> Int {
        let raw = file.raw
        return try systemCall("read the file") { Glibc.read(raw, buffer.baseAddress, buffer.count) }
    }

    /// The file as it is now.
    package func currentMetadata() throws(SystemFailure) -> FileMetadata {
        try FileMetadata(of: file)
    }
}
