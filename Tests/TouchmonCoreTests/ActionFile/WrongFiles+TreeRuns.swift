extension WrongFile {
    /// Wrong keys for patterns and directories: what goes with their runs.
    static let treeRuns: [WrongFile] = [
        WrongFile(
            "an each that is like nothing",
            #"{"/d/": {"argv": ["true"], "user": "root", "each": "path"}}"#,
            #"""
            web.json:1:52: error: `each` can't be `path`
                …rgv": ["true"], "user": "root", "each": "path"}}
                                                         ^
              write one of `"batch"`, `"file"`
            """#),
        WrongFile(
            "an each that is nearly one",
            #"{"/d/": {"argv": ["true"], "user": "root", "each": "files"}}"#,
            #"""
            web.json:1:52: error: `each` can't be `files`
                …rgv": ["true"], "user": "root", "each": "files"}}
                                                         ^
              write `"file"` instead
            """#),
        WrongFile(
            "an each that is a list",
            #"{"/d/": {"argv": ["true"], "user": "root", "each": ["file"]}}"#,
            #"""
            web.json:1:52: error: `each` must be a string, not a list
                …rgv": ["true"], "user": "root", "each": ["file"]}}
                                                         ^
              write one of `"batch"`, `"file"`
            """#),
        WrongFile(
            "a stdin that is like nothing",
            #"{"/d/": {"argv": ["true"], "user": "root", "stdin": "/dev/zero"}}"#,
            #"""
            web.json:1:53: error: `stdin` can't be `/dev/zero`
                …gv": ["true"], "user": "root", "stdin": "/dev/zero"}}
                                                         ^
              write `"changes"`, or `null`
            """#),
        WrongFile(
            "a stdin that is false",
            #"{"/d/": {"argv": ["true"], "user": "root", "stdin": false}}"#,
            #"""
            web.json:1:53: error: `stdin` must be `null` or a string, not `false`
                …gv": ["true"], "user": "root", "stdin": false}}
                                                         ^
              write `"changes"`, or `null`
            """#),
        WrongFile(
            "states of a directory's files",
            #"{"/d/": {"argv": ["true"], "user": "root", "on": ["touch", "exists"]}}"#,
            #"""
            web.json:1:44: error: `exists` and `not_empty` are states of one path, and not of a pattern or a directory
                …d/": {"argv": ["true"], "user": "root", "on": ["touch", "exists"]}}
                                                         ^
              write the path as a key of its own, without `/` at its end, or count `create` here
            """#),
        WrongFile(
            "contents of a pattern's files",
            #"{"/d/*": {"argv": ["true"], "user": "root", "compare": "content"}}"#,
            #"""
            web.json:1:45: error: the files of a pattern or a directory can't be compared by `content`
                …/*": {"argv": ["true"], "user": "root", "compare": "content"}}
                                                         ^
              remove `compare`; only a path of its own can have it
            """#),
        WrongFile(
            "runs for one file side by side",
            #"{"/d/*": {"argv": ["true"], "user": "root", "each": "file", "busy": "parallel"}}"#,
            #"""
            web.json:1:61: error: `busy` can't be `parallel` with `each` set to `file`: no file has two runs at once
                …true"], "user": "root", "each": "file", "busy": "parallel"}}
                                                         ^
              remove `busy`: runs for different files go on side by side, up to `max_parallel` of them
            """#),
        WrongFile(
            "a signal to the run of one file",
            #"{"/d/*": {"argv": ["true"], "user": "root", "each": "file", "busy": "signal"}}"#,
            #"""
            web.json:1:61: error: `busy` can't be `signal` with `each` set to `file`
                …true"], "user": "root", "each": "file", "busy": "signal"}}
                                                         ^
              write `"queue"`, `"skip"` or `"restart"`, each of which is for one file at a time
            """#),
        WrongFile(
            "a run for no file at the start",
            #"{"/d/*": {"argv": ["true"], "user": "root", "each": "file", "run_at_start": true}}"#,
            #"""
            web.json:1:61: error: there is no file that a run at the start would be for
                …true"], "user": "root", "each": "file", "run_at_start": true}}
                                                         ^
              remove `run_at_start`, or set `each` to `batch`
            """#),
        WrongFile(
            "one path for many files",
            #"{"/d/*": {"argv": ["echo", "{path}"], "user": "root"}}"#,
            #"""
            web.json:1:28: error: a run may be for many paths unless `each` is set to `file`
                {"/d/*": {"argv": ["echo", "{path}"], "user": "root"}}
                                           ^
              write `"{paths}"`, or add `"each": "file"`
            """#),
        WrongFile(
            "many paths for one file",
            #"{"/d/*": {"argv": ["echo", "a", "{paths}"], "user": "root", "each": "file"}}"#,
            #"""
            web.json:1:33: error: a run has one path with `each` set to `file`
                {"/d/*": {"argv": ["echo", "a", "{paths}"], "user": "root", "each": "fil…
                                                ^
              write `"{path}"`
            """#),
        WrongFile(
            "a program that is what was touched",
            #"{"/d/*": {"argv": ["{path}"], "user": "root", "each": "file"}}"#,
            #"""
            web.json:1:20: error: the program can't be the file that was touched
                {"/d/*": {"argv": ["{path}"], "user": "root", "each": "file"}}
                                   ^
              write the program that is to run, and `"{path}"` behind it
            """#),
        WrongFile(
            "a path behind an argument that is none",
            #"{"/d/*": {"argv": ["echo", 1, "{path}"], "user": "root"}}"#,
            #"""
            web.json:1:28: error: `argv[1]` must be a string, not a number
                {"/d/*": {"argv": ["echo", 1, "{path}"], "user": "root"}}
                                           ^
              write `"1"`
            """#),
        WrongFile(
            "an on_failure with a key for patterns",
            #"{"/d/": {"argv": ["true"], "user": "root", "on_failure": {"argv": ["true"], "include": ["a"]}}}"#,
            #"""
            web.json:1:77: error: `include` has no place in `on_failure`
                …root", "on_failure": {"argv": ["true"], "include": ["a"]}}}
                                                         ^
              remove it: `on_failure` says how a command runs, and runs once for each failure
            """#),
        WrongFile(
            "a pattern that is there twice, once in another spelling",
            "{\"/d/*\": {\"argv\": [\"true\"], \"user\": \"root\"},\n \"/d/./x/../*\": {\"argv\": [\"true\"], \"user\": \"root\"}}",
            #"""
            web.json:1:2: note: the action for `/d/*` is overridden by web.json:2:2
                {"/d/*": {"argv": ["true"], "user": "root"},
                 ^
              remove one of the two, unless this is what you want
            """#),
        WrongFile(
            "a directory that is there twice, once as what recursive makes of it",
            "{\"/d\": {\"argv\": [\"true\"], \"user\": \"root\", \"recursive\": true},\n \"/d/\": {\"argv\": [\"true\"], \"user\": \"root\"}}",
            #"""
            web.json:1:2: note: the action for `/d/` is overridden by web.json:2:2
                {"/d": {"argv": ["true"], "user": "root", "recursive": true},
                 ^
              remove one of the two, unless this is what you want
            """#),
        WrongFile(
            "what others call include",
            #"{"/d/": {"argv": ["true"], "user": "root", "glob": ["*.c"]}}"#,
            #"""
            web.json:1:44: error: `glob` is not a key of an action
                …d/": {"argv": ["true"], "user": "root", "glob": ["*.c"]}}
                                                         ^
              write `include` instead
            """#),
    ]
}
