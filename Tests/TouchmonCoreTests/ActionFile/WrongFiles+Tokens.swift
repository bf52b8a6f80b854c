extension WrongFile {
    /// What is not JSON: its words, numbers and strings.
    static let tokens: [WrongFile] = [
        WrongFile(
            "a key without quotes",
            #"{"/f": {argv: ["true"]}}"#,
            #"""
            web.json:1:9: error: `argv` is not a key
                {"/f": {argv: ["true"]}}
                        ^
              write it in double quotes: `"argv"`
            """#),
        WrongFile(
            "a key that is a number",
            #"{1: {}}"#,
            #"""
            web.json:1:2: error: `1` is not a key
                {1: {}}
                 ^
              write it in double quotes: `"1"`
            """#),
        WrongFile(
            "a key that is a list",
            #"{[1]: {}}"#,
            #"""
            web.json:1:2: error: `[` is not a key
                {[1]: {}}
                 ^
              write a key in double quotes
            """#),
        WrongFile(
            "a value without quotes",
            #"{"/f": {"argv": [true, x]}}"#,
            #"""
            web.json:1:24: error: `x` is not a value
                {"/f": {"argv": [true, x]}}
                                       ^
              write it in double quotes if it is meant as a string: `"x"`
            """#),
        WrongFile(
            "a duration without quotes",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": 10s}}"#,
            #"""
            web.json:1:50: error: `10s` is not a number
                …argv": ["true"], "user": "a", "settle": 10s}}
                                                         ^
              write it in double quotes if it is meant as a string: `"10s"`
            """#),
        WrongFile(
            "an octal number",
            #"{"/f": {"argv": ["true"], "user": "a", "umask": 022}}"#,
            #"""
            web.json:1:49: error: a number begins with a `0` that does not count
                …"argv": ["true"], "user": "a", "umask": 022}}
                                                         ^
              remove the `0`; an octal number such as a `umask` is a string: `"022"`
            """#),
        WrongFile(
            "a hexadecimal number",
            #"{"/f": {"argv": ["true"], "user": "a", "user": 0x10}}"#,
            #"""
            web.json:1:48: error: `0x10` is not a number
                …{"argv": ["true"], "user": "a", "user": 0x10}}
                                                         ^
              write it in double quotes if it is meant as a string: `"0x10"`
            """#),
        WrongFile(
            "a number that begins with a plus",
            #"{"/f": {"argv": ["true"], "user": "a", "user": +1}}"#,
            #"""
            web.json:1:48: error: `+1` is not a number
                …{"argv": ["true"], "user": "a", "user": +1}}
                                                         ^
              write it in double quotes if it is meant as a string: `"+1"`
            """#),
        WrongFile(
            "a number that begins with a point",
            #"{"/f": {"argv": ["true"], "user": "a", "user": .5}}"#,
            #"""
            web.json:1:48: error: `.5` is not a number
                …{"argv": ["true"], "user": "a", "user": .5}}
                                                         ^
              write it in double quotes if it is meant as a string: `".5"`
            """#),
        WrongFile(
            "a number that ends with a point",
            #"{"/f": {"argv": ["true"], "user": "a", "user": 5.}}"#,
            #"""
            web.json:1:48: error: `5.` is not a number
                …{"argv": ["true"], "user": "a", "user": 5.}}
                                                         ^
              write it in double quotes if it is meant as a string: `"5."`
            """#),
        WrongFile(
            "a number with an empty exponent",
            #"{"/f": {"argv": ["true"], "user": "a", "user": 5e}}"#,
            #"""
            web.json:1:48: error: `5e` is not a number
                …{"argv": ["true"], "user": "a", "user": 5e}}
                                                         ^
              write it in double quotes if it is meant as a string: `"5e"`
            """#),
        WrongFile(
            "a minus alone",
            #"{"/f": {"argv": ["true"], "user": "a", "user": -}}"#,
            #"""
            web.json:1:48: error: `-` is not a number
                …{"argv": ["true"], "user": "a", "user": -}}
                                                         ^
              write it in double quotes if it is meant as a string: `"-"`
            """#),
        WrongFile(
            "True of Python",
            #"{"/f": True}"#,
            #"""
            web.json:1:8: error: `True` is not a value
                {"/f": True}
                       ^
              write `true`
            """#),
        WrongFile(
            "None of Python",
            #"{"/f": None}"#,
            #"""
            web.json:1:8: error: `None` is not a value
                {"/f": None}
                       ^
              write `null`
            """#),
        WrongFile(
            "NaN",
            #"{"/f": NaN}"#,
            #"""
            web.json:1:8: error: `NaN` is not a value
                {"/f": NaN}
                       ^
              write it in double quotes if it is meant as a string: `"NaN"`
            """#),
        WrongFile(
            "a string that goes on in the next line",
            "{\"/f\": {\"argv\": [\"sh\", \"-c\", \"echo\n  hello\"]}}",
            #"""
            web.json:1:30: error: the string that begins here does not end in its line
                {"/f": {"argv": ["sh", "-c", "echo
                                             ^
              write the missing `"`, or `\n` where the string holds a line's end
            """#),
        WrongFile(
            "a string that never ends",
            #"{"/f": {"argv": ["true]}}"#,
            #"""
            web.json:1:18: error: the string that begins here never ends
                {"/f": {"argv": ["true]}}
                                 ^
              write the missing `"` at its end
            """#),
        WrongFile(
            "a tab in a string",
            "{\"/f\": {\"argv\": [\"a\tb\"]}}",
            #"""
            web.json:1:20: error: a string holds a tab
                {"/f": {"argv": ["a\#tb"]}}
                                   ^
              write `\t` for it
            """#),
        WrongFile(
            "a control character in a string",
            "{\"/f\": {\"argv\": [\"a\u{1b}[2Jb\"]}}",
            #"""
            web.json:1:20: error: a string holds the control character `\x1b`
                {"/f": {"argv": ["a\x1b[2Jb"]}}
                                   ^
              write `\u001b` for it
            """#),
        WrongFile(
            "an unknown escape",
            #"{"/f": {"argv": ["\d+"]}}"#,
            #"""
            web.json:1:19: error: a backslash before `d` has no meaning
                {"/f": {"argv": ["\d+"]}}
                                  ^
              write `\\` for a backslash
            """#),
        WrongFile(
            "a Windows path",
            #"{"C:\Users": {}}"#,
            #"""
            web.json:1:5: error: a backslash before `U` has no meaning
                {"C:\Users": {}}
                    ^
              write `\\` for a backslash
            """#),
        WrongFile(
            "an escape with too few digits",
            #"{"/f": {"argv": ["\u12"]}}"#,
            #"""
            web.json:1:19: error: `\u` is not followed by four hexadecimal digits
                {"/f": {"argv": ["\u12"]}}
                                  ^
              write four digits as in `\u00e9`, or `\\u` for the characters themselves
            """#),
        WrongFile(
            "a byte that is not UTF-8",
            "{\"/f\": {\"argv\": [\"⟨ff⟩\"]}}",
            #"""
            web.json:1:19: error: the byte `\xff` is not UTF-8
                {"/f": {"argv": ["\xff"]}}
                                  ^
              save the file as UTF-8; a path's own byte is written `\udcff`
            """#),
        WrongFile(
            "an overlong form of UTF-8",
            "{\"/f\": {\"argv\": [\"⟨c0⟩⟨af⟩\"]}}",
            #"""
            web.json:1:19: error: the byte `\xc0` is not UTF-8
                {"/f": {"argv": ["\xc0\xaf"]}}
                                  ^
              save the file as UTF-8; a path's own byte is written `\udcc0`
            """#),
        WrongFile(
            "a surrogate in UTF-8",
            "{\"/f\": {\"argv\": [\"⟨ed⟩⟨a0⟩⟨80⟩\"]}}",
            #"""
            web.json:1:19: error: the byte `\xed` is not UTF-8
                {"/f": {"argv": ["\xed\xa0\x80"]}}
                                  ^
              save the file as UTF-8; a path's own byte is written `\udced`
            """#),
        WrongFile(
            "a byte that is not UTF-8 outside of a string",
            "{\"/f\": ⟨ff⟩}",
            #"""
            web.json:1:8: error: `\xff` is not a value
                {"/f": \xff}
                       ^
              write a string in double quotes, a number, `[…]` or `{…}`
            """#),
        WrongFile(
            "a space that is none",
            "{\"/f\":\u{a0}{}}",
            #"""
            web.json:1:7: error: this character only looks like a space
                {"/f":\#u{a0}{}}
                      ^
              write a plain space, or nothing
            """#),
        WrongFile(
            "NUL outside of a string",
            "{\"/f\": \u{0}}",
            #"""
            web.json:1:8: error: `\x00` is not a value
                {"/f": \x00}
                       ^
              write a string in double quotes, a number, `[…]` or `{…}`
            """#),
        WrongFile(
            "nesting without end",
            #"{"/f": "# + String(repeating: "[", count: 1_000_000),
            #"""
            web.json:1:71: error: lists and objects are nested more than 64 deep
                …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
                                                         ^
              no action needs this: remove the brackets that are too many
            """#),
    ]
}
