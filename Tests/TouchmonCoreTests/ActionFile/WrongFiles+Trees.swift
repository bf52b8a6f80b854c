extension WrongFile {
    /// Wrong keys for patterns and directories: which files are meant.
    static let trees: [WrongFile] = [
        WrongFile(
            "a recursive that is a string",
            #"{"/d/": {"argv": ["true"], "user": "root", "recursive": "yes"}}"#,
            #"""
            web.json:1:57: error: `recursive` must be true or false, not a string
                … ["true"], "user": "root", "recursive": "yes"}}
                                                         ^
              write `true` or `false`, without quotes
            """#),
        WrongFile(
            "a recursive plain path that is not",
            #"{"/f": {"argv": ["true"], "user": "root", "recursive": false}}"#,
            #"""
            web.json:1:43: error: `recursive` is for directories and patterns, and `/f` is one path
                …/f": {"argv": ["true"], "user": "root", "recursive": false}}
                                                         ^
              end the action's key with `/` if it is a directory whose files are meant, or remove `recursive`
            """#),
        WrongFile(
            "an include of a plain path",
            #"{"/f": {"argv": ["true"], "user": "root", "include": ["*.c"]}}"#,
            #"""
            web.json:1:43: error: `include` is for directories and patterns, and `/f` is one path
                …/f": {"argv": ["true"], "user": "root", "include": ["*.c"]}}
                                                         ^
              end the action's key with `/` if it is a directory whose files are meant, or remove `include`
            """#),
        WrongFile(
            "an exclude of a plain path",
            #"{"/f": {"argv": ["true"], "user": "root", "exclude": {"gitignore": true}}}"#,
            #"""
            web.json:1:43: error: `exclude` is for directories and patterns, and `/f` is one path
                …/f": {"argv": ["true"], "user": "root", "exclude": {"gitignore": true}}}
                                                         ^
              end the action's key with `/` if it is a directory whose files are meant, or remove `exclude`
            """#),
        WrongFile(
            "an each of a plain path",
            #"{"/f": {"argv": ["true"], "user": "root", "each": "file"}}"#,
            #"""
            web.json:1:43: error: `each` is for directories and patterns, and `/f` is one path
                …/f": {"argv": ["true"], "user": "root", "each": "file"}}
                                                         ^
              end the action's key with `/` if it is a directory whose files are meant, or remove `each`
            """#),
        WrongFile(
            "changes on the standard input for a plain path",
            #"{"/f": {"argv": ["true"], "user": "root", "stdin": "changes"}}"#,
            #"""
            web.json:1:43: error: `stdin` is for directories and patterns, and `/f` is one path
                …/f": {"argv": ["true"], "user": "root", "stdin": "changes"}}
                                                         ^
              end the action's key with `/` if it is a directory whose files are meant, or remove `stdin`
            """#),
        WrongFile(
            "keys for trees where what looks like a pattern is none",
            #"{"/f[": {"argv": ["true"], "user": "root", "each": "batch"}}"#,
            #"""
            web.json:1:44: error: `each` is for directories and patterns, and `/f[` is one path
                …f[": {"argv": ["true"], "user": "root", "each": "batch"}}
                                                         ^
              end the action's key with `/` if it is a directory whose files are meant, or remove `each`
            """#),
        WrongFile(
            "a recursive pattern of files",
            #"{"/d/*.csv": {"argv": ["true"], "user": "root", "recursive": true}}"#,
            #"""
            web.json:1:49: error: `recursive` is for directories, and `/d/*.csv` is a pattern of files
                …sv": {"argv": ["true"], "user": "root", "recursive": true}}
                                                         ^
              write `**/` before the last name for files at any depth, or end the key with `/` for all files in such directories
            """#),
        WrongFile(
            "a key that stands for too much",
            #"{"/d/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}": {"argv": ["true"], "user": "root"}}"#,
            #"""
            web.json:1:2: error: `/d/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}` stands for more than 1000 patterns, or for too long ones
                {"/d/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}": {"argv": ["tru…
                 ^
              write fewer braces
            """#),
        WrongFile(
            "an include in a string",
            #"{"/d/": {"argv": ["true"], "user": "root", "include": "*.c"}}"#,
            #"""
            web.json:1:55: error: `include` must be a list of patterns, not a string
                …": ["true"], "user": "root", "include": "*.c"}}
                                                         ^
              write `["*.csv", "docs/"]`
            """#),
        WrongFile(
            "an empty include",
            #"{"/d/": {"argv": ["true"], "user": "root", "include": []}}"#,
            #"""
            web.json:1:55: error: `include` is empty: no file would be included
                …": ["true"], "user": "root", "include": []}}
                                                         ^
              write `["*.csv", "docs/"]`, or remove `include`
            """#),
        WrongFile(
            "an include that holds a number",
            #"{"/d/": {"argv": ["true"], "user": "root", "include": ["a", 1]}}"#,
            #"""
            web.json:1:61: error: `include[1]` must be a string, not a number
                …rue"], "user": "root", "include": ["a", 1]}}
                                                         ^
              write `["*.csv", "docs/"]`
            """#),
        WrongFile(
            "NUL in an include",
            #"{"/d/": {"argv": ["true"], "user": "root", "include": ["a\u0000"]}}"#,
            #"""
            web.json:1:56: error: `include[0]` holds a NUL character
                …: ["true"], "user": "root", "include": ["a\u0000"]}}
                                                         ^
              remove `\u0000`: no path, name, argument or variable can hold it
            """#),
        WrongFile(
            "an include that names nothing",
            #"{"/d/": {"argv": ["true"], "user": "root", "include": ["", "/", "."]}}"#,
            #"""
            web.json:1:56: error: `include[0]` names nothing
                …: ["true"], "user": "root", "include": ["", "/", "."]}}
                                                         ^
              write a name such as `"*.csv"`, or a directory such as `"docs/"`
            web.json:1:60: error: `include[1]` names nothing
                …true"], "user": "root", "include": ["", "/", "."]}}
                                                         ^
              write a name such as `"*.csv"`, or a directory such as `"docs/"`
            web.json:1:65: error: `include[2]` names nothing
                …], "user": "root", "include": ["", "/", "."]}}
                                                         ^
              write a name such as `"*.csv"`, or a directory such as `"docs/"`
            """#),
        WrongFile(
            "an include that leads up",
            #"{"/d/": {"argv": ["true"], "user": "root", "include": ["a/../../b"]}}"#,
            #"""
            web.json:1:56: error: `include[0]` can't be `a/../../b`
                …: ["true"], "user": "root", "include": ["a/../../b"]}}
                                                         ^
              write it without `..`: it begins in the directory that is watched
            """#),
        WrongFile(
            "an include with a bracket that nothing closes",
            #"{"/d/": {"argv": ["true"], "user": "root", "include": ["a/[b/c]"]}}"#,
            #"""
            web.json:1:56: error: nothing closes the `[` in `[b/c]`
                …: ["true"], "user": "root", "include": ["a/[b/c]"]}}
                                                         ^
              write `]` behind it in the same name; or `\\[` for the character itself
            """#),
        WrongFile(
            "an exclude with a brace that nothing closes",
            #"{"/d/": {"argv": ["true"], "user": "root", "exclude": ["*.{c,h"]}}"#,
            #"""
            web.json:1:56: error: nothing closes the `{` in `{c,h`
                …: ["true"], "user": "root", "exclude": ["*.{c,h"]}}
                                                         ^
              write `}` behind it; or `\\{` for the character itself
            """#),
        WrongFile(
            "an exclude that stands for too much",
            #"{"/d/": {"argv": ["true"], "user": "root", "exclude": ["{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"]}}"#,
            #"""
            web.json:1:56: error: `{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}` stands for more than 1000 patterns, or for too long ones
                …: ["true"], "user": "root", "exclude": ["{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{…
                                                         ^
              write fewer braces
            """#),
        WrongFile(
            "excludes that stand for too much together",
            #"{"/d/": {"argv": ["true"], "user": "root", "exclude": ["{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "x"]}}"#,
            #"""
            web.json:1:105: error: `exclude` stands for more than 1000 patterns
                …b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{…
                                                         ^
              write fewer braces and patterns
            """#),
        WrongFile(
            "an exclude that is a boolean",
            #"{"/d/": {"argv": ["true"], "user": "root", "exclude": true}}"#,
            #"""
            web.json:1:55: error: `exclude` must be a list of patterns, or an object, not `true`
                …": ["true"], "user": "root", "exclude": true}}
                                                         ^
              write `["*.tmp", "cache/"]`, or `{"patterns": ["*.tmp"], "gitignore": true}`
            """#),
        WrongFile(
            "an exclude with an unknown key",
            #"{"/d/": {"argv": ["true"], "user": "root", "exclude": {"pattern": ["a"]}}}"#,
            #"""
            web.json:1:56: error: `pattern` is not a key of `exclude`
                …: ["true"], "user": "root", "exclude": {"pattern": ["a"]}}}
                                                         ^
              write `patterns` instead
            """#),
        WrongFile(
            "an exclude whose parts have wrong forms",
            #"{"/d/": {"argv": ["true"], "user": "root", "exclude": {"patterns": "a", "gitignore": 1, "defaults": null}}}"#,
            #"""
            web.json:1:68: error: `exclude.patterns` must be a list of patterns, not a string
                …"user": "root", "exclude": {"patterns": "a", "gitignore": 1, "defaults":…
                                                         ^
              write `["*.csv", "docs/"]`
            web.json:1:86: error: `exclude.gitignore` must be true or false, not a number
                …xclude": {"patterns": "a", "gitignore": 1, "defaults": null}}}
                                                         ^
              write `true` or `false`, without quotes
            web.json:1:101: error: `exclude.defaults` must be true or false, not `null`
                …erns": "a", "gitignore": 1, "defaults": null}}}
                                                         ^
              write `true` or `false`, without quotes
            """#),
        WrongFile(
            "an exclude with a wrong pattern in its object",
            #"{"/d/": {"argv": ["true"], "user": "root", "exclude": {"patterns": ["["]}}}"#,
            #"""
            web.json:1:69: error: nothing closes the `[` in `[`
                …user": "root", "exclude": {"patterns": ["["]}}}
                                                         ^
              write `]` behind it in the same name; or `\\[` for the character itself
            """#),
        WrongFile(
            "patterns that begin at the root",
            #"{"/srv/d/": {"argv": ["true"], "user": "root", "include": ["/srv/d/*.c", "/a"], "exclude": {"patterns": ["/srv/d/x/"]}}}"#,
            #"""
            web.json:1:60: error: `/srv/d/*.c` is looked for below `/srv/d`
                …: ["true"], "user": "root", "include": ["/srv/d/*.c", "/a"], "exclude": …
                                                         ^
              write `/*.c`: it begins in the directory that is watched
            web.json:1:106: error: `/srv/d/x/` is looked for below `/srv/d`
                …d/*.c", "/a"], "exclude": {"patterns": ["/srv/d/x/"]}}}
                                                         ^
              write `/x/`: it begins in the directory that is watched
            """#),
    ]
}
