/// Rows of text in columns that line up, as wide as a terminal at the most.
package struct TextTable {
    /// One cell; coloured where colours are wanted.
    package struct Cell: ExpressibleByStringInterpolation {
        let text: String
        let color: TextColor?
        /// In a terminal's columns.
        let width: Int

        package init(_ text: String, _ color: TextColor? = nil) {
            self.text = text
            self.color = color
            width = TerminalText.width(of: text)
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
            widths[index] = max(widths[index], cell.width)
        }
    }

    /// The lines, none of them wider than `width`, where the other columns leave room for that; nil: as wide
    /// as need be.
    package func text(width: Int?, isColored: Bool = false) -> String {
        Self.lines([header.map { Cell($0, nil) }], widths(within: width), isColored: false)
            + Self.lines(rows, widths(within: width), isColored: isColored)
    }

    /// The lines of the rows alone, which are taken out; the columns stay as wide as they are.
    package mutating func takeRows(width: Int?, isColored: Bool = false) -> String {
        defer { rows = [] }
        return Self.lines(rows, widths(within: width), isColored: isColored)
    }

    private func widths(within width: Int?) -> [Int] {
        guard let width else { return widths }
        var widths = widths
        let others = widths.reduce(0, +) - widths[flexible] + Self.gap * (widths.count - 1)
        widths[flexible] = min(widths[flexible], max(width - others, Self.narrowest))
        return widths
    }

    private static func lines(_ rows: [[Cell]], _ widths: [Int], isColored: Bool) -> String {
        var lines: [UInt8] = []
        lines.reserveCapacity(rows.count * (widths.reduce(1, +) + gap * widths.count))
        for row in rows {
            var room = 0
            for (cell, width) in zip(row, widths) {
                let shown = cell.width > width ? Cell(shortened(cell, to: width), cell.color) : cell
                if shown.width > 0 {
                    lines += repeatElement(UInt8(ascii: " "), count: room)
                    lines +=
                        isColored
                        ? TextColor.colored(shown.text, shown.color).utf8 : shown.text.utf8
                    room = 0
                }
                room += width - shown.width + gap
            }
            lines.append(UInt8(ascii: "\n"))
        }
        return String(decoding: lines, as: UTF8.self)
    }

    /// The beginning and the end of a text that is too long.
    private static func shortened(_ cell: Cell, to width: Int) -> String {
        var (start, end) = (
            Array(cell.text.prefix(width / 3)), Array(cell.text.suffix(width - width / 3 - 1))
        )
        // Some characters are two columns wide.
        while TerminalText.width(of: String(start) + "…" + String(end)) > width {
            if start.count > end.count { start.removeLast() } else { end.removeFirst() }
        }
        return String(start) + "…" + String(end)
    }
}
