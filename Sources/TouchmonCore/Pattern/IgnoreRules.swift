/// What one `.gitignore` says. gitignore(5).
package struct IgnoreRules: Hashable, Sendable {
    private var patterns: [IgnorePattern] = []

    /// Reads the file's bytes. Nothing in them is an error: git takes none for one either.
    package init(_ contents: [UInt8]) {
        var lines = ArraySlice(contents)
        if lines.starts(with: [0xEF, 0xBB, 0xBF]) { lines = lines.dropFirst(3) }
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard let pattern = Self.pattern(in: line) else { continue }
            patterns.append(pattern)
        }
    }

    /// Whether it says nothing.
    package var isEmpty: Bool { patterns.isEmpty }

    /// Whether `path`, which is relative to the file's directory, is to be ignored: what the last
    /// pattern that matches it says; nil where none does.
    package func verdict(
        of path: UnsafeRawBufferPointer, isDirectory: Bool
    ) -> Bool? {
        var index = patterns.count
        while index > 0 {
            index -= 1
            if patterns[index].isOfDirectories && !isDirectory { continue }
            if patterns[index].matches(path) { return patterns[index].isIgnoring }
        }
        return nil
    }

    private static func pattern(in line: ArraySlice<UInt8>) -> IgnorePattern? {
        if line.first == UInt8(ascii: "#") { return nil }
        var text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        // To git a line is a C string.
        text = text.prefix { $0 != 0 }
        text = text[..<endWithoutSpaces(text)]
        return text.isEmpty ? nil : IgnorePattern(text)
    }

    /// Where `text` ends without the spaces at its end that no backslash makes literal.
    private static func endWithoutSpaces(_ text: ArraySlice<UInt8>) -> Int {
        var end = text.endIndex
        while end > text.startIndex, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        let backslashes = text[..<end].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        return end < text.endIndex && backslashes % 2 == 1 ? end + 1 : end
    }
}

extension IgnoreRules {
    /// Whether git, in a repository whose root is the base of these paths, would ignore `path`: the
    /// deepest `.gitignore` that says something of a path decides, but nothing can take back what is
    /// said of a directory above it. What is in `.git` is always ignored.
    ///
    /// `rules` gives what the `.gitignore` in a directory says, the base for an empty path; it is
    /// asked again and again. The names before `start` are ignored by none.
    package static func ignores(
        _ path: UnsafeRawBufferPointer, from start: Int = 0, isDirectory: Bool,
        rules: (UnsafeRawBufferPointer) -> IgnoreRules?
    ) -> Bool {
        var start = start
        while start < path.count {
            let end = path.endOfName(at: start)
            if path.part(start, end).elementsEqual(".git".utf8) { return true }
            let isDirectory = isDirectory || end < path.count
            if verdict(of: path.part(0, end), isDirectory: isDirectory, rules) == true {
                return true
            }
            start = end + 1
        }
        return false
    }

    /// What the `.gitignore`s in the directories above `path` say of it, and not of those.
    private static func verdict(
        of path: UnsafeRawBufferPointer, isDirectory: Bool,
        _ rules: (UnsafeRawBufferPointer) -> IgnoreRules?
    ) -> Bool? {
        // From the deepest directory up.
        var start = path.count - path.lastName.count
        while true {
            let directory = path.part(0, max(0, start - 1))
            let relative = path.part(start, path.count)
            if let verdict = rules(directory)?.verdict(of: relative, isDirectory: isDirectory) {
                return verdict
            }
            guard start > 0 else { return nil }
            start = directory.count - directory.lastName.count
        }
    }
}
