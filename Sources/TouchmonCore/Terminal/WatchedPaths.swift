/// Several paths and patterns put below one directory, so that one tree holds all of them: one action is
/// about them, and one save is one run, however often a file is named.
///
/// Only the way to them is entered, and not what else is below that directory.
package struct WatchedPaths: Hashable, Sendable {
    /// What is watched; every path is absolute, normal, and free of symbolic links above its last name.
    package enum Item: Hashable, Sendable {
        /// What is at a path, and all that is below it. `isDirectory`: it is a directory now.
        case path(RawPath, isDirectory: Bool)
        /// The files directly in a directory whose names end so.
        case files(in: RawPath, ending: [UInt8])
        /// A pattern, which begins in `base`.
        case pattern(TreeKey, base: RawPath)

        /// The directory below which all of it is.
        package var directory: RawPath {
            switch self {
            case .path(let path, let isDirectory): isDirectory ? path : path.parent
            case .files(let directory, _): directory
            case .pattern(_, let base): base
            }
        }
    }

    package let base: RawPath
    /// The paths, from the base.
    let named: [[UInt8]]
    /// The patterns, from the base.
    let patterns: [PathPattern]
    /// Where the patterns begin.
    let patternDirectories: [[UInt8]]
    /// The working directory, from the base; nil where it is not in it.
    let directory: [UInt8]?

    /// The lowest directory that holds all of `directories`; nil where there are none.
    package static func commonDirectory(of directories: [RawPath]) -> RawPath? {
        guard var common = directories.first else { return nil }
        for directory in directories.dropFirst() {
            while !directory.isWithin(common) { common = common.parent }
        }
        return common
    }

    /// `base` holds all of the items.
    init(_ items: [Item], below base: RawPath, from directory: RawPath) {
        var named: [[UInt8]] = []
        var patterns: [PathPattern] = []
        var patternDirectories: [[UInt8]] = []
        for item in items {
            let place = item.directory.relative(to: base) ?? []
            switch item {
            case .path(let path, _): named.append(path.relative(to: base) ?? [])
            case .files(_, let ending):
                var pattern = PathPattern([UInt8(ascii: "*")] + TreeKey.literal(ending[...]))
                pattern.begin(in: place)
                patterns.append(pattern)
                patternDirectories.append(place)
            case .pattern(let key, _):
                for var pattern in key.patterns {
                    pattern.begin(in: place)
                    patterns.append(pattern)
                }
                patternDirectories.append(place)
            }
        }
        self.base = base
        self.named = named
        self.patterns = patterns
        self.patternDirectories = patternDirectories
        self.directory = directory.relative(to: base)
    }
}

extension RawPath {
    /// The path from a directory, empty for that itself; nil where it is not in it. Both normal and
    /// absolute.
    func relative(to directory: RawPath) -> [UInt8]? {
        guard isWithin(directory) else { return nil }
        let start = directory.bytes.count == 1 ? 1 : directory.bytes.count + 1
        return Array(bytes.dropFirst(start))
    }
}
