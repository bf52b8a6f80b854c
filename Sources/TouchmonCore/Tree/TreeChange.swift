/// What happened to a file of a tree.
package struct TreeChange: Equatable, Sendable {
    package var path: RawPath
    /// What of all that counts it was.
    package var kind: TouchKinds
    /// The file as it was seen then; nil where it is gone.
    package var status: FileStatus?
    /// Who did something to it, as far as that is known, the last one last.
    package var touchers: [Toucher]
    /// Whether it was found, and came while no daemon listened.
    package var isCaughtUp = false
    /// Whether it was written to since, by somebody who has not closed it.
    package var isBeingWritten = false
    /// Whether it was gone again before a run began for it, and that does not count.
    var hasLeft = false
    /// Until when all had been heard of the tree before it.
    package var since: FileTime

    package init(
        path: RawPath, kind: TouchKinds, status: FileStatus?, touchers: [Toucher] = [],
        isCaughtUp: Bool = false, isBeingWritten: Bool = false, since: FileTime
    ) {
        self.path = path
        self.kind = kind
        self.status = status
        self.touchers = touchers
        self.isCaughtUp = isCaughtUp
        self.isBeingWritten = isBeingWritten
        self.since = since
    }

    /// What a run for it handles; nil where the file is gone.
    var state: HandledState? { status.map { HandledState($0, isBeingWritten: isBeingWritten) } }

    /// Appends the change as a line of JSON, with its line feed: what a run reads.
    package func write(to bytes: inout [UInt8]) {
        var json = JSONWriter()
        json.object {
            $0.key("path")
            $0.string(path.bytes)
            $0.key("change")
            $0.string(kind.name)
            if let status { Self.write(status, to: &$0) }
            if let toucher = touchers.last { Self.write(toucher, to: &$0) }
        }
        bytes += json.bytes
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func write(_ status: FileStatus, to json: inout JSONWriter) {
        json.key("type")
        json.string(status.kind.name)
        json.key("inode")
        json.number(status.identity.inode)
        json.key("size")
        json.number(status.size)
        json.key("mtime")
        json.string(Timestamp.text(nanosecondsSince1970: status.modified.nanosecondsSince1970))
    }

    private static func write(_ toucher: Toucher, to json: inout JSONWriter) {
        json.key("touched_by")
        json.object {
            $0.key("pid")
            $0.number(toucher.process)
            $0.key("uid")
            $0.number(toucher.user)
            if let name = toucher.name {
                $0.key("user")
                $0.string(name)
            }
        }
    }
}

extension FileKind {
    /// As find(1) and others call it.
    package var name: String {
        switch self {
        case .regular: "file"
        case .directory: "directory"
        case .symbolicLink: "symlink"
        case .fifo: "fifo"
        case .socket: "socket"
        case .characterDevice: "character_device"
        case .blockDevice: "block_device"
        }
    }
}

extension TouchKinds {
    /// The first of them as an action file names it.
    package var name: String { Self.names.first { contains($0.kind) }?.name ?? "touch" }
}

extension FileTime {
    /// Held at what 64 bits can hold: the years 1677 to 2262.
    var nanosecondsSince1970: Int64 {
        // Before 1970 from the next second back: the earliest one begins before what 64 bits can hold.
        let isBefore = seconds < 0
        let whole = (isBefore ? seconds + 1 : seconds)
            .multipliedReportingOverflow(by: 1_000_000_000)
        let sum = whole.partialValue.addingReportingOverflow(
            Int64(nanoseconds) - (isBefore ? 1_000_000_000 : 0))
        guard whole.overflow || sum.overflow else { return sum.partialValue }
        return isBefore ? .min : .max
    }
}
