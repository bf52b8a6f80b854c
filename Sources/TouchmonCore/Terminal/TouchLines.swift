/// What `touchmon watch --print` says of touches: the lines of a run's changes, each with the time.
package enum TouchLines {
    /// `changes` are lines of JSON objects, none of which is empty.
    package static func lines(of changes: [UInt8], nanosecondsSince1970 time: Int64) -> [UInt8] {
        let stamp = Timestamp.text(nanosecondsSince1970: time)
        var lines: [UInt8] = []
        for line in changes.split(separator: UInt8(ascii: "\n")) {
            lines += Array("{\"time\":\"\(stamp)\",".utf8)
            lines += line.dropFirst()
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }
}
