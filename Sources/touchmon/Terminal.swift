internal import Glibc

/// What standard output is.
enum Terminal {
    /// How wide it is; nil where it is no terminal, and nothing has to fit.
    static var width: Int? {
        if let columns = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), columns > 0 {
            return columns
        }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// How many lines it has; nil where it is no terminal.
    static var height: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else {
            return nil
        }
        return Int(size.ws_row)
    }

    /// Whether colours are wanted. https://no-color.org
    static var isColored: Bool {
        let isRefused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
        return isatty(STDOUT_FILENO) == 1 && !isRefused && !isDumb
    }

    /// Shows lines in the place of those that were shown before: as many as it has room for.
    static func show(_ text: String, isFirst: Bool) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        if let height, lines.count > height - 1, height > 2 {
            let rest = lines.count - (height - 2)
            lines = lines.prefix(height - 2) + ["… and \(rest) more"]
        }
        // Line by line, so that nothing flickers: what is left of an older, longer line goes.
        let shown = lines.map { $0 + "\u{1B}[K\n" }.joined()
        StandardOutput.write((isFirst ? "\u{1B}[2J" : "") + "\u{1B}[H" + shown + "\u{1B}[J")
    }

    /// In nanoseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Of the monotonic clock, in nanoseconds.
    static var monotonic: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Waits for so many nanoseconds.
    static func pause(_ nanoseconds: Int64) {
        usleep(UInt32(clamping: nanoseconds / 1000))
    }
}
