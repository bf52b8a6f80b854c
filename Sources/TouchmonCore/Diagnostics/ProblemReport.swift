/// Problems as people and editors read them.
package struct ProblemReport: Sendable {
    private let problems: [Problem]
    private let sources: [RawPath: SourceText]

    /// `sources` are the files that problems may lie in; without its source a problem is shown
    /// without its line.
    package init(_ problems: [Problem], sources: [SourceText]) {
        self.problems = problems
        self.sources = Dictionary(
            sources.map { ($0.file, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// For a terminal: each problem with its place, its line, a caret under the column, and what to
    /// do. Empty without problems, otherwise it ends with a newline.
    package func text() -> String {
        var text = ""
        for problem in problems {
            switch problem.site {
            case .file(let file):
                text += TerminalText.escaped(file.bytes)
            case .place(let place):
                text += "\(TerminalText.escaped(place.file.bytes)):\(place.lineAndColumn)"
            }
            text += ": \(problem.severity.rawValue): \(visible(problem.message))\n"
            if case .place(let place) = problem.site,
                let excerpt = sources[place.file]?.excerpt(at: place)
            {
                text += "    \(excerpt.line)\n    \(excerpt.caret)\n"
            }
            text += "  \(visible(problem.remedy))\n"
        }
        return text
    }

    /// For editors: one object and a newline.
    ///
    /// `{"problems": [{"file", "line", "column", "severity", "message", "remedy"}], "actions": N}`,
    /// where line and column are null for a problem of a file as a whole.
    package func json(actionCount: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("problems")
            writer.list { writer in
                for problem in problems { Self.write(problem, to: &writer) }
            }
            writer.key("actions")
            writer.number(actionCount)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ problem: Problem, to writer: inout JSONWriter) {
        writer.object { writer in
            switch problem.site {
            case .file(let file):
                writer.key("file")
                writer.string(file.bytes)
                writer.key("line")
                writer.null()
                writer.key("column")
                writer.null()
            case .place(let place):
                writer.key("file")
                writer.string(place.file.bytes)
                writer.key("line")
                writer.number(place.line)
                writer.key("column")
                writer.number(place.column)
            }
            writer.key("severity")
            writer.string(problem.severity.rawValue)
            writer.key("message")
            writer.string(problem.message)
            writer.key("remedy")
            writer.string(problem.remedy)
        }
    }

    private func visible(_ sentence: String) -> String {
        TerminalText.escaped(Array(sentence.utf8))
    }
}
