internal import TouchmonCore
internal import TouchmonSystem

/// Asks the kernel what the watching of trees wants to know, and hands on what it tells.
struct KernelTrees: ~Copyable {
    let inotify: Inotify
    /// What happens on whole file systems; nil where the kernel does not tell.
    private(set) var marks: FileSystemEvents?
    /// Where a file system is marked, and its number.
    private var attached: [RawPath: UInt64] = [:]
    private var looks = TreeLooks()
    private var watcher = TreeWatch()
    /// The directory that is being listed.
    private var listing: TreeListing?
    private let entries = TreeListing.Buffer()
    private var fileSystems = FileSystems()
    private var path = CPath("/")
    private let buffer: UnsafeMutableRawBufferPointer
    private let marksToken: UInt64
    /// Whether the poller waits for `marks`.
    private var isAwaited = true
    /// Whether the kernel leaves out directories of which nobody wants to hear.
    private var canIgnore = true

    private static let mask: InotifyMask = [
        .create, .delete, .movedFrom, .movedTo, .modify, .attributes, .closeAfterWriting,
        .onlyDirectory, .doNotFollow,
    ]
    /// A `.gitignore` that is longer says nothing.
    static let mostIgnored = 1 << 20

    /// Has its queues told by `poller`. `marks`: whether to ask the kernel to tell of whole file systems,
    /// which has a token of its own.
    init(
        marks: Bool, _ poller: borrowing Poller, token: UInt64, marksToken: UInt64
    ) throws(SystemFailure) {
        // All that can fail comes first.
        let opened = try Inotify()
        try poller.add(opened.descriptor, token: token)
        inotify = opened
        buffer = .allocate(byteCount: 65536, alignment: 16)
        self.marksToken = marksToken
        self.marks = marks ? try? Self.openMarks(poller, marksToken) : nil
    }

    private static func openMarks(
        _ poller: borrowing Poller, _ token: UInt64
    ) throws(SystemFailure) -> FileSystemEvents {
        let marks = try FileSystemEvents()
        try poller.add(marks.descriptor, token: token)
        return marks
    }

    deinit {
        buffer.deallocate()
    }

    /// Something was mounted or unmounted.
    mutating func mountsChanged() {
        looks.forget()
        fileSystems.forget()
    }

    // MARK: Events

    /// Hands one read of the watches of directories to the engine; false when there was nothing.
    mutating func readWatches(
        into engine: inout Engine, at now: Instant
    ) throws(SystemFailure) -> Bool {
        looks.forget()
        let count = try inotify.read(into: buffer)
        if count > 0 {
            engine.trees.read(
                UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes, at: now, wall: .now)
        }
        return count > 0
    }

    /// Hands one read of what happens on whole file systems to the engine; false when that was all.
    /// `tellWho` is called for each process that did something that matters.
    mutating func readMarks(
        into engine: inout Engine, at now: Instant,
        tellWho: (Int32, inout Engine) -> Void
    ) throws(SystemFailure) -> Bool {
        looks.forget()
        let attached = attached
        var unwanted: [DirectoryHandle] = []
        let isMore =
            try marks?.read { event in
                let hearing = Self.take(event, attached, &engine, at: now, tellWho)
                if case .unwanted = hearing, let handle = event.handle { unwanted.append(handle) }
            } ?? false
        for handle in unwanted where canIgnore { ignore(handle) }
        return isMore
    }

    /// Hears no more of a directory; where that can't be had it is only dearer.
    private mutating func ignore(_ handle: DirectoryHandle) {
        guard let place = attached.first(where: { $0.value == handle.fileSystem })?.key,
            let mount = try? TreeListing(CPath(place.bytes))
        else { return }
        do {
            try marks?.ignore(handle, onMountAt: mount.directory)
        } catch {
            // A directory that is gone says nothing about the next.
            if error.errno != .stale { canIgnore = false }
        }
    }

    /// Has `poller` wait for what happens on whole file systems, or not.
    mutating func awaitMarks(
        _ isAwaited: Bool, _ poller: borrowing Poller
    ) throws(SystemFailure) {
        guard isAwaited != self.isAwaited, marks != nil else { return }
        try marks?.setAwaited(isAwaited, poller, token: marksToken)
        self.isAwaited = isAwaited
    }

    private static func take(
        _ event: FileSystemEvents.Event, _ attached: [RawPath: UInt64], _ engine: inout Engine,
        at now: Instant, _ tellWho: (Int32, inout Engine) -> Void
    ) -> TreeHearing {
        let mask = InotifyMask(rawValue: UInt32(truncatingIfNeeded: event.events.rawValue))
        if mask.contains(.queueOverflow) {
            engine.trees.marksOverflowed(wall: .now)
            return .nothing
        }
        var hearing = engine.trees.heard(event.directory, event.name, mask, at: now)
        if case .unknown = hearing, let handle = event.handle {
            guard let paths = try? paths(of: handle, attached) else {
                engine.trees.notFound(wall: .now)
                return .nothing
            }
            engine.trees.found(event.directory, at: paths)
            hearing = engine.trees.heard(event.directory, event.name, mask, at: now)
        }
        if case .selected = hearing { tellWho(event.process, &engine) }
        return hearing
    }

