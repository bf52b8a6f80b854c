extension WrongFile {
    /// Wrong limits.
    static let limits: [WrongFile] = [
        WrongFile(
            "limits that are a number",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": 1024}}"#,
            #"""
            web.json:1:53: error: `limits` must be an object of limits, not a number
                …v": ["true"], "user": "root", "limits": 1024}}
                                                         ^
              write `{"open_files": 1024, "memory": "512M"}`
            """#),
        WrongFile(
            "an empty name of a limit, and one that others use",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"": 1, "nofile": 64, "LimitAS": 1}}}"#,
            #"""
            web.json:1:54: error: `""` is not a key of `limits`
                …": ["true"], "user": "root", "limits": {"": 1, "nofile": 64, "LimitAS": …
                                                         ^
              remove it; the keys are `open_files`, `processes`, `memory`, `cpu_time`, `file_size`, `core`
            web.json:1:61: error: `nofile` is not a key of `limits`
                …ue"], "user": "root", "limits": {"": 1, "nofile": 64, "LimitAS": 1}}}
                                                         ^
              write `open_files` instead
            web.json:1:75: error: `LimitAS` is not a key of `limits`
                …"root", "limits": {"": 1, "nofile": 64, "LimitAS": 1}}}
                                                         ^
              write `memory` instead
            """#),
        WrongFile(
            "a limit that is misspelt",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"open_file": 64}}}"#,
            #"""
            web.json:1:54: error: `open_file` is not a key of `limits`
                …": ["true"], "user": "root", "limits": {"open_file": 64}}}
                                                         ^
              write `open_files` instead
            """#),
        WrongFile(
            "a limit that is none",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"threads": 64}}}"#,
            #"""
            web.json:1:54: error: `threads` is not a key of `limits`
                …": ["true"], "user": "root", "limits": {"threads": 64}}}
                                                         ^
              remove it; the keys are `open_files`, `processes`, `memory`, `cpu_time`, `file_size`, `core`
            """#),
        WrongFile(
            "a limit that is there twice",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"core": 0, "core": 1}}}"#,
            #"""
            web.json:1:65: error: `core` was here before, at 1:54
                …, "user": "root", "limits": {"core": 0, "core": 1}}}
                                                         ^
              keep one of the two
            """#),
        WrongFile(
            "a count in a string",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"open_files": "64"}}}"#,
            #"""
            web.json:1:68: error: `limits.open_files` must be a number, not a string
                …user": "root", "limits": {"open_files": "64"}}}
                                                         ^
              write a whole number, as in `1024`
            """#),
        WrongFile(
            "a count that is a fraction",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"open_files": 1.5}}}"#,
            #"""
            web.json:1:68: error: `limits.open_files` can't be `1.5`
                …user": "root", "limits": {"open_files": 1.5}}}
                                                         ^
              write a whole number, as in `1024`
            """#),
        WrongFile(
            "a count that is negative",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"processes": -1}}}"#,
            #"""
            web.json:1:67: error: `limits.processes` can't be `-1`
                …"user": "root", "limits": {"processes": -1}}}
                                                         ^
              write a whole number, as in `1024`
            """#),
        WrongFile(
            "a count that is too large",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"processes": 9223372036854775808}}}"#,
            #"""
            web.json:1:67: error: `limits.processes` can't be `9223372036854775808`
                …"user": "root", "limits": {"processes": 9223372036854775808}}}
                                                         ^
              write a whole number, as in `1024`
            """#),
        WrongFile(
            "fewer files than every process has",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"open_files": 2}}}"#,
            #"""
            web.json:1:68: error: `limits.open_files` is too small for any program
                …user": "root", "limits": {"open_files": 2}}}
                                                         ^
              write `3` or more
            """#),
        WrongFile(
            "no process",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"processes": 0}}}"#,
            #"""
            web.json:1:67: error: `limits.processes` is too small for any program
                …"user": "root", "limits": {"processes": 0}}}
                                                         ^
              write `1` or more
            """#),
        WrongFile(
            "a size with a wrong unit",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"memory": "512MB"}}}"#,
            #"""
            web.json:1:64: error: `limits.memory` can't be `512MB`
                …], "user": "root", "limits": {"memory": "512MB"}}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "a size that is a fraction",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"memory": 1e6}}}"#,
            #"""
            web.json:1:64: error: `limits.memory` can't be `1e6`
                …], "user": "root", "limits": {"memory": 1e6}}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "a size that is negative",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"file_size": -1}}}"#,
            #"""
            web.json:1:67: error: `limits.file_size` can't be `-1`
                …"user": "root", "limits": {"file_size": -1}}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "a size that is too large",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"file_size": "8388608T"}}}"#,
            #"""
            web.json:1:67: error: `limits.file_size` can't be `8388608T`
                …"user": "root", "limits": {"file_size": "8388608T"}}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "a size that is true",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"core": true}}}"#,
            #"""
            web.json:1:62: error: `limits.core` must be a number of bytes or a size in a string, not `true`
                …e"], "user": "root", "limits": {"core": true}}}
                                                         ^
              write bytes, or a whole number with `K`, `M`, `G` or `T` in quotes, as in `"512M"`
            """#),
        WrongFile(
            "less memory than any program needs",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"memory": "1023K"}}}"#,
            #"""
            web.json:1:64: error: `limits.memory` is too small for any program
                …], "user": "root", "limits": {"memory": "1023K"}}}
                                                         ^
              write `"1M"` or more
            """#),
        WrongFile(
            "a time that is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"cpu_time": 60}}}"#,
            #"""
            web.json:1:66: error: `limits.cpu_time` must be a duration in a string, not a number
                … "user": "root", "limits": {"cpu_time": 60}}}
                                                         ^
              write whole seconds, as in `"60s"`
            """#),
        WrongFile(
            "a time without a unit",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"cpu_time": "60"}}}"#,
            #"""
            web.json:1:66: error: `60` is not a duration
                … "user": "root", "limits": {"cpu_time": "60"}}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a time that is not whole seconds",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"cpu_time": "1500ms"}}}"#,
            #"""
            web.json:1:66: error: `limits.cpu_time` is not in whole seconds
                … "user": "root", "limits": {"cpu_time": "1500ms"}}}
                                                         ^
              write whole seconds, as in `"60s"`
            """#),
        WrongFile(
            "no time",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"cpu_time": "0s"}}}"#,
            #"""
            web.json:1:66: error: `limits.cpu_time` is too small for any program
                … "user": "root", "limits": {"cpu_time": "0s"}}}
                                                         ^
              write `"1s"` or more
            """#),
    ]
}
