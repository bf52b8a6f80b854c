/// A handled state as the ledger keeps it.
extension HandledState {
    /// Tells the layouts of a state apart; another layout gets another number.
    private static let layout: UInt8 = 1, unseenLayout: UInt8 = 2
    /// As the first, and the digest of the file's content behind it.
    private static let contentLayout: UInt8 = 3
    /// How far a tree was handled.
    private static let treeLayout: UInt8 = 4

    /// No fewer bytes than a state takes.
    static func room(for state: HandledState?) -> Int {
        128 + (state?.progress?.value.room ?? 0)
    }

    /// The state in bytes; empty where there was no file.
    static func bytes(of state: HandledState?) -> [UInt8] {
        guard let state else { return [] }
        return ByteWriter.bytes(capacity: room(for: state)) { state.write(to: &$0) }
    }

    /// Writes the state's bytes.
    func write(to writer: inout ByteWriter) {
        if let progress = progress?.value {
            writer.number(Self.treeLayout)
            writer.time(progress.until)
            writer.time(progress.before)
            writer.number(UInt32(progress.marks.count))
            for mark in progress.marks { writer.number(mark) }
            writer.number(UInt32(progress.arrivals.count))
            for arrival in progress.arrivals {
                writer.string(arrival.path)
                writer.time(arrival.since)
            }
            return
        }
        if let unseenSince {
            writer.number(Self.unseenLayout)
            return writer.time(unseenSince)
        }
        writer.number(content == nil ? Self.layout : Self.contentLayout)
        writer.number(status.kind.code)
        writer.number(status.mode)
        writer.number(status.identity.device)
        writer.number(status.identity.inode)
        writer.number(UInt8(status.identity.birth == nil ? 0 : 1))
        writer.time(status.identity.birth ?? FileTime(seconds: 0))
        writer.number(status.size)
        writer.time(status.modified)
        writer.time(status.changed)
        writer.number(status.owner)
        writer.number(status.group)
        writer.number(status.links)
        writer.number(UInt8(isBeingWritten ? 1 : 0))
        if let content {
            writer.number(content.high)
            writer.number(content.low)
        }
    }

    /// The state that the bytes describe; nil where they are none that this version wrote.
    init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes[0...])
        let layout = reader.number(UInt8.self)
        if layout == Self.unseenLayout, let since = reader.time(), reader.rest == 0 {
            self.init(unseenSince: since)
            return
        }
        if layout == Self.treeLayout {
            guard let progress = reader.progress() else { return nil }
            self.init(progress)
            return
        }
        guard layout == Self.layout || layout == Self.contentLayout,
            let kind = reader.number(UInt8.self).flatMap(FileKind.init(code:)),
            let mode = reader.number(UInt16.self),
            let device = reader.number(UInt64.self), let inode = reader.number(UInt64.self),
            let hasBirth = reader.number(UInt8.self), let birth = reader.time(),
            let size = reader.number(UInt64.self),
            let modified = reader.time(), let changed = reader.time(),
            let owner = reader.number(UInt32.self), let group = reader.number(UInt32.self),
            let links = reader.number(UInt32.self),
            let isBeingWritten = reader.number(UInt8.self)
        else { return nil }
        var content: ContentDigest?
        if layout == Self.contentLayout {
            guard let high = reader.number(UInt64.self), let low = reader.number(UInt64.self)
            else { return nil }
            content = ContentDigest(high: high, low: low)
        }
        guard reader.rest == 0 else { return nil }
        self.init(
            FileStatus(
                identity: FileIdentity(
                    device: device, inode: inode, birth: hasBirth == 1 ? birth : nil),
                kind: kind, size: size, modified: modified, changed: changed, mode: mode,
                owner: owner, group: group, links: links),
            isBeingWritten: isBeingWritten == 1)
        self.content = content
    }
}

extension FileKind {
    private static let codes: [FileKind] = [
        .regular, .directory, .symbolicLink, .fifo, .socket, .characterDevice, .blockDevice,
    ]

    fileprivate var code: UInt8 {
        switch self {
        case .regular: 0
        case .directory: 1
        case .symbolicLink: 2
        case .fifo: 3
        case .socket: 4
        case .characterDevice: 5
        case .blockDevice: 6
        }
    }

    fileprivate init?(code: UInt8) {
        guard code < Self.codes.count else { return nil }
        self = Self.codes[Int(code)]
    }
}

extension ByteWriter {
    fileprivate mutating func time(_ time: FileTime) {
        number(time.seconds)
        number(time.nanoseconds)
    }
}

extension ByteReader {
    fileprivate mutating func progress() -> TreeProgress? {
        guard let until = time(), let before = time(), let count = number(UInt32.self),
            count <= TreeProgress.mostMarks, rest >= 8 * Int(count)
        else { return nil }
        var progress = TreeProgress(until: until, before: before)
        for _ in 0..<count { number(UInt64.self).map { progress.marks.append($0) } }
        guard let arrivals = number(UInt32.self), arrivals <= TreeProgress.mostArrivals else {
            return nil
        }
        for _ in 0..<arrivals {
            guard let path = string(), let since = time() else { return nil }
            progress.arrivals.append(TreeProgress.Arrival(path: Array(path), since: since))
        }
        return rest == 0 ? progress : nil
    }

    fileprivate mutating func time() -> FileTime? {
        guard let seconds = number(Int64.self), let nanoseconds = number(Int32.self) else {
            return nil
        }
        return FileTime(seconds: seconds, nanoseconds: nanoseconds)
    }
}
