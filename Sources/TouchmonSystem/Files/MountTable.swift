internal import Glibc

/// What is mounted where, /proc/self/mountinfo of proc(5).
package struct MountTable: ~Copyable {
    /// Reported by a `Poller` with the interest `priority` when a mount comes, goes or changes.
    package let descriptor: OwnedDescriptor

    package init() throws(SystemFailure) {
        descriptor = try OwnedDescriptor(
            opening: CPath("/proc/self/mountinfo"), flags: O_RDONLY, operation: "read the mounts")
    }

    /// The whole table, as the kernel writes it.
    ///
    /// A change while it is read is reported again, so that the last reading is always whole.
    package func read() throws(SystemFailure) -> [UInt8] {
        _ = try systemCall("read the mounts") { lseek(descriptor.raw, 0, SEEK_SET) }
        guard let bytes = try descriptor.readAll(atMost: .max, "read the mounts") else {
            preconditionFailure("more bytes than memory")
        }
        return bytes
    }
}

extension OwnedDescriptor {
    /// Reads to the end; nil when there are more than `limit` bytes. `expected` is how many there seem to
    /// be. read(2).
    borrowing func readAll(
        atMost limit: Int, expected: UInt64 = 0, _ operation: String, _ subject: CPath? = nil
    ) throws(SystemFailure) -> [UInt8]? {
        var content: [UInt8] = []
        content.reserveCapacity(Int(min(expected, UInt64(limit))))
        var chunk = [UInt8](repeating: 0, count: 65536)
        let raw = raw
        while true {
            let count = try systemCall(operation, subject) { Glibc.read(raw, &chunk, 65536) }
            if count == 0 { return content }
            guard content.count <= limit - count else { return nil }
            content += chunk[..<count]
        }
    }
}
