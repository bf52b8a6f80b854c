extension WrongFile {
    /// Values of `argv`, accounts and the environment that are wrong.
    static let values: [WrongFile] = [
        WrongFile(
            "argv that is a string",
            #"{"/f": {"argv": "make deploy"}}"#,
            #"""
            web.json:1:17: error: `argv` must be a list of strings, not a string
                {"/f": {"argv": "make deploy"}}
                                ^
              write `["program", "argument"]`
            """#),
        WrongFile(
            "argv that is empty",
            #"{"/f": {"argv": []}}"#,
            #"""
            web.json:1:17: error: `argv` is empty
                {"/f": {"argv": []}}
                                ^
              write `["program", "argument"]`
            """#),
        WrongFile(
            "a program that is empty",
            #"{"/f": {"argv": [""]}}"#,
            #"""
            web.json:1:18: error: the program is empty
                {"/f": {"argv": [""]}}
                                 ^
              write a program's name
            """#),
        WrongFile(
            "an argument that is a number",
            #"{"/f": {"argv": ["serve", 8080, true, null, ["x"]]}}"#,
            #"""
            web.json:1:27: error: `argv[1]` must be a string, not a number
                {"/f": {"argv": ["serve", 8080, true, null, ["x"]]}}
                                          ^
              write `"8080"`
            web.json:1:33: error: `argv[2]` must be a string, not `true`
                {"/f": {"argv": ["serve", 8080, true, null, ["x"]]}}
                                                ^
              write `"true"`
            web.json:1:39: error: `argv[3]` must be a string, not `null`
                {"/f": {"argv": ["serve", 8080, true, null, ["x"]]}}
                                                      ^
              write a string in double quotes
            web.json:1:45: error: `argv[4]` must be a string, not a list
                …": {"argv": ["serve", 8080, true, null, ["x"]]}}
                                                         ^
              write a string in double quotes
            """#),
        WrongFile(
            "NUL in an argument",
            #"{"/f": {"argv": ["true", "a\u0000b"]}}"#,
            #"""
            web.json:1:26: error: `argv[1]` holds a NUL character
                {"/f": {"argv": ["true", "a\u0000b"]}}
                                         ^
              remove `\u0000`: no path, name, argument or variable can hold it
            """#),
        WrongFile(
            "half of a character",
            #"{"/f": {"argv": ["\ud83d", "\udfff"]}}"#,
            #"""
            web.json:1:19: error: this is half of a character
                {"/f": {"argv": ["\ud83d", "\udfff"]}}
                                  ^
              write both halves, or `\udc80` to `\udcff` for a byte that is not UTF-8
            web.json:1:29: error: this is half of a character
                {"/f": {"argv": ["\ud83d", "\udfff"]}}
                                            ^
              write both halves, or `\udc80` to `\udcff` for a byte that is not UTF-8
            """#),
        WrongFile(
            "a user that is a list",
            #"{"/f": {"argv": ["true"], "user": ["a"]}}"#,
            #"""
            web.json:1:35: error: `user` must be a name or a number, not a list
                {"/f": {"argv": ["true"], "user": ["a"]}}
                                                  ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a user that is empty",
            #"{"/f": {"argv": ["true"], "user": ""}}"#,
            #"""
            web.json:1:35: error: `user` is empty
                {"/f": {"argv": ["true"], "user": ""}}
                                                  ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a user that is negative",
            #"{"/f": {"argv": ["true"], "user": -1}}"#,
            #"""
            web.json:1:35: error: `user` can't be `-1`
                {"/f": {"argv": ["true"], "user": -1}}
                                                  ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a user that is a fraction",
            #"{"/f": {"argv": ["true"], "user": 1.5}}"#,
            #"""
            web.json:1:35: error: `user` can't be `1.5`
                {"/f": {"argv": ["true"], "user": 1.5}}
                                                  ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a user that is 4294967295",
            #"{"/f": {"argv": ["true"], "user": 4294967295}}"#,
            #"""
            web.json:1:35: error: `user` can't be `4294967295`
                {"/f": {"argv": ["true"], "user": 4294967295}}
                                                  ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a user that is too large as a string",
            #"{"/f": {"argv": ["true"], "user": "99999999999999999999"}}"#,
            #"""
            web.json:1:35: error: `user` can't be `99999999999999999999`
                {"/f": {"argv": ["true"], "user": "99999999999999999999"}}
                                                  ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a user that is not UTF-8",
            #"{"/f": {"argv": ["true"], "user": "\udcff"}}"#,
            #"""
            web.json:1:35: error: `user` is not UTF-8
                {"/f": {"argv": ["true"], "user": "\udcff"}}
                                                  ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "NUL in a user",
            #"{"/f": {"argv": ["true"], "user": "a\u0000"}}"#,
            #"""
            web.json:1:35: error: `user` holds a NUL character
                {"/f": {"argv": ["true"], "user": "a\u0000"}}
                                                  ^
              remove `\u0000`: no path, name, argument or variable can hold it
            """#),
        WrongFile(
            "a group that is an object",
            #"{"/f": {"argv": ["true"], "user": "a", "group": {}}}"#,
            #"""
            web.json:1:49: error: `group` must be a name or a number, not an object
                …"argv": ["true"], "user": "a", "group": {}}}
                                                         ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "groups that are a string",
            #"{"/f": {"argv": ["true"], "user": "a", "supplementary_groups": "adm"}}"#,
            #"""
            web.json:1:64: error: `supplementary_groups` must be a list of names or numbers, not a string
                …], "user": "a", "supplementary_groups": "adm"}}
                                                         ^
              write `["name", "name"]`
            """#),
        WrongFile(
            "a group in the list that is null",
            #"{"/f": {"argv": ["true"], "user": "a", "supplementary_groups": ["adm", null, ""]}}"#,
            #"""
            web.json:1:72: error: `supplementary_groups[1]` must be a name or a number, not `null`
                …": "a", "supplementary_groups": ["adm", null, ""]}}
                                                         ^
              write a name, or a number from 0 to 4294967294
            web.json:1:78: error: `supplementary_groups[2]` is empty
                …, "supplementary_groups": ["adm", null, ""]}}
                                                         ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "an environment that is a list",
            #"{"/f": {"argv": ["true"], "user": "a", "environment": ["A=1"]}}"#,
            #"""
            web.json:1:55: error: `environment` must be an object of strings, not a list
                …: ["true"], "user": "a", "environment": ["A=1"]}}
                                                         ^
              write `{"NAME": "value"}`
            """#),
        WrongFile(
            "a variable that is a number",
            #"{"/f": {"argv": ["true"], "user": "a", "environment": {"PORT": 80}}}"#,
            #"""
            web.json:1:64: error: the variable `PORT` must be a string, not a number
                …], "user": "a", "environment": {"PORT": 80}}}
                                                         ^
              write `"80"`
            """#),
        WrongFile(
            "a variable without a name",
            #"{"/f": {"argv": ["true"], "user": "a", "environment": {"": "x"}}}"#,
            #"""
            web.json:1:56: error: a variable has an empty name
                … ["true"], "user": "a", "environment": {"": "x"}}}
                                                         ^
              write a name
            """#),
        WrongFile(
            "a variable with an equals sign",
            #"{"/f": {"argv": ["true"], "user": "a", "environment": {"A=B": "x"}}}"#,
            #"""
            web.json:1:56: error: the variable name `A=B` holds a `=`
                … ["true"], "user": "a", "environment": {"A=B": "x"}}}
                                                         ^
              write `"NAME": "value"`
            """#),
        WrongFile(
            "a variable of touchmon",
            #"{"/f": {"argv": ["true"], "user": "a", "environment": {"TOUCHMON_PATH": "x"}}}"#,
            #"""
            web.json:1:56: error: `TOUCHMON_PATH` is touchmon's own variable
                … ["true"], "user": "a", "environment": {"TOUCHMON_PATH": "x"}}}
                                                         ^
              choose a name that does not begin with `TOUCHMON_`
            """#),
        WrongFile(
            "a variable that is there twice",
            #"{"/f": {"argv": ["true"], "user": "a", "environment": {"A": "1", "A": "2"}}}"#,
            #"""
            web.json:1:66: error: `A` was here before, at 1:56
                … "user": "a", "environment": {"A": "1", "A": "2"}}}
                                                         ^
              keep one of the two
            """#),
        WrongFile(
            "NUL in a variable",
            #"{"/f": {"argv": ["true"], "user": "a", "environment": {"A\u0000": "1", "B": "\u0000"}}}"#,
            #"""
            web.json:1:56: error: the name of a variable holds a NUL character
                … ["true"], "user": "a", "environment": {"A\u0000": "1", "B": "\u0000"}}}
                                                         ^
              remove `\u0000`: no path, name, argument or variable can hold it
            web.json:1:77: error: the variable `B` holds a NUL character
                …", "environment": {"A\u0000": "1", "B": "\u0000"}}}
                                                         ^
              remove `\u0000`: no path, name, argument or variable can hold it
            """#),
    ]
}
