import TouchmonCore

/// What can be asked of a file in both worlds.
struct Facts: Hashable {
    /// Device and inode in one: tells files apart within one world.
    var number: UInt64
    var kind: FileKind
    var size: UInt64
    var mode: UInt16
    var owner: UInt32
    var group: UInt32
    var links: UInt32
    var modified: FileTime
    var changed: FileTime

    /// What must be equal in both worlds.
    var timeless: Facts {
        var facts = self
        facts.number = 0
        facts.modified = FileTime(seconds: 0)
        facts.changed = FileTime(seconds: 0)
        return facts
    }
}

/// A place where steps are performed: the real kernel or the simulated one.
protocol World {
    /// Performs `step` and gives the error number, 0 for success, or the new watch descriptor
    /// negated.
    mutating func perform(_ step: Step) -> Int32
    /// The bytes of the events since the last call.
    mutating func readEvents() -> [UInt8]
    /// What is at `path`, a symbolic link itself included, or an error number.
    mutating func facts(_ path: String) -> Result<Facts, ErrorNumber>
    /// What the open file in `slot` is, or an error number when there is none.
    mutating func facts(slot: Int) -> Result<Facts, ErrorNumber>
}

/// An event as both worlds can tell it.
struct Event: Hashable, CustomStringConvertible {
    var watch: Int32
    var mask: UInt32
    /// 0 or the ordinal of the cookie within one step.
    var cookie: UInt32
    var length: UInt32
    var name: String

    var description: String {
        "wd \(watch) \(Self.names(mask)) cookie \(cookie) len \(length) \"\(name)\""
    }

    /// Reads events from the layout of `struct inotify_event`; `firstWatch` is what descriptor 1
    /// stands for.
    static func decode(_ bytes: [UInt8], firstWatch: Int32) -> [Event] {
        var events: [Event] = []
        var cookies: [UInt32] = [0]
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let word = { (index: Int) in
                    buffer.loadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self)
                }
                if !cookies.contains(word(2)) { cookies.append(word(2)) }
                let length = Int(word(3))
                let name = buffer[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
                let watch = Int32(bitPattern: word(0))
                events.append(
                    Event(
                        watch: watch < 0 ? watch : watch - firstWatch + 1, mask: word(1),
                        cookie: UInt32(cookies.firstIndex(of: word(2)) ?? 0), length: word(3),
                        name: String(decoding: name, as: UTF8.self)))
                offset += 16 + length
            }
        }
        return events
    }

    private static func names(_ mask: UInt32) -> String {
        let names: [(UInt32, String)] = [
            (0x1, "ACCESS"), (0x2, "MODIFY"), (0x4, "ATTRIB"), (0x8, "CLOSE_WRITE"),
            (0x10, "CLOSE_NOWRITE"), (0x20, "OPEN"), (0x40, "MOVED_FROM"), (0x80, "MOVED_TO"),
            (0x100, "CREATE"), (0x200, "DELETE"), (0x400, "DELETE_SELF"), (0x800, "MOVE_SELF"),
            (0x2000, "UNMOUNT"), (0x4000, "Q_OVERFLOW"), (0x8000, "IGNORED"),
            (0x4000_0000, "ISDIR"),
        ]
        return names.filter { mask & $0.0 != 0 }.map(\.1).joined(separator: "|")
    }
}
