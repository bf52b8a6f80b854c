internal import CTouchmon
internal import Glibc

/// A file that is nowhere but in memory, memfd_create(2).
package enum MemoryFile {
    /// One that holds these bytes, to be read from its beginning. Nobody can write to it any more.
    package static func make(_ bytes: [UInt8]) throws(SystemFailure) -> OwnedDescriptor {
        let file = OwnedDescriptor(
            adopting: try systemCall("make a file in memory") { tm_memory_file() })
        let raw = file.raw
        var start = 0
        while start < bytes.count {
            start += try systemCall("write a file in memory") {
                bytes.withUnsafeBytes {
                    write(raw, $0.baseAddress.map { $0 + start }, bytes.count - start)
                }
            }
        }
        _ = try systemCall("close a file in memory to writers") { tm_seal(raw) }
        _ = try systemCall("go to the beginning of a file in memory") {
            Int32(lseek(raw, 0, SEEK_SET))
        }
        return file
    }
}
