/// The actions as `status` shows them to people, one line each, in the order of their paths. It is made row by
/// row, so that one side works while the other does.
package struct StatusTable {
    private let now: Int64
    private var lines: [(path: RawPath, cells: [TextTable.Cell])] = []

    /// `now` is nanoseconds since 1970.
    package init(at now: Int64) {
        self.now = now
    }

    package mutating func add(_ row: StatusRow) {
        var state = row.state.rawValue
        if let run = row.runs.first {
            state += " \(run.value)" + (row.runs.count > 1 ? "+\(row.runs.count - 1)" : "")
        } else if let due = row.due {
            state += ": \(due.rawValue)"
        } else if let scan = row.scan {
            state += ", scanned \(scan.directories)"
        } else if let until = row.pause?.until {
            state += ", \(ControlText.duration(until - now)) left"
        }
        let last = row.last.map {
            TextTable.Cell(ControlText.ending($0, at: now), ControlText.color($0.ending))
        }
        lines.append(
            (
                row.path,
                [
                    TextTable.Cell(TerminalText.escaped(row.path.bytes)),
                    TextTable.Cell(state, Self.color(row.state)), TextTable.Cell(row.mechanism),
                    TextTable.Cell(row.last.map { String($0.run.value) } ?? "-"), last ?? "-",
                ]
            ))
    }

    /// No line wider than `width`, where that leaves room for all but the paths; nil: as wide as need be.
    package func text(width: Int?, isColored: Bool = false) -> String {
        var table = TextTable(["PATH", "STATE", "BY", "LAST RUN", "ENDED"], flexible: 0)
        for line in lines.sorted(by: { $0.path < $1.path }) { table.add(line.cells) }
        return table.text(width: width, isColored: isColored)
    }

    private static func color(_ state: StatusRow.State) -> TextColor? {
        switch state {
        case .idle: nil
        case .running: .active
        case .settling, .waiting, .paused: .waiting
        }
    }
}
