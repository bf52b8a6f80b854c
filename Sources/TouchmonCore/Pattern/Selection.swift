/// What a tree action is about: which files below a directory.
///
/// Paths are relative to `base`: without a slash at either end, without empty names, `.` and `..`.
/// Nothing is allocated to answer about one. What `.gitignore` files say is not asked here.
package struct Selection: Hashable, Sendable {
    /// The directory below which everything lies; absolute and normal.
    package let base: RawPath
    /// Whether what `.gitignore` files below `base` ignore is left out.
    package let usesGitignore: Bool
    /// Whether what is further below its directories is selected as well.
    package let isDeep: Bool
    /// Patterns, one of which a path has to match; as they are written. nil: none.
    package let include: [[UInt8]]?
    /// Patterns of what is left out; as they are written.
    package let exclude: [[UInt8]]
    /// Which of the usual exclusions are left out.
    package let usual: UsualExclusions
    private let patterns: [PathPattern]
    private let includeRules: [SelectionRule]?
    private let excludeRules: [SelectionRule]
    /// What is selected with all that is below it, whatever the names above it are; nil: only what
    /// the patterns stand for.
    private let named: NamedPaths?
    /// What no `.gitignore` ignores, whatever it says of the names above or of itself.
    private let unignored: NamedPaths?
    /// A directory above whose files `exclude` leaves nothing out by a name.
    private let unjudged: NamedPaths?

    /// What keeps a path out of a selection.
    package struct Exclusion: Hashable, Sendable {
        /// One of `UsualExclusions.patterns`, or a pattern of `exclude` as it is written.
        package var pattern: [UInt8]
        package var isUsual: Bool
        /// How much of the path it stands for, in bytes: a directory above it, or all.
        package var length: Int
    }

    package init(
        _ key: TreeKey, include: [[UInt8]]? = nil, exclude: [[UInt8]] = [],
        usesGitignore: Bool = false, leavesOutUsual: Bool = true
    ) throws(PatternProblem) {
        base = key.base
        isDeep = key.isDeep
        patterns = key.patterns
        self.usesGitignore = usesGitignore
        self.include = include
        self.exclude = exclude
        if let include { includeRules = try Self.rules(include) } else { includeRules = nil }
        excludeRules = try Self.rules(exclude)
        usual = leavesOutUsual ? .all : []
        (named, unignored, unjudged) = (nil, nil, nil)
    }

    /// What several paths and patterns stand for together, as `WatchedPaths` has put them below one
    /// base. `include` and `exclude` begin there as well.
    init(
        _ paths: WatchedPaths, include: [[UInt8]]?, exclude: [[UInt8]], usesGitignore: Bool,
        leavesOutUsual: Bool
    ) throws(PatternProblem) {
        base = paths.base
        isDeep = true
        patterns = paths.patterns
        self.usesGitignore = usesGitignore
        self.include = include
        self.exclude = exclude
        if let include { includeRules = try Self.rules(include) } else { includeRules = nil }
        excludeRules = try Self.rules(exclude)
        usual = leavesOutUsual ? .all : []
        named = NamedPaths(paths.named)
        unignored = NamedPaths(paths.named + paths.patternDirectories)
        unjudged = paths.directory.map { NamedPaths([$0]) }
    }

    private static func rules(_ texts: [[UInt8]]) throws(PatternProblem) -> [SelectionRule] {
        var rules: [SelectionRule] = []
        for (index, text) in texts.enumerated() {
            for pattern in try BraceExpansion.expand(text) {
                rules.append(SelectionRule(PathPattern(pattern), index: index))
            }
            if rules.count > BraceExpansion.limit { throw .tooManyAlternatives }
        }
        return rules
    }

    /// Whether a file (anything but a directory) is selected.
    package func selects(_ relative: UnsafeRawBufferPointer) -> Bool {
        selects(relative, isDirectory: false)
    }

    /// Whether a directory itself is selected. Directories count only where they are created, removed
    /// or moved.
    package func selectsDirectory(_ relative: UnsafeRawBufferPointer) -> Bool {
        selects(relative, isDirectory: true)
    }

    private func selects(_ path: UnsafeRawBufferPointer, isDirectory: Bool) -> Bool {
        let found = usual.isEmpty ? [] : usual.intersection(path.usualExclusions)
        return isMeant(path, isDirectory: isDirectory, despite: found)
            && isIncluded(path, isDirectory: isDirectory)
            && !isExcluded(path, isDirectory: isDirectory)
    }

    private func isExcluded(_ path: UnsafeRawBufferPointer, isDirectory: Bool) -> Bool {
        guard !excludeRules.isEmpty else { return false }
        let start = unjudged?.startOfRest(in: path) ?? 0
        return excludeRules.contains {
            $0.reach(in: path, from: start, isDirectory: isDirectory) != nil
        }
    }

    /// Where the names of `path` begin that a `.gitignore` may be asked about.
    func startOfIgnorable(in path: UnsafeRawBufferPointer) -> Int {
        unignored?.startOfRest(in: path) ?? 0
    }

    /// Whether the key stands for `path`, and what is written asks for each of the usual exclusions
    /// `found` there.
    private func isMeant(
        _ path: UnsafeRawBufferPointer, isDirectory: Bool, despite found: UsualExclusions
    ) -> Bool {
        var asked: UsualExclusions = []
        if !found.isEmpty, let include = includeRules {
            if include.contains(where: {
                $0.admits(path, isDirectory: isDirectory, despite: found)
            }) {
                return isMeant(path, isDirectory: isDirectory, despite: [])
            }
            for rule in include { asked.formUnion(rule.asks(of: path)) }
        }
        for pattern in patterns where pattern.matches(path, hiding: found, asked: asked) {
            return true
        }
        guard let named, let end = named.end(in: path) else { return false }
        let rest = path.part(named.startOfRest(in: path), path.count)
        return end == path.count || Self.everything.matches(rest, hiding: found, asked: asked)
    }

    private static let everything = PathPattern(Array("**".utf8))

    private func isIncluded(_ path: UnsafeRawBufferPointer, isDirectory: Bool) -> Bool {
        guard let include = includeRules else { return true }
        return include.contains { $0.includes(path, isDirectory: isDirectory) }
    }

    /// Whether anything below a directory may be selected; empty: below `base`.
    package func enters(_ directory: UnsafeRawBufferPointer) -> Bool {
        let found = usual.isEmpty ? [] : usual.intersection(directory.usualExclusions)
        return mayMean(below: directory, despite: found)
            && (includeRules?.contains { $0.mayInclude(below: directory) } ?? true)
            && !isExcluded(directory, isDirectory: true)
    }

    private func mayMean(
        below directory: UnsafeRawBufferPointer, despite found: UsualExclusions
    ) -> Bool {
        for pattern in patterns where pattern.mayMatch(below: directory, hiding: found) {
            return true
        }
        if let named {
            if named.reachesBelow(directory) { return true }
            let rest = directory.part(named.startOfRest(in: directory), directory.count)
            if named.end(in: directory) != nil,
                Self.everything.mayMatch(below: rest, hiding: found)
            {
                return true
            }
        }
        guard !found.isEmpty, let include = includeRules else { return false }
        return include.contains { $0.mayAdmit(below: directory, despite: found) }
            && mayMean(below: directory, despite: [])
    }

    /// Which usual exclusion or pattern of `exclude` keeps a path out that the key stands for; nil
    /// where none does.
    package func reason(
        against relative: UnsafeRawBufferPointer, isDirectory: Bool = false
    ) -> Exclusion? {
        guard isMeant(relative, isDirectory: isDirectory, despite: []) else { return nil }
        for rule in excludeRules {
            if let length = rule.reach(in: relative, isDirectory: isDirectory) {
                return Exclusion(pattern: exclude[rule.index], isUsual: false, length: length)
            }
        }
        let found = usual.intersection(relative.usualExclusions)
        if isMeant(relative, isDirectory: isDirectory, despite: found) { return nil }
        let kinds = UsualExclusions.patterns.filter { found.contains($0.exclusion) }
        // The key may ask for some of them, and not for others.
        let kind = kinds.first {
            !isMeant(relative, isDirectory: isDirectory, despite: $0.exclusion)
        }
        return (kind ?? kinds.first).map { exclusion, pattern in
            Exclusion(
                pattern: Array(pattern.utf8), isUsual: true,
                length: relative.firstName(leftOutBy: exclusion).upperBound)
        }
    }
}
