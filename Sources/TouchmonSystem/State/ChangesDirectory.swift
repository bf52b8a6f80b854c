internal import Glibc

/// The directory of the files that tell runs what was changed, in the state directory.
///
/// A file belongs to its run's user, who alone, besides root, can read it. Everybody may pass through the
/// directories on the way to it, and list none of them.
///
/// To make a file takes a while, and is done before its run comes, when there is time.
package struct ChangesDirectory: ~Copyable, Sendable {
    private struct Ahead: ~Copyable, Sendable {
        let run: UInt64
        let file: OwnedDescriptor

        consuming func taken() -> OwnedDescriptor { file }
    }

    private var ahead: Ahead?
    private let files: RunFiles
    private let path: [UInt8]

    /// Opens the directory, which is made if it is not there, and lets everybody pass through the state
    /// directory.
    package init(in state: borrowing StateDirectory) throws(SystemFailure) {
        try state.letPass()
        let opened = try RunFiles("changes", mode: 0o711, in: state)
        path = state.path(of: "changes")
        files = opened
    }

    /// Writes the file of a run, in place of one that is there, and returns its path. Nobody but root
    /// may give it to another user than the daemon's own.
    ///
    /// Where it can't be written whole there is none. Whether the user can reach the path is decided by
    /// the directories above the state directory as well.
    package mutating func make(
        _ run: UInt64, _ bytes: [UInt8], user: UInt32, group: UInt32
    ) throws(SystemFailure) -> [UInt8] {
        let path = path + [.slash] + RunFiles.name(run).bytes
        do {
            if ahead?.run == run, let made = ahead.take() {
                try Self.fill(made.taken(), bytes, user, group)
            } else {
                try Self.fill(fresh(run), bytes, user, group)
            }
        } catch {
            try? files.remove(run)
            throw SystemFailure(
                operation: "write the changes for a run", errno: error.errno, subject: path)
        }
        return path
    }

    /// Makes the file of a run that may come. Until it does, nobody but the daemon can read it.
    package mutating func makeAhead(_ run: UInt64) throws(SystemFailure) {
        guard ahead?.run != run else { return }
        dismissAhead()
        ahead = Ahead(run: run, file: try fresh(run))
    }

    /// Removes the file of a run that did not come.
    package mutating func dismissAhead() {
        guard let made = ahead.take() else { return }
        try? files.remove(made.run)
    }

    private func fresh(_ run: UInt64) throws(SystemFailure) -> OwnedDescriptor {
        let name = RunFiles.name(run)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        do {
            return try OwnedDescriptor(
                opening: name, in: files.directory.raw, flags: flags, mode: 0o400)
        } catch {
            guard error.errno == .exists else { throw error }
            // What an earlier daemon left is its user's, who may have it open for writing.
            try files.remove(run)
            return try OwnedDescriptor(
                opening: name, in: files.directory.raw, flags: flags, mode: 0o400)
        }
    }

    private static func fill(
        _ file: borrowing OwnedDescriptor, _ bytes: [UInt8], _ user: UInt32, _ group: UInt32
    ) throws(SystemFailure) {
        let raw = file.raw
        // Before there is anything to read.
        if user != geteuid() || group != getegid() {
            _ = try systemCall("change the owner of a file") { fchown(raw, user, group) }
        }
        var start = 0
        while start < bytes.count {
            start += try systemCall("write a file") {
                bytes.withUnsafeBytes {
                    write(raw, $0.baseAddress.map { $0 + start }, bytes.count - start)
                }
            }
        }
    }

    /// The file of a run, opened for reading from its beginning: for the run's standard input.
    package func open(_ run: UInt64) throws(SystemFailure) -> OwnedDescriptor {
        try OwnedDescriptor(
            opening: RunFiles.name(run), in: files.directory.raw,
            flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    }

    /// Removes the file of a run, if there is one.
    package func remove(_ run: UInt64) throws(SystemFailure) { try files.remove(run) }

    /// Removes the files of all runs but these.
    package func removeAll(except runs: Set<UInt64>) throws(SystemFailure) {
        for run in try files.runs() where !runs.contains(run) { try files.remove(run) }
    }
}
