extension WrongFile {
    /// When runs begin and how they end, wrong.
    static let policies: [WrongFile] = [
        WrongFile(
            "a busy that is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "busy": 1}}"#,
            #"""
            web.json:1:51: error: `busy` must be a string, not a number
                …rgv": ["true"], "user": "root", "busy": 1}}
                                                         ^
              write one of `"queue"`, `"skip"`, `"restart"`, `"parallel"`, `"signal"`
            """#),
        WrongFile(
            "a busy that is none",
            #"{"/f": {"argv": ["true"], "user": "root", "busy": "ignore"}}"#,
            #"""
            web.json:1:51: error: `busy` can't be `ignore`
                …rgv": ["true"], "user": "root", "busy": "ignore"}}
                                                         ^
              write one of `"queue"`, `"skip"`, `"restart"`, `"parallel"`, `"signal"`
            """#),
        WrongFile(
            "a misspelt busy",
            #"{"/f": {"argv": ["true"], "user": "root", "busy": "que"}}"#,
            #"""
            web.json:1:51: error: `busy` can't be `que`
                …rgv": ["true"], "user": "root", "busy": "que"}}
                                                         ^
              write one of `"queue"`, `"skip"`, `"restart"`, `"parallel"`, `"signal"`
            """#),
        WrongFile(
            "a kill that is none",
            #"{"/f": {"argv": ["true"], "user": "root", "kill": "control-group"}}"#,
            #"""
            web.json:1:51: error: `kill` can't be `control-group`
                …rgv": ["true"], "user": "root", "kill": "control-group"}}
                                                         ^
              write one of `"group"`, `"all"`
            """#),
        WrongFile(
            "a kill in upper case",
            #"{"/f": {"argv": ["true"], "user": "root", "kill": "ALL"}}"#,
            #"""
            web.json:1:51: error: `kill` can't be `ALL`
                …rgv": ["true"], "user": "root", "kill": "ALL"}}
                                                         ^
              write `"all"` instead
            """#),
        WrongFile(
            "a kill that is true",
            #"{"/f": {"argv": ["true"], "user": "root", "kill": true}}"#,
            #"""
            web.json:1:51: error: `kill` must be a string, not `true`
                …rgv": ["true"], "user": "root", "kill": true}}
                                                         ^
              write one of `"group"`, `"all"`
            """#),
        WrongFile(
            "what others call kill",
            #"{"/f": {"argv": ["true"], "user": "root", "kill_mode": "all"}}"#,
            #"""
            web.json:1:43: error: `kill_mode` is not a key of an action
                …/f": {"argv": ["true"], "user": "root", "kill_mode": "all"}}
                                                         ^
              write `kill` instead
            """#),
        WrongFile(
            "a max_parallel that is a string",
            #"{"/f": {"argv": ["true"], "user": "root", "max_parallel": "4"}}"#,
            #"""
            web.json:1:59: error: `max_parallel` must be a number, not a string
                …true"], "user": "root", "max_parallel": "4"}}
                                                         ^
              write a number, without quotes
            """#),
        WrongFile(
            "a max_parallel of zero",
            #"{"/f": {"argv": ["true"], "user": "root", "max_parallel": 0}}"#,
            #"""
            web.json:1:59: error: `max_parallel` can't be `0`
                …true"], "user": "root", "max_parallel": 0}}
                                                         ^
              write a whole number from 1 to 1000
            """#),
        WrongFile(
            "a max_parallel that is too large",
            #"{"/f": {"argv": ["true"], "user": "root", "max_parallel": 1001}}"#,
            #"""
            web.json:1:59: error: `max_parallel` can't be `1001`
                …true"], "user": "root", "max_parallel": 1001}}
                                                         ^
              write a whole number from 1 to 1000
            """#),
        WrongFile(
            "a max_parallel that is not whole",
            #"{"/f": {"argv": ["true"], "user": "root", "max_parallel": 2.5}}"#,
            #"""
            web.json:1:59: error: `max_parallel` can't be `2.5`
                …true"], "user": "root", "max_parallel": 2.5}}
                                                         ^
              write a whole number from 1 to 1000
            """#),
        WrongFile(
            "a busy_signal that is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "busy_signal": 1}}"#,
            #"""
            web.json:1:58: error: `busy_signal` must be the name of a signal in a string, not a number
                …"true"], "user": "root", "busy_signal": 1}}
                                                         ^
              write the name of a signal, as in `"TERM"`
            """#),
        WrongFile(
            "a signal that does not exist",
            #"{"/f": {"argv": ["true"], "user": "root", "busy_signal": "HANGUP"}}"#,
            #"""
            web.json:1:58: error: `HANGUP` is not a signal
                …"true"], "user": "root", "busy_signal": "HANGUP"}}
                                                         ^
              write the name of a signal, as in `"TERM"`
            """#),
        WrongFile(
            "a misspelt signal",
            #"{"/f": {"argv": ["true"], "user": "root", "stop_signal": "TREM"}}"#,
            #"""
            web.json:1:58: error: `TREM` is not a signal
                …"true"], "user": "root", "stop_signal": "TREM"}}
                                                         ^
              write the name of a signal, as in `"TERM"`
            """#),
        WrongFile(
            "an empty signal",
            #"{"/f": {"argv": ["true"], "user": "root", "stop_signal": ""}}"#,
            #"""
            web.json:1:58: error: `""` is not a signal
                …"true"], "user": "root", "stop_signal": ""}}
                                                         ^
              write the name of a signal, as in `"TERM"`
            """#),
        WrongFile(
            "a stop_signal that is null",
            #"{"/f": {"argv": ["true"], "user": "root", "stop_signal": null}}"#,
            #"""
            web.json:1:58: error: `stop_signal` must be the name of a signal in a string, not `null`
                …"true"], "user": "root", "stop_signal": null}}
                                                         ^
              write the name of a signal, as in `"TERM"`
            """#),
        WrongFile(
            "a timeout that is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "timeout": 10}}"#,
            #"""
            web.json:1:54: error: `timeout` must be a duration in a string, not a number
                …": ["true"], "user": "root", "timeout": 10}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a timeout of zero",
            #"{"/f": {"argv": ["true"], "user": "root", "timeout": "0s"}}"#,
            #"""
            web.json:1:54: error: `timeout` is zero
                …": ["true"], "user": "root", "timeout": "0s"}}
                                                         ^
              write a longer duration
            """#),
        WrongFile(
            "a timeout that is no duration",
            #"{"/f": {"argv": ["true"], "user": "root", "timeout": "soon"}}"#,
            #"""
            web.json:1:54: error: `soon` is not a duration
                …": ["true"], "user": "root", "timeout": "soon"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a timeout that is too long",
            #"{"/f": {"argv": ["true"], "user": "root", "timeout": "9999999999999h"}}"#,
            #"""
            web.json:1:54: error: `9999999999999h` is too long
                …": ["true"], "user": "root", "timeout": "9999999999999h"}}
                                                         ^
              write a shorter duration
            """#),
        WrongFile(
            "a stop_timeout of zero",
            #"{"/f": {"argv": ["true"], "user": "root", "stop_timeout": "0ms"}}"#,
            #"""
            web.json:1:59: error: `stop_timeout` is zero
                …true"], "user": "root", "stop_timeout": "0ms"}}
                                                         ^
              write a longer duration
            """#),
        WrongFile(
            "a stop_timeout that is true",
            #"{"/f": {"argv": ["true"], "user": "root", "stop_timeout": true}}"#,
            #"""
            web.json:1:59: error: `stop_timeout` must be a duration in a string, not `true`
                …true"], "user": "root", "stop_timeout": true}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a retry that is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": 3}}"#,
            #"""
            web.json:1:52: error: `retry` must be an object, not a number
                …gv": ["true"], "user": "root", "retry": 3}}
                                                         ^
              write `{"attempts": 3, "delay": "10s"}`
            """#),
        WrongFile(
            "a retry without attempts",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"delay": "1s"}}}"#,
            #"""
            web.json:1:52: error: `retry` has no `attempts`
                …gv": ["true"], "user": "root", "retry": {"delay": "1s"}}}
                                                         ^
              write how many runs there may be: `"attempts": 3`
            """#),
        WrongFile(
            "a retry with no attempt",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 0}}}"#,
            #"""
            web.json:1:65: error: `retry.attempts` can't be `0`
                …, "user": "root", "retry": {"attempts": 0}}}
                                                         ^
              write a whole number from 1 to 1000
            """#),
        WrongFile(
            "attempts in a string",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": "3"}}}"#,
            #"""
            web.json:1:65: error: `retry.attempts` must be a number, not a string
                …, "user": "root", "retry": {"attempts": "3"}}}
                                                         ^
              write a number, without quotes
            """#),
        WrongFile(
            "a delay that is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 3, "delay": 5}}}"#,
            #"""
            web.json:1:77: error: `retry.delay` must be a duration in a string, not a number
                …oot", "retry": {"attempts": 3, "delay": 5}}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a backoff that shrinks",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 3, "backoff": 0.5}}}"#,
            #"""
            web.json:1:79: error: `retry.backoff` can't be `0.5`
                …t", "retry": {"attempts": 3, "backoff": 0.5}}}
                                                         ^
              write a number from 1 to 100, as in `1.5`
            """#),
        WrongFile(
            "a backoff in a string",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 3, "backoff": "2"}}}"#,
            #"""
            web.json:1:79: error: `retry.backoff` must be a number, not a string
                …t", "retry": {"attempts": 3, "backoff": "2"}}}
                                                         ^
              write a number, without quotes
            """#),
        WrongFile(
            "a max_delay that is shorter than the delay",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 3, "delay": "1m", "max_delay": "10s"}}}"#,
            #"""
            web.json:1:96: error: `retry.max_delay` is shorter than `retry.delay`
                …tempts": 3, "delay": "1m", "max_delay": "10s"}}}
                                                         ^
              write a `max_delay` that is at least as long as `delay`
            """#),
        WrongFile(
            "a max_delay that is no duration",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 3, "max_delay": "x"}}}"#,
            #"""
            web.json:1:81: error: `x` is not a duration
                …, "retry": {"attempts": 3, "max_delay": "x"}}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a key that retry has not",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 3, "jitter": true}}}"#,
            #"""
            web.json:1:68: error: `jitter` is not a key of `retry`
                …user": "root", "retry": {"attempts": 3, "jitter": true}}}
                                                         ^
              remove it; the keys are `attempts`, `delay`, `backoff`, `max_delay`
            """#),
        WrongFile(
            "a key of retry twice",
            #"{"/f": {"argv": ["true"], "user": "root", "retry": {"attempts": 3, "attempts": 4}}}"#,
            #"""
            web.json:1:68: error: `attempts` was here before, at 1:53
                …user": "root", "retry": {"attempts": 3, "attempts": 4}}}
                                                         ^
              keep one of the two
            """#),
        WrongFile(
            "a rate_limit that is a string",
            #"{"/f": {"argv": ["true"], "user": "root", "rate_limit": "5/m"}}"#,
            #"""
            web.json:1:57: error: `rate_limit` must be an object, not a string
                …["true"], "user": "root", "rate_limit": "5/m"}}
                                                         ^
              write `{"runs": 5, "per": "1m"}`
            """#),
        WrongFile(
            "an empty rate_limit",
            #"{"/f": {"argv": ["true"], "user": "root", "rate_limit": {}}}"#,
            #"""
            web.json:1:57: error: `rate_limit` has no `runs`
                …["true"], "user": "root", "rate_limit": {}}}
                                                         ^
              write how many runs may begin: `"runs": 5`
            web.json:1:57: error: `rate_limit` has no `per`
                …["true"], "user": "root", "rate_limit": {}}}
                                                         ^
              write in what time: `"per": "1m"`
            """#),
        WrongFile(
            "a rate_limit of no run",
            #"{"/f": {"argv": ["true"], "user": "root", "rate_limit": {"runs": 0, "per": "1m"}}}"#,
            #"""
            web.json:1:66: error: `rate_limit.runs` can't be `0`
                … "user": "root", "rate_limit": {"runs": 0, "per": "1m"}}}
                                                         ^
              write a whole number from 1 to 1000
            """#),
        WrongFile(
            "a rate_limit in no time",
            #"{"/f": {"argv": ["true"], "user": "root", "rate_limit": {"runs": 1, "per": "0s"}}}"#,
            #"""
            web.json:1:76: error: `rate_limit.per` is zero
                …root", "rate_limit": {"runs": 1, "per": "0s"}}}
                                                         ^
              write a longer duration
            """#),
        WrongFile(
            "a rate_limit whose time is a number",
            #"{"/f": {"argv": ["true"], "user": "root", "rate_limit": {"runs": 1, "per": 60}}}"#,
            #"""
            web.json:1:76: error: `rate_limit.per` must be a duration in a string, not a number
                …root", "rate_limit": {"runs": 1, "per": 60}}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
        WrongFile(
            "a run_at_start in a string",
            #"{"/f": {"argv": ["true"], "user": "root", "run_at_start": "yes"}}"#,
            #"""
            web.json:1:59: error: `run_at_start` must be true or false, not a string
                …true"], "user": "root", "run_at_start": "yes"}}
                                                         ^
              write `true` or `false`, without quotes
            """#),
        WrongFile(
            "a signal that is nearly one",
            #"{"/f": {"argv": ["true"], "user": "root", "stop_signal": "WINCHH"}}"#,
            #"""
            web.json:1:58: error: `WINCHH` is not a signal
                …"true"], "user": "root", "stop_signal": "WINCHH"}}
                                                         ^
              write the name of a signal, as in `"TERM"`
            """#),
        WrongFile(
            "a stop_timeout that is no duration",
            #"{"/f": {"argv": ["true"], "user": "root", "stop_timeout": "x"}}"#,
            #"""
            web.json:1:59: error: `x` is not a duration
                …true"], "user": "root", "stop_timeout": "x"}}
                                                         ^
              write a whole number and `ms`, `s`, `m` or `h`, as in `"250ms"`
            """#),
    ]
}
