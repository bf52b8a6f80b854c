import TouchmonCore

/// The JSON Schema of action files, for editors: `packaging/touchmon.schema.json`.
///
/// It follows from `ActionKey`, except for what a parser needs not know: a sentence on each key and
/// what holds where it is left out. Not in the program, which has no use for it.
package enum ActionFileSchema {
    /// A key of an action. A new one is one line of `keys`.
    package struct Key: Sendable {
        package let name: String
        let sentence: String
        /// In JSON; nil where there is no value that says the same as leaving the key out.
        package let standard: String?
        /// Where it is narrower than its form.
        let value: SchemaNode?

        init(
            _ name: String, _ sentence: String, standard: String? = nil, value: SchemaNode? = nil
        ) {
            self.name = name
            self.sentence = sentence
            self.standard = standard
            self.value = value
        }
    }

    /// In the order of `ActionKey.all`.
    package static let keys: [Key] = [
        Key("argv", "The program and its arguments, run without a shell."),
        Key("user", "Who runs it: a name or a number. Needed where touchmon runs as root."),
        Key("group", "Its group instead of the user's primary group: a name or a number."),
        Key("supplementary_groups", "Its further groups instead of those of a login."),
        Key("environment", "Variables that are added to the clean base.", standard: "{}"),
        Key("working_directory", "Where it runs; entered as the user."),
        Key("umask", "Its file mode creation mask, in octal.", standard: "\"022\""),
        Key("limits", "The most that the run and each process that it starts may use."),
        Key("nice", "Its nice value, from -20 (runs first) to 19 (runs last)."),
        Key("io_class", "Its I/O class, with a level from 0 (first) to 7: `best_effort:7`."),
        Key(
            "no_new_privileges", "Whether set-user-ID programs such as sudo give it no rights.",
            standard: "false"),
        Key("sandbox", "What alone the run may read, write and execute, at a path and below it."),
        Key("on", "Which changes count.", standard: "[\"touch\"]"),
        Key("recursive", "Whether files at any depth below the directory are meant."),
        Key("include", "Patterns, one of which a file below the directory has to match."),
        Key("exclude", "Patterns of files and directories that are left out."),
        Key("each", "Whether a run is for all files that were touched, or for one."),
        Key("settle", "How long the path must be quiet before the run.", standard: "\"0s\""),
        Key(
            "compare", "What a touch is compared with: content counts only where the bytes differ.",
            standard: "\"state\""),
        Key("touched_by", "Whose touches count."),
        Key(
            "own_changes", "What becomes of changes that the action's own runs make.",
            standard: "\"run\""),
        Key(
            "poll", "How often the path is looked at besides being heard; at least 10ms.",
            value: .pollInterval),
        Key(
            "catch_up", "Whether a touch from between two daemons has a run.", standard: "true"),
        Key(
            "interrupted", "What becomes of a run that no daemon saw end.", standard: "\"rerun\""),
        Key("output", "Where what it prints goes.", standard: "\"record\""),
        Key(
            "output_limit", "How much of what a run prints is kept, in bytes or with K, M, G or T.",
            standard: "\"1M\""),
        Key("stdin", "What a run reads: nothing, or what changed.", standard: "null"),
        Key(
            "follow", "What somebody who may touch the path may see of its runs.",
            standard: "\"status\""),
        Key("busy", "What becomes of a touch during a run.", standard: "\"queue\""),
        Key("max_parallel", "How many runs at a time, with busy: parallel.", standard: "4"),
        Key("busy_signal", "What the run gets, with busy: signal.", standard: "\"HUP\""),
        Key(
            "timeout", "How long a run may take before it is stopped.", value: .positiveDuration),
        Key("stop_signal", "What a run is asked to stop with.", standard: "\"TERM\""),
        Key(
            "stop_timeout", "How long it may take to stop before it is killed.",
            standard: "\"10s\"", value: .positiveDuration),
        Key(
            "kill", "Whom stopping a run reaches: its process group, or all that it has started.",
            standard: "\"group\""),
        Key("retry", "How often and after what wait a run that failed is repeated."),
        Key("rate_limit", "How many runs may begin in what time; those past it wait."),
        Key(
            "on_failure",
            "What runs when a run failed and is not repeated; its user is the action's."),
        Key("run_at_start", "Whether there is a run when touchmon starts.", standard: "false"),
    ]

    /// The file, in UTF-8.
    package static var text: String {
        let sentences = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0) })
        let properties = ActionKey.all.compactMap { key -> (String, SchemaNode)? in
            let value = sentences[key.name]?.value ?? .form(key.form)
            var notes: [(String, SchemaNode)] = []
            if let sentence = sentences[key.name]?.sentence {
                notes.append(("description", .text(sentence)))
            }
            if let standard = sentences[key.name]?.standard {
                notes.append(("default", .json(standard)))
            }
            return (key.name, value.adding(notes))
        }
        let ofCommand = ActionKey.all.filter(\.isOfCommand).map { key in
            (key.name, SchemaNode.ref("action/properties/\(key.name)"))
        }
        let schema: SchemaNode = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "touchmon action file",
            "description":
                "Each key is a path to watch, and its value what runs when the path is touched.",
            "type": "object",
            "propertyNames": ["pattern": "^(?:\\$|[^\\u0000]+$)"],
            "patternProperties": ["^\\$": true],
            "additionalProperties": .ref("action"),
            "$defs": .object(
                [("action", command(properties)), ("command", command(ofCommand))]
                    + SchemaNode.definitions),
        ]
        return schema.text() + "\n"
    }

    private static func command(_ properties: [(String, SchemaNode)]) -> SchemaNode {
        SchemaNode.object(.object(properties), ["argv"]).adding([
            (
                "dependentSchemas",
                [
                    "sandbox": ["properties": withSandbox],
                    "touched_by": ["properties": ["on": ["items": ["not": levels]]]],
                    "each": ["anyOf": [["properties": ["each": ["const": "batch"]]], forFiles]],
                ]
            )
        ])
    }

    /// Nobody touches a state.
    private static let levels: SchemaNode = ["enum": ["exists", "not_empty"]]

    /// What goes with a run for each file.
    private static let forFiles: SchemaNode = [
        "properties": [
            "busy": ["enum": ["queue", "skip", "restart"]], "run_at_start": ["const": false],
        ]
    ]

    /// What a sandbox implies and what it takes to set it up.
    private static let withSandbox: SchemaNode = [
        "no_new_privileges": ["const": true],
        "limits": ["properties": ["open_files": ["minimum": 5]]],
    ]
}
