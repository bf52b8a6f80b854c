import Foundation

/// One change of a state directory, or a sync of it, as a trace of strace(1) tells it.
struct DiskOperation {
    enum Kind: Equatable {
        case create
        case write(offset: Int?, [UInt8])
        case truncate(Int)
        case sync
        case remove
    }

    /// The file's name in the directory; empty for the directory itself.
    var name: String
    var kind: Kind
    /// When the call began, in seconds since 1970.
    var time: Double

    /// The options for a trace that can be read here: all processes, and all bytes in hexadecimal.
    static func tracing(_ trace: String) -> [String] {
        [
            "/usr/bin/strace", "-D", "-f", "-o", trace, "-ttt", "-y", "-xx", "-s", "1000000", "-e",
            "trace=openat,write,pwrite64,ftruncate,fsync,fdatasync,unlink",
        ]
    }

    /// What a trace has of a directory, in order. An offset is nil where the file was opened for
    /// appending: the journal.
    static func read(_ trace: String, of directory: String) throws -> [DiskOperation] {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: trace)))
        var unfinished: [Substring: Line] = [:]
        var operations: [DiskOperation] = []
        var known: Set<String> = []
        for text in bytes.split(separator: UInt8(ascii: "\n")) {
            var line = Line(text)
            let words = line.text.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let time = Double(words[1]) else { continue }
            let process = words[0]
            line.text = String(words[2])
            if line.text.hasSuffix("<unfinished ...>") {
                line.text.removeLast("<unfinished ...>".count)
                unfinished[process] = line
                continue
            }
            if line.text.hasPrefix("<... "), let end = line.text.range(of: " resumed>"),
                let begun = unfinished.removeValue(forKey: process)
            {
                line.text = begun.text + line.text[end.upperBound...]
                line.strings = begun.strings + line.strings
            }
            guard let operation = Self(line, at: time, in: directory, &known) else { continue }
            operations.append(operation)
        }
        return operations
    }

    /// A line of a trace, with a mark for each string of bytes.
    private struct Line {
        var text: String
        /// Strings in quotes and paths of descriptors, in order.
        var strings: [[UInt8]] = []

        init(_ line: ArraySlice<UInt8>) {
            var plain: [UInt8] = []
            var index = line.startIndex
            let backslash = UInt8(ascii: "\\")
            while index < line.endIndex {
                let byte = line[index]
                let isStart = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "<")
                let next = index + 1
                guard isStart, next < line.endIndex, line[next] == backslash else {
                    plain.append(byte)
                    index = next
                    continue
                }
                // \x2f each, until the closing mark.
                var string: [UInt8] = []
                index = next
                while index + 3 < line.endIndex, line[index] == backslash {
                    string.append(Self.digit(line[index + 2]) << 4 | Self.digit(line[index + 3]))
                    index += 4
                }
                index += 1
                plain.append(UInt8(ascii: "#"))
                strings.append(string)
            }
            text = String(decoding: plain, as: UTF8.self)
        }

        private static func digit(_ byte: UInt8) -> UInt8 {
            byte >= UInt8(ascii: "a") ? byte - UInt8(ascii: "a") + 10 : byte - UInt8(ascii: "0")
        }
    }

    private init(_ name: String, _ kind: Kind, _ time: Double) {
        self.name = name
        self.kind = kind
        self.time = time
    }

    private init?(_ line: Line, at time: Double, in directory: String, _ known: inout Set<String>) {
        guard let open = line.text.firstIndex(of: "("),
            let sign = line.text.range(of: " = ", options: .backwards),
            let result = Int(line.text[sign.upperBound...].prefix { $0.isNumber || $0 == "-" }),
            result >= 0
        else { return nil }
        let call = line.text[..<open]
        // Of what is opened the result shows the path, all else begins with a descriptor or a path.
        guard let subject = call == "openat" ? line.strings.last : line.strings.first else {
            return nil
        }
        let path = String(decoding: subject, as: UTF8.self)
        guard path == directory || path.hasPrefix(directory + "/") else { return nil }
        let name = String(path.dropFirst(directory.count + 1))
        let numbers = line.text[..<sign.lowerBound].dropLast(while: { $0 != ")" }).dropLast()
            .split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        switch call {
        case "openat":
            guard line.text.contains("O_CREAT"), known.insert(name).inserted else { return nil }
            self.init(name, .create, time)
        case "write" where line.strings.count > 1:
            self.init(name, .write(offset: nil, Array(line.strings[1].prefix(result))), time)
        case "pwrite64" where line.strings.count > 1:
            guard let offset = numbers.last else { return nil }
            self.init(name, .write(offset: offset, Array(line.strings[1].prefix(result))), time)
        case "ftruncate":
            guard let length = numbers.last else { return nil }
            self.init(name, .truncate(length), time)
        case "fsync", "fdatasync": self.init(name, .sync, time)
        case "unlink":
            known.remove(name)
            self.init(name, .remove, time)
        default: return nil
        }
    }
}

extension Substring {
    /// Without what is at the end and satisfies a condition.
    fileprivate func dropLast(while condition: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, condition(last) { rest.removeLast() }
        return rest
    }
}