    /// Where a directory is: in each mount of its file system that a tree reaches. A mount is opened for
    /// no longer than that, or it could not be unmounted.
    private static func paths(
        of handle: DirectoryHandle, _ attached: [RawPath: UInt64]
    ) throws(SystemFailure) -> [RawPath] {
        var paths: [RawPath] = []
        for (place, number) in attached where number == handle.fileSystem {
            let mount: TreeListing
            do {
                mount = try TreeListing(CPath(place.bytes))
            } catch {
                // What is not there any more leads nowhere.
                guard ErrorNumber(error.errno.code).meansAbsent else { throw error }
                continue
            }
            guard let path = try handle.path(onMountAt: mount.directory),
                !paths.contains(RawPath(bytes: path))
            else { continue }
            paths.append(RawPath(bytes: path))
        }
        return paths
    }

    // MARK: Questions

    /// Answers what trees ask for, until they ask for nothing more: whatever they ask next comes next, and
    /// there may be a great many directories.
    mutating func answer(all request: TreeRequest, _ engine: inout Engine, at now: Instant) {
        answer(request, &engine, at: now)
        while let next = engine.trees.nextRequest(at: now) { answer(next, &engine, at: now) }
        watcher.goBack()
    }

    private mutating func answer(_ request: TreeRequest, _ engine: inout Engine, at now: Instant) {
        let reply: TreeReply =
            switch request {
            case .attach(let path): attach(path)
            case .detach(let path): detach(path)
            case .hearAll: hearAll()
            case .watch(let path): .watch(watch(path))
            case .removeWatch(let watch): remove(watch)
            case .list(let path, let withStatus):
                .listed(list(path, withStatus, &engine, at: now))
            case .examine(let path): .examination(examine(path))
            case .probeWriter(let path):
                .writer(WriterPresence(WriterProbe.probe(inTree: CPath(path.bytes))))
            case .readIgnored(let path): .content(readIgnored(path))
            }
        engine.reply(reply, at: now)
    }

    private mutating func attach(_ place: RawPath) -> TreeReply {
        let path = CPath(place.bytes)
        let magic = (try? FileSystemType(of: path, follow: false))?.magic
        do throws(SystemFailure) {
            guard marks != nil else {
                return .attached(.notPermitted, fileSystem: magic, wall: .now)
            }
            let handle = try DirectoryHandle(inTree: path)
            try marks?.mark(path)
            do throws(SystemFailure) {
                // Where the kernel does not say which directory a handle is, events mean nothing.
                let listing = try TreeListing(path)
                guard try handle.path(onMountAt: listing.directory) == place.bytes else {
                    throw SystemFailure(
                        operation: "find a directory by its handle", errno: .notSupported)
                }
            } catch {
                if !attached.values.contains(handle.fileSystem) { try? marks?.unmark(path) }
                throw error
            }
            attached[place] = handle.fileSystem
            return .attached(nil, fileSystem: magic, wall: .now)
        } catch {
            return .attached(ErrorNumber(error.errno.code), fileSystem: magic, wall: .now)
        }
    }

    private mutating func detach(_ place: RawPath) -> TreeReply {
        guard let number = attached.removeValue(forKey: place),
            !attached.values.contains(number)
        else { return .done }
        let path = CPath(place.bytes)
        // Something else may be mounted there by now, and its mark is needed.
        if (try? DirectoryHandle(inTree: path))?.fileSystem == number { try? marks?.unmark(path) }
        return .done
    }

    private func hearAll() -> TreeReply {
        do {
            try marks?.ignoreNothing()
            return .heardAll(isDone: true)
        } catch {
            return .heardAll(isDone: false)
        }
    }

    private mutating func watch(_ place: RawPath) -> Result<Int32, ErrorNumber> {
        Result(asking: { () throws(SystemFailure) in
            let opened = try TreeListing(CPath(place.bytes), entries)
            let watch = try watcher.add(opened, to: inotify, mask: Self.mask.rawValue)
            listing = consume opened
            return watch
        })
    }

    private func remove(_ watch: Int32) -> TreeReply {
        // It may have ended by itself.
        _ = try? inotify.removeWatch(watch)
        return .done
    }

    private mutating func list(
        _ place: RawPath?, _ withStatus: Bool, _ engine: inout Engine, at now: Instant
    ) -> Result<Bool, ErrorNumber> {
        do {
            if let place { listing = try TreeListing(CPath(place.bytes), entries) }
            var isMore = true
            // All of most directories fits into the first answer; that it was all, the second says.
            for _ in 0..<2 where isMore {
                isMore =
                    try listing?.next(withStatus: withStatus) { entry in
                        // What can't be looked at may be a directory: it will be seen when it is opened.
                        engine.entry(
                            entry.name, entry.kind.map(FileKind.init) ?? .regular,
                            entry.metadata.map(FileStatus.init), at: now)
                    } ?? false
            }
            if !isMore { listing = nil }
            return .success(isMore)
        } catch {
            listing = nil
            return .failure(ErrorNumber(error.errno.code))
        }
    }

    private mutating func examine(_ subject: RawPath) -> Examination {
        path.assign(subject.bytes)
        let time = FileTime.now
        var granularity = Duration.zero
        let status: Result<FileStatus, ErrorNumber> =
            Result(asking: { () throws(SystemFailure) in FileStatus(try looks.metadata(of: path)) })
        if case .success(let status) = status {
            granularity =
                fileSystems.fileSystem(status.identity.device, path, follow: false)?.granularity
                ?? .milliseconds(10)
        }
        return Examination(status: status, time: time, granularity: granularity)
    }

    private func readIgnored(_ place: RawPath) -> [UInt8]? {
        try? readFile(inTree: CPath(place.bytes), atMost: Self.mostIgnored)
    }
}

extension FileTime {
    /// What the kernel's realtime clock says.
    static var now: FileTime { FileTime(nanosecondsSince1970: Clock.realtime()) }
}
