/// Path units of systemd, systemd.path(5).
extension Import {
    /// Takes over a unit. `file` is its name, which its service's name follows.
    package mutating func addSystemd(_ text: [UInt8], file: String) {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        var unit = (name.hasSuffix(".path") ? String(name.dropLast(5)) : name) + ".service"
        var paths: [(kind: String, path: [UInt8], line: Int)] = []
        var (section, runs, milliseconds): (String, Int, Int64) = ("", 200, 2000)
        var hasLimit = false
        for (line, key, value) in Self.settings(text) {
            guard let key else {
                section = value
                continue
            }
            guard section == "Path" else { continue }
            switch key {
            case "PathChanged", "PathModified", "PathExists", "DirectoryNotEmpty":
                // An empty value forgets those before.
                if value.isEmpty {
                    paths.removeAll { $0.kind == key }
                } else {
                    paths.append((key, Array(value.utf8), line))
                }
            case "PathExistsGlob":
                note(
                    "\(file):\(line)",
                    "left out: whether something matches a pattern is not "
                        + "watched; a pattern as a key runs when a file that matches is touched")
            case "Unit": unit = value
            case "MakeDirectory", "DirectoryMode":
                note(
                    "\(file):\(line)",
                    "`\(key)` is left out: touchmon makes nothing that it watches")
            case "TriggerLimitBurst":
                runs = Int(value) ?? runs
                hasLimit = true
            case "TriggerLimitIntervalSec":
                if let time = Self.milliseconds(value) {
                    milliseconds = time
                    hasLimit = true
                } else {
                    note("\(file):\(line)", "`\(key)` is left out: no time that is understood")
                }
            default: note("\(file):\(line)", "`\(key)` is left out")
            }
        }
        for (kind, path, line) in paths {
            add(
                kind, path, unit, "\(file):\(line)",
                hasLimit && runs > 0 && milliseconds > 0
                    ? (runs, milliseconds) : nil)
        }
        if paths.isEmpty { note(file, "there is no path in it that could be taken over") }
    }

    private mutating func add(
        _ kind: String, _ path: [UInt8], _ unit: String, _ place: String,
        _ rate: (runs: Int, milliseconds: Int64)?
    ) {
        guard path.first == UInt8(ascii: "/") else {
            return note(place, "left out: the path is not absolute")
        }
        if path.contains(UInt8(ascii: "%")) {
            note(place, "specifiers (`%`) are not replaced: write what they stand for")
        }
        var action = ImportedAction(
            key: literalKey(path),
            argv: ["systemctl", "start", unit].map { Array($0.utf8) }, user: "root")
        action.rate = rate
        switch kind {
        case "PathModified":
            action.on = ["touch", "create", "delete", "move", "modify"]
        case "PathExists": action.on = ["exists"]
        case "DirectoryNotEmpty": action.on = ["not_empty"]
        default: action.on = ["touch", "create", "delete", "move"]
        }
        add(action, from: place)
    }

    /// The settings of a unit: its sections have no key, and their name for a value. systemd.syntax(7).
    private static func settings(_ text: [UInt8]) -> [(line: Int, key: String?, value: String)] {
        var found: [(Int, String?, String)] = []
        var (held, first) = ("", 0)
        let lines = String(decoding: text, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = trimmed(line)
            if held.isEmpty, line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            // Comments between the lines of one setting are passed over.
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if held.isEmpty { first = index + 1 }
            if line.hasSuffix("\\") {
                held += line.dropLast() + " "
                continue
            }
            let whole = held + line
            held = ""
            if whole.hasPrefix("["), whole.hasSuffix("]") {
                found.append((first, nil, String(whole.dropFirst().dropLast())))
            } else if let equals = whole.firstIndex(of: "=") {
                found.append(
                    (
                        first, trimmed(whole[..<equals]),
                        trimmed(whole[whole.index(after: equals)...])
                    ))
            }
        }
        return found
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = text[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }

    /// A time as systemd writes it, systemd.time(7): as far as one number and one unit go.
    private static func milliseconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        return switch trimmed(text.dropFirst(digits.count)) {
        case "", "s", "sec", "second", "seconds": number * 1000
        case "ms", "msec": number
        case "m", "min", "minute", "minutes": number * 60_000
        case "h", "hr", "hour", "hours": number * 3_600_000
        default: nil
        }
    }
}
