extension WrongFile {
    /// Other values that are wrong, and how problems look.
    static let settings: [WrongFile] = [
        WrongFile(
            "a working directory that is relative",
            #"{"/f": {"argv": ["true"], "user": "a", "working_directory": "app"}}"#,
            #"""
            web.json:1:61: error: `working_directory` must be an absolute path
                …ue"], "user": "a", "working_directory": "app"}}
                                                         ^
              write a path that begins with `/`
            """#),
        WrongFile(
            "a working directory that is a number",
            #"{"/f": {"argv": ["true"], "user": "a", "working_directory": 1}}"#,
            #"""
            web.json:1:61: error: `working_directory` must be an absolute path in a string, not a number
                …ue"], "user": "a", "working_directory": 1}}
                                                         ^
              write a path that begins with `/`
            """#),
        WrongFile(
            "NUL in a working directory",
            #"{"/f": {"argv": ["true"], "user": "a", "working_directory": "/\u0000"}}"#,
            #"""
            web.json:1:61: error: `working_directory` holds a NUL character
                …ue"], "user": "a", "working_directory": "/\u0000"}}
                                                         ^
              remove `\u0000`: no path, name, argument or variable can hold it
            """#),
        WrongFile(
            "a umask that is a number",
            #"{"/f": {"argv": ["true"], "user": "a", "umask": 22}}"#,
            #"""
            web.json:1:49: error: `umask` must be an octal number in a string, not a number
                …"argv": ["true"], "user": "a", "umask": 22}}
                                                         ^
              write three octal digits in quotes, as in `"022"`
            """#),
        WrongFile(
            "a umask that is not octal",
            #"{"/f": {"argv": ["true"], "user": "a", "umask": "028"}}"#,
            #"""
            web.json:1:49: error: `028` is not a umask
                …"argv": ["true"], "user": "a", "umask": "028"}}
                                                         ^
              write three octal digits in quotes, as in `"022"`
            """#),
        WrongFile(
            "a umask that is too large",
            #"{"/f": {"argv": ["true"], "user": "a", "umask": "1777"}}"#,
            #"""
            web.json:1:49: error: `1777` is not a umask
                …"argv": ["true"], "user": "a", "umask": "1777"}}
                                                         ^
              write three octal digits in quotes, as in `"022"`
            """#),
        WrongFile(
            "a umask that is empty",
            #"{"/f": {"argv": ["true"], "user": "a", "umask": ""}}"#,
            #"""
            web.json:1:49: error: `""` is not a umask
                …"argv": ["true"], "user": "a", "umask": ""}}
                                                         ^
              write three octal digits in quotes, as in `"022"`
            """#),
        WrongFile(
            "a settle that is a number",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": 10}}"#,
            #"""
            web.json:1:50: error: `settle` must be a duration in a string, or an object, not a number
                …argv": ["true"], "user": "a", "settle": 10}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`, or `{"quiet": "1s", "max": "10s"}`
            """#),
        WrongFile(
            "a settle without a unit",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": "10"}}"#,
            #"""
            web.json:1:50: error: `10` is not a duration
                …argv": ["true"], "user": "a", "settle": "10"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a settle with a space",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": "10 s"}}"#,
            #"""
            web.json:1:50: error: `10 s` is not a duration
                …argv": ["true"], "user": "a", "settle": "10 s"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a settle that is a fraction",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": "1.5s"}}"#,
            #"""
            web.json:1:50: error: `1.5s` is not a duration
                …argv": ["true"], "user": "a", "settle": "1.5s"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a settle that is negative",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": "-1s"}}"#,
            #"""
            web.json:1:50: error: `-1s` is not a duration
                …argv": ["true"], "user": "a", "settle": "-1s"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a settle in days",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": "1d"}}"#,
            #"""
            web.json:1:50: error: `1d` is not a duration
                …argv": ["true"], "user": "a", "settle": "1d"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a settle that is too long",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": "9999999999999h"}}"#,
            #"""
            web.json:1:50: error: `9999999999999h` is too long
                …argv": ["true"], "user": "a", "settle": "9999999999999h"}}
                                                         ^
              write a shorter duration
            """#),
        WrongFile(
            "a settle without quiet",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": {"max": "1s"}}}"#,
            #"""
            web.json:1:50: error: `settle` has no `quiet`
                …argv": ["true"], "user": "a", "settle": {"max": "1s"}}}
                                                         ^
              write how long to wait for quiet: `"quiet": "250ms"`
            """#),
        WrongFile(
            "a settle with a shorter max",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": {"quiet": "2s", "max": "1s"}}}"#,
            #"""
            web.json:1:50: error: `settle.max` is shorter than `settle.quiet`
                …argv": ["true"], "user": "a", "settle": {"quiet": "2s", "max": "1s"}}}
                                                         ^
              write a `max` that is at least as long as `quiet`
            """#),
        WrongFile(
            "a settle with a wrong quiet and an unknown key",
            #"{"/f": {"argv": ["true"], "user": "a", "settle": {"quiet": 2, "most": "1s"}}}"#,
            #"""
            web.json:1:60: error: `settle.quiet` must be a duration in a string, not a number
                …rue"], "user": "a", "settle": {"quiet": 2, "most": "1s"}}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            web.json:1:63: error: `most` is not a key of `settle`
                …"], "user": "a", "settle": {"quiet": 2, "most": "1s"}}}
                                                         ^
              remove it; the keys are `quiet`, `max`
            """#),
        WrongFile(
            "a catch-up in quotes",
            #"{"/f": {"argv": ["true"], "user": "a", "catch_up": "no"}}"#,
            #"""
            web.json:1:52: error: `catch_up` must be true or false, not a string
                …gv": ["true"], "user": "a", "catch_up": "no"}}
                                                         ^
              write `true` or `false`, without quotes
            """#),
        WrongFile(
            "an interrupted that is misspelt",
            #"{"/f": {"argv": ["true"], "user": "a", "interrupted": "re-run"}}"#,
            #"""
            web.json:1:55: error: `interrupted` can't be `re-run`
                …: ["true"], "user": "a", "interrupted": "re-run"}}
                                                         ^
              write `"rerun"` instead
            """#),
        WrongFile(
            "a poll that is a number",
            #"{"/f": {"argv": ["true"], "user": "a", "poll": 1}}"#,
            #"""
            web.json:1:48: error: `poll` must be a duration in a string, not a number
                …{"argv": ["true"], "user": "a", "poll": 1}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a poll that is an object",
            #"{"/f": {"argv": ["true"], "user": "a", "poll": {"quiet": "1s"}}}"#,
            #"""
            web.json:1:48: error: `poll` must be a duration in a string, not an object
                …{"argv": ["true"], "user": "a", "poll": {"quiet": "1s"}}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a poll without a unit",
            #"{"/f": {"argv": ["true"], "user": "a", "poll": "1"}}"#,
            #"""
            web.json:1:48: error: `1` is not a duration
                …{"argv": ["true"], "user": "a", "poll": "1"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a poll of nothing",
            #"{"/f": {"argv": ["true"], "user": "a", "poll": "0s"}}"#,
            #"""
            web.json:1:48: error: `poll` is shorter than 10 ms
                …{"argv": ["true"], "user": "a", "poll": "0s"}}
                                                         ^
              write `"10ms"` or longer; `"1s"` is usual
            """#),
        WrongFile(
            "a poll that is too short",
            #"{"/f": {"argv": ["true"], "user": "a", "poll": "9ms"}}"#,
            #"""
            web.json:1:48: error: `poll` is shorter than 10 ms
                …{"argv": ["true"], "user": "a", "poll": "9ms"}}
                                                         ^
              write `"10ms"` or longer; `"1s"` is usual
            """#),
        WrongFile(
            "a poll that is too long",
            #"{"/f": {"argv": ["true"], "user": "a", "poll": "9999999999999h"}}"#,
            #"""
            web.json:1:48: error: `9999999999999h` is too long
                …{"argv": ["true"], "user": "a", "poll": "9999999999999h"}}
                                                         ^
              write a shorter duration
            """#),
        WrongFile(
            "an output that is misspelt",
            #"{"/f": {"argv": ["true"], "user": "a", "output": "discrad"}}"#,
            #"""
            web.json:1:50: error: `output` can't be `discrad`
                …argv": ["true"], "user": "a", "output": "discrad"}}
                                                         ^
              write `"discard"` instead
            """#),
        WrongFile(
            "an output that is none",
            #"{"/f": {"argv": ["true"], "user": "a", "output": "syslog"}}"#,
            #"""
            web.json:1:50: error: `output` can't be `syslog`
                …argv": ["true"], "user": "a", "output": "syslog"}}
                                                         ^
              write one of `"record"`, `"inherit"`, `"discard"`
            """#),
        WrongFile(
            "an output that is a boolean",
            #"{"/f": {"argv": ["true"], "user": "a", "output": true}}"#,
            #"""
            web.json:1:50: error: `output` must be a string, not `true`
                …argv": ["true"], "user": "a", "output": true}}
                                                         ^
              write one of `"record"`, `"inherit"`, `"discard"`
            """#),
        WrongFile(
            "a follow that shows what nobody can see",
            #"{"/f": {"argv": ["true"], "user": "a", "follow": "all"}}"#,
            #"""
            web.json:1:50: error: `follow` can't be `all`
                …argv": ["true"], "user": "a", "follow": "all"}}
                                                         ^
              write one of `"none"`, `"status"`, `"output"`
            """#),
        WrongFile(
            "a follow that is a boolean",
            #"{"/f": {"argv": ["true"], "user": "a", "follow": true}}"#,
            #"""
            web.json:1:50: error: `follow` must be a string, not `true`
                …argv": ["true"], "user": "a", "follow": true}}
                                                         ^
              write one of `"none"`, `"status"`, `"output"`
            """#),
        WrongFile(
            "an output_limit that is a boolean",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": true}}"#,
            #"""
            web.json:1:56: error: `output_limit` must be a number of bytes or a size in a string, not `true`
                … ["true"], "user": "a", "output_limit": true}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "an output_limit that is no size",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": "much"}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `much`
                … ["true"], "user": "a", "output_limit": "much"}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "an output_limit with a unit that does not exist",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": "1MB"}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `1MB`
                … ["true"], "user": "a", "output_limit": "1MB"}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "an output_limit that is not whole",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": 1.5}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `1.5`
                … ["true"], "user": "a", "output_limit": 1.5}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "an output_limit that is negative",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": -1}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `-1`
                … ["true"], "user": "a", "output_limit": -1}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "an output_limit that is too small",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": "4095"}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `4095`
                … ["true"], "user": "a", "output_limit": "4095"}}
                                                         ^
              write a size from `"4K"` to `"1G"`
            """#),
        WrongFile(
            "an output_limit of nothing",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": 0}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `0`
                … ["true"], "user": "a", "output_limit": 0}}
                                                         ^
              write a size from `"4K"` to `"1G"`
            """#),
        WrongFile(
            "an output_limit that is too large",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": "2G"}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `2G`
                … ["true"], "user": "a", "output_limit": "2G"}}
                                                         ^
              write a size from `"4K"` to `"1G"`
            """#),
        WrongFile(
            "an output_limit that no number can hold",
            #"{"/f": {"argv": ["true"], "user": "a", "output_limit": "99999999999999999999"}}"#,
            #"""
            web.json:1:56: error: `output_limit` can't be `99999999999999999999`
                … ["true"], "user": "a", "output_limit": "99999999999999999999"}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "several problems in one file",
            "{\n  \"/f\": {\"argv\": [], \"usr\": \"a\"},\n  \"/g\": 1,\n  \"/h\": {\"argv\": [\"true\", 1], \"umask\": 7}\n}\n",
            #"""
            web.json:2:18: error: `argv` is empty
                "/f": {"argv": [], "usr": "a"},
                               ^
              write `["program", "argument"]`
            web.json:2:22: error: `usr` is not a key of an action
                "/f": {"argv": [], "usr": "a"},
                                   ^
              write `user` instead
            web.json:3:9: error: an action must be an object, not a number
                "/g": 1,
                      ^
              write `{"argv": […], "user": "…"}`
            web.json:4:27: error: `argv[1]` must be a string, not a number
                "/h": {"argv": ["true", 1], "umask": 7}
                                        ^
              write `"1"`
            web.json:4:40: error: `umask` must be an octal number in a string, not a number
                "/h": {"argv": ["true", 1], "umask": 7}
                                                     ^
              write three octal digits in quotes, as in `"022"`
            """#),
        WrongFile(
            "a tab before the column",
            "{\"/f\":\t{\"argv\": [\"true\"],\t\"usr\": \"a\"}}",
            #"""
            web.json:1:27: error: `usr` is not a key of an action
                {"/f":\#t{"argv": ["true"],\#t"usr": "a"}}
                      \#t                  \#t^
              write `user` instead
            """#),
        WrongFile(
            "wide and combining text before the column",
            "{\"/日本/e\u{301}\": {\"argv\": [\"true\"], \"usr\": \"a\"}}",
            #"""
            web.json:1:31: error: `usr` is not a key of an action
                {"/日本/e\#u{301}": {"argv": ["true"], "usr": "a"}}
                                               ^
              write `user` instead
            """#),
        WrongFile(
            "text that turns around before the column",
            "{\"/\u{202e}\": {\"argv\": [\"true\"], \"usr\": \"a\"}}",
            #"""
            web.json:1:27: error: `usr` is not a key of an action
                {"/\u{202e}": {"argv": ["true"], "usr": "a"}}
                                                 ^
              write `user` instead
            """#),
        WrongFile(
            "lines that end as on Windows",
            "{\r\n  \"/f\": {\r\n    \"usr\": \"a\", \"argv\": [\"true\"]\r\n  }\r\n}",
            #"""
            web.json:3:5: error: `usr` is not a key of an action
                "usr": "a", "argv": ["true"]
                ^
              write `user` instead
            """#),
        WrongFile(
            "a long line",
            #"{"/000": {"argv": ["true"]},"/001": {"argv": ["true"]},"/002": {"argv": ["true"]},"/003": {"argv": ["true"]},"/004": {"argv": ["true"]},"/005": {"argv": ["true"]},"/006": {"argv": ["true"]},"/007": {"argv": ["true"]},"/008": {"argv": ["true"]},"/009": {"argv": ["true"]}, "/x": {"usr": "a", "argv": ["true"]},"/g000": {"argv": ["true"]},"/g001": {"argv": ["true"]},"/g002": {"argv": ["true"]},"/g003": {"argv": ["true"]},"/g004": {"argv": ["true"]},"/g005": {"argv": ["true"]},"/g006": {"argv": ["true"]},"/g007": {"argv": ["true"]},"/g008": {"argv": ["true"]},"/g009": {"argv": ["true"]}}"#,
            #"""
            web.json:1:280: error: `usr` is not a key of an action
                …e"]},"/009": {"argv": ["true"]}, "/x": {"usr": "a", "argv": ["true"]},"/…
                                                         ^
              write `user` instead
            """#),
    ]
}
