internal import Glibc

/// Copies of files that can't be written where they are, for somebody who can't read without writing.
/// Removed with this object.
final class TemporaryCopy {
    private let directory: [UInt8]
    private let names: [String]

    /// Where it may be made: in memory where possible.
    private static let places = ["/run", "/dev/shm", "/tmp"]

    /// Copies those of the files that are there. mkdtemp(3): nobody else may enter.
    init(of original: borrowing StateDirectory, _ names: [String]) throws(SystemFailure) {
        var made: [UInt8]?
        var failure = SystemFailure(operation: "make a temporary directory", errno: .noSuchFile)
        for place in Self.places where made == nil {
            var template = Array("\(place)/touchmon-XXXXXX".utf8CString)
            if mkdtemp(&template) != nil {
                made = template.dropLast().map(UInt8.init(bitPattern:))
            } else {
                failure.errno = Errno(errno)
            }
        }
        guard let made else { throw failure }
        directory = made
        self.names = names
        for name in names { try copy(original.path(of: name), to: path(of: name)) }
    }

    private func copy(_ source: [UInt8], to target: [UInt8]) throws(SystemFailure) {
        let bytes: [UInt8]
        do {
            let file = try OwnedDescriptor(
                opening: CPath(source), flags: O_RDONLY | O_NOFOLLOW, operation: "read the ledger")
            bytes = try file.readAll(atMost: 1 << 30, "read the ledger") ?? []
        } catch {
            guard error.errno == .noSuchFile else { throw error }
            return
        }
        let file = try OwnedDescriptor(
            opening: CPath(target), flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600,
            operation: "copy the ledger")
        var start = 0
        while start < bytes.count {
            start += try systemCall("copy the ledger") {
                bytes.withUnsafeBytes {
                    write(file.raw, $0.baseAddress.map { $0 + start }, bytes.count - start)
                }
            }
        }
    }

    func path(of name: String) -> [UInt8] { directory + Array("/\(name)".utf8) }

    deinit {
        for name in names { unlink(CPath(path(of: name)).terminated) }
        rmdir(CPath(directory).terminated)
    }
}
