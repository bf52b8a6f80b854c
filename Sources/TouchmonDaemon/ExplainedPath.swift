package import TouchmonCore
internal import TouchmonSystem

/// What is at a path, as far as it explains what runs for it.
package struct ExplainedPath {
    private let path: RawPath

    /// `path` is absolute and normal.
    package init(_ path: RawPath) {
        self.path = path
    }

    package var isDirectory: Bool { Self.kind(path) == .directory }

    /// What is not there as it should be: nil where all is.
    package var obstacle: Obstacle? {
        guard Self.kind(path) == nil else { return nil }
        var ancestor = path.parent
        while ancestor != RawPath("/"), Self.kind(ancestor) == nil { ancestor = ancestor.parent }
        guard ancestor != path.parent else {
            return Obstacle("absent", "it is not there; that it appears is a touch")
        }
        return Obstacle(
            "missing_directory",
            "its directory is not there; \(TerminalText.escaped(ancestor.bytes)) is watched until it "
                + "is")
    }

    /// Whether a `.gitignore` between `base` and a path below it leaves that out.
    package static func isIgnored(_ base: RawPath, _ relative: [UInt8], isDirectory: Bool) -> Bool {
        relative.withUnsafeBytes { bytes in
            IgnoreRules.ignores(bytes, isDirectory: isDirectory) { directory in
                let place =
                    directory.isEmpty ? base : base.appending(Array(directory))
                return rules(in: place)
            }
        }
    }

    private static func rules(in directory: RawPath) -> IgnoreRules? {
        let path = CPath(directory.appending(Array(".gitignore".utf8)).bytes)
        return (try? readFile(inTree: path, atMost: KernelTrees.mostIgnored)).map(IgnoreRules.init)
    }

    private static func kind(_ path: RawPath) -> FileMetadata.Kind? {
        (try? FileMetadata(at: CPath(path.bytes)))?.kind
    }
}
