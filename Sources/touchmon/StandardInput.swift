internal import Glibc

/// What others hand over.
enum StandardInput {
    /// The paths that it names, one a line, or each before a NUL where it has any; nil where it is
    /// neither a pipe nor a file, and nobody means to name any.
    static func paths() -> [[UInt8]]? {
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFIFO, S_IFREG, S_IFSOCK: break
        default: return nil
        }
        let bytes = all()
        let separator: UInt8 = bytes.contains(0) ? 0 : UInt8(ascii: "\n")
        return bytes.split(separator: separator).map(Array.init)
    }

    private static func all() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }
}
