internal import Glibc
package import RelayCore

/// What a relay has to know after a restart.
package final class StateDirectory: Sendable {
    private static let name = "touches.json"
    private static let longest = 64 * 1024 * 1024

    package let path: String
    private let directory: Descriptor
    private let lock: Descriptor

    /// Makes the directory where it is missing. Two relays never share one: it is theirs alone who run the
    /// touches of a host.
    package init(_ path: String) throws(RelayProblem) {
        self.path = path
        do {
            try Self.make(path)
            let directory = Descriptor(
                try systemCall("open \(path)") { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
            lock = Descriptor(
                try systemCall("open \(path)/lock") {
                    openat(
                        directory.number, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
                })
            self.directory = directory
        } catch {
            throw RelayProblem(
                .system, "use the state directory", "\(error)",
                "Make it and give it to the relay's user, or name another with --state-directory.")
        }
        guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
            throw RelayProblem(
                .tryAgainLater, "use the state directory \(path)", "another relay works with it",
                "End the other one, or name another directory with --state-directory.")
        }
    }

    /// What was written last; nil where nothing was.
    package func read() throws(RelayProblem) -> HandledTouches? {
        let file = openat(directory.number, Self.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw problem(String(cString: strerror(errno)))
        }
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(Descriptor(file), Self.name, atMost: Self.longest)
        } catch { throw problem("\(error)") }
        guard let touches = RelayJSON.value(HandledTouches.self, bytes) else {
            throw problem("it is not what a relay writes")
        }
        guard touches.version == HandledTouches.currentVersion else {
            throw problem("a relay of another version wrote it (\(touches.version))")
        }
        return touches
    }

    /// Replaces what was written, on disk when it returns.
    package func write(_ touches: HandledTouches) throws(SystemFailure) {
        let temporary = Self.name + ".new"
        let file = Descriptor(
            try systemCall("make \(path)/\(temporary)") {
                openat(
                    directory.number, temporary,
                    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
            })
        try file.write(RelayJSON.bytes(touches), to: temporary)
        try file.sync(temporary)
        try systemCall("replace \(path)/\(Self.name)") {
            renameat(directory.number, temporary, directory.number, Self.name)
        }
        try directory.sync(path)
    }

    private func problem(_ reason: String) -> RelayProblem {
        RelayProblem(
            .system, "read \(path)/\(Self.name)", reason,
            "Move it away to begin as a new host: what was touched until then is not run.")
    }

    private static func make(_ path: String) throws(SystemFailure) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let end = path.lastIndex(of: "/"), end > path.startIndex else {
            throw SystemFailure("make \(path)", errno)
        }
        try make(String(path[..<end]))
        try systemCall("make \(path)") { mkdir(path, 0o700) }
    }
}
