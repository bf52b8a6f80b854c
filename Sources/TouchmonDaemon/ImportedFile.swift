internal import TouchmonCore
internal import TouchmonSystem

/// Somebody else's configuration, as it is on the disk.
package enum ImportedFile {
    /// More than a table that somebody has written.
    private static let most = 1 << 20

    package static func read(_ path: String) throws(StartupFailure) -> [UInt8] {
        do {
            return try readFile(at: CPath(Array(path.utf8)), atMost: most) ?? []
        } catch {
            throw StartupFailure(
                "read \(TerminalText.quoted(Array(path.utf8))): \(error.errno.message)",
                "see whether it is there, and who may read it",
                error.errno == .noSuchFile ? .noInput : .system)
        }
    }

    package static func isDirectory(_ path: [UInt8]) -> Bool {
        (try? FileMetadata(at: CPath(path)))?.kind == .directory
    }
}
