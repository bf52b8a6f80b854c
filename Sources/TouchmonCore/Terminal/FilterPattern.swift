/// Patterns of options as they are written at a terminal: one with a slash begins in the working
/// directory, as every path there does, or at the root.
enum FilterPattern {
    /// Whether it is for a path, and not for a name at any depth.
    static func isOfPath(_ text: [UInt8]) -> Bool {
        text.dropLast().contains(UInt8(ascii: "/"))
    }

    /// Where it begins: the working directory, or the names at the root that stand for themselves.
    static func directory(of text: [UInt8], from directory: RawPath) -> RawPath {
        guard text.first == UInt8(ascii: "/") else { return directory }
        return PathPattern(text).literalDirectories.reduce(RawPath("/")) { $0.appending($1) }
    }

    /// The same pattern as it is written in `base`, which holds the directory that it begins in.
    static func relative(
        _ text: [UInt8], _ directory: RawPath, below base: RawPath
    ) throws(WatchOrder.Problem) -> [UInt8] {
        try check(text)
        guard isOfPath(text) else { return text }
        let prefix: [UInt8]
        if text.first == UInt8(ascii: "/") {
            // What is before the first special character spells the directory that it begins in.
            let names = base.bytes.count == 1 ? [] : base.bytes
            guard text.starts(with: names) else { return text }
            return Array(text.dropFirst(names.count))
        } else {
            prefix = directory.relative(to: base) ?? []
        }
        let place = prefix.isEmpty ? [] : TreeKey.literal(prefix[...]) + [UInt8(ascii: "/")]
        return [UInt8(ascii: "/")] + place + text
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
