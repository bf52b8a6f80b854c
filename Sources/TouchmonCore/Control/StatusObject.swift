/// The actions as `status --json` shows them: one object, in the order of their paths. It is made row by row, so
/// that one side works while the other does.
package struct StatusObject {
    private var rows = JSONWriter()
    /// Where each row is among the bytes.
    private var places: [(path: RawPath, range: Range<Int>)] = []

    package init() {}

    /// `name`: what a user is called, where somebody knows.
    package mutating func add(_ row: StatusRow, name: (UInt32) -> String?) {
        let begin = rows.bytes.count
        row.write(to: &rows, name: name)
        // But for the first one after a comma.
        places.append((row.path, (begin == 0 ? 0 : begin + 1)..<rows.bytes.count))
    }

    /// One line. `reply` is what the daemon says of itself.
    package func json(name: String, _ reply: ControlReply) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("name", name)
            writer.member("pid", reply.number("pid") ?? 0)
            writer.member("since", reply.word("since") ?? "")
            writer.key("degraded")
            writer.list { for word in reply.words("degraded") { $0.string(word) } }
            writer.key("actions")
            writer.list { writer in
                for place in places.sorted(by: { $0.path < $1.path }) {
                    writer.value(rows.bytes[place.range])
                }
            }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
