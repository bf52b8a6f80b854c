/// A name that a file can have and that a program has to bear: whatever ends words, lines, texts or
/// patience for somebody.
package struct HostileName: Sendable {
    /// What is bad about it.
    package let label: String
    /// At most 255 bytes without NUL and slash; neither `.` nor `..`.
    package let bytes: [UInt8]
    /// How touchmon writes it in JSON, without the quotes.
    package let json: String

    private init(_ label: String, _ text: String, _ json: String? = nil) {
        self.init(label, Array(text.utf8), json ?? text)
    }

    private init(_ label: String, _ bytes: [UInt8], _ json: String) {
        self.label = label
        self.bytes = bytes
        self.json = json
    }

    package static let all = words + patterns + texts + bytes + lengths

    private static let words: [HostileName] = [
        HostileName("a space", " "),
        HostileName("spaces around", " a "),
        HostileName("two words", "a b"),
        HostileName("a newline", "\n", #"\u000a"#),
        HostileName("a line of a log within", "a\nb: error: c", #"a\u000ab: error: c"#),
        HostileName("an end of line of Windows", "a\r\n", #"a\u000d\u000a"#),
        HostileName("a tab", "a\tb", #"a\u0009b"#),
        HostileName("a command", ";touch${IFS}x;b"),
        HostileName("a substitution", "$(touch x)"),
        HostileName("an old substitution", "`touch x`"),
        HostileName("a variable", "$HOME"),
        HostileName("a pipe to a shell", "|sh"),
        HostileName("a redirection", ">x"),
        HostileName("one in the background", "a&"),
        HostileName("single quotes", "'a'"),
        HostileName("a double quote", "\"", #"\""#),
        HostileName("a backslash", "\\", #"\\"#),
        HostileName("a backslash at the end", "a\\", #"a\\"#),
        HostileName("what looks like an escape", "\\n", #"\\n"#),
        HostileName("a comment", "#a"),
        HostileName("a history", "!!"),
        HostileName("a home", "~root"),
        HostileName("an option", "-rf"),
        HostileName("an end of options", "--"),
        HostileName("an assignment", "PATH=."),
    ]

    private static let patterns: [HostileName] = [
        HostileName("a star", "*"),
        HostileName("two stars", "**"),
        HostileName("a set", "[a-z]"),
        HostileName("an open set", "[!"),
        HostileName("braces", "{a,b}"),
        HostileName("a question mark", "?"),
        HostileName("a placeholder", "{path}"),
        HostileName("a placeholder for many", "{paths}"),
        HostileName("a format", "%s%n%1$n"),
        HostileName("three dots", "..."),
        HostileName("a hidden option", ".-a"),
        HostileName("an object of JSON", #"{"path":"x"}"#, #"{\"path\":\"x\"}"#),
    ]

    private static let texts: [HostileName] = [
        HostileName("a letter and its accent", "e\u{301}"),
        HostileName("a letter with its accent", "é"),
        HostileName("a character outside of the basic plane", "😀"),
        HostileName("a turned reading direction", "\u{202E}txt.exe"),
        HostileName("a space of no width", "\u{200B}"),
        HostileName("a byte order mark", "\u{FEFF}a"),
        HostileName("a line separator", "a\u{2028}b"),
        HostileName("a character that is none", "\u{FFFF}"),
        HostileName("a colour", "\u{1B}[31m", #"\u001b[31m"#),
        HostileName("a title of the window", "\u{1B}]0;x\u{07}", #"\u001b]0;x\u0007"#),
        HostileName("a bell and a backspace", "\u{07}\u{08}", #"\u0007\u0008"#),
        HostileName("a delete", "\u{7F}", #"\u007f"#),
        HostileName("a control of eight bits", "\u{9B}31m", #"\u009b31m"#),
    ]

    private static let bytes: [HostileName] = [
        HostileName("a byte that no text has", [0xFF], #"\udcff"#),
        HostileName("a continuation of nothing", [0x80], #"\udc80"#),
        HostileName("the first half of a letter", [0x61, 0xC3], #"a\udcc3"#),
        HostileName("a letter in two bytes too many", [0xC0, 0xAF], #"\udcc0\udcaf"#),
        HostileName("half of a surrogate pair", [0xED, 0xA0, 0x80], #"\udced\udca0\udc80"#),
        HostileName(
            "more than Unicode has", [0xF5, 0x80, 0x80, 0x80], #"\udcf5\udc80\udc80\udc80"#),
        HostileName("a letter of Latin-1", [0x6E, 0xE4], #"n\udce4"#),
        HostileName(
            "all bytes above ASCII", Array(0x80...0xFF),
            (0x80...0xFF).map {
                #"\udc"# + String($0, radix: 16)
            }.joined()),
        HostileName(
            "all below", (1...0x1F).map { UInt8($0) },
            (1...0x1F).map {
                #"\u00"# + ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }.joined()),
    ]

    private static let lengths: [HostileName] = [
        HostileName("as long as may be", String(repeating: "a", count: 255)),
        HostileName("as long as may be, in wide characters", String(repeating: "€", count: 85)),
        HostileName(
            "newlines as long as may be", String(repeating: "\n", count: 255),
            String(repeating: #"\u000a"#, count: 255)),
        HostileName(
            "no text as long as may be", [UInt8](repeating: 0xFE, count: 255),
            String(repeating: #"\udcfe"#, count: 255)),
    ]
}
