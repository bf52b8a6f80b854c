internal import TouchmonCore
internal import TouchmonSystem

/// The daemon's log on standard error.
struct Log: ~Copyable {
    private let format: LogFormat
    private let level: LogLevel
    private var standardError = StandardError()

    init(_ format: LogFormat, from level: LogLevel) {
        // The journal keeps time and priority itself, sd-daemon(3).
        let isJournal = StandardError.isJournal(CurrentProcess.environment("JOURNAL_STREAM"))
        self.format = format == .text && isJournal ? .journal : format
        self.level = level
    }

    mutating func write(_ event: LogEvent) {
        guard event.level <= level else { return }
        standardError.write(format.line(event, nanosecondsSince1970: Clock.realtime()))
    }

    /// Writes text that is a line, or lines, of its own.
    mutating func write(_ text: String) {
        standardError.write(Array(text.utf8))
    }
}
