/// Tables of incron, incrontab(5): a path, a mask of events and a command on each line.
extension Import {
    /// Takes over a table. `user`: whose it is. `isDirectory` tells what is at a path.
    package mutating func addIncron(
        _ text: [UInt8], file: String, user: String, isDirectory: ([UInt8]) -> Bool
    ) {
        for (index, line) in text.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        )
        .enumerated() {
            let line = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard !line.isEmpty, line.first != UInt8(ascii: "#") else { continue }
            addIncron(line: line, "\(file):\(index + 1)", user, isDirectory)
        }
    }

    private mutating func addIncron(
        line: ArraySlice<UInt8>, _ place: String, _ user: String,
        _ isDirectory: ([UInt8]) -> Bool
    ) {
        var words = Self.words(of: line)
        guard words.count >= 3 else {
            return note(place, "left out: a path, events and a command are missing")
        }
        let (path, mask) = (words.removeFirst(), words.removeFirst())
        guard path.first == UInt8(ascii: "/") else {
            return note(place, "left out: the path is not absolute")
        }
        var action = ImportedAction(key: path, argv: [], user: user)
        var isDeep = true
        var kinds: Set<String> = []
        for name in mask.split(separator: UInt8(ascii: ",")) {
            let name = String(decoding: name, as: UTF8.self)
            switch name {
            case "IN_NO_LOOP", "loopable=false": action.ignoresOwnChanges = true
            case "recursive=false": isDeep = false
            case "recursive=true", "loopable=true", "dotdirs=true", "dotdirs=false",
                "IN_ONLYDIR", "IN_DONT_FOLLOW":
                break
            default:
                if let found = Self.kinds(of: name) {
                    kinds.formUnion(found)
                } else {
                    note(place, "`\(name)` has no counterpart: nothing is run for it")
                }
            }
        }
        guard !kinds.isEmpty else {
            return note(place, "left out: none of its events is one that touchmon runs for")
        }
        action.on = Self.order.filter(kinds.contains)
        let base = path.count > 1 && path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
        let isTree = isDirectory(base)
        if isTree {
            action.key = literalKey(base) + (base.count == 1 ? [] : [UInt8(ascii: "/")])
            (action.isRecursive, action.isForEachFile) = (isDeep, true)
            note(
                place,
                "hidden files and editors' temporary files are left out; "
                    + "`\"exclude\": {\"defaults\": false}` brings them back")
        }
        action.argv = command(words, base, isTree: isTree, place)
        if kinds.contains("modify") {
            note(place, "`modify` runs for each write that is seen; `touch` once for each save")
        }
        if kinds.contains("touch"), kinds.contains("attribute") {
            note(
                place,
                "`attribute` runs for chmod(1) too, and once more for what sets a time before it closes the "
                    + "file, as touch(1) does; without it `touch` counts each once")
        }
        add(action, from: place)
    }

    private static let order = ["touch", "create", "delete", "move", "attribute", "modify"]

    /// What an event of inotify stands for; nil where nothing does.
    private static func kinds(of name: String) -> [String]? {
        if let number = UInt32(name) {
            let found = bits.filter { number & $0.bit != 0 }.flatMap { kinds(of: $0.name) ?? [] }
            return found.isEmpty ? nil : found
        }
        return switch name {
        case "IN_CLOSE_WRITE", "IN_CLOSE": ["touch"]
        case "IN_MODIFY": ["modify"]
        case "IN_ATTRIB": ["attribute"]
        case "IN_CREATE": ["create"]
        case "IN_DELETE", "IN_DELETE_SELF": ["delete"]
        case "IN_MOVED_TO", "IN_MOVED_FROM", "IN_MOVE", "IN_MOVE_SELF": ["move"]
        case "IN_ALL_EVENTS": order
        default: nil
        }
    }

    /// inotify(7).
    private static let bits: [(bit: UInt32, name: String)] = [
        (0x2, "IN_MODIFY"), (0x4, "IN_ATTRIB"), (0x8, "IN_CLOSE_WRITE"), (0x40, "IN_MOVED_FROM"),
        (0x80, "IN_MOVED_TO"), (0x100, "IN_CREATE"), (0x200, "IN_DELETE"),
        (0x400, "IN_DELETE_SELF"), (0x800, "IN_MOVE_SELF"),
    ]

    /// incron splits at spaces, and a backslash makes one part of a word; there are no quotes and no shell.
    private static func words(of line: ArraySlice<UInt8>) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        var isEscaped = false
        for byte in line {
            if isEscaped {
                word.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                if !word.isEmpty { words.append(word) }
                word = []
            } else {
                word.append(byte)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    /// The arguments, with what stands for the file put in.
    private mutating func command(
        _ words: [[UInt8]], _ base: [UInt8], isTree: Bool, _ place: String
    ) -> [[UInt8]] {
        var needsShell = false
        let words = words.map { word -> [UInt8] in
            if isTree, word == Array("$@/$#".utf8) { return Array("{path}".utf8) }
            if word.contains(UInt8(ascii: "$")), !Self.isPlain(word, isTree: isTree) {
                needsShell = true
            }
            return word
        }
        guard needsShell else { return words.map { Self.filled($0, base) } }
        note(place, "the command needs parts of the file's path, and gets them from a shell")
        var script = "exec"
        for word in words { script += " " + shell(word, base, isTree: isTree, place) }
        return ["sh", "-c", script].map { Array($0.utf8) }
    }

    /// Whether all that stands for something in a word is known already.
    private static func isPlain(_ word: [UInt8], isTree: Bool) -> Bool {
        var rest = word[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            guard let next = rest[(dollar + 1)...].first else { return true }
            if next != UInt8(ascii: "$"), next != UInt8(ascii: "@") { return false }
            rest = rest[(dollar + 2)...]
        }
        return true
    }

    private static func filled(_ word: [UInt8], _ base: [UInt8]) -> [UInt8] {
        var (filled, rest): ([UInt8], ArraySlice<UInt8>) = ([], word[...])
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$"), let next = rest.popFirst() else {
                filled.append(byte)
                continue
            }
            // In a plain word there are only `$$` and `$@`.
            filled += next == byte ? [byte] : base
        }
        return filled
    }

    /// A word as a shell takes it for the same, in double quotes.
    private mutating func shell(
        _ word: [UInt8], _ base: [UInt8], isTree: Bool, _ place: String
    ) -> String {
        if word == Array("{path}".utf8) { return "\"$TOUCHMON_PATH\"" }
        var (text, rest): ([UInt8], ArraySlice<UInt8>) = ([], word[...])
        func quoted(_ bytes: some Sequence<UInt8>) {
            for byte in bytes {
                if "\"\\$`".utf8.contains(byte) { text.append(UInt8(ascii: "\\")) }
                text.append(byte)
            }
        }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$"), let next = rest.first else {
                quoted([byte])
                continue
            }
            switch next {
            case UInt8(ascii: "$"): quoted([byte])
            case UInt8(ascii: "@"): quoted(base)
            case UInt8(ascii: "#"): text += Array((isTree ? "${TOUCHMON_PATH##*/}" : "").utf8)
            case UInt8(ascii: "%"), UInt8(ascii: "&"):
                note(
                    place,
                    "`$\(UnicodeScalar(next))`, which events there were, is left out; "
                        + "TOUCHMON_CHANGES tells")
            default:
                quoted([byte])
                continue
            }
            rest.removeFirst()
        }
        return "\"" + String(decoding: text, as: UTF8.self) + "\""
    }
}
