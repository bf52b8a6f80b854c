import Foundation
import Testing

/// Commands of touchmon at a pseudo-terminal of their own, script(1).
enum AtTerminal {
    /// Begins one; what it shows is the output.
    static func begin(
        _ arguments: [String], in scratch: Scratch, columns: Int = 80, rows: Int = 24,
        _ variables: String = "TERM=xterm"
    ) throws -> RunningCommand {
        let words = [try #require(Binary.path)] + arguments
        let command = words.map { "'\($0)'" }.joined(separator: " ")
        return try RunningCommand(
            [
                "script", "-qefc",
                "stty cols \(columns) rows \(rows); exec env -u NO_COLOR \(variables) \(command)",
                "/dev/null",
            ], in: scratch)
    }

    /// What is shown, without colours; lines of a terminal end with CR and LF.
    static func plain(_ text: String) -> [String] {
        text.replacingOccurrences(
            of: "\u{1B}\\[[0-9;]*[A-Za-z]", with: "", options: .regularExpression
        ).split(whereSeparator: \.isNewline).map(String.init)
    }
}
