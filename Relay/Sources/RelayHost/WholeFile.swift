internal import Glibc
package import RelayCore

/// A file from beginning to end.
package enum WholeFile {
    /// `-` is standard input. What is longer is cut.
    package static func read(_ path: String, atMost limit: Int) throws(RelayProblem) -> [UInt8] {
        do {
            let file = Descriptor(
                try systemCall("read \(path)") {
                    path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
                })
            return try read(file, path, atMost: limit)
        } catch {
            throw RelayProblem(
                .usage, "read \(path)", String(cString: strerror(error.code)),
                "Name a file that is there and that this user can read.")
        }
    }

    static func read(
        _ file: Descriptor, _ name: String, atMost limit: Int
    ) throws(SystemFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = try systemCall("read \(name)") {
                buffer.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, $0.count) }
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return Array(bytes.prefix(limit))
    }
}
