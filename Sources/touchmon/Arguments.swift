internal import ArgumentParser
internal import Glibc
internal import TouchmonCore

/// The action files that a command is given.
struct ActionFileArguments: ParsableArguments {
    @Argument(
        help:
            "Action files; a directory stands for its *.json. The last definition of a path wins.",
        completion: .file(extensions: ["json"]))
    var file: [String]

    /// The names as bytes, as the kernel takes them.
    var bytes: [[UInt8]] { file.map(RawArgument.bytes) }
}

/// Arguments as the kernel passed them: the standard library repairs what is not UTF-8, and a
/// repaired name is another file's.
enum RawArgument {
    static func bytes(of argument: String) -> [UInt8] {
        guard argument.unicodeScalars.contains("\u{fffd}") else { return Array(argument.utf8) }
        for index in 1..<Int(CommandLine.argc) {
            guard let pointer = CommandLine.unsafeArgv[index] else { continue }
            let raw = Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
            if String(decoding: raw, as: UTF8.self) == argument { return raw }
        }
        return Array(argument.utf8)
    }
}

/// A duration as action files write it: `250ms`, `10s`, `5m`, `1h`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration
    let defaultValueDescription: String

    init(_ duration: Duration, _ text: String) {
        self.duration = duration
        defaultValueDescription = text
    }

    init?(argument: String) {
        guard let duration = try? DurationText.parse(Array(argument.utf8)) else { return nil }
        self.init(duration, argument)
    }
}

/// A size as action files write it: a number of bytes, `512K`, `1G`.
struct SizeArgument: ExpressibleByArgument {
    let bytes: Int64
    let defaultValueDescription: String

    init(_ bytes: Int64, _ text: String) {
        self.bytes = bytes
        defaultValueDescription = text
    }

    init?(argument: String) {
        guard let bytes = try? SizeText.parse(Array(argument.utf8)) else { return nil }
        self.init(bytes, argument)
    }
}
