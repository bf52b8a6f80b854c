/// A pattern for a path, without braces: names with `*`, `?` and `[…]`, none of which stands for a
/// slash, and `**` as a whole name for any number of directories, also none; as the last name, for
/// everything below. `**` within a name is `*`, as in bash(1).
package struct PathPattern: Hashable, Sendable {
    private enum Part: Hashable {
        case name(NamePattern)
        /// `**`; never the last.
        case directories
    }

    private var parts: [Part] = []
    /// Whether it has a slash anywhere but at its end.
    let hasSlash: Bool
    /// Whether it begins at the root.
    let isAbsolute: Bool
    /// Whether it ends in a slash.
    let isDirectory: Bool
    /// Whether it ends in `**`.
    private var endsInDirectories = false

    /// `text` is one of those that `BraceExpansion` makes. Empty names and `.` are left out, and
    /// `..` with the name before it.
    package init(_ text: [UInt8]) {
        let (names, separators) = Self.names(in: text)
        isAbsolute = separators.first == 0
        isDirectory = separators.last == text.count - 1 && !text.isEmpty
        hasSlash = separators.count > (isDirectory ? 1 : 0)
        for name in names {
            if name.isEmpty || name.elementsEqual(".".utf8) { continue }
            if name.elementsEqual("..".utf8) {
                _ = parts.popLast()
            } else if name.elementsEqual("**".utf8) {
                appendDirectories()
            } else {
                parts.append(.name(NamePattern(name)))
            }
        }
        endsInDirectories = parts.last == .directories
        if endsInDirectories { parts.append(Self.anyName) }
    }

    /// A pattern that only `path` matches.
    init(literal path: RawPath) {
        parts = path.bytes.split(separator: UInt8(ascii: "/"))
            .map { .name(NamePattern(literal: Array($0))) }
        isAbsolute = path.isAbsolute
        isDirectory = false
        hasSlash = true
    }

    private static let anyName = Part.name(NamePattern(ArraySlice("*".utf8)))

    private mutating func appendDirectories() {
        if parts.last != .directories { parts.append(.directories) }
    }

    /// How many names it has; none: it matches nothing.
    var count: Int { parts.count }

    /// The usual exclusions of `name` that its last name asks for.
    func covers(of name: UnsafeRawBufferPointer) -> UsualExclusions {
        for case .name(let pattern) in parts.suffix(1) where pattern.matches(name) {
            return pattern.covers
        }
        return []
    }

    /// The names that it begins with that stand for themselves, without its last name.
    var literalDirectories: [[UInt8]] {
        var names: [[UInt8]] = []
        for part in parts.dropLast() {
            guard case .name(let name) = part, let literal = name.literal else { break }
            names.append(literal)
        }
        return names
    }

    /// Puts a directory before it, from which it began until now; relative, empty for none.
    mutating func begin(in directory: [UInt8]) {
        let names = directory.split(separator: UInt8(ascii: "/"))
        parts = names.map { .name(NamePattern(literal: Array($0))) } + parts
    }

    /// Takes the first `count` names away.
    mutating func removeFirst(_ count: Int) { parts.removeFirst(count) }

    /// Makes it stand for the files in the directories that it stood for; `isDeep`: also for those
    /// further below.
    mutating func descend(isDeep: Bool) {
        // `**/` is for the files in any directory, also in the one before it.
        if endsInDirectories {
            parts.removeLast()
        }
        if isDeep { appendDirectories() }
        parts.append(Self.anyName)
    }

    /// Whether it stands for `path`, which is relative; with `hiding`, none of whose names has one of
    /// these exclusions but where the pattern has a name there that asks for them. The last name may
    /// also have those of `asked`.
    ///
    /// Only the last `**` is ever taken back, as in `NamePattern`: the time is at most that of
    /// comparing each name of the path with each of the pattern.
    package func matches(
        _ path: UnsafeRawBufferPointer, hiding: UsualExclusions, asked: UsualExclusions = []
    ) -> Bool {
        var part = 0
        var start = 0
        var open: (part: Int, start: Int)?
        while start < path.count {
            if part < parts.count {
                guard case .name(let pattern) = parts[part] else {
                    part += 1
                    open = (part, start)
                    continue
                }
                let end = path.endOfName(at: start)
                let isLast = end == path.count
                let allowed = isLast ? pattern.covers.union(asked) : pattern.covers
                if Self.fits(path.part(start, end), pattern, hiding.subtracting(allowed)) {
                    part += 1
                    start = end + 1
                    continue
                }
            }
            guard let next = Self.next(after: open, in: path, hiding) else { return false }
            open = next
            (part, start) = next
        }
        return part == parts.count && part > 0
    }

    /// Whether it may stand for anything below `directory`, which is relative, or empty.
    package func mayMatch(below directory: UnsafeRawBufferPointer, hiding: UsualExclusions) -> Bool
    {
        var part = 0
        var start = 0
        var open: (part: Int, start: Int)?
        while true {
            if start >= directory.count, part < parts.count { return true }
            if start < directory.count, part < parts.count {
                guard case .name(let pattern) = parts[part] else {
                    part += 1
                    open = (part, start)
                    continue
                }
                let end = directory.endOfName(at: start)
                let name = directory.part(start, end)
                if Self.fits(name, pattern, hiding.subtracting(pattern.covers)) {
                    part += 1
                    start = end + 1
                    continue
                }
            }
            guard let next = Self.next(after: open, in: directory, hiding) else { return false }
            open = next
            (part, start) = next
        }
    }

    private static func fits(
        _ name: UnsafeRawBufferPointer, _ pattern: NamePattern, _ hiding: UsualExclusions
    ) -> Bool {
        pattern.matches(name)
            && (hiding.isEmpty || UsualExclusions(of: name).isDisjoint(with: hiding))
    }

    /// Lets the last `**` stand for one more directory: where matching goes on; nil where it can't.
    private static func next(
        after open: (part: Int, start: Int)?, in path: UnsafeRawBufferPointer,
        _ hiding: UsualExclusions
    ) -> (part: Int, start: Int)? {
        guard let open, open.start < path.count else { return nil }
        let end = path.endOfName(at: open.start)
        if !hiding.isEmpty {
            let name = path.part(open.start, end)
            guard UsualExclusions(of: name).isDisjoint(with: hiding) else { return nil }
        }
        return (open.part, end + 1)
    }

    /// The names of a pattern and the places of its slashes. A backslash makes no slash literal, and
    /// is taken away before one.
    static func names(
        in text: [UInt8]
    ) -> (names: [ArraySlice<UInt8>], separators: [Int]) {
        var names: [ArraySlice<UInt8>] = []
        var separators: [Int] = []
        var start = 0
        var index = 0
        while index < text.count {
            let isEscape = text[index] == UInt8(ascii: "\\") && index + 1 < text.count
            let slash = isEscape ? index + 1 : index
            if text[slash] == UInt8(ascii: "/") {
                names.append(text[start..<index])
                separators.append(slash)
                start = slash + 1
            }
            index = slash + 1
        }
        names.append(text[start...])
        return (names, separators)
    }
}
