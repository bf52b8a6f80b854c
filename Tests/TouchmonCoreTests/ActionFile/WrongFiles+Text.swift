extension WrongFile {
    /// What is not JSON: its form.
    static let text: [WrongFile] = [
        WrongFile(
            "an empty file",
            #""#,
            #"""
            web.json:1:1: error: the file is empty
              write `{}` for an action file without actions
            """#),
        WrongFile(
            "only white space",
            " \n\t\n",
            #"""
            web.json:1:1: error: the file is empty
              write `{}` for an action file without actions
            """#),
        WrongFile(
            "a byte order mark",
            "⟨ef⟩⟨bb⟩⟨bf⟩{}",
            #"""
            web.json:1:1: error: the file begins with a byte order mark
                \u{feff}{}
                ^
              save it as UTF-8 without a byte order mark (BOM)
            """#),
        WrongFile(
            "UTF-16",
            "⟨ff⟩⟨fe⟩{\u{0}}\u{0}",
            #"""
            web.json:1:1: error: the file is UTF-16
                \xff\xfe{\x00}\x00
                ^
              save it as UTF-8
            """#),
        WrongFile(
            "UTF-16 without a byte order mark",
            "{\u{0}}\u{0}",
            #"""
            web.json:1:1: error: the file is UTF-16
                {\x00}\x00
                ^
              save it as UTF-8
            """#),
        WrongFile(
            "a file that is cut off in an object",
            "{\n  \"/f\": {\n    \"argv\": [\"true\"]\n",
            #"""
            web.json:2:9: error: the `{` that stands here is never closed
                "/f": {
                      ^
              write the missing `}`
            """#),
        WrongFile(
            "a file that is cut off in a list",
            #"{"/f": {"argv": ["true""#,
            #"""
            web.json:1:17: error: the `[` that stands here is never closed
                {"/f": {"argv": ["true"
                                ^
              write the missing `]`
            """#),
        WrongFile(
            "a file that is cut off after a key",
            #"{"/f""#,
            #"""
            web.json:1:1: error: the `{` that stands here is never closed
                {"/f"
                ^
              write the missing `}`
            """#),
        WrongFile(
            "a file that is cut off in a key",
            #"{"/f"#,
            #"""
            web.json:1:2: error: the string that begins here never ends
                {"/f
                 ^
              write the missing `"` at its end
            """#),
        WrongFile(
            "a file that is cut off after a colon",
            #"{"/f":"#,
            #"""
            web.json:1:1: error: the `{` that stands here is never closed
                {"/f":
                ^
              write the missing `}`
            """#),
        WrongFile(
            "a file that is cut off in an escape",
            #"{"/f\"#,
            #"""
            web.json:1:5: error: the file ends inside of a string
                {"/f\
                    ^
              write the missing `"`
            """#),
        WrongFile(
            "a comment at the end of a line",
            "{\n  \"/f\": { // deploys\n    \"argv\": [\"true\"] }\n}",
            #"""
            web.json:2:11: error: JSON has no comments
                "/f": { // deploys
                        ^
              remove it, or keep it at the top level as `"$comment": "…"`
            """#),
        WrongFile(
            "a comment between lines",
            "{\n  # deploys\n  \"/f\": {\"argv\": [\"true\"]}\n}",
            #"""
            web.json:2:3: error: JSON has no comments
                # deploys
                ^
              remove it, or keep it at the top level as `"$comment": "…"`
            """#),
        WrongFile(
            "a comment after the end",
            #"{} // done"#,
            #"""
            web.json:1:4: error: JSON has no comments
                {} // done
                   ^
              remove it, or keep it at the top level as `"$comment": "…"`
            """#),
        WrongFile(
            "a comment as in C",
            #"/* actions */ {}"#,
            #"""
            web.json:1:1: error: JSON has no comments
                /* actions */ {}
                ^
              remove it, or keep it at the top level as `"$comment": "…"`
            """#),
        WrongFile(
            "a comma after the last argument",
            #"{"/f": {"argv": ["true", ], "user": "a"}}"#,
            #"""
            web.json:1:24: error: a comma follows the last value
                {"/f": {"argv": ["true", ], "user": "a"}}
                                       ^
              remove it, or write one more value after it
            """#),
        WrongFile(
            "a comma after the last key",
            "{\n  \"/f\": {\n    \"argv\": [\"true\"],\n  }\n}",
            #"""
            web.json:3:21: error: a comma follows the last value
                "argv": ["true"],
                                ^
              remove it, or write one more value after it
            """#),
        WrongFile(
            "a comma after the last action",
            #"{"/f": {"argv": ["true"]},}"#,
            #"""
            web.json:1:26: error: a comma follows the last value
                {"/f": {"argv": ["true"]},}
                                         ^
              remove it, or write one more value after it
            """#),
        WrongFile(
            "a comma too many",
            #"{"/f": {"argv": ["true",, "x"]}}"#,
            #"""
            web.json:1:25: error: `,` is not a value
                {"/f": {"argv": ["true",, "x"]}}
                                        ^
              write a string in double quotes, a number, `[…]` or `{…}`
            """#),
        WrongFile(
            "a comma that is missing between keys",
            "{\"/f\": {\n  \"argv\": [\"true\"]\n  \"user\": \"a\"\n}}",
            #"""
            web.json:3:3: error: a comma is missing before this
                "user": "a"
                ^
              write `,` after the value before it
            """#),
        WrongFile(
            "a comma that is missing between actions",
            "{\"/f\": {\"argv\": [\"true\"]}\n \"/g\": {\"argv\": [\"true\"]}}",
            #"""
            web.json:2:2: error: a comma is missing before this
                "/g": {"argv": ["true"]}}
                ^
              write `,` after the value before it
            """#),
        WrongFile(
            "a colon that is missing",
            #"{"/f" {"argv": ["true"]}}"#,
            #"""
            web.json:1:7: error: a `:` is missing between a key and its value
                {"/f" {"argv": ["true"]}}
                      ^
              write `:` here
            """#),
        WrongFile(
            "an equals sign for a colon",
            #"{"/f": {"argv" = ["true"]}}"#,
            #"""
            web.json:1:16: error: a `:` is missing between a key and its value
                {"/f": {"argv" = ["true"]}}
                               ^
              write `:` here
            """#),
        WrongFile(
            "a semicolon for a comma",
            #"{"/f": {"argv": ["true"]; "user": "a"}}"#,
            #"""
            web.json:1:25: error: `;` is not expected after a value
                {"/f": {"argv": ["true"]; "user": "a"}}
                                        ^
              write `,` or `}`
            """#),
        WrongFile(
            "the wrong bracket",
            #"{"/f": {"argv": ["true"}}}"#,
            #"""
            web.json:1:24: error: `}` can't close a `[`
                {"/f": {"argv": ["true"}}}
                                       ^
              write `]`
            """#),
        WrongFile(
            "the wrong brace",
            #"{"/f": {"argv": ["true"]]}"#,
            #"""
            web.json:1:25: error: `]` can't close a `{`
                {"/f": {"argv": ["true"]]}
                                        ^
              write `}`
            """#),
        WrongFile(
            "a bracket too many",
            #"{"/f": {"argv": ["true"]}}}"#,
            #"""
            web.json:1:27: error: something follows the end of the object
                {"/f": {"argv": ["true"]}}}
                                          ^
              remove it: a file holds one object
            """#),
        WrongFile(
            "two objects",
            "{}\n{}",
            #"""
            web.json:2:1: error: something follows the end of the object
                {}
                ^
              remove it: a file holds one object
            """#),
        WrongFile(
            "single quotes around a key",
            #"{'/f': {"argv": ["true"]}}"#,
            #"""
            web.json:1:2: error: `'` does not begin a string
                {'/f': {"argv": ["true"]}}
                 ^
              write plain double quotes: `"…"`
            """#),
        WrongFile(
            "single quotes around a value",
            #"{"/f": {"argv": ['true']}}"#,
            #"""
            web.json:1:18: error: `'` does not begin a string
                {"/f": {"argv": ['true']}}
                                 ^
              write plain double quotes: `"…"`
            """#),
        WrongFile(
            "typographic quotes",
            #"{“/f”: {}}"#,
            #"""
            web.json:1:2: error: `“` does not begin a string
                {“/f”: {}}
                 ^
              write plain double quotes: `"…"`
            """#),
    ]
}
