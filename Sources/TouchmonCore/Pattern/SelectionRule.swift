/// A pattern of `include` or `exclude`: one without a slash is for the name of a file or directory at
/// any depth, one with a slash for the path below the selection's base. One that ends in a slash is
/// for directories, with all that is below them.
struct SelectionRule: Hashable, Sendable {
    private let pattern: PathPattern
    private let isOfPath: Bool
    private let isOfDirectories: Bool
    /// The place of its text in the list that it comes from.
    let index: Int

    init(_ pattern: PathPattern, index: Int) {
        self.pattern = pattern
        isOfPath = pattern.hasSlash || pattern.count > 1
        isOfDirectories = pattern.isDirectory
        self.index = index
    }

    /// How much of `path` it stands for: the path, or a directory above it, of those whose last names
    /// are not before `start`. nil: it stands for none of them.
    func reach(
        in path: UnsafeRawBufferPointer, from start: Int = 0, isDirectory: Bool
    ) -> Int? {
        firstEnd(in: path, from: start, isDirectory: isDirectory) { start, end in
            pattern.matches(path.part(isOfPath ? 0 : start, end), hiding: [])
        }
    }

    /// Whether a selection that has this in its `include` may have `path`.
    func includes(_ path: UnsafeRawBufferPointer, isDirectory: Bool) -> Bool {
        if isOfDirectories { return reach(in: path, isDirectory: isDirectory) != nil }
        return pattern.matches(isOfPath ? path : path.lastName, hiding: [])
    }

    /// Whether there may be such a path below `directory`.
    func mayInclude(below directory: UnsafeRawBufferPointer) -> Bool {
        guard isOfPath else { return true }
        return pattern.mayMatch(below: directory, hiding: [])
            || (isOfDirectories && reach(in: directory, isDirectory: true) != nil)
    }

    /// The usual exclusions that the last name of `path` may have because this asks for them.
    func asks(of path: UnsafeRawBufferPointer) -> UsualExclusions {
        isOfPath || isOfDirectories ? [] : pattern.covers(of: path.lastName)
    }

    /// Whether it asks for all the usual exclusions `found` in `path`.
    func admits(
        _ path: UnsafeRawBufferPointer, isDirectory: Bool, despite found: UsualExclusions
    ) -> Bool {
        guard isOfDirectories else { return isOfPath && pattern.matches(path, hiding: found) }
        return firstEnd(in: path, isDirectory: isDirectory) { start, end in
            let rest = path.part(min(end + 1, path.count), path.count)
            return pattern.matches(path.part(isOfPath ? 0 : start, end), hiding: found)
                && rest.usualExclusions.isDisjoint(with: found)
                && (isOfPath || path.part(0, start).usualExclusions.isDisjoint(with: found))
        } != nil
    }

    /// Whether it may ask for those of a path below `directory`, in which `found` were found.
    func mayAdmit(
        below directory: UnsafeRawBufferPointer, despite found: UsualExclusions
    ) -> Bool {
        (isOfPath && pattern.mayMatch(below: directory, hiding: found))
            || (isOfDirectories && admits(directory, isDirectory: true, despite: found))
    }

    /// The end of the first name of `path` for which `isIt` holds, among those that the rule is for.
    private func firstEnd(
        in path: UnsafeRawBufferPointer, from first: Int = 0, isDirectory: Bool,
        where isIt: (Int, Int) -> Bool
    ) -> Int? {
        var start = first
        while start < path.count {
            let end = path.endOfName(at: start)
            let isFile = end == path.count && !isDirectory
            if !(isOfDirectories && isFile), isIt(start, end) { return end }
            start = end + 1
        }
        return nil
    }
}
