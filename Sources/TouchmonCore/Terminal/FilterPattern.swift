/// Patterns of options as they are written at a terminal: one with a slash begins in the working
/// directory, as every path there does.
enum FilterPattern {
    /// Whether it is for a path, and not for a name at any depth.
    static func isOfPath(_ text: [UInt8]) -> Bool {
        text.dropLast().contains(UInt8(ascii: "/"))
    }

    /// The same pattern as it is written in `base`, which holds the working directory where it is one
    /// for a path.
    static func relative(
        _ text: [UInt8], _ directory: RawPath, below base: RawPath
    ) throws(WatchOrder.Problem) -> [UInt8] {
        try check(text)
        guard isOfPath(text) else { return text }
        // One that spells the working directory means the same as one that does not.
        let spelled = directory.bytes + [UInt8(ascii: "/")]
        let rest = text.starts(with: spelled) ? text[spelled.count...] : text[...]
        let place = directory.relative(to: base) ?? []
        return [UInt8(ascii: "/")]
            + (place.isEmpty ? [] : TreeKey.literal(place[...]) + [UInt8(ascii: "/")])
            + rest
    }

    private static func check(_ text: [UInt8]) throws(WatchOrder.Problem) {
        let shown = TerminalText.quoted(text)
        if PatternProblem.unclosed(in: text) != nil {
            throw WatchOrder.Problem(
                message: "nothing closes a `[` or `{` in \(shown)",
                remedy: "write the other half, or `\\` before it for the character itself")
        }
        if text.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) })
        {
            throw WatchOrder.Problem(
                message: "the pattern \(shown) has `..` in it",
                remedy: "write it from the root, or from the working directory down")
        }
        guard let all = try? BraceExpansion.expand(text),
            all.allSatisfy({ PathPattern($0).count > 0 })
        else {
            throw WatchOrder.Problem(
                message: "\(shown) is not a pattern of files",
                remedy: "write a name such as `*.c`, or a directory such as `build/`")
        }
    }
}
