/// What a shell is offered for a word that somebody is typing. It has to be harmless: a path is whatever
/// the author of an action file wrote, and bash expands what it is offered as it does what is typed.
package enum Completion {
    package enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish
    }

    /// Watched paths for a word: as they are, or from `directory`, if the word has no slash in front. Those
    /// with control characters, or not in UTF-8, can't be spelled in a line, and are left out. In the order
    /// given.
    package static func paths(
        _ watched: [RawPath], for word: String, in directory: RawPath, shell: Shell?
    ) -> [String] {
        let start = Array(word.utf8.reversed().drop { $0 != UInt8(ascii: "/") }.reversed())
        let isRelative = !word.isEmpty && !word.hasPrefix("/")
        let base = RawPath(bytes: start).normalized(relativeTo: directory)
        return watched.compactMap { path in
            var bytes = path.bytes
            if isRelative {
                guard path.isWithin(base), path != base else { return nil }
                bytes = start + bytes.dropFirst(base.bytes.count + (base.bytes.count > 1 ? 1 : 0))
            }
            guard let text = String(validating: bytes, as: UTF8.self),
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { return nil }
            return quoted(text, for: shell)
        }
    }

    /// The value of a long option among the words of a command line; bash makes `=` a word of its own.
    package static func value(of option: String, in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word.hasPrefix("\(option)=") { return String(word.dropFirst(option.count + 1)) }
            guard word == option else { continue }
            return words[(index + 1)...].first { $0 != "=" }
        }
        return nil
    }

    /// So that the shell's completion takes it for what it is.
    private static func quoted(_ text: String, for shell: Shell?) -> String {
        switch shell {
        // compgen -W expands each word: bash(1).
        case .bash: escaped(text) { $0.isASCII && !isPlain($0) }
        // A colon begins a description: zshcompsys(1), _describe.
        case .zsh: escaped(text) { $0 == ":" || $0 == "\\" }
        case .fish, nil: text
        }
    }

    private static func escaped(
        _ text: String, where isSpecial: (Unicode.Scalar) -> Bool
    ) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isSpecial(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return String(escaped)
    }

    /// Whether a character means nothing but itself to every shell.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "_", "-", "+", ",", "%", "@": true
        default: false
        }
    }
}
