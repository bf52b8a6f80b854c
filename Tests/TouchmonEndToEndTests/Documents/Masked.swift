import Foundation

/// What programs print, without what is another each time: times of day, how long something took, numbers of
/// processes, who touched (a process that ended at once may be gone before the kernel is asked), and how wide a
/// column is. `…` alone in a line of a document stands for any lines.
enum Masked {
    static func line(_ line: String) -> String {
        var text = line
        text.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/, with: "TIME")
        text.replace(/\b(pid|process) \d+/, with: "PROCESS")
        text.replace(/\b\d+(\.\d+)? ?(ns|µs|ms|s|min|m|h)\b/, with: "DURATION")
        text.replace(/\s+/, with: " ")
        text.replace(/touched by \S+ \(PROCESS\)/, with: "touched")
        // In a table, behind the reason; and in the answer of `explain`.
        text.replace(/\s(touch|catch-up) \S+ \//, with: { " \($0.1) SOMEBODY /" })
        text.replace(/TIME by \S+: run/, with: "TIME: run")
        return text.trimmingCharacters(in: .whitespaces)
    }

    /// Whether lines are what a document shows.
    static func matches(_ lines: [String], _ shown: [String]) -> Bool {
        func masked(_ lines: [String]) -> ArraySlice<String> {
            lines.map(line).filter { !$0.hasPrefix("touched by: ") }[...]
        }
        return matches(masked(lines), masked(shown))
    }

    private static func matches(_ lines: ArraySlice<String>, _ shown: ArraySlice<String>) -> Bool {
        guard let next = shown.first else { return lines.isEmpty }
        let rest = shown.dropFirst()
        if next == "…" {
            return (lines.startIndex...lines.endIndex).contains { matches(lines[$0...], rest) }
        }
        return lines.first == next && matches(lines.dropFirst(), rest)
    }
}
