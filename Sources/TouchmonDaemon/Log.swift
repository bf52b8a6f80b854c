internal import TouchmonCore
internal import TouchmonSystem

/// The daemon's log on standard error.
///
/// The loop hands events over when there is nothing else to do, and all at once: no run waits for a
/// log, nor shares a processor with it while it starts.
struct Log: ~Copyable {
    private let format: LogFormat
    private let level: LogLevel
    /// nil: for a file, or a program.
    private var terminal: TerminalLog?
    private var standardError = StandardError()
    private var lines: [UInt8] = []
    /// The realtime clock minus the monotonic one.
    private var offset: Int64 = 0

    /// How long, in nanoseconds, the loop must find nothing else to do before it hands events over.
    static let leisure: Int64 = 2_000_000
    /// How old an event may become, in nanoseconds, where there is always something else to do.
    static let oldest: Int64 = 50_000_000

    init(_ options: Daemon.Options) {
        // The journal keeps time and priority itself, sd-daemon(3).
        let isJournal = StandardError.isJournal(CurrentProcess.environment("JOURNAL_STREAM"))
        let isText = options.logFormat == .text
        format = isText && isJournal ? .journal : options.logFormat
        level = options.logLevel
        terminal = options.foreground.map { TerminalLog(tellsEnds: !$0.endsWithRun) }
    }

    /// Puts an event into words; `flush` writes them.
    mutating func write(_ event: LogEvent, at time: Instant) {
        guard terminal == nil else { return lines += terminal?.line(event) ?? [] }
        guard event.level <= level else { return }
        // Once for all that are written together: their order must not depend on it.
        if lines.isEmpty { offset = Clock.realtime() - Clock.monotonic() }
        format.append(event, nanosecondsSince1970: time.nanoseconds + offset, to: &lines)
    }

    /// Writes text that is a line, or lines, of its own; `flush` writes them.
    mutating func write(_ text: String) {
        lines += format.lines(text, .error)
    }

    /// Puts what is wrong with action files into words; `flush` writes them.
    mutating func write(_ reading: ActionFiles.Reading) {
        let level = reading.problems.haveErrors ? LogLevel.error : .warning
        lines += format.lines(reading.report.text(), level)
    }

    /// Writes all that was collected; returns how long, in nanoseconds, nobody took it.
    @discardableResult
    mutating func flush() -> Int64 {
        guard !lines.isEmpty else { return 0 }
        standardError.write(lines)
        lines.removeAll(keepingCapacity: lines.count < 4096)
        return standardError.waited
    }
}
