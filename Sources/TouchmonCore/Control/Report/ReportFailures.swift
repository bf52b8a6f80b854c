/// What failed, and what it said last.
extension Report {
    func writeFailures(_ failures: [HistoryRow], to html: inout HTMLWriter) {
        guard !failures.isEmpty else {
            return html.element(
                "p", ["class": "note"], runs.isEmpty ? "No runs." : "✓ None of these runs failed.")
        }
        let commands = Dictionary(actions.map { ($0.path, $0.argv) }) { first, _ in first }
        for (index, run) in failures.prefix(Self.mostTails).enumerated() {
            write(run, commands, isOpen: index < Self.mostOpen, to: &html)
        }
        let earlier = failures.dropFirst(Self.mostTails)
        guard !earlier.isEmpty else { return }
        html.element("details", ["class": "more"]) { html in
            html.element("summary", "\(ReportText.count(earlier.count, "earlier failure"))")
            html.element("ul") { html in
                for run in earlier.prefix(Self.mostListed) {
                    html.element("li") { writeLine(run, to: &$0) }
                }
            }
            let rest = earlier.count - Self.mostListed
            guard rest > 0 else { return }
            html.element(
                "p", ["class": "note"],
                "And \(ReportText.number(rest)) more: see touchmon history --failed.")
        }
    }

    private func writeLine(_ run: HistoryRow, to html: inout HTMLWriter) {
        html.outcome(run)
        html.path(run.path.touched, isShort: true)
        html.element("span", ["class": "note"]) { html in
            html.text("run \(run.run.value), ")
            html.time(run.started)
        }
    }

    private func write(
        _ run: HistoryRow, _ commands: [RawPath: PackedStrings], isOpen: Bool,
        to html: inout HTMLWriter
    ) {
        html.literal("\n")
        html.element("details", ["class": "failure", "open": isOpen ? "" : nil]) { html in
            html.element("summary") { writeLine(run, to: &$0) }
            html.element("dl", ["class": "facts"]) { writeFacts(run, commands, to: &$0) }
            writeTail(of: run, to: &html)
        }
    }

    private func writeFacts(
        _ run: HistoryRow, _ commands: [RawPath: PackedStrings], to html: inout HTMLWriter
    ) {
        func fact(_ name: String, _ value: String) {
            html.element("div") { html in
                html.element("dt", name)
                html.element("dd", value)
            }
        }
        if let duration = run.duration { fact("took", ControlText.duration(duration)) }
        fact("for", run.reason.rawValue)
        if let attempt = run.attempt, attempt > 1 { fact("attempt", "\(attempt)") }
        if let user = run.user { fact("as", safe(self.user(user))) }
        if let toucher = run.toucher {
            fact("touched by", "\(safe(user(toucher.user))), process \(toucher.process)")
        }
        let action = run.path.fileOfAction?.action ?? run.path
        if action != run.path { fact("of", TerminalText.escaped(action.bytes)) }
        // That of its `on_failure` is not known here.
        guard run.reason != .failure, let argv = commands[action] else { return }
        html.element("div", ["class": "wide"]) { html in
            html.element("dt", "command now")
            html.element("dd") { $0.command(argv.strings) }
        }
    }

    private func writeTail(of run: HistoryRow, to html: inout HTMLWriter) {
        guard let tail = tails[run.run] else {
            return html.element("p", ["class": "note"], "Nothing that it printed was kept.")
        }
        guard !tail.text.isEmpty else {
            return html.element("p", ["class": "note"], "It printed nothing.")
        }
        if tail.isCut {
            html.element(
                "p", ["class": "note"],
                "The end of what it printed; touchmon output \(run.run.value) shows all.")
        }
        let label = "What run \(run.run.value) printed"
        html.element(
            "div", ["class": "tail", "tabindex": "0", "role": "region", "aria-label": label]
        ) {
            // HTML leaves out a newline that comes first.
            $0.element("pre", "\n" + tail.text)
        }
    }
}

extension HTMLWriter {
    /// A command, cut where a page would drown in it.
    mutating func command(_ argv: [[UInt8]]) {
        element("code", ReportText.shortened(ControlText.command(argv), to: 600))
    }
}
