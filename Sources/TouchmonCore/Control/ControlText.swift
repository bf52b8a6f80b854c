/// How commands show to people what the daemon answers.
package enum ControlText {
    static func color(_ ending: RunEnding?) -> TextColor {
        switch ending {
        case nil: .active
        case .ended(.exited(0)): .good
        default: .bad
        }
    }

    /// All about one action.
    package static func details(
        _ row: StatusRow, at now: Int64, name: (UInt32) -> String?
    ) -> String {
        var lines = FieldLines(width: nil)
        lines.add("path", TerminalText.escaped(row.path.bytes))
        if row.argv.count > 0 { lines.add("command", command(row.argv.strings)) }
        lines.add("state", row.state.rawValue)
        lines.add("watched by", row.mechanism)
        if !row.runs.isEmpty {
            lines.add("running", row.runs.map { "run \($0.value)" }.joined(separator: ", "))
        }
        if let due = row.due { lines.add("due", due.rawValue) }
        if let pause = row.pause {
            let since = Timestamp.text(nanosecondsSince1970: pause.since, digits: 0)
            lines.add("paused", "by \(name(pause.user) ?? "user \(pause.user)"), since \(since)")
            let end = pause.until.map { Timestamp.text(nanosecondsSince1970: $0, digits: 0) }
            lines.add("until", end ?? "somebody resumes it")
            if !pause.reason.isEmpty { lines.add("because", TerminalText.escaped(pause.reason)) }
        }
        if let scan = row.scan {
            lines.add(
                "scan",
                "\(scan.directories) directories with \(scan.files) files listed, \(scan.left) known "
                    + "and left")
        }
        if row.unreadable > 0 {
            lines.add("left out", "\(row.unreadable) directories, which may not be read")
        }
        if let touched = row.touched {
            let time = Timestamp.text(nanosecondsSince1970: touched.nanosecondsSince1970, digits: 3)
            lines.add("last change", time)
        }
        if let last = row.last {
            let started = Timestamp.text(nanosecondsSince1970: last.started, digits: 3)
            lines.add(
                "last run", "\(last.run.value), for \(last.reason.rawValue), began \(started)")
            lines.add("it", ending(last, at: now))
            if let toucher = last.toucher {
                let user = name(toucher.user) ?? "user \(toucher.user)"
                lines.add("touched by", "\(user), process \(toucher.process)")
            }
        }
        return lines.text
    }

    /// Runs, one line each.
    package static let historyTable = TextTable(
        ["RUN", "STARTED", "TOOK", "OUTCOME", "FOR", "TOUCHED BY", "PATH"], flexible: 6)

    /// Adds runs to that.
    package static func add(
        _ rows: [HistoryRow], to table: inout TextTable, at now: Int64, name: (UInt32) -> String?
    ) {
        for row in rows {
            table.add([
                "\(row.run.value)",
                TextTable.Cell(Timestamp.text(nanosecondsSince1970: row.started, digits: 0)),
                TextTable.Cell(duration((row.ended ?? now) - row.started)),
                TextTable.Cell(outcome(row.ending), color(row.ending)),
                TextTable.Cell(row.reason.rawValue),
                TextTable.Cell(row.toucher.map { name($0.user) ?? "\($0.user)" } ?? "-"),
                TextTable.Cell(TerminalText.escaped(row.path.touched.bytes)),
            ])
        }
    }

    static func ending(_ row: HistoryRow, at now: Int64) -> String {
        guard let ended = row.ended else { return "running for \(duration(now - row.started))" }
        return "\(outcome(row.ending)), \(duration(now - ended)) ago"
    }

    /// How a run ended, with its status or signal.
    package static func outcome(_ ending: RunEnding?) -> String {
        switch ending {
        case nil: "running"
        case .ended(.exited(0)): "success"
        case .ended(.exited(let status)): "status \(status)"
        case .ended(.signalled(let signal)): SignalName.of(signal)
        case .ended(.unknown): "unknown"
        case .notStarted: "not started"
        case .interrupted: "interrupted"
        }
    }

    /// A command, each argument as a shell reads it as one word.
    package static func command(_ argv: [[UInt8]]) -> String {
        argv.map { argument in
            let isPlain = argument.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "+")...UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "_"),
                    UInt8(ascii: "%"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
            guard !isPlain || argument.isEmpty else { return TerminalText.escaped(argument) }
            let parts = argument.split(
                separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
            return "'"
                + parts.map { TerminalText.escaped(Array($0)) }.joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }

    /// So that the order of magnitude is seen at once.
    static func duration(_ nanoseconds: Int64) -> String {
        let milliseconds = max(0, nanoseconds / 1_000_000)
        let seconds = milliseconds / 1000
        return switch seconds {
        case 0: "\(milliseconds) ms"
        case ..<60: "\(seconds).\(milliseconds % 1000 / 100) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        case ..<172_800: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: "\(seconds / 86_400) days"
        }
    }

    /// Why a touch has led to no run.
    package static func reason(_ word: String) -> String {
        switch word {
        case "toucher": "its action lets others touch it, and not you"
        case "reader": "the owner of its action file may not read it"
        case "unchanged": "its bytes are as they were, and its action compares them"
        case "own": "the touch came from a run of its own action"
        case "skipped": "a run is under way, and its action lets no other follow"
        case "signalled": "a run is under way, and was sent a signal, as its action says"
        case "joined": "a run was due already, which was for it as well"
        case "removed": "no action file has its action any more"
        default: "it was not seen as a touch"
        }
    }

    /// What a run waits for.
    package static func waiting(_ word: String) -> String {
        switch word {
        case "busy": "another run of it to end"
        case "retry": "another attempt"
        case "settle": "the path to be quiet"
        case "pause": "its action to be resumed, which somebody has paused"
        case "turn": "its turn"
        case "close": "whoever writes the file to close it"
        default: "the daemon to see all that happened"
        }
    }
}
