extension TreePolicy {
    /// Whether the paths of what changed are arguments.
    var listsPaths: Bool { argvPlaceholders.values.contains(.paths) }

    /// The arguments of a run; nil where they are the command's own. `file` is the one that it is for, if it
    /// is one.
    func arguments(
        _ argv: PackedStrings, file: [UInt8]?, paths: [[UInt8]]
    ) -> PackedStrings? {
        guard !argvPlaceholders.isEmpty else { return nil }
        var arguments: [[UInt8]] = []
        for (index, argument) in argv.strings.enumerated() {
            switch argvPlaceholders[index] {
            case nil: arguments.append(argument)
            // Of a run for many files it is the first, as a command at a terminal may have it.
            case .path: arguments.append(file ?? paths.first ?? argument)
            case .paths: arguments += file.map { [$0] } ?? paths
            }
        }
        return PackedStrings(arguments)
    }
}
