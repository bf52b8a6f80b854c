import Foundation
import Testing

/// What one run of a tree's action was told.
struct TreeRun {
    /// Its number and its reason.
    var number: Int
    var reason: String
    var changes: [TreeReport] = []
    /// Whether it has told all.
    var isComplete = false

    var paths: [String] { changes.map(\.text) }
}

/// One line of JSON of `TOUCHMON_CHANGES`.
struct TreeReport {
    /// The path, byte for byte.
    var path: [UInt8]
    /// All but the path.
    private let rest: String

    /// The path where it is text.
    var text: String { String(decoding: path, as: UTF8.self) }

    var fields: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(rest.utf8))) as? [String: Any] ?? [:]
    }

    /// The bytes of a line; nil where it is none of ours.
    init?(line: some Sequence<UInt8>) {
        let line = Array(line)
        let head = Array("{\"path\":\"".utf8)
        guard line.starts(with: head), line.last == UInt8(ascii: "}") else { return nil }
        var path: [UInt8] = []
        var index = head.count
        while index < line.count, line[index] != UInt8(ascii: "\"") {
            guard let next = Self.take(line, &index) else { return nil }
            path += next
        }
        guard index + 2 < line.count else { return nil }
        self.path = path
        rest = "{" + String(decoding: line[(index + 2)...], as: UTF8.self)
    }

    /// One character of a string of JSON as touchmon writes it: control characters as `\u00XX`, and the
    /// bytes that are no text as `\udcXX`.
    private static func take(_ line: [UInt8], _ index: inout Int) -> [UInt8]? {
        guard line[index] == UInt8(ascii: "\\") else {
            defer { index += 1 }
            return [line[index]]
        }
        guard index + 1 < line.count else { return nil }
        guard line[index + 1] == UInt8(ascii: "u") else {
            defer { index += 2 }
            return [line[index + 1]]
        }
        guard index + 5 < line.count,
            let code = UInt32(
                String(decoding: line[index + 2...index + 5], as: UTF8.self), radix: 16)
        else { return nil }
        index += 6
        if (0xDC80...0xDCFF).contains(code) { return [UInt8(code - 0xDC00)] }
        return Unicode.Scalar(code).map { Array(String(Character($0)).utf8) }
    }
}

/// The file in which the runs of a tree tell what they were told, read as it grows.
final class TreeSink {
    let path: String
    private var offset: UInt64 = 0
    private var rest = Data()
    private(set) var runs: [TreeRun] = []

    /// For `sh -c`: appends what the run was told. `$SINK` is the file.
    static let script = """
        { echo "run $TOUCHMON_RUN $TOUCHMON_REASON"; cat "$TOUCHMON_CHANGES"; echo end; } >> "$SINK"
        """

    init(_ path: String) {
        self.path = path
    }

    /// Reads what came since the last time.
    func read() throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        try file.seek(toOffset: offset)
        let more = try file.readToEnd() ?? Data()
        offset += UInt64(more.count)
        rest += more
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[rest.startIndex..<end])
            rest = rest[(end + 1)...]
        }
        rest = Data(rest)
    }

    private func take(_ line: Data) {
        if let report = TreeReport(line: line) {
            runs[runs.count - 1].changes.append(report)
            return
        }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        switch words.first {
        case "run" where words.count == 3:
            runs.append(TreeRun(number: Int(words[1]) ?? 0, reason: words[2]))
        case "end" where !runs.isEmpty: runs[runs.count - 1].isComplete = true
        default: Issue.record("a run said: \(line.map { String($0, radix: 16) })")
        }
    }
}
