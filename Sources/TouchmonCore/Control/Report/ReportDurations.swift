/// How long the runs of each action took: a row each of bars on one logarithmic axis, as high as there were
/// runs of about that duration.
struct ReportDurations {
    private static let bars = 90
    private static let height = 32

    private let rows: [(lane: ReportLane, median: Int64, longest: Int64)]
    private let scale: ReportScale

    /// nil where no run ended.
    init?(_ lanes: [ReportLane]) {
        rows = lanes.compactMap { lane in
            lane.median.flatMap { median in lane.durations.last.map { (lane, median, $0) } }
        }
        guard let shortest = lanes.compactMap(\.durations.first).min(),
            let longest = rows.map(\.longest).max()
        else { return nil }
        scale = .durations(shortest...longest)
    }

    func write(to html: inout HTMLWriter) {
        html.element("p", ["class": "note"]) {
            $0.text(
                "Each bar: how many runs took about so long. The line and the number: the median.")
        }
        html.element("div", ["class": "lanes"]) { html in
            html.axis(scale, "Durations: the axis, logarithmic")
            for row in rows { write(row.lane, row.median, row.longest, to: &html) }
        }
    }

    private func write(
        _ lane: ReportLane, _ median: Int64, _ longest: Int64, to html: inout HTMLWriter
    ) {
        let half = ControlText.duration(median), most = ControlText.duration(longest)
        html.lane(lane, note: "median \(half), longest \(most)") { html in
            let what = "\(ReportText.name(lane.key)): median \(half), longest \(most)"
            html.picture(height: Self.height, what) { html in
                html.grid(scale, height: Self.height)
                html.element("g", ["class": "bars"]) { html in writeBars(lane, to: &html) }
                let place = ReportText.percent(scale.place(median))
                html.element(
                    "line",
                    [
                        "class": "median", "x1": place, "x2": place, "y1": "0",
                        "y2": "\(Self.height)",
                    ]
                ) { $0.element("title", "median \(half)") }
            }
        }
    }

    private func writeBars(_ lane: ReportLane, to html: inout HTMLWriter) {
        var counts = [Int](repeating: 0, count: Self.bars)
        for duration in lane.durations {
            counts[min(Int(scale.place(duration) * Double(Self.bars)), Self.bars - 1)] += 1
        }
        // Their logarithms, so that one run beside thousands is seen.
        let most = ReportScale.logarithm(Int64(counts.reduce(1, max)) + 1)
        for (index, count) in counts.enumerated() where count > 0 {
            let share = ReportScale.logarithm(Int64(count) + 1) / most
            let height = max(4, Int(share * Double(Self.height - 4)))
            let begin = Double(index) / Double(Self.bars)
            let end = Double(index + 1) / Double(Self.bars)
            html.element(
                "rect",
                [
                    "x": ReportText.percent(begin), "width": ReportText.percent(end - begin),
                    "y": "\(Self.height - height)", "height": "\(height)",
                ]
            ) {
                let (low, high) = (scale.duration(at: begin), scale.duration(at: end))
                $0.element(
                    "title",
                    "\(ReportText.count(count, "run")): \(ControlText.duration(low)) to "
                        + ControlText.duration(high))
            }
        }
    }
}
