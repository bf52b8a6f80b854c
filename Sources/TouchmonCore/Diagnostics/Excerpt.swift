/// The line around a place in a file, fit for a terminal, and a line with a caret under the place.
package struct Excerpt: Hashable, Sendable {
    package var line: String
    package var caret: String
}

extension SourceText {
    /// The line at `location`, without its indentation and cut around the column when it is long;
    /// nil where the file has no such place, or there is nothing to show.
    ///
    /// The caret's line repeats the tabs of the text, so that both are equally wide however wide
    /// the terminal makes a tab.
    package func excerpt(at location: SourceLocation) -> Excerpt? {
        let (before, total) = (40, 72)
        let firstColumn = max(1, location.column - before)
        guard let target = offset(line: location.line, column: location.column),
            let start = offset(line: location.line, column: firstColumn)
        else { return nil }

        var excerpt = Excerpt(line: firstColumn > 1 ? "…" : "", caret: firstColumn > 1 ? " " : "")
        var index = firstColumn > 1 ? start : skipIndentation(from: start, to: target)
        var shownCount = 0
        while index < bytes.count, !endsLine(at: index) {
            guard shownCount < total else {
                excerpt.line += "…"
                break
            }
            let scalar = bytes.scalar(at: index)
            let isTab = scalar == "\t"
            let text = isTab ? "\t" : shown(scalar, at: index)
            excerpt.line += text
            if index < target {
                excerpt.caret +=
                    isTab ? "\t" : String(repeating: " ", count: TerminalText.width(of: text))
            }
            index += scalar.map(UTF8.width) ?? 1
            shownCount += 1
        }
        guard excerpt.line.contains(where: { !$0.isWhitespace }) else { return nil }
        excerpt.caret += "^"
        return excerpt
    }

    private func shown(_ scalar: Unicode.Scalar?, at index: Int) -> String {
        scalar.map { TerminalText.escaped($0) } ?? TerminalText.escaped(invalid: bytes[index])
    }

    private func skipIndentation(from start: Int, to target: Int) -> Int {
        bytes[start..<target].firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            ?? target
    }

    /// Whether the line ends at `index`: at a newline, or the carriage return before it.
    private func endsLine(at index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "\n")
            || bytes[index...].starts(with: "\r\n".utf8)
    }
}
