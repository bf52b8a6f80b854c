internal import TouchmonCore
internal import TouchmonSystem

/// Asks the kernel what the watch stage wants to know.
struct KernelWatch: ~Copyable {
    let inotify: Inotify
    /// Who touches; nil where the kernel does not tell.
    let touchers: KernelTouchers?
    /// The path of the present question: a touch must not allocate for it.
    private var path = CPath("/")
    private var fileSystems = FileSystems()
    /// What the last status was of, and the number of its file system: a watch of it comes next.
    private var examined: (path: RawPath, fileSystem: UInt64)?

    /// Room for some thousand events of one read.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)

    /// `asksWho`: whether to ask the kernel who touches.
    init(asksWho: Bool) throws(SystemFailure) {
        inotify = try Inotify()
        touchers = asksWho ? KernelTouchers() : nil
    }

    deinit {
        buffer.deallocate()
    }

    /// Hands one read of the event queue to the engine; false when the queue was empty.
    func readEvents(into engine: inout Engine) throws(SystemFailure) -> Bool {
        let count = try inotify.read(into: buffer)
        guard count > 0 else { return false }
        engine.read(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
        return true
    }

    /// Something was mounted or unmounted: a device number may be another file system's by now.
    mutating func mountsChanged() {
        fileSystems.forget()
        examined = nil
    }

    mutating func answer(_ request: WatchRequest) -> WatchReply {
        switch request {
        case .addWatch(let path, let mask):
            addWatch(path, mask)
        case .removeWatch(let watch):
            remove(watch)
        case .status(let path):
            status(path)
        case .readLink(let path):
            .link(
                Result(asking: { () throws(SystemFailure) in try readLink(CPath(path.bytes)) }))
        case .examine(_, let path, let isFresh):
            .examination(examine(path, isFresh: isFresh))
        case .probeWriter(_, let path):
            .writer(WriterPresence(WriterProbe.probe(CPath(path.bytes))))
        case .hasEntries(_, let path):
            // One that can't be read may as well have some.
            .entries((try? Directory.hasEntries(CPath(path.bytes))) ?? true)
        }
    }

    private func addWatch(_ subject: RawPath, _ mask: InotifyMask) -> WatchReply {
        let path = CPath(subject.bytes)
        let fileSystem = examined?.path == subject ? examined?.fileSystem : nil
        // First: who touches must be known of whatever is heard.
        let number = touchers?.mark(path, mask, fileSystem: fileSystem)
        return .watch(
            Result(asking: { () throws(SystemFailure) in
                try inotify.addWatch(path, mask: mask.rawValue)
            }), number: number ?? 0)
    }

    private func remove(_ watch: Int32) -> WatchReply {
        // It may have ended by itself; that it is gone is all that matters.
        _ = try? inotify.removeWatch(watch)
        return .done
    }

    private mutating func status(_ subject: RawPath) -> WatchReply {
        path.assign(subject.bytes)
        let status = Result(asking: { () throws(SystemFailure) in
            FileStatus(try FileMetadata(at: path, follow: false))
        })
        var magic: UInt64?
        if case .success(let status) = status {
            let found = fileSystems.fileSystem(status.identity.device, path, follow: false)
            magic = found?.magic
            examined = found.map { (subject, $0.number) }
        }
        return .status(status, fileSystem: magic)
    }

    private mutating func examine(_ subject: RawPath, isFresh: Bool) -> Examination {
        path.assign(subject.bytes)
        let time = FileTime(nanosecondsSince1970: Clock.realtime())
        let status = Result(asking: { () throws(SystemFailure) in
            FileStatus(try FileMetadata(at: path, isFresh: isFresh))
        })
        var granularity = Duration.zero
        if case .success(let status) = status {
            // It vanished since: the coarsest tick of all.
            granularity =
                fileSystems.fileSystem(status.identity.device, path, follow: true)?.granularity
                ?? .milliseconds(10)
        }
        return Examination(status: status, time: time, granularity: granularity)
    }

}

extension Result where Failure == ErrorNumber {
    /// What the system answers, or why it does not.
    init(asking body: () throws(SystemFailure) -> Success) {
        do {
            self = .success(try body())
        } catch {
            self = .failure(ErrorNumber(error.errno.code))
        }
    }
}

extension FileStatus {
    init(_ metadata: FileMetadata) {
        self.init(
            identity: FileIdentity(
                device: metadata.device, inode: metadata.inode,
                birth: metadata.birth.map(FileTime.init)),
            kind: FileKind(metadata.kind), size: metadata.size,
            modified: FileTime(metadata.modified), changed: FileTime(metadata.changed),
            mode: metadata.mode, owner: metadata.owner, group: metadata.group,
            links: metadata.links)
    }
}

extension FileTime {
    fileprivate init(_ time: FileMetadata.Time) {
        self.init(seconds: time.seconds, nanoseconds: time.nanoseconds)
    }
}

extension FileKind {
    init(_ kind: FileMetadata.Kind) {
        self =
            switch kind {
            case .regular: .regular
            case .directory: .directory
            case .symbolicLink: .symbolicLink
            case .fifo: .fifo
            case .socket: .socket
            case .characterDevice: .characterDevice
            case .blockDevice: .blockDevice
            }
    }
}

extension WriterPresence {
    init(_ answer: WriterProbe.Answer) {
        self =
            switch answer {
            case .yes: .present
            case .no: .absent
            case .unknown: .unknown
            }
    }
}
