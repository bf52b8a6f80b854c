/// A key of an action file that names many files: a pattern, a directory, or a pattern of
/// directories.
package struct TreeKey: Hashable, Sendable {
    /// What a key names.
    package enum Form: Hashable, Sendable {
        /// One path, whatever is there.
        case path
        case pattern
        /// Ends in a slash and has no pattern characters.
        case directory
        /// Ends in a slash.
        case directories
    }

    /// The key made absolute and normal: two spellings of one key are one path. Of directories it
    /// ends in a slash. Where the directory that it is relative to has pattern characters, a
    /// backslash is before each.
    package let path: RawPath
    /// The directory below which everything lies that the key stands for: the names before the first
    /// one with a pattern character.
    package let base: RawPath
    /// Whether it stands for what is further below its directories as well.
    let isDeep: Bool
    /// What it stands for, relative to `base`.
    let patterns: [PathPattern]

    /// What `key` names, as it is written.
    package static func form(of key: [UInt8]) -> Form {
        // Nearly all of them are plain.
        if !key.contains(where: isSpecial) {
            return key.last == UInt8(ascii: "/") ? .directory : .path
        }
        // What `..` takes away says nothing.
        let normal = normalized(key, relativeTo: RawPath("/")).bytes
        let isPattern =
            BraceExpansion.isNeeded(by: normal)
            || PathPattern.names(in: normal).names.contains { NamePattern.isNeeded(by: $0) }
        let isDirectory = PathPattern.names(in: key).separators.last.map { $0 == key.count - 1 }
        switch (isPattern, isDirectory ?? false) {
        case (false, false): return .path
        case (true, false): return .pattern
        case (false, true): return .directory
        case (true, true): return .directories
        }
    }

    /// A `key` that is relative begins in `directory`, which is absolute and normal. `isDeep`: the
    /// key names directories, and stands for what is further below them as well.
    package init(
        _ key: [UInt8], relativeTo directory: RawPath, isDeep: Bool
    ) throws(PatternProblem) {
        self.isDeep = isDeep
        let spelled = RawPath(bytes: key).normalized(
            relativeTo: Self.isAbsolute(key) ? RawPath("/") : directory)
        let form = Self.form(of: key)
        guard form == .pattern || form == .directories else {
            path = RawPath(bytes: (spelled.bytes.count > 1 ? spelled.bytes : []) + "/".utf8)
            base = spelled
            var pattern = PathPattern(literal: RawPath("/"))
            pattern.descend(isDeep: isDeep)
            patterns = [pattern]
            return
        }
        let path = Self.normalized(key, relativeTo: directory)
        var patterns = try BraceExpansion.expand(path.bytes).map { PathPattern($0) }
        // So that a path that was watched before there were patterns still is.
        let isCovered = spelled.bytes.withUnsafeBytes { path in
            patterns.contains { $0.matches(path.part(1, path.count), hiding: .all) }
        }
        if !isCovered { patterns.append(PathPattern(literal: spelled)) }
        patterns.removeAll { $0.count == 0 }
        let directories = Self.commonPrefix(patterns.map(\.literalDirectories))
        for index in patterns.indices {
            patterns[index].removeFirst(directories.count)
            if form == .directories { patterns[index].descend(isDeep: isDeep) }
        }
        self.path = path
        base = directories.reduce(RawPath("/")) { $0.appending($1) }
        self.patterns = patterns
    }

    private static func commonPrefix(_ lists: [[[UInt8]]]) -> [[UInt8]] {
        guard var common = lists.first else { return [] }
        for list in lists.dropFirst() {
            common = Array(zip(common, list).prefix { $0 == $1 }.map(\.0))
        }
        return common
    }

    /// Whether a key begins at the root; so does one that begins with braces that hold such a path, as
    /// bash(1) takes each path that braces stand for by itself.
    private static func isAbsolute(_ key: [UInt8]) -> Bool {
        let isInBraces = BraceExpansion.outerPairs(in: key).first?.lowerBound == 0
        return key.dropFirst(isInBraces ? 1 : 0).first == UInt8(ascii: "/")
    }

    /// A pattern made absolute and normal. What is within braces stays as it is.
    private static func normalized(_ key: [UInt8], relativeTo directory: RawPath) -> RawPath {
        let braces = BraceExpansion.outerPairs(in: key)
        let (_, separators) = PathPattern.names(in: key)
        var ends = separators.filter { slash in !braces.contains { $0.contains(slash) } }
        let isDirectory = ends.last == key.count - 1
        ends.append(key.count)
        var names: [[UInt8]] =
            isAbsolute(key)
            ? [] : directory.bytes.split(separator: UInt8(ascii: "/")).map { literal($0) }
        var start = 0
        for end in ends {
            let name = key[start..<end]
            start = end + 1
            if name.isEmpty || name.elementsEqual(".".utf8) { continue }
            let isUp = name.elementsEqual("..".utf8)
            // Braces that hold a slash are more names than one: what comes of them is made normal.
            let isOneName = names.last.map { !$0.contains(UInt8(ascii: "/")) } ?? true
            if isUp, isOneName, names.last?.elementsEqual("..".utf8) != true {
                _ = names.popLast()
            } else {
                names.append(Array(name))
            }
        }
        let path = names.reduce(into: [UInt8]()) { path, name in
            path.append(UInt8(ascii: "/"))
            path += name
        }
        return RawPath(bytes: isDirectory || path.isEmpty ? path + "/".utf8 : path)
    }

    /// A name as a pattern that only it matches.
    static func literal(_ name: ArraySlice<UInt8>) -> [UInt8] {
        name.flatMap { byte in isSpecial(byte) ? [UInt8(ascii: "\\"), byte] : [byte] }
    }

    /// Whether a byte can be more than itself in a pattern.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "{"),
            UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "\\"):
            true
        default: false
        }
    }
}
