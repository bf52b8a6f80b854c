internal import TouchmonCore
internal import TouchmonSystem

/// What is known of file systems by their devices, as long as nothing is mounted or unmounted.
struct FileSystems {
    struct FileSystem {
        var magic: UInt64
        /// By which events of fanotify tell it.
        var number: UInt64
        var granularity: Duration
    }

    private var known: [UInt64: FileSystem] = [:]
    /// Of the last look: most are at files of one file system.
    private var last: (device: UInt64, fileSystem: FileSystem)?

    /// A device number may be another file system's by now.
    mutating func forget() {
        known = [:]
        last = nil
    }

    /// What holds the file at `path`, which is on this device. nil where the path leads elsewhere by now.
    mutating func fileSystem(
        _ device: UInt64, _ path: CPath, follow: Bool
    ) -> FileSystem? {
        if let last, last.device == device { return last.fileSystem }
        guard let fileSystem = known[device] ?? Self.lookUp(path, follow: follow) else {
            return nil
        }
        known[device] = fileSystem
        last = (device, fileSystem)
        return fileSystem
    }

    private static func lookUp(_ path: CPath, follow: Bool) -> FileSystem? {
        guard let type = try? FileSystemType(of: path, follow: follow),
            let granularity = try? TimestampGranularity(of: type)
        else { return nil }
        return FileSystem(
            magic: type.magic, number: type.number, granularity: Duration(granularity))
    }
}

extension Duration {
    fileprivate init(_ granularity: TimestampGranularity) {
        self =
            switch granularity {
            case .fine: .zero
            case .tick(let nanoseconds): .nanoseconds(nanoseconds)
            }
    }
}
