extension WrongFile {
    /// What is JSON but no action file, and keys that are wrong.
    static let structure: [WrongFile] = [
        WrongFile(
            "a list of actions",
            #"[{"path": "/f"}]"#,
            #"""
            web.json:1:1: error: an action file must be an object, not a list
                [{"path": "/f"}]
                ^
              write `{"/path/of/a/file": {"argv": […], "user": "…"}}`
            """#),
        WrongFile(
            "a string for a file",
            #""/f""#,
            #"""
            web.json:1:1: error: an action file must be an object, not a string
                "/f"
                ^
              write `{"/path/of/a/file": {"argv": […], "user": "…"}}`
            """#),
        WrongFile(
            "a number for a file",
            #"42"#,
            #"""
            web.json:1:1: error: an action file must be an object, not a number
                42
                ^
              write `{"/path/of/a/file": {"argv": […], "user": "…"}}`
            """#),
        WrongFile(
            "null for a file",
            #"null"#,
            #"""
            web.json:1:1: error: an action file must be an object, not `null`
                null
                ^
              write `{"/path/of/a/file": {"argv": […], "user": "…"}}`
            """#),
        WrongFile(
            "an action that is a string",
            #"{"/f": "true"}"#,
            #"""
            web.json:1:8: error: an action must be an object, not a string
                {"/f": "true"}
                       ^
              write `{"argv": […], "user": "…"}`
            """#),
        WrongFile(
            "an action that is a list",
            #"{"/f": ["true"]}"#,
            #"""
            web.json:1:8: error: an action must be an object, not a list
                {"/f": ["true"]}
                       ^
              write `{"argv": […], "user": "…"}`
            """#),
        WrongFile(
            "an action that is null",
            #"{"/f": null}"#,
            #"""
            web.json:1:8: error: an action must be an object, not `null`
                {"/f": null}
                       ^
              write `{"argv": […], "user": "…"}`
            """#),
        WrongFile(
            "an empty watched path",
            #"{"": {"argv": ["true"]}}"#,
            #"""
            web.json:1:2: error: the watched path is empty
                {"": {"argv": ["true"]}}
                 ^
              write a path
            """#),
        WrongFile(
            "NUL in a watched path",
            #"{"/f\u0000": {"argv": ["true"]}}"#,
            #"""
            web.json:1:2: error: the watched path holds a NUL character
                {"/f\u0000": {"argv": ["true"]}}
                 ^
              remove `\u0000`: no path, name, argument or variable can hold it
            """#),
        WrongFile(
            "a path that is there twice, and once in another spelling",
            "{\"/a/../f\": {\"argv\": [\"true\"]},\n  \"/f\": {\"argv\": [\"true\"]},\n  \"/f\": {\"argv\": [\"false\"]}}",
            #"""
            web.json:1:2: note: the action for `/f` is overridden by web.json:2:3
                {"/a/../f": {"argv": ["true"]},
                 ^
              remove one of the two, unless this is what you want
            web.json:3:3: error: `/f` was here before, at 2:3
                "/f": {"argv": ["false"]}}
                ^
              keep one of the two
            """#),
        WrongFile(
            "a path that is there twice",
            "{\n  \"/f\": {\"argv\": [\"true\"]},\n  \"/f\": {\"argv\": [\"false\"]}\n}",
            #"""
            web.json:3:3: error: `/f` was here before, at 2:3
                "/f": {"argv": ["false"]}
                ^
              keep one of the two
            """#),
        WrongFile(
            "two spellings of a path that is there twice",
            #"{"/\u0066": {"argv": ["true"]}, "/f": {"argv": ["false"]}}"#,
            #"""
            web.json:1:33: error: `/f` was here before, at 1:2
                {"/\u0066": {"argv": ["true"]}, "/f": {"argv": ["false"]}}
                                                ^
              keep one of the two
            """#),
        WrongFile(
            "two paths that are one",
            "{\n  \"app/x\": {\"argv\": [\"true\"]},\n  \"/srv/./app//x\": {\"argv\": [\"false\"]}\n}",
            #"""
            web.json:2:3: note: the action for `/srv/app/x` is overridden by web.json:3:3
                "app/x": {"argv": ["true"]},
                ^
              remove one of the two, unless this is what you want
            """#),
        WrongFile(
            "an empty action",
            #"{"/f": {}}"#,
            #"""
            web.json:1:2: error: the action for `/f` has no `argv`
                {"/f": {}}
                 ^
              write what to run: `"argv": ["program", "argument"]`
            """#),
        WrongFile(
            "a misspelt key",
            "{\"/f\": {\"argv\": [\"true\"],\n    \"usr\": \"deploy\"}}",
            #"""
            web.json:2:5: error: `usr` is not a key of an action
                "usr": "deploy"}}
                ^
              write `user` instead
            """#),
        WrongFile(
            "a key in upper case",
            #"{"/f": {"argv": ["true"], "user": "a", "UMASK": "022"}}"#,
            #"""
            web.json:1:40: error: `UMASK` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "UMASK": "022"}}
                                                       ^
              write `umask` instead
            """#),
        WrongFile(
            "a key with dashes",
            #"{"/f": {"argv": ["true"], "user": "a", "working-directory": "/"}}"#,
            #"""
            web.json:1:40: error: `working-directory` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "working-directory": "/"}}
                                                       ^
              write `working_directory` instead
            """#),
        WrongFile(
            "what others call a key",
            #"{"/f": {"argv": ["true"], "user": "a", "env": {}}}"#,
            #"""
            web.json:1:40: error: `env` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "env": {}}}
                                                       ^
              write `environment` instead
            """#),
        WrongFile(
            "a key that is like nothing",
            #"{"/f": {"argv": ["true"], "user": "a", "frobnicate": 1}}"#,
            #"""
            web.json:1:40: error: `frobnicate` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "frobnicate": 1}}
                                                       ^
              remove it; the keys are `argv`, `user`, `group`, `supplementary_groups`, `environment`, `working_directory`, `umask`, `limits`, `nice`, `io_class`, `no_new_privileges`, `sandbox`, `on`, `recursive`, `include`, `exclude`, `each`, `settle`, `compare`, `touched_by`, `own_changes`, `poll`, `catch_up`, `interrupted`, `output`, `output_limit`, `stdin`, `follow`, `busy`, `max_parallel`, `busy_signal`, `timeout`, `stop_signal`, `stop_timeout`, `kill`, `retry`, `rate_limit`, `on_failure`, `run_at_start`
            """#),
        WrongFile(
            "an empty key",
            #"{"/f": {"argv": ["true"], "user": "a", "": 1}}"#,
            #"""
            web.json:1:40: error: `""` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "": 1}}
                                                       ^
              remove it; the keys are `argv`, `user`, `group`, `supplementary_groups`, `environment`, `working_directory`, `umask`, `limits`, `nice`, `io_class`, `no_new_privileges`, `sandbox`, `on`, `recursive`, `include`, `exclude`, `each`, `settle`, `compare`, `touched_by`, `own_changes`, `poll`, `catch_up`, `interrupted`, `output`, `output_limit`, `stdin`, `follow`, `busy`, `max_parallel`, `busy_signal`, `timeout`, `stop_signal`, `stop_timeout`, `kill`, `retry`, `rate_limit`, `on_failure`, `run_at_start`
            """#),
        WrongFile(
            "a hostile key",
            #"{"/f": {"argv": ["true"], "user": "a", "\u001b]0;x\u0007yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy": 1}}"#,
            #"""
            web.json:1:40: error: `\x1b]0;x\x07yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "\u001b]0;x\u0007yyyyyyyyyyyyyyyy…
                                                       ^
              remove it; the keys are `argv`, `user`, `group`, `supplementary_groups`, `environment`, `working_directory`, `umask`, `limits`, `nice`, `io_class`, `no_new_privileges`, `sandbox`, `on`, `recursive`, `include`, `exclude`, `each`, `settle`, `compare`, `touched_by`, `own_changes`, `poll`, `catch_up`, `interrupted`, `output`, `output_limit`, `stdin`, `follow`, `busy`, `max_parallel`, `busy_signal`, `timeout`, `stop_signal`, `stop_timeout`, `kill`, `retry`, `rate_limit`, `on_failure`, `run_at_start`
            """#),
        WrongFile(
            "a duplicate key",
            #"{"/f": {"argv": ["true"], "user": "a", "user": "b"}}"#,
            #"""
            web.json:1:40: error: `user` was here before, at 1:27
                {"/f": {"argv": ["true"], "user": "a", "user": "b"}}
                                                       ^
              keep one of the two
            """#),
        WrongFile(
            "a `$` key inside of an action",
            #"{"/f": {"argv": ["true"], "user": "a", "$comment": "x"}}"#,
            #"""
            web.json:1:40: error: `$comment` is not a key of an action
                {"/f": {"argv": ["true"], "user": "a", "$comment": "x"}}
                                                       ^
              remove it; the keys are `argv`, `user`, `group`, `supplementary_groups`, `environment`, `working_directory`, `umask`, `limits`, `nice`, `io_class`, `no_new_privileges`, `sandbox`, `on`, `recursive`, `include`, `exclude`, `each`, `settle`, `compare`, `touched_by`, `own_changes`, `poll`, `catch_up`, `interrupted`, `output`, `output_limit`, `stdin`, `follow`, `busy`, `max_parallel`, `busy_signal`, `timeout`, `stop_signal`, `stop_timeout`, `kill`, `retry`, `rate_limit`, `on_failure`, `run_at_start`
            """#),
    ]
}
