extension WrongFile {
    /// What is wrong with what runs when a run failed.
    static let handlers: [WrongFile] = [
        WrongFile(
            "an on_failure that is a list",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": ["true"]}}"#,
            #"""
            web.json:1:54: error: `on_failure` must be an object, not a list
                …": ["true"], "user": "a", "on_failure": ["true"]}}
                                                         ^
              write `{"argv": ["program", "argument"]}`
            """#),
        WrongFile(
            "an on_failure without argv",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"user": "b"}}}"#,
            #"""
            web.json:1:54: error: `on_failure` has no `argv`
                …": ["true"], "user": "a", "on_failure": {"user": "b"}}}
                                                         ^
              write what to run: `"argv": ["program", "argument"]`
            """#),
        WrongFile(
            "an on_failure with an empty argv",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": []}}}"#,
            #"""
            web.json:1:63: error: `argv` is empty
                …"], "user": "a", "on_failure": {"argv": []}}}
                                                         ^
              write `["program", "argument"]`
            """#),
        WrongFile(
            "an on_failure with a key that says when",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "settle": "1s"}}}"#,
            #"""
            web.json:1:70: error: `settle` has no place in `on_failure`
                …er": "a", "on_failure": {"argv": ["x"], "settle": "1s"}}}
                                                         ^
              remove it: `on_failure` says how a command runs, and runs once for each failure
            """#),
        WrongFile(
            "an on_failure of an on_failure",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "on_failure": {}}}}"#,
            #"""
            web.json:1:70: error: `on_failure` has no place in `on_failure`
                …er": "a", "on_failure": {"argv": ["x"], "on_failure": {}}}}
                                                         ^
              remove it: `on_failure` says how a command runs, and runs once for each failure
            """#),
        WrongFile(
            "an on_failure with a misspelt key",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "usr": "b"}}}"#,
            #"""
            web.json:1:70: error: `usr` is not a key of `on_failure`
                …er": "a", "on_failure": {"argv": ["x"], "usr": "b"}}}
                                                         ^
              write `user` instead
            """#),
        WrongFile(
            "an on_failure with what others call a key",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "env": {}}}}"#,
            #"""
            web.json:1:70: error: `env` is not a key of `on_failure`
                …er": "a", "on_failure": {"argv": ["x"], "env": {}}}}
                                                         ^
              write `environment` instead
            """#),
        WrongFile(
            "an on_failure with a key that is like nothing",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "frobnicate": 1}}}"#,
            #"""
            web.json:1:70: error: `frobnicate` is not a key of `on_failure`
                …er": "a", "on_failure": {"argv": ["x"], "frobnicate": 1}}}
                                                         ^
              remove it; the keys are `argv`, `user`, `group`, `supplementary_groups`, `environment`, `working_directory`, `umask`, `limits`, `nice`, `io_class`, `no_new_privileges`, `sandbox`, `output`, `output_limit`, `timeout`, `stop_signal`, `stop_timeout`, `kill`
            """#),
        WrongFile(
            "an on_failure with a key twice",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "argv": ["y"]}}}"#,
            #"""
            web.json:1:70: error: `argv` was here before, at 1:55
                …er": "a", "on_failure": {"argv": ["x"], "argv": ["y"]}}}
                                                         ^
              keep one of the two
            """#),
        WrongFile(
            "an on_failure with a value of a wrong form",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "nice": "1"}}}"#,
            #"""
            web.json:1:78: error: `nice` must be a whole number, not a string
                …, "on_failure": {"argv": ["x"], "nice": "1"}}}
                                                         ^
              write a whole number from -20 (runs first) to 19 (runs last)
            """#),
        WrongFile(
            "an on_failure with a sandbox that may gain privileges",
            #"{"/f": {"argv": ["true"], "user": "a", "on_failure": {"argv": ["x"], "sandbox": {"execute": ["/"]}, "no_new_privileges": false}}}"#,
            #"""
            web.json:1:122: error: a run with a `sandbox` can't gain privileges
                …"execute": ["/"]}, "no_new_privileges": false}}}
                                                         ^
              remove `no_new_privileges`: `sandbox` implies that it is `true`
            """#),
        WrongFile(
            "what others call on_failure",
            #"{"/f": {"argv": ["true"], "user": "a", "on_error": {"argv": ["x"]}}}"#,
            #"""
            web.json:1:40: error: `on_error` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "on_error": {"argv": ["x"]}}}
                                                       ^
              write `on_failure` instead
            """#),
    ]
}
