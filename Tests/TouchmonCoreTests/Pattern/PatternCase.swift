import Testing

/// A pattern, paths that it matches, and paths that it does not. `⟨ff⟩` stands for the byte 0xff.
struct PatternCase: Sendable, CustomTestStringConvertible {
    var pattern: String
    var matching: [String]
    var others: [String]
    /// Why the reference says otherwise, and of which paths.
    var difference: (why: String, of: [String])?

    init(
        _ pattern: String, _ matching: [String], _ others: [String],
        but difference: (why: String, of: [String])? = nil
    ) {
        self.pattern = pattern
        self.matching = matching
        self.others = others
        self.difference = difference
    }

    var testDescription: String { pattern }

    static let all = names + sets + braces + directories + differences

    private static let names: [PatternCase] = [
        PatternCase("a", ["a"], ["A", "b", "aa", "a/a", "b/a"]),
        PatternCase("a/b", ["a/b"], ["a", "b", "a/b/c", "ab", "x/a/b"]),
        PatternCase("*", ["a", "abc", ".a", "a b", "a\n", "é", "⟨ff⟩", "*"], ["a/b", ""]),
        PatternCase("a*", ["a", "ab", "abc"], ["b", "ba", "a/b"]),
        PatternCase("*a", ["a", "ba", ".a"], ["ab", "b/a"]),
        PatternCase(
            "*.csv", ["a.csv", ".csv", "a.b.csv"], ["csv", "a.csv.gz", "a/b.csv", "a.CSV"]),
        PatternCase("a*b", ["ab", "axb", "a*b", "abb"], ["a", "b", "a/b", "abx"]),
        PatternCase("aa*aa", ["aaaa", "aaxaa"], ["aaa", "aa"]),
        PatternCase("*a*", ["a", "xax"], ["x", "x/a"]),
        PatternCase("*a*b*", ["ab", "xaybz", "aab"], ["ba", "a", "b"]),
        PatternCase("*ab*ab", ["abab", "xabyab", "ababab"], ["ab", "aba"]),
        PatternCase("?", ["a", "é", "€", "😀", "⟨ff⟩", "⟨c3⟩", "?"], ["ab", "⟨ff⟩⟨ff⟩", "a/b"]),
        PatternCase("??", ["ab", "éé", "⟨e2⟩⟨82⟩"], ["a", "é", "€", "😀", "abc"]),
        PatternCase("???", ["abc", "⟨ed⟩⟨a0⟩⟨80⟩"], ["€", "ab"]),
        PatternCase("a?c", ["abc", "a c", "a\nc", "aéc"], ["ac", "a/c", "abbc"]),
        PatternCase("*?", ["a", "ab", "é"], ["a/b"]),
        PatternCase("*??", ["ab", "éa", "⟨ff⟩⟨fe⟩"], ["a", "€", "😀"]),
        PatternCase("?*?", ["ab", "abc", "éé"], ["é", "a"]),
        PatternCase("?*⟨82⟩", ["a⟨82⟩", "€⟨82⟩"], ["€", "⟨82⟩"]),
        PatternCase("⟨c3⟩*", ["⟨c3⟩", "⟨c3⟩a"], ["é", "a"]),
        PatternCase("*⟨a9⟩", ["⟨a9⟩", "a⟨a9⟩"], ["é"]),
        PatternCase("é", ["é"], ["e", "e\u{301}", "⟨c3⟩"]),
        PatternCase("*é", ["é", "aé", "⟨e2⟩⟨82⟩é"], ["e"]),
        PatternCase("\\*", ["*"], ["a", "\\*", "\\"]),
        PatternCase("\\?\\[\\]", ["?[]"], ["a[]"]),
        PatternCase("\\a\\b", ["ab"], ["\\a\\b"]),
        PatternCase("\\\\", ["\\"], ["\\\\"]),
        PatternCase("a\\/b", ["a/b"], ["a\\/b", "a\\b"]),
        PatternCase("\\é*", ["é", "éa"], ["\\é"]),
        PatternCase("*\\*", ["*", "a*"], ["a", "*a"]),
        PatternCase("@(a|b)", ["@(a|b)"], ["a", "b"]),
        PatternCase("!a", ["!a"], ["b", "a"]),
        PatternCase("a|b", ["a|b"], ["a", "b"]),
        PatternCase("~", ["~"], ["a"]),
        PatternCase("-a", ["-a"], ["a"]),
        PatternCase("a\nb*", ["a\nb", "a\nbc"], ["a", "ab"]),
        PatternCase("***", ["a"], ["a/b"]),
        PatternCase("a***b", ["ab", "axb"], ["a/b"]),
        PatternCase("]", ["]"], ["a"]),
        PatternCase("}", ["}"], ["a"]),
        PatternCase("a}b,c", ["a}b,c"], ["a"]),
    ]

