internal import TouchmonCore
internal import TouchmonSystem

/// A file that others read whenever they like.
package enum TextFile {
    /// Puts a file with these bytes in the place of the one at a path: whoever reads it has all of the one or
    /// of the other. Everybody may read it.
    package static func replace(_ path: [UInt8], with bytes: [UInt8]) throws(StartupFailure) {
        do {
            try replaceFile(at: CPath(path), with: bytes)
        } catch {
            throw StartupFailure(
                "write \(TerminalText.quoted(path)): \(error.errno.message)",
                "see whether its directory is there, and who may write into it", .system)
        }
    }
}
