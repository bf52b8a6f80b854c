/// An action that was made from somebody else's configuration.
package struct ImportedAction: Sendable {
    /// The key, as an action file has it.
    package var key: [UInt8]
    package var argv: [[UInt8]]
    package var user: String
    package var on: [String] = ["touch"]
    /// Whether files at any depth below the directory are meant.
    package var isRecursive = false
    /// Whether each file has a run of its own.
    package var isForEachFile = false
    package var ignoresOwnChanges = false
    /// How many runs may begin within so many milliseconds.
    package var rate: (runs: Int, milliseconds: Int64)?

    package init(key: [UInt8], argv: [[UInt8]], user: String) {
        self.key = key
        self.argv = argv
        self.user = user
    }

    /// The value of its key, on one line.
    fileprivate var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("argv")
            writer.list { writer in for argument in argv { writer.string(argument) } }
            writer.member("user", user)
            if on != ["touch"] {
                writer.key("on")
                writer.list { writer in for kind in on { writer.string(kind) } }
            }
            if isRecursive {
                writer.key("recursive")
                writer.boolean(true)
            }
            if isForEachFile { writer.member("each", "file") }
            if ignoresOwnChanges { writer.member("own_changes", "ignore") }
            if let rate {
                writer.key("rate_limit")
                writer.object {
                    $0.member("runs", rate.runs)
                    $0.member("per", "\(rate.milliseconds)ms")
                }
            }
        }
        return writer.bytes
    }
}

/// What was made of somebody else's configuration: an action file, and what is to be known of it.
package struct Import: Sendable {
    package private(set) var actions: [ImportedAction] = []
    /// What differs, and what could not be taken over, each with its file and line.
    package private(set) var notes: [String] = []

    package init() {}

    /// Adds an action; of two for one path, the first stays.
    mutating func add(_ action: ImportedAction, from place: String) {
        guard !actions.contains(where: { $0.key == action.key }) else {
            return note(
                place,
                "\(TerminalText.quoted(action.key)) has an action already: a path has one; "
                    + "write a script that does both")
        }
        actions.append(action)
    }

    mutating func note(_ place: String, _ text: String) { notes.append("\(place): \(text)") }

    /// The action file, an action on each line.
    package var json: [UInt8] {
        guard !actions.isEmpty else { return Array("{}\n".utf8) }
        var text: [UInt8] = [UInt8(ascii: "{"), UInt8(ascii: "\n")]
        for (index, action) in actions.enumerated() {
            var writer = JSONWriter()
            writer.string(action.key)
            text += Array("    ".utf8) + writer.bytes + Array(": ".utf8) + action.json
            text += Array((index == actions.count - 1 ? "\n" : ",\n").utf8)
        }
        return text + Array("}\n".utf8)
    }
}

/// A pattern's characters in a path that is meant as it stands.
func literalKey(_ path: [UInt8]) -> [UInt8] {
    var key: [UInt8] = []
    for byte in path {
        if "*?[]{}\\".utf8.contains(byte) { key.append(UInt8(ascii: "\\")) }
        key.append(byte)
    }
    return key
}
