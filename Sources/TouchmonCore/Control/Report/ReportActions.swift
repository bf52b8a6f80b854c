/// All actions, and how their runs went: those that had runs first.
extension Report {
    private struct Row {
        var path: RawPath
        var action: StatusRow?
        var lane: ReportLane?
    }

    func writeActions(_ lanes: [ReportLane], to html: inout HTMLWriter) {
        let rows = rows(lanes)
        guard !rows.isEmpty else {
            return html.element("p", ["class": "note"], "No actions.")
        }
        writeTable(rows.prefix(Self.mostRows), to: &html)
        let others = rows.dropFirst(Self.mostRows)
        guard !others.isEmpty else { return }
        html.element("details", ["class": "more"]) { html in
            html.element("summary", "\(ReportText.count(others.count, "more action"))")
            writeTable(others.prefix(Self.mostHiddenRows), to: &html)
            let rest = others.count - Self.mostHiddenRows
            guard rest > 0 else { return }
            html.element(
                "p", ["class": "note"],
                "And \(ReportText.number(rest)) more: see touchmon status.")
        }
    }

    private func rows(_ lanes: [ReportLane]) -> [Row] {
        let byPath = Dictionary(actions.map { ($0.path, $0) }) { first, _ in first }
        var rows = lanes.filter { !$0.key.isHandler }.map {
            Row(path: $0.key.path, action: byPath[$0.key.path], lane: $0)
        }
        let ran = Set(rows.map(\.path))
        rows += actions.filter { !ran.contains($0.path) }.map {
            Row(path: $0.path, action: $0, lane: nil)
        }
        return rows
    }

    private func writeTable(_ rows: some Collection<Row>, to html: inout HTMLWriter) {
        let columns = ["Action", "State", "Runs", "Failed", "Median", "Last run"]
        html.element("div", ["class": "scroll"]) { html in
            html.element("table") { html in
                html.element("thead") { html in
                    html.element("tr") { html in
                        for column in columns { html.element("th", ["scope": "col"], column) }
                    }
                }
                html.element("tbody") { html in
                    for row in rows { write(row, to: &html) }
                }
            }
        }
    }

    private func write(_ row: Row, to html: inout HTMLWriter) {
        func cell(_ name: String, _ body: (inout HTMLWriter) -> Void) {
            html.element("td", ["data-name": name], body)
        }
        html.literal("\n")
        html.open("tr")
        html.element("th", ["scope": "row"]) { html in
            html.path(row.path)
            if let action = row.action { html.command(action.argv.strings) }
        }
        cell("State") { html in
            guard let action = row.action else { return html.text("not configured any more") }
            html.text(action.state.rawValue)
            html.element("span", ["class": "note"], "by \(safe(action.mechanism))")
        }
        cell("Runs") { $0.text(ReportText.number(row.lane?.runs.count ?? 0)) }
        cell("Failed") { html in
            guard let lane = row.lane, lane.failures > 0 else { return html.text("0") }
            html.element(
                "span", ["class": "outcome failure"], "✕ \(ReportText.number(lane.failures))")
        }
        cell("Median") { $0.text(row.lane?.median.map(ControlText.duration) ?? "–") }
        cell("Last run") { html in
            guard let last = row.lane?.runs.last ?? row.action?.last else { return html.text("–") }
            html.outcome(last)
            html.element("span", ["class": "note"]) { $0.time(last.started) }
        }
        html.literal("</tr>")
    }
}
