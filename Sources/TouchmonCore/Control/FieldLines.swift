/// Names with what belongs to them, below each other; what does not fit beside its name goes on below
/// itself.
struct FieldLines {
    private var fields: [(name: String, value: String)] = []
    private let width: Int?

    /// Lines of at most `width` cells, where spaces allow it; nil: of any.
    init(width: Int?) {
        self.width = width
    }

    /// Several of one name stand below each other.
    mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    var text: String {
        let indent = (fields.map(\.name.count).max() ?? 0) + 2
        var (text, last) = ("", "")
        for (name, value) in fields {
            let head = name == last ? "" : name + ":"
            last = name
            let lines = Self.wrapped(value, to: width.map { max(20, $0 - indent) })
            for (index, line) in lines.enumerated() {
                let start = index == 0 ? head : ""
                let pad = String(repeating: " ", count: indent - start.count)
                text += start + pad + line + "\n"
            }
        }
        return text
    }

    private static func wrapped(_ value: String, to width: Int?) -> [String] {
        guard let width, TerminalText.width(of: value) > width else { return [value] }
        var (lines, line): ([String], String) = ([], "")
        for word in value.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty,
                TerminalText.width(of: line) + 1 + TerminalText.width(of: String(word)) > width
            {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
