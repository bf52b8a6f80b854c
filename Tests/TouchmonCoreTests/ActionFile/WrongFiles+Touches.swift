extension WrongFile {
    /// Wrong values of what says which changes count, and whose.
    static let touches: [WrongFile] = [
        WrongFile(
            "what counts in a string",
            #"{"/f": {"argv": ["true"], "user": "root", "on": "touch"}}"#,
            #"""
            web.json:1:49: error: `on` must be a list of words, not a string
                …"argv": ["true"], "user": "root", "on": "touch"}}
                                                         ^
              write one or more of them in a list, as in `["touch", "delete"]`: `"touch"`, `"create"`, `"delete"`, `"move"`, `"attribute"`, `"modify"`, `"exists"`, `"not_empty"`
            """#),
        WrongFile(
            "nothing that counts",
            #"{"/f": {"argv": ["true"], "user": "root", "on": []}}"#,
            #"""
            web.json:1:49: error: `on` is empty
                …"argv": ["true"], "user": "root", "on": []}}
                                                         ^
              write one or more of them in a list, as in `["touch", "delete"]`: `"touch"`, `"create"`, `"delete"`, `"move"`, `"attribute"`, `"modify"`, `"exists"`, `"not_empty"`
            """#),
        WrongFile(
            "what counts as numbers",
            #"{"/f": {"argv": ["true"], "user": "root", "on": [1]}}"#,
            #"""
            web.json:1:50: error: `on[0]` must be a string, not a number
                …argv": ["true"], "user": "root", "on": [1]}}
                                                         ^
              write one or more of them in a list, as in `["touch", "delete"]`: `"touch"`, `"create"`, `"delete"`, `"move"`, `"attribute"`, `"modify"`, `"exists"`, `"not_empty"`
            """#),
        WrongFile(
            "a misspelt kind of change",
            #"{"/f": {"argv": ["true"], "user": "root", "on": ["touch", "create", "deleted"]}}"#,
            #"""
            web.json:1:69: error: `on[2]` can't be `deleted`
                …ser": "root", "on": ["touch", "create", "deleted"]}}
                                                         ^
              write `"delete"` instead
            """#),
        WrongFile(
            "a kind of change that is none",
            #"{"/f": {"argv": ["true"], "user": "root", "on": ["close_write"]}}"#,
            #"""
            web.json:1:50: error: `on[0]` can't be `close_write`
                …argv": ["true"], "user": "root", "on": ["close_write"]}}
                                                         ^
              write one of `"touch"`, `"create"`, `"delete"`, `"move"`, `"attribute"`, `"modify"`, `"exists"`, `"not_empty"`
            """#),
        WrongFile(
            "a kind of change twice",
            #"{"/f": {"argv": ["true"], "user": "root", "on": ["touch", "touch"]}}"#,
            #"""
            web.json:1:59: error: `touch` was here before
                …true"], "user": "root", "on": ["touch", "touch"]}}
                                                         ^
              keep one of the two
            """#),
        WrongFile(
            "a comparison that is none",
            #"{"/f": {"argv": ["true"], "user": "root", "compare": "hash"}}"#,
            #"""
            web.json:1:54: error: `compare` can't be `hash`
                …": ["true"], "user": "root", "compare": "hash"}}
                                                         ^
              write one of `"state"`, `"content"`
            """#),
        WrongFile(
            "a comparison that is a boolean",
            #"{"/f": {"argv": ["true"], "user": "root", "compare": true}}"#,
            #"""
            web.json:1:54: error: `compare` must be a string, not `true`
                …": ["true"], "user": "root", "compare": true}}
                                                         ^
              write one of `"state"`, `"content"`
            """#),
        WrongFile(
            "own changes as a boolean",
            #"{"/f": {"argv": ["true"], "user": "root", "own_changes": false}}"#,
            #"""
            web.json:1:58: error: `own_changes` must be a string, not `false`
                …"true"], "user": "root", "own_changes": false}}
                                                         ^
              write one of `"run"`, `"ignore"`
            """#),
        WrongFile(
            "own changes that are misspelt",
            #"{"/f": {"argv": ["true"], "user": "root", "own_changes": "ignored"}}"#,
            #"""
            web.json:1:58: error: `own_changes` can't be `ignored`
                …"true"], "user": "root", "own_changes": "ignored"}}
                                                         ^
              write `"ignore"` instead
            """#),
        WrongFile(
            "touchers in a list",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": ["alice"]}}"#,
            #"""
            web.json:1:57: error: `touched_by` must be an object of lists of names or numbers, not a list
                …["true"], "user": "root", "touched_by": ["alice"]}}
                                                         ^
              write `{"users": ["name"], "groups": ["name"]}`
            """#),
        WrongFile(
            "touchers under a wrong key",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": {"user": ["alice"]}}}"#,
            #"""
            web.json:1:58: error: `user` is not a key of `touched_by`
                …"true"], "user": "root", "touched_by": {"user": ["alice"]}}}
                                                         ^
              write `users` instead
            """#),
        WrongFile(
            "touchers that are nobody",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": {}}}"#,
            #"""
            web.json:1:57: error: `touched_by` names nobody
                …["true"], "user": "root", "touched_by": {}}}
                                                         ^
              write `{"users": ["name"], "groups": ["name"]}`, or remove `touched_by`
            """#),
        WrongFile(
            "touchers in empty lists",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": {"users": [], "groups": []}}}"#,
            #"""
            web.json:1:57: error: `touched_by` names nobody
                …["true"], "user": "root", "touched_by": {"users": [], "groups": []}}}
                                                         ^
              write `{"users": ["name"], "groups": ["name"]}`, or remove `touched_by`
            """#),
        WrongFile(
            "touchers in a string",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": {"users": "alice"}}}"#,
            #"""
            web.json:1:67: error: `touched_by.users` must be a list of names or numbers, not a string
                …"user": "root", "touched_by": {"users": "alice"}}}
                                                         ^
              write `["name", "name"]`
            """#),
        WrongFile(
            "a toucher that is a boolean",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": {"users": [true]}}}"#,
            #"""
            web.json:1:68: error: `touched_by.users[0]` must be a name or a number, not `true`
                …user": "root", "touched_by": {"users": [true]}}}
                                                         ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a toucher with an empty name",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": {"groups": [""]}}}"#,
            #"""
            web.json:1:69: error: `touched_by.groups[0]` is empty
                …ser": "root", "touched_by": {"groups": [""]}}}
                                                         ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "a toucher with a number that is no user's",
            #"{"/f": {"argv": ["true"], "user": "root", "touched_by": {"users": [4294967295]}}}"#,
            #"""
            web.json:1:68: error: `touched_by.users[0]` can't be `4294967295`
                …user": "root", "touched_by": {"users": [4294967295]}}}
                                                         ^
              write a name, or a number from 0 to 4294967294
            """#),
        WrongFile(
            "touchers of a state",
            #"{"/f": {"argv": ["true"], "user": "root", "on": ["exists"], "touched_by": {"users": ["root"]}}}"#,
            #"""
            web.json:1:61: error: `touched_by` can't guard `exists` or `not_empty`: nobody touches a state
                …ue"], "user": "root", "on": ["exists"], "touched_by": {"users": ["root"]…
                                                         ^
              remove `touched_by`, or count other changes in `on`
            """#),
    ]
}
