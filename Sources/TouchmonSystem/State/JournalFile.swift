internal import Glibc

/// The journal: bytes that are only ever appended, until it is begun anew.
package final class JournalFile: Sendable {
    /// Open for appending; for the children.
    package let descriptor: OwnedDescriptor

    /// Opens the journal of a state directory, or makes it.
    package init(in directory: borrowing StateDirectory) throws(SystemFailure) {
        descriptor = try OwnedDescriptor(
            opening: CPath(Array("journal".utf8)), in: directory.descriptor.raw,
            flags: O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600, operation: "open")
    }

    /// All of a journal that may not be writable; empty where there is none.
    package static func contents(
        in directory: borrowing StateDirectory
    ) throws(SystemFailure) -> [UInt8] {
        do {
            let file = try OwnedDescriptor(
                opening: CPath(Array("journal".utf8)), in: directory.descriptor.raw,
                flags: O_RDONLY | O_NOFOLLOW)
            return try file.readAll(atMost: 1 << 30, "read the journal") ?? []
        } catch {
            guard error.errno == .noSuchFile else { throw error }
            return []
        }
    }

    /// How long it is, in bytes.
    package func length() throws(SystemFailure) -> Int {
        var status = stat()
        _ = try systemCall("examine the journal") { fstat(descriptor.raw, &status) }
        return Int(status.st_size)
    }

    /// Appends with one write(2). What was written of a short one is of no use, and harmless: the
    /// reader stops there, and nothing is appended before the journal is begun anew.
    package func append(_ bytes: [UInt8]) throws(SystemFailure) {
        let count = try systemCall("write the journal") {
            write(descriptor.raw, bytes, bytes.count)
        }
        guard count == bytes.count else {
            throw SystemFailure(operation: "write the journal", errno: .noSpace)
        }
    }

    /// Begins it anew.
    package func reset(_ header: [UInt8]) throws(SystemFailure) {
        _ = try systemCall("begin the journal anew") { ftruncate(descriptor.raw, 0) }
        try append(header)
    }
}