    private static let sets: [PatternCase] = [
        PatternCase("[abc]", ["a", "c"], ["d", "[abc]", "ab", ""]),
        PatternCase("[a-c]x", ["ax", "bx", "cx"], ["dx", "-x", "x"]),
        PatternCase("[!a-c]", ["d", "-", "é", "⟨ff⟩"], ["a", "c", "dd", "a/b"]),
        PatternCase("[^a]", ["b", "^"], ["a"]),
        PatternCase("[a^]", ["a", "^"], ["b"]),
        PatternCase("[a!]", ["a", "!"], ["b"]),
        PatternCase("[]a]", ["]", "a"], ["b", "]a]"]),
        PatternCase("[!]a]", ["b"], ["]", "a"]),
        PatternCase("[]-a]", ["]", "^", "a"], ["-", "b"]),
        PatternCase("[a-]", ["a", "-"], ["b"]),
        PatternCase("[-a]", ["a", "-"], ["b"]),
        PatternCase("[!-a]", ["b"], ["a", "-"]),
        PatternCase("[a-c-e]", ["a", "b", "c", "-", "e"], ["d"]),
        PatternCase("[--0]", ["-", "0"], ["1", ","]),
        PatternCase("[z-a]", [], ["z", "-", "a", "m"]),
        PatternCase("[z-ab]", ["b"], ["z", "-", "a"]),
        PatternCase("[\\]]", ["]"], ["\\", "a"]),
        PatternCase("[a\\]b]", ["a", "]", "b"], ["\\"]),
        PatternCase("[\\!a]", ["!", "a"], ["b", "\\"]),
        PatternCase("[\\a-\\c]", ["a", "b", "c"], ["\\", "-"]),
        PatternCase("[\\\\]", ["\\"], ["a"]),
        PatternCase("[*?]", ["*", "?"], ["a"]),
        PatternCase("[[]", ["["], ["a"]),
        PatternCase("[[a]", ["[", "a"], ["b"]),
        PatternCase("[é-ü]", ["é", "ö", "ü"], ["e", "ý", "⟨c3⟩"]),
        PatternCase("[⟨80⟩-⟨ff⟩]", ["⟨80⟩", "⟨c3⟩", "⟨ff⟩"], ["é", "a", "€"]),
        PatternCase("[!a]*", ["b", "bcd", "éa"], ["a", "ab"]),
        PatternCase("*[0-9]", ["1", "a1", "aa0"], ["a", "1a"]),
        PatternCase("*[0-9]*[a-c]", ["1a", "x9yb", "11c"], ["a1", "1d"]),
        PatternCase("[[:alpha:]]", ["a", "Z"], ["1", "é", ":", "["]),
        PatternCase("[[:digit:]a]", ["1", "a"], ["b", ":"]),
        PatternCase("[![:digit:]]", ["a", ":"], ["1"]),
        PatternCase("[[:upper:][:digit:]]", ["A", "1"], ["a"]),
        PatternCase("[[:alnum:]]", ["a", "A", "0"], ["_", "-"]),
        PatternCase("[[:blank:]]", ["\t", " "], ["\n", "a"]),
        PatternCase("[[:cntrl:]]", ["\u{1}", "\u{7f}", "\n"], [" ", "a"]),
        PatternCase("[[:graph:]]", ["!", "a", "~"], [" ", "\u{7f}"]),
        PatternCase("[[:lower:]]", ["a"], ["A", "1"]),
        PatternCase("[[:print:]]", [" ", "a", "~"], ["\n", "\u{7f}", "é"]),
        PatternCase("[[:punct:]]", ["!", "-", "@", "[", "`", "~"], ["a", " ", "«"]),
        PatternCase("[[:space:]]", [" ", "\t", "\n", "\u{b}"], ["a", "\u{85}"]),
        PatternCase("[[:word:]]", ["a", "_", "0"], ["-", "é"]),
        PatternCase("[[:xdigit:]]", ["a", "F", "0"], ["g", "G"]),
        PatternCase("[[:ascii:]]", ["a", "\u{7f}"], ["é"]),
        PatternCase("[a-[:digit:]]", ["a", "-", "5"], ["b", ":"]),
        PatternCase("[[:digit:]-z]", ["5", "-", "z"], ["a"]),
        PatternCase("[[:nope:]]", [":]", "n]", "[]"], [":", "n", "[:nope:]"]),
        PatternCase("[[:alpha]", ["[", ":", "p"], ["b", "]"]),
        PatternCase("[:alpha:]", [":", "a", "l"], ["b", "[:alpha:]"]),
        PatternCase("[", ["["], ["a"]),
        PatternCase("[a", ["[a"], ["a"]),
        PatternCase("[]", ["[]"], ["a", "]"]),
        PatternCase("[!]", ["[!]"], ["a"]),
        PatternCase("a[", ["a["], ["a"]),
        PatternCase("[a\\]", ["[a]"], ["a", "[a\\]"]),
        PatternCase("[a/b]", ["[a/b]"], ["a", "b", "/"]),
        PatternCase("a[/]b", ["a[/]b"], ["a/b"]),
        PatternCase("[a*", ["[a", "[abc"], ["a"]),
        PatternCase("[.]a", [".a"], ["a"]),
    ]

