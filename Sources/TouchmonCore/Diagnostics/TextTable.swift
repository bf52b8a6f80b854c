/// Rows of text in columns that line up, as wide as a terminal at the most.
package struct TextTable {
    /// One cell; coloured where colours are wanted.
    package struct Cell: ExpressibleByStringInterpolation {
        var text: String
        var color: TextColor?

        package init(_ text: String, _ color: TextColor? = nil) {
            self.text = text
            self.color = color
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    private let header: [String]
    private var rows: [[Cell]] = []
    /// The column that gives way where there is no room for all: in its middle something is left out.
    private let flexible: Int
    /// How wide the columns have become.
    private var widths: [Int]

    private static let gap = 2
    /// A flexible column is at least so wide.
    private static let narrowest = 12

    package init(_ header: [String], flexible: Int) {
        self.header = header
        self.flexible = flexible
        widths = header.map { TerminalText.width(of: $0) }
    }

    /// Adds a row, with a cell for each column.
    package mutating func add(_ row: [Cell]) {
        rows.append(row)
        for (index, cell) in row.enumerated() {
            widths[index] = max(widths[index], TerminalText.width(of: cell.text))
        }
    }

    /// The lines, none of them wider than `width`, where the other columns leave room for that; nil: as wide
    /// as need be.
    package func text(width: Int?, isColored: Bool = false) -> String {
        let widths = widths(within: width)
        return Self.line(header.map { Cell($0) }, widths, isColored: false)
            + rows.map { Self.line($0, widths, isColored: isColored) }.joined()
    }

    /// The lines of the rows alone, which are taken out; the columns stay as wide as they are.
    package mutating func takeRows(width: Int?, isColored: Bool = false) -> String {
        let widths = widths(within: width)
        defer { rows = [] }
        return rows.map { Self.line($0, widths, isColored: isColored) }.joined()
    }

    private func widths(within width: Int?) -> [Int] {
        guard let width else { return widths }
        var widths = widths
        let others = widths.reduce(0, +) - widths[flexible] + Self.gap * (widths.count - 1)
        widths[flexible] = min(widths[flexible], max(width - others, Self.narrowest))
        return widths
    }

    private static func line(_ row: [Cell], _ widths: [Int], isColored: Bool) -> String {
        var line = "", room = 0
        for (cell, width) in zip(row, widths) {
            let shown = shortened(cell.text, to: width)
            if !shown.isEmpty {
                line += String(repeating: " ", count: room)
                line += isColored ? TextColor.colored(shown, cell.color) : shown
                room = 0
            }
            room += width - TerminalText.width(of: shown) + gap
        }
        return line + "\n"
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
