/// One HTML page about a daemon: complete in itself, without a script, and with nothing to fetch.
extension Report {
    /// So many lanes and rows are shown; the rest is counted.
    static let mostLanes = 40, mostListed = 200, mostRows = 100, mostHiddenRows = 2000
    /// Of so many failures what they have printed is seen at once.
    static let mostOpen = 10

    /// The page: UTF-8.
    package var page: [UInt8] {
        let lanes = ReportLane.all(self)
        let failures = failures
        var html = HTMLWriter()
        html.element("html", ["lang": "en"]) { html in
            html.element("head") { writeHead(failures.count, to: &$0) }
            html.literal("\n")
            html.element("body") { html in
                writeHeader(to: &html)
                html.element("main") { html in
                    writeHeadline(lanes, failures.count, to: &html)
                    html.section("Failures") { writeFailures(failures, to: &$0) }
                    writePlots(lanes, to: &html)
                    html.section("Actions") { writeActions(lanes, to: &$0) }
                }
                html.element("footer", "Written by touchmon \(safe(version)).")
            }
        }
        html.literal("\n")
        return html.bytes
    }

    private func writeHead(_ failures: Int, to html: inout HTMLWriter) {
        html.open("meta", ["charset": "utf-8"])
        // Even if something were not escaped, nothing could run or be fetched.
        html.open(
            "meta",
            [
                "http-equiv": "Content-Security-Policy",
                "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                    + "form-action 'none'",
            ])
        html.open(
            "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        html.open("meta", ["name": "color-scheme", "content": "light dark"])
        html.open("meta", ["name": "referrer", "content": "no-referrer"])
        let failed =
            runs.isEmpty
            ? "no runs" : "\(failures) of \(ReportText.count(runs.count, "run")) failed"
        html.element("title", "touchmon \(safe(name)) on \(safe(host)): \(failed)")
        html.element("style") { $0.literal(ReportStyle.sheet) }
    }

    private func writeHeader(to html: inout HTMLWriter) {
        html.element("header") { html in
            html.element("h1") { html in
                html.text("touchmon ")
                html.element("b", safe(name))
                html.text(" on ")
                html.element("b", safe(host))
            }
            html.element("p", ["class": "note"]) { html in
                html.text("The daemon is process \(process), since ")
                if let since = Timestamp.nanosecondsSince1970(of: Array(since.utf8)) {
                    html.time(since)
                } else {
                    html.text(safe(since))
                }
                html.text("; this page is of ")
                html.time(now)
                html.text(". All times are UTC.")
            }
            guard !degraded.isEmpty else { return }
            html.element("p", ["class": "warning"]) {
                let parts = degraded.map(safe).joined(separator: ", ")
                $0.text("⚠ Degraded: \(parts). See the daemon's log.")
            }
        }
    }

    private func writeHeadline(
        _ lanes: [ReportLane], _ failures: Int, to html: inout HTMLWriter
    ) {
        html.element("dl", ["class": "headline"]) { html in
            let chosen = [
                isCut ? "the latest; there may be more" : nil,
                runsOf.map { "as \(user($0))" },
            ].compactMap { $0 }.joined(separator: ", ")
            html.number("Runs", ReportText.number(runs.count), chosen)
            let share = runs.isEmpty ? "" : "\(ReportText.percent(failureShare(failures))) of runs"
            html.number(
                "Failures", (failures > 0 ? "✕ " : "") + ReportText.number(failures), share,
                isBad: failures > 0)
            let ran = Set(lanes.map(\.key.path)).count
            html.number(
                "Actions", ReportText.number(actions.count),
                "\(ReportText.number(ran)) had runs")
            guard let span else {
                return html.number("Time", "–", "nothing ran")
            }
            html.number(
                "Time", ControlText.duration(span.upperBound - span.lowerBound),
                "\(ReportText.time(span.lowerBound)) to \(ReportText.time(span.upperBound))")
        }
    }

    /// Rounded to a tenth of a percent.
    private func failureShare(_ failures: Int) -> Double {
        Double((failures * 1000 + runs.count / 2) / runs.count) / 1000
    }

    private func writePlots(_ lanes: [ReportLane], to html: inout HTMLWriter) {
        guard let span else { return }
        let shown = Array(lanes.prefix(Self.mostLanes)), rest = lanes.dropFirst(Self.mostLanes)
        func tellRest(_ html: inout HTMLWriter) {
            guard !rest.isEmpty else { return }
            let runs = ReportText.count(rest.reduce(0) { $0 + $1.runs.count }, "run")
            let failed = ReportText.number(rest.reduce(0) { $0 + $1.failures })
            html.element(
                "p", ["class": "note"],
                "And \(ReportText.number(rest.count)) more, with \(runs), of which \(failed) failed."
            )
        }
        html.section("Time line") { html in
            ReportTimeline(self, shown, over: span).write(to: &html)
            tellRest(&html)
        }
        guard let durations = ReportDurations(shown) else { return }
        html.section("Durations") { html in
            durations.write(to: &html)
            tellRest(&html)
        }
    }

    /// Words of the daemon, or of the command line.
    func safe(_ text: String) -> String { TerminalText.escaped(Array(text.utf8)) }
}

extension HTMLWriter {
    fileprivate mutating func section(
        _ heading: StaticString, _ body: (inout HTMLWriter) -> Void
    ) {
        literal("\n")
        element("section") { html in
            html.element("h2") { $0.literal(heading) }
            body(&html)
        }
    }

    fileprivate mutating func number(
        _ name: String, _ value: String, _ note: String, isBad: Bool = false
    ) {
        element("div") { html in
            html.element("dt", name)
            html.element("dd", ["class": isBad ? "value bad" : "value"], value)
            html.element("dd", ["class": "note"], note)
        }
    }
}
