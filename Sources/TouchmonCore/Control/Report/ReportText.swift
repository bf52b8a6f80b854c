/// What is written in several places of a page.
enum ReportText {
    /// `2026-11-23 09:00:00`, in UTC.
    static func time(_ nanoseconds: Int64) -> String {
        let text = Timestamp.text(nanosecondsSince1970: nanoseconds, digits: 0)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    /// `10,000`
    static func number(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// `1 run`, `2 runs`
    static func count(_ count: Int, _ noun: String) -> String {
        "\(number(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `12.34%` of a number from 0 to 1.
    static func percent(_ share: Double) -> String {
        let hundredths = Int(share * 10_000 + 0.5)
        let (whole, rest) = (hundredths / 100, hundredths % 100)
        if rest == 0 { return "\(whole)%" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)%" : "\(whole).\(rest / 10)\(rest % 10)%"
    }

    /// A lane's name where there is room for one line only.
    static func name(_ key: ReportLane.Key) -> String {
        TerminalText.escaped(key.path.bytes) + (key.isHandler ? ", on_failure" : "")
    }

    /// The beginning and the end of a text that is too long.
    static func shortened(_ text: String, to most: Int) -> String {
        guard text.unicodeScalars.count > most else { return text }
        let start = text.unicodeScalars.prefix(most / 2)
        return String(start) + "…" + String(text.unicodeScalars.suffix(most - most / 2 - 1))
    }
}

/// The parts of a page that more than one of its sections has.
extension HTMLWriter {
    /// A path, whose last component is what the eye looks for.
    mutating func path(_ path: RawPath, isShort: Bool = false) {
        let most = isShort ? 60 : 5000
        let directory = path.bytes.dropLast(path.name.count)
        element("span", ["class": "path"]) { html in
            let shown = ReportText.shortened(TerminalText.escaped(Array(directory)), to: most)
            html.element("span", ["class": "directory"], shown)
            let name = TerminalText.escaped(Array(path.name))
            html.element("span", ["class": "name"], ReportText.shortened(name, to: most))
        }
    }

    mutating func time(_ nanoseconds: Int64) {
        let exact = Timestamp.text(nanosecondsSince1970: nanoseconds, digits: 9)
        element("time", ["datetime": exact], ReportText.time(nanoseconds))
    }

    /// How a run ended, with a symbol.
    mutating func outcome(_ run: HistoryRow) {
        let mark = ReportMark(run.ending)
        element(
            "span", ["class": "outcome \(mark.rawValue)"],
            "\(mark.symbol) \(ControlText.outcome(run.ending))")
    }

    /// A picture as wide as there is room, whose places are percentages, so that its text and its heights are
    /// the same on every screen.
    mutating func picture(
        height: Int, _ label: String, _ body: (inout HTMLWriter) -> Void
    ) {
        element(
            "svg",
            ["width": "100%", "height": "\(height)", "role": "img", "aria-label": label], body)
    }

    /// The name of a lane beside its picture.
    mutating func lane(
        _ lane: ReportLane, note: String? = nil, _ picture: (inout HTMLWriter) -> Void
    ) {
        element("div", ["class": "lane"]) { html in
            html.element("div", ["class": "label"]) { html in
                html.path(lane.key.path, isShort: true)
                if lane.key.isHandler { html.element("span", ["class": "tag"], "on_failure") }
                html.element("span", ["class": "note"]) { html in
                    if let note { return html.text(note) }
                    html.text(ReportText.count(lane.runs.count, "run"))
                    guard lane.failures > 0 else { return }
                    html.text(", ")
                    html.element(
                        "span", ["class": "outcome failure"],
                        "✕ \(ReportText.number(lane.failures)) failed")
                }
            }
            picture(&html)
        }
    }

    /// The words of an axis.
    mutating func axis(_ scale: ReportScale, _ label: String) {
        element("div", ["class": "lane axis"]) { html in
            html.element("div", ["class": "label"], "")
            let hasMore = scale.ticks.contains { $0.more != nil }
            html.picture(height: hasMore ? 32 : 18, label) { html in
                // Where there is little room, every other one.
                let hasMinor = scale.ticks.count > 4
                for (index, tick) in scale.ticks.enumerated() {
                    html.words(
                        of: tick, y: hasMore ? 27 : 13, isMinor: hasMinor && index % 2 == 1)
                }
            }
        }
    }

    /// Below its tick, where there is room for that.
    private mutating func words(of tick: ReportScale.Tick, y: Int, isMinor: Bool) {
        let isLong = tick.label.utf8.count > 5
        let margin = isLong ? 0.1 : 0.03
        let anchor = tick.place < margin ? "start" : tick.place > 1 - margin ? "end" : "middle"
        let place = ReportText.percent(tick.place)
        element(
            "text",
            [
                "x": place, "y": "\(y)", "text-anchor": anchor, "class": isMinor ? "minor" : nil,
            ], tick.label)
        guard let more = tick.more else { return }
        // It begins, or ends, where the other word does.
        let isAtEnd = tick.place > 0.85
        let half = (isAtEnd ? "" : "-") + (isLong ? "2.1em" : "1.3em")
        element(
            "text",
            [
                "x": place, "y": "12", "text-anchor": isAtEnd ? "end" : "start",
                "dx": anchor == "middle" ? half : nil,
            ], more)
    }

    /// The lines of an axis.
    mutating func grid(_ scale: ReportScale, height: Int) {
        element("g", ["class": "grid"]) { html in
            for tick in scale.ticks {
                let place = ReportText.percent(tick.place)
                html.element(
                    "line", ["x1": place, "x2": place, "y1": "0", "y2": "\(height)"], "")
            }
        }
    }
}
