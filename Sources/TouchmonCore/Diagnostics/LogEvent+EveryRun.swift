/// The lines that every run has: put together where they are written, as nothing of a touch should have to
/// be allocated.
extension LogEvent {
    /// Appends `message`.
    func appendMessage(to line: inout [UInt8]) {
        switch self {
        case .touched(let path, let toucher):
            line.append("touched")
            if let toucher { line.append(by: toucher) }
            line.append(": ")
            line.append(shown: path.touched.bytes)
        case .started(let run, let path, let identity, let process):
            line.append("run ")
            line.append(decimal: run.value)
            line.append(" started as ")
            line.append(contentsOf: identity.name.utf8)
            line.append(" with pid ")
            line.append(decimal: UInt64(max(0, process)))
            line.append(": ")
            line.append(shown: path.touched.bytes)
        case .ended(let run, let path, .exited(let status), let elapsed):
            line.append("run ")
            line.append(decimal: run.value)
            line.append(" ended with status ")
            line.append(decimal: UInt64(max(0, status)))
            line.append(" after ")
            let milliseconds = UInt64(max(0, elapsed.nanoseconds)) / 1_000_000
            line.append(decimal: milliseconds / 1000)
            line.append(".")
            line.append(decimal: milliseconds % 1000, width: 3)
            line.append(" s: ")
            line.append(shown: path.touched.bytes)
        default:
            line.append(contentsOf: message.utf8)
        }
    }

    /// What `appendMessage` appends.
    var messageOfEveryRun: String {
        var line: [UInt8] = []
        appendMessage(to: &line)
        return String(decoding: line, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(decimal value: UInt64, width: Int = 1) {
        var (unit, digits) = (UInt64(1), 1)
        while value / unit >= 10 || digits < width { (unit, digits) = (unit * 10, digits + 1) }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(value / unit % 10))
            unit /= 10
        }
    }

    /// Bytes as a terminal may have them: nearly all are plain.
    fileprivate mutating func append(shown bytes: [UInt8]) {
        if bytes.allSatisfy({ 0x20..<0x7F ~= $0 }) {
            append(contentsOf: bytes)
        } else {
            append(contentsOf: TerminalText.escaped(bytes).utf8)
        }
    }

    fileprivate mutating func append(by toucher: Toucher) {
        append(" by ")
        switch toucher.name {
        case let name? where name.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }):
            append(contentsOf: name.utf8)
        case let name?: append(contentsOf: TerminalText.escaped(Array(name.utf8)).utf8)
        case nil:
            append("user ")
            append(decimal: UInt64(toucher.user))
        }
        append(" (pid ")
        append(decimal: UInt64(Swift.max(0, toucher.process)))
        append(")")
    }
}
