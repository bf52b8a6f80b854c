/// When the runs of each action were: a lane each, on one axis of time.
struct ReportTimeline {
    /// Runs of one lane that ended alike, and that would be drawn over each other.
    private struct Mark {
        var kind: ReportMark
        var first: HistoryRow
        var last: HistoryRow
        var count = 1
        var end: Int64
    }

    private let report: Report
    private let lanes: [ReportLane]
    private let scale: ReportScale
    /// Runs that begin in the same part of the axis are one mark: a lane has no more of them than can be seen.
    private let parts: Double

    init(_ report: Report, _ lanes: [ReportLane], over span: ClosedRange<Int64>) {
        self.report = report
        self.lanes = lanes
        scale = .times(span)
        parts = Double(min(400, max(100, 6000 / max(1, lanes.count))))
    }

    func write(to html: inout HTMLWriter) {
        Self.writeLegend(to: &html)
        let name = "Time line"
        html.element("div", ["class": "lanes"]) { html in
            html.axis(scale, name + ": the axis, in UTC")
            for lane in lanes { write(lane, to: &html) }
        }
    }

    private func write(_ lane: ReportLane, to html: inout HTMLWriter) {
        html.lane(lane) { html in
            let summary = ReportText.count(lane.runs.count, "run")
            let what = "\(ReportText.name(lane.key)): \(summary), \(lane.failures) failed"
            html.picture(height: 24, what) { html in
                html.grid(scale, height: 24)
                let marks = marks(of: lane)
                // What failed is on top.
                for kind in [ReportMark.success, .unclear, .running, .failure] {
                    let some = marks.filter { $0.kind == kind }
                    guard !some.isEmpty else { continue }
                    html.element("g", ["class": kind.rawValue]) { html in
                        for mark in some { write(mark, to: &html) }
                    }
                }
            }
        }
    }

    private func marks(of lane: ReportLane) -> [Mark] {
        var marks: [Mark] = []
        var latest: [ReportMark: Int] = [:]
        for run in lane.runs {
            let kind = ReportMark(run.ending)
            let end = run.ended ?? report.now
            if let index = latest[kind], part(marks[index].first) == part(run) {
                marks[index].last = run
                marks[index].count += 1
                marks[index].end = max(marks[index].end, end)
            } else {
                latest[kind] = marks.count
                marks.append(Mark(kind: kind, first: run, last: run, end: end))
            }
        }
        return marks
    }

    private func part(_ run: HistoryRow) -> Int { Int(scale.place(run.started) * parts) }

    private func write(_ mark: Mark, to html: inout HTMLWriter) {
        let least = 0.003
        let begin = min(scale.place(mark.first.started), 1 - least)
        let width = max(least, scale.place(mark.end) - begin)
        let (y, height) = Self.extent(mark.kind)
        html.element(
            "rect",
            [
                "x": ReportText.percent(begin), "width": ReportText.percent(width), "y": "\(y)",
                "height": "\(height)", "rx": "1.5",
            ]
        ) { $0.element("title", title(mark)) }
    }

    /// From the top and how high: what failed is high, and found without its colour.
    private static func extent(_ kind: ReportMark) -> (y: Int, height: Int) {
        switch kind {
        case .success: (9, 9)
        case .failure: (1, 22)
        case .unclear: (4, 16)
        case .running: (9, 9)
        }
    }

    private func title(_ mark: Mark) -> String {
        let began = ReportText.time(mark.first.started)
        guard mark.count > 1 else {
            let took = ControlText.duration(mark.end - mark.first.started)
            return "run \(mark.first.run.value): \(ControlText.outcome(mark.first.ending)), "
                + "\(began), \(took)"
        }
        return "\(ReportText.count(mark.count, "run")), \(mark.first.run.value) to "
            + "\(mark.last.run.value): \(mark.kind.words), \(began) to "
            + ReportText.time(mark.last.started)
    }

    private static func writeLegend(to html: inout HTMLWriter) {
        html.element("p", ["class": "legend"]) { html in
            for kind in ReportMark.allCases {
                html.element("span") { html in
                    let (y, height) = extent(kind)
                    html.element("svg", ["width": "14", "height": "24", "aria-hidden": "true"]) {
                        $0.element("g", ["class": kind.rawValue]) {
                            $0.element(
                                "rect",
                                [
                                    "x": "2", "width": "10", "y": "\(y)", "height": "\(height)",
                                    "rx": "1.5",
                                ], "")
                        }
                    }
                    html.text(kind.words)
                }
            }
        }
    }
}
