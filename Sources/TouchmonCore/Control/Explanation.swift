/// Which actions would run for a path, and which nearly would: as the action files say it.
package struct Explanation: Sendable {
    /// An action that runs when the path is touched.
    package struct Match: Sendable {
        package var action: PlannedAction
        package var location: SourceLocation
        /// The definitions of the same key that it stands in the place of.
        package var overrides: [SourceLocation]
    }

    /// An action of a directory above the path that does not care for it.
    package struct LeftOut: Hashable, Sendable {
        package var path: RawPath
        package var location: SourceLocation
        package var reason: Reason

        package enum Reason: Hashable, Sendable {
            case excluded(pattern: [UInt8], isUsual: Bool)
            case gitignore
            /// Its key, or its `include`, does not stand for the path.
            case notMeant
        }
    }

    package private(set) var matches: [Match] = []
    package private(set) var leftOut: [LeftOut] = []

    /// What `plan` says of `path`, which is absolute and normal. `overridden` are the definitions that others
    /// have taken the place of; `isIgnored` tells whether a `.gitignore` between a directory and a path
    /// below it leaves that out.
    package init(
        of path: RawPath, isDirectory: Bool, in plan: Plan,
        overridden: [RawPath: [SourceLocation]],
        isIgnored: (_ base: RawPath, _ relative: [UInt8]) -> Bool
    ) {
        for item in plan.items {
            let key = item.action.path
            let isKey = path == key || path.bytes + [UInt8(ascii: "/")] == key.bytes
            let selection = item.action.command.tree?.value.selection
            let relative = selection.flatMap { path.below($0.base) }
            guard isKey || relative != nil else { continue }
            if let selection, let relative, !isKey {
                let verdict = Self.verdict(
                    selection, relative, isDirectory: isDirectory, isIgnored: isIgnored)
                if let verdict {
                    leftOut.append(LeftOut(path: key, location: item.location, reason: verdict))
                    continue
                }
            }
            matches.append(
                Match(
                    action: item.action, location: item.location,
                    overrides: overridden[key] ?? []))
        }
    }

    /// Whether a definition has anything to do with a path: others need not be looked at.
    package static func concerns(_ definition: ActionDefinition, _ path: RawPath) -> Bool {
        guard let tree = definition.tree?.value else { return definition.path == path }
        return path.isWithin(tree.selection.base)
    }

    /// Why a selection leaves out a path; nil where it has it.
    private static func verdict(
        _ selection: Selection, _ relative: [UInt8], isDirectory: Bool,
        isIgnored: (RawPath, [UInt8]) -> Bool
    ) -> LeftOut.Reason? {
        relative.withUnsafeBytes { bytes -> LeftOut.Reason? in
            let isSelected =
                isDirectory ? selection.selectsDirectory(bytes) : selection.selects(bytes)
            guard isSelected else {
                guard let exclusion = selection.reason(against: bytes, isDirectory: isDirectory)
                else { return .notMeant }
                return .excluded(pattern: exclusion.pattern, isUsual: exclusion.isUsual)
            }
            let ignores = selection.usesGitignore && isIgnored(selection.base, relative)
            return ignores ? .gitignore : nil
        }
    }
}

extension RawPath {
    /// The path relative to a directory above it; nil where it is not below it.
    fileprivate func below(_ directory: RawPath) -> [UInt8]? {
        guard isWithin(directory), self != directory else { return nil }
        return Array(bytes[(directory.bytes.count == 1 ? 1 : directory.bytes.count + 1)...])
    }
}

extension Explanation.LeftOut {
    /// Why, for people.
    package var text: String {
        switch reason {
        case .excluded(let pattern, let isUsual):
            isUsual
                ? "it leaves out \(TerminalText.quoted(pattern)), as patterns and directories do "
                    + "unless they ask for it"
                : "its `exclude` has \(TerminalText.quoted(pattern))"
        case .gitignore: "a .gitignore says so, and its `exclude` asks for them"
        case .notMeant: "neither its key nor its `include` stands for it"
        }
    }

    package var word: String {
        switch reason {
        case .excluded(_, let isUsual): isUsual ? "usual" : "exclude"
        case .gitignore: "gitignore"
        case .notMeant: "not_meant"
        }
    }
}