    private static let braces: [PatternCase] = [
        PatternCase("{a,b}", ["a", "b"], ["c", "{a,b}", "ab"]),
        PatternCase("x{a,b}y", ["xay", "xby"], ["xy", "xaby"]),
        PatternCase("{a,b}{c,d}", ["ac", "ad", "bc", "bd"], ["ab", "cd", "a"]),
        PatternCase("{,a}b", ["b", "ab"], ["a"]),
        PatternCase("a{,}", ["a"], ["aa", "a{,}"]),
        PatternCase("a{,b,}", ["a", "ab"], ["a,"]),
        PatternCase("{a,{b,c}d}", ["a", "bd", "cd"], ["ad", "b"]),
        PatternCase("{{a,b},c}", ["a", "b", "c"], ["{a"]),
        PatternCase("{{a,b}}", ["{a}", "{b}"], ["a", "b"]),
        PatternCase("{a}", ["{a}"], ["a"]),
        PatternCase("{}", ["{}"], [""]),
        PatternCase("{a", ["{a"], ["a"]),
        PatternCase("{a,b", ["{a,b"], ["a", "b"]),
        PatternCase("{a,{b,c}", ["{a,b", "{a,c"], ["a", "b"]),
        PatternCase("a,b}", ["a,b}"], ["a"]),
        PatternCase("{a,b}}", ["a}", "b}"], ["a"]),
        PatternCase("\\{a,b}", ["{a,b}"], ["a"]),
        PatternCase("{a,b\\}", ["{a,b}"], ["a"]),
        PatternCase("{a\\,b,c}", ["a,b", "c"], ["a", "b"]),
        PatternCase("{a*,*b}", ["a", "ax", "b", "xb"], ["xa", "x"]),
        PatternCase("*.{csv,tsv}", ["a.csv", ".tsv"], ["a.c", "a.{csv,tsv}"]),
        PatternCase("[{a,b}]", ["a", "b"], [",", "{", "{a,b}"]),
        PatternCase("{[a-c],x}1", ["a1", "b1", "x1"], ["d1"]),
        PatternCase("{a/b,c}/d", ["a/b/d", "c/d"], ["a/d", "b/d"]),
        PatternCase("a{/b,}/c", ["a/b/c", "a/c"], ["a/bc"]),
        PatternCase("{a,b}/{c,d}", ["a/c", "b/d"], ["a", "ac"]),
        PatternCase("{**,x}/b", ["b", "a/b", "a/c/b", "x/b"], ["a"]),
        PatternCase("{a,a*}{a,a*}{a,a*}", ["aaa", "aaxaa"], ["aa"]),
    ]

