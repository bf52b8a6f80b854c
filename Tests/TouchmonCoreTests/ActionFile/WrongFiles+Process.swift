extension WrongFile {
    /// Wrong values of what a run's process gets besides its identity and its limits.
    static let process: [WrongFile] = [
        WrongFile(
            "a nice in a string",
            #"{"/f": {"argv": ["true"], "user": "root", "nice": "10"}}"#,
            #"""
            web.json:1:51: error: `nice` must be a whole number, not a string
                …rgv": ["true"], "user": "root", "nice": "10"}}
                                                         ^
              write a whole number from -20 (runs first) to 19 (runs last)
            """#),
        WrongFile(
            "a nice that is too high",
            #"{"/f": {"argv": ["true"], "user": "root", "nice": 20}}"#,
            #"""
            web.json:1:51: error: `nice` can't be `20`
                …rgv": ["true"], "user": "root", "nice": 20}}
                                                         ^
              write a whole number from -20 (runs first) to 19 (runs last)
            """#),
        WrongFile(
            "a nice that is too low",
            #"{"/f": {"argv": ["true"], "user": "root", "nice": -21}}"#,
            #"""
            web.json:1:51: error: `nice` can't be `-21`
                …rgv": ["true"], "user": "root", "nice": -21}}
                                                         ^
              write a whole number from -20 (runs first) to 19 (runs last)
            """#),
        WrongFile(
            "a nice that is a fraction",
            #"{"/f": {"argv": ["true"], "user": "root", "nice": 1.5}}"#,
            #"""
            web.json:1:51: error: `nice` can't be `1.5`
                …rgv": ["true"], "user": "root", "nice": 1.5}}
                                                         ^
              write a whole number from -20 (runs first) to 19 (runs last)
            """#),
        WrongFile(
            "a nice that is far too high",
            #"{"/f": {"argv": ["true"], "user": "root", "nice": 1000}}"#,
            #"""
            web.json:1:51: error: `nice` can't be `1000`
                …rgv": ["true"], "user": "root", "nice": 1000}}
                                                         ^
              write a whole number from -20 (runs first) to 19 (runs last)
            """#),
        WrongFile(
            "an I/O class that is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "io_class": 3}}"#,
            #"""
            web.json:1:55: error: `io_class` must be a string, not a number
                …: ["true"], "user": "root", "io_class": 3}}
                                                         ^
              write `"realtime"`, `"best_effort"` or `"idle"`; the first two may have a level from 0 (first) to 7, as in `"best_effort:7"`
            """#),
        WrongFile(
            "an I/O class as systemd spells it",
            #"{"/f": {"argv": ["true"], "user": "root", "io_class": "best-effort"}}"#,
            #"""
            web.json:1:55: error: `io_class` can't be `best-effort`
                …: ["true"], "user": "root", "io_class": "best-effort"}}
                                                         ^
              write `"best_effort"` instead
            """#),
        WrongFile(
            "an I/O class that is none",
            #"{"/f": {"argv": ["true"], "user": "root", "io_class": "none"}}"#,
            #"""
            web.json:1:55: error: `io_class` can't be `none`
                …: ["true"], "user": "root", "io_class": "none"}}
                                                         ^
              write `"realtime"`, `"best_effort"` or `"idle"`; the first two may have a level from 0 (first) to 7, as in `"best_effort:7"`
            """#),
        WrongFile(
            "an I/O level that is too high",
            #"{"/f": {"argv": ["true"], "user": "root", "io_class": "realtime:8"}}"#,
            #"""
            web.json:1:55: error: `io_class` can't be `realtime:8`
                …: ["true"], "user": "root", "io_class": "realtime:8"}}
                                                         ^
              write `"realtime"`, `"best_effort"` or `"idle"`; the first two may have a level from 0 (first) to 7, as in `"best_effort:7"`
            """#),
        WrongFile(
            "an I/O level that is signed",
            #"{"/f": {"argv": ["true"], "user": "root", "io_class": "realtime:+1"}}"#,
            #"""
            web.json:1:55: error: `io_class` can't be `realtime:+1`
                …: ["true"], "user": "root", "io_class": "realtime:+1"}}
                                                         ^
              write `"realtime"`, `"best_effort"` or `"idle"`; the first two may have a level from 0 (first) to 7, as in `"best_effort:7"`
            """#),
        WrongFile(
            "an I/O level that is empty",
            #"{"/f": {"argv": ["true"], "user": "root", "io_class": "realtime:"}}"#,
            #"""
            web.json:1:55: error: `io_class` can't be `realtime:`
                …: ["true"], "user": "root", "io_class": "realtime:"}}
                                                         ^
              write `"realtime"`, `"best_effort"` or `"idle"`; the first two may have a level from 0 (first) to 7, as in `"best_effort:7"`
            """#),
        WrongFile(
            "an I/O level of idle",
            #"{"/f": {"argv": ["true"], "user": "root", "io_class": "idle:0"}}"#,
            #"""
            web.json:1:55: error: `io_class` can't be `idle:0`
                …: ["true"], "user": "root", "io_class": "idle:0"}}
                                                         ^
              write `"realtime"`, `"best_effort"` or `"idle"`; the first two may have a level from 0 (first) to 7, as in `"best_effort:7"`
            """#),
        WrongFile(
            "new privileges in quotes",
            #"{"/f": {"argv": ["true"], "user": "root", "no_new_privileges": "yes"}}"#,
            #"""
            web.json:1:64: error: `no_new_privileges` must be true or false, not a string
                …], "user": "root", "no_new_privileges": "yes"}}
                                                         ^
              write `true` or `false`, without quotes
            """#),
        WrongFile(
            "a sandbox that is true",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": true}}"#,
            #"""
            web.json:1:54: error: `sandbox` must be an object of lists of paths, not `true`
                …": ["true"], "user": "root", "sandbox": true}}
                                                         ^
              write `{"execute": ["/usr", "/lib", "/lib64", "/bin"], "read": ["/etc"], "write": ["/srv/app"]}`
            """#),
        WrongFile(
            "a sandbox that is empty",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {}}}"#,
            #"""
            web.json:1:54: error: `sandbox` lets nothing be executed, not even the program
                …": ["true"], "user": "root", "sandbox": {}}}
                                                         ^
              list the program and its libraries: `"execute": ["/usr", "/lib", "/lib64", "/bin"]`
            """#),
        WrongFile(
            "a sandbox of empty lists",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"read": [], "write": [], "execute": []}}}"#,
            #"""
            web.json:1:54: error: `sandbox` lets nothing be executed, not even the program
                …": ["true"], "user": "root", "sandbox": {"read": [], "write": [], "execu…
                                                         ^
              list the program and its libraries: `"execute": ["/usr", "/lib", "/lib64", "/bin"]`
            """#),
        WrongFile(
            "a sandbox that executes nothing",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"read": ["/"], "write": ["/"]}}}"#,
            #"""
            web.json:1:54: error: `sandbox` lets nothing be executed, not even the program
                …": ["true"], "user": "root", "sandbox": {"read": ["/"], "write": ["/"]}}…
                                                         ^
              list the program and its libraries: `"execute": ["/usr", "/lib", "/lib64", "/bin"]`
            """#),
        WrongFile(
            "a sandbox with an unknown key",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": ["/usr"], "reed": ["/"], "network": []}}}"#,
            #"""
            web.json:1:76: error: `reed` is not a key of `sandbox`
                …root", "sandbox": {"execute": ["/usr"], "reed": ["/"], "network": []}}}
                                                         ^
              write `read` instead
            web.json:1:91: error: `network` is not a key of `sandbox`
                …": {"execute": ["/usr"], "reed": ["/"], "network": []}}}
                                                         ^
              remove it; the keys are `read`, `write`, `execute`
            """#),
        WrongFile(
            "a sandbox with a path and not a list",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": "/usr"}}}"#,
            #"""
            web.json:1:66: error: `sandbox.execute` must be a list of paths, not a string
                … "user": "root", "sandbox": {"execute": "/usr"}}}
                                                         ^
              write `["/srv/app"]`
            """#),
        WrongFile(
            "a sandbox with a number",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": ["/usr", 1]}}}"#,
            #"""
            web.json:1:75: error: `sandbox.execute[1]` must be an absolute path in a string, not a number
                …"root", "sandbox": {"execute": ["/usr", 1]}}}
                                                         ^
              write a path that begins with `/`
            """#),
        WrongFile(
            "a sandbox with a relative path",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": ["usr"], "read": ["."]}}}"#,
            #"""
            web.json:1:67: error: `sandbox.execute[0]` must be an absolute path
                …"user": "root", "sandbox": {"execute": ["usr"], "read": ["."]}}}
                                                         ^
              write a path that begins with `/`
            web.json:1:84: error: `sandbox.read[0]` must be an absolute path
                …sandbox": {"execute": ["usr"], "read": ["."]}}}
                                                         ^
              write a path that begins with `/`
            """#),
        WrongFile(
            "a sandbox with an empty path",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": ["/usr"], "read": [""]}}}"#,
            #"""
            web.json:1:85: error: `sandbox.read[0]` must be an absolute path
                …andbox": {"execute": ["/usr"], "read": [""]}}}
                                                         ^
              write a path that begins with `/`
            """#),
        WrongFile(
            "a sandbox with NUL",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": ["/usr\u0000"]}}}"#,
            #"""
            web.json:1:67: error: `sandbox.execute[0]` holds a NUL character
                …"user": "root", "sandbox": {"execute": ["/usr\u0000"]}}}
                                                         ^
              remove `\u0000`: no path, name, argument or variable can hold it
            """#),
        WrongFile(
            "a sandbox with a list that is there twice",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": ["/usr"], "execute": ["/bin"]}}}"#,
            #"""
            web.json:1:76: error: `execute` was here before, at 1:55
                …root", "sandbox": {"execute": ["/usr"], "execute": ["/bin"]}}}
                                                         ^
              keep one of the two
            """#),
        WrongFile(
            "a sandbox that is to gain privileges",
            #"{"/f": {"argv": ["true"], "user": "root", "sandbox": {"execute": ["/usr"]}, "no_new_privileges": false}}"#,
            #"""
            web.json:1:98: error: a run with a `sandbox` can't gain privileges
                …ecute": ["/usr"]}, "no_new_privileges": false}}
                                                         ^
              remove `no_new_privileges`: `sandbox` implies that it is `true`
            """#),
        WrongFile(
            "a sandbox with too few files",
            #"{"/f": {"argv": ["true"], "user": "root", "limits": {"open_files": 4}, "sandbox": {"execute": ["/usr"]}}}"#,
            #"""
            web.json:1:53: error: `limits.open_files` is too small for a `sandbox` to be set up
                …v": ["true"], "user": "root", "limits": {"open_files": 4}, "sandbox": {"…
                                                         ^
              write `5` or more
            """#),
        WrongFile(
            "what others call these keys",
            #"{"/f": {"argv": ["true"], "user": "root", "ulimits": {}, "niceness": 1, "ionice": "idle", "no_new_privs": true, "landlock": {}}}"#,
            #"""
            web.json:1:43: error: `ulimits` is not a key of an action
                …/f": {"argv": ["true"], "user": "root", "ulimits": {}, "niceness": 1, "i…
                                                         ^
              write `limits` instead
            web.json:1:58: error: `niceness` is not a key of an action
                …"true"], "user": "root", "ulimits": {}, "niceness": 1, "ionice": "idle",…
                                                         ^
              write `nice` instead
            web.json:1:73: error: `ionice` is not a key of an action
                …: "root", "ulimits": {}, "niceness": 1, "ionice": "idle", "no_new_privs"…
                                                         ^
              write `io_class` instead
            web.json:1:91: error: `no_new_privs` is not a key of an action
                …": {}, "niceness": 1, "ionice": "idle", "no_new_privs": true, "landlock"…
                                                         ^
              write `no_new_privileges` instead
            web.json:1:113: error: `landlock` is not a key of an action
                …"ionice": "idle", "no_new_privs": true, "landlock": {}}}
                                                         ^
              write `sandbox` instead
            """#),
    ]
}
