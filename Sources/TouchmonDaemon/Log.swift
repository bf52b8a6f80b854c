internal import TouchmonCore
internal import TouchmonSystem

/// The daemon's log on standard error.
///
/// Events are collected, and put into words and written together when there is nothing else to do
/// (`flush`): no run waits for a log, nor shares a processor with it while it starts.
struct Log: ~Copyable {
    private let format: LogFormat
    private let level: LogLevel
    private var standardError = StandardError()
    private var events: [(event: LogEvent, time: Instant)] = []

    /// How long, in nanoseconds, the loop may find nothing else to do before it flushes.
    static let leisure: Int64 = 2_000_000
    /// How many events are collected at most.
    private static let mostEvents = 256

    /// How old a line may become where there is always something else to do.
    private static let oldest = Duration.milliseconds(50)

    /// Whether something waits to be flushed.
    var isWaiting: Bool { !events.isEmpty }

    init(_ format: LogFormat, from level: LogLevel) {
        // The journal keeps time and priority itself, sd-daemon(3).
        let isJournal = StandardError.isJournal(CurrentProcess.environment("JOURNAL_STREAM"))
        self.format = format == .text && isJournal ? .journal : format
        self.level = level
    }

    mutating func write(_ event: LogEvent, at now: Instant) {
        guard event.level <= level else { return }
        events.append((event, now))
        if events.count >= Self.mostEvents { flush() }
    }

    /// Writes all that was collected, if some of it has waited too long.
    mutating func flushIfLate(at now: Instant) {
        guard let first = events.first, now.elapsed(since: first.time) > Self.oldest else { return }
        flush()
    }

    /// Writes all that was collected.
    mutating func flush() {
        guard !events.isEmpty else { return }
        var lines: [UInt8] = []
        let offset = Clock.realtime() - Clock.monotonic()
        for (event, time) in events {
            lines += format.line(event, nanosecondsSince1970: time.nanoseconds + offset)
        }
        events.removeAll(keepingCapacity: true)
        standardError.write(lines)
    }

    /// Writes text that is a line, or lines, of its own, after what was collected.
    mutating func write(_ text: String) {
        flush()
        guard !text.isEmpty else { return }
        standardError.write(Array(text.utf8))
    }
}