    private static let directories: [PatternCase] = [
        PatternCase("*/b", ["a/b", ".a/b"], ["b", "a/c/b"]),
        PatternCase("a/*", ["a/b", "a/.b"], ["a", "a/b/c"]),
        PatternCase("a/*/c", ["a/b/c"], ["a/c", "a/b/b/c"]),
        PatternCase("?/?", ["a/b"], ["ab", "a//"]),
        PatternCase("**", ["a", "a/b", "a/b/c", ".a/.b"], []),
        PatternCase("**/b", ["b", "a/b", "a/a/b", "b/b"], ["a", "ab", "b/a"]),
        PatternCase("a/**", ["a/b", "a/b/c"], ["a", "b", "ab"]),
        PatternCase("a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/b/b"], ["a", "ab", "a/xb", "b"]),
        PatternCase("**/a/**", ["a/b", "x/a/b", "x/a/b/c"], ["a", "x/a"]),
        PatternCase("**/a/**/b", ["a/b", "x/a/b", "a/x/b", "a/a/b"], ["a", "b", "b/a"]),
        PatternCase("**/**/a", ["a", "b/a", "b/c/a"], ["b"]),
        PatternCase("**/*", ["a", "a/b"], []),
        PatternCase("**/*.c", ["a.c", "x/a.c", "x/y/.c"], ["a.h", "a.c/x"]),
        PatternCase("*/**", ["a/b", "a/b/c"], ["a"]),
        PatternCase("*/**/*", ["a/b", "a/b/c"], ["a"]),
        PatternCase("**/a/b/**/c", ["a/b/c", "x/a/b/x/c", "a/a/b/c"], ["a/c", "a/x/b/c"]),
        PatternCase("**/a*/**/*b", ["a/b", "x/ax/xb", "a/a/b/b"], ["a", "b/b"]),
        PatternCase("a**/b", ["a/b", "axx/b"], ["a/x/b", "ax/x/b"]),
        PatternCase("**a/b", ["a/b", "xa/b"], ["x/a/b"]),
        PatternCase("a/***/b", ["a/x/b"], ["a/b", "a/x/y/b"]),
        PatternCase("\\**/b", ["*/b", "*x/b"], ["a/b", "b"]),
        PatternCase("a//b", ["a/b"], ["ab"]),
        PatternCase("**/.a", [".a", "b/.a", ".b/.a"], ["a"]),
    ]

    private static let differences: [PatternCase] = [
        PatternCase(
            "a\\", ["a\\"], ["a"],
            but: (
                "A backslash at the end has nothing to make literal; bash has it for itself.",
                ["a\\", "a"]
            )),
        PatternCase(
            "${a,b}", ["$a", "$b"], ["${a,b}"],
            but: ("There are no variables here that this could be one of.", ["$a", "$b", "${a,b}"])
        ),
        PatternCase(
            "{1..3}", ["{1..3}"], ["1", "2"],
            but: ("Sequences say nothing that a set does not.", ["{1..3}", "1", "2"])),
        PatternCase(
            "a/./b", ["a/b"], [],
            but: ("Both are one path, and a watched path is normal.", ["a/b"])),
        PatternCase(
            "a/x/../b", ["a/b"], ["a/x/b"],
            but: ("Both are one path, and a watched path is normal.", ["a/b"])),
    ]
}
