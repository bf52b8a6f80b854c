/// Rows of text in columns that line up, as wide as a terminal at the most.
package struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []
    /// The column that gives way where there is no room for all: in its middle something is left out.
    private let flexible: Int

    private static let gap = 2
    /// A flexible column is at least so wide.
    private static let narrowest = 12

    package init(_ header: [String], flexible: Int) {
        self.header = header
        self.flexible = flexible
    }

    /// Adds a row, with a cell for each column.
    package mutating func add(_ row: [String]) { rows.append(row) }

    /// The lines, none of them wider than `width`, where the other columns leave room for that; nil: as wide
    /// as need be.
    package func text(width: Int?) -> String {
        var widths = header.map { TerminalText.width(of: $0) }
        for row in rows {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], TerminalText.width(of: cell))
            }
        }
        if let width {
            let others = widths.reduce(0, +) - widths[flexible] + Self.gap * (widths.count - 1)
            widths[flexible] = min(widths[flexible], max(width - others, Self.narrowest))
        }
        var text = ""
        for row in [header] + rows {
            var line = ""
            for (index, cell) in row.enumerated() {
                let shown = Self.shortened(cell, to: widths[index])
                line += shown
                guard index < row.count - 1 else { break }
                let room = widths[index] - TerminalText.width(of: shown) + Self.gap
                line += String(repeating: " ", count: room)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    /// The beginning and the end of a text that is too long.
    private static func shortened(_ text: String, to width: Int) -> String {
        guard TerminalText.width(of: text) > width else { return text }
        var (start, end) = (
            Array(text.prefix(width / 3)), Array(text.suffix(width - width / 3 - 1))
        )
        // Some characters are two columns wide.
        while TerminalText.width(of: String(start) + "…" + String(end)) > width {
            if start.count > end.count { start.removeLast() } else { end.removeFirst() }
        }
        return String(start) + "…" + String(end)
    }
}
