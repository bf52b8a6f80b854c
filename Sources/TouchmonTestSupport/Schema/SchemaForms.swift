import TouchmonCore

/// What a value may be, as JSON Schema says it: it refuses nothing that the parser accepts, and what
/// people get wrong. How large a number within a string may be it does not say: nobody could read
/// the pattern, and editors show it.
extension SchemaNode {
    /// What a key of this form may have where nothing narrower is said of it.
    static func form(_ form: ValueForm) -> SchemaNode {
        switch form {
        case .strings:
            [
                "type": "array", "minItems": 1,
                "prefixItems": [string("[^\\u0000]+")], "items": string("[^\\u0000]*"),
            ]
        case .account: ref("account")
        case .accounts: ["type": "array", "items": ref("account")]
        case .environment:
            [
                "type": "object",
                "propertyNames": ["pattern": "^(?!TOUCHMON_)[^=\\u0000]+$"],
                "additionalProperties": string("[^\\u0000]*"),
            ]
        case .path: ref("path")
        case .octal: string("(?:[0-7]{1,3}|0[0-7]{3})")
        case .duration: ref("duration")
        case .settle:
            [
                "anyOf": [
                    ref("duration"),
                    object(["quiet": ref("duration"), "max": ref("duration")], ["quiet"]),
                ]
            ]
        case .boolean: ["type": "boolean"]
        case .count: integer(1...1000)
        case .signal: ref("signal")
        case .size: ["anyOf": [integer(4096...1 << 30), string("[0-9]+[KMGT]?")]]
        case .retry:
            object(
                [
                    "attempts": integer(1...1000),
                    "delay": ref("duration").adding([("default", "1s")]),
                    "backoff": ["type": "number", "minimum": 1, "maximum": 100, "default": 2],
                    "max_delay": ref("duration").adding([("default", "5m")]),
                ], ["attempts"])
        case .rateLimit:
            object(["runs": integer(1...1000), "per": positiveDuration], ["runs", "per"])
        case .touchKinds:
            [
                "type": "array", "minItems": 1, "uniqueItems": true,
                "items": ["enum": .list(TouchKinds.names.map { .text($0.name) })],
            ]
        case .touchedBy: touchedBy
        case .patterns: patterns.adding([("minItems", 1)])
        case .exclude:
            [
                "anyOf": [
                    patterns,
                    object([
                        "patterns": patterns, "gitignore": ["type": "boolean"],
                        "defaults": ["type": "boolean", "default": true],
                    ]),
                ]
            ]
        case .stdin: ["enum": [.json("null"), "null", "changes"]]
        case .limits:
            object(.object(ResourceLimit.Resource.allCases.map { ($0.rawValue, limit($0)) }))
        case .nice: integer(-20...19)
        case .ioClass: string("(?:idle|(?:realtime|best_effort)(?::[0-7])?)")
        case .sandbox:
            object(
                .object(
                    SandboxPath.Access.allCases.map { access in
                        let paths: SchemaNode = ["type": "array", "items": ref("path")]
                        let isNeeded = access == .execute
                        return (
                            access.rawValue, isNeeded ? paths.adding([("minItems", 1)]) : paths
                        )
                    }), ["execute"])
        case .handler: ref("command")
        case .oneOf(let names): ["enum": .list(names.map { .text($0) })]
        }
    }

    /// What several forms have in common, by name.
    static let definitions: [(String, SchemaNode)] = [
        (
            "account",
            [
                "anyOf": [
                    integer(0...4_294_967_294),
                    // A name that is all digits is a number.
                    string("(?:[0-9]{1,10}|(?=[^\\u0000]*[^0-9])[^\\u0000]+)"),
                ]
            ]
        ),
        ("path", string("/[^\\u0000]*")),
        ("duration", string("[0-9]+(?:ms|s|m|h)")),
        (
            "signal",
            string(
                "(?:SIG)?(?:"
                    + (1...31).map { String(SignalName.of($0).dropFirst(3)) }
                    .joined(separator: "|") + ")")
        ),
    ]

    /// Nobody at all is hardly meant.
    private static let touchedBy: SchemaNode = {
        let accounts: SchemaNode = ["type": "array", "items": ref("account")]
        let some: [SchemaNode] = ["users", "groups"].map { name in
            [
                "required": [.text(name)],
                "properties": .object([(name, ["minItems": 1])]),
            ]
        }
        return object(["users": accounts, "groups": accounts]).adding([("anyOf", .list(some))])
    }()

    /// None of them leads up.
    private static let patterns: SchemaNode = [
        "type": "array",
        "items": string("(?!(?:[^\\u0000]*/)?\\.\\.(?:/|$))[^\\u0000]+"),
    ]

    static func ref(_ name: String) -> SchemaNode { ["$ref": .text("#/$defs/\(name)")] }

    static func integer(_ range: ClosedRange<Int64>) -> SchemaNode {
        [
            "type": "integer", "minimum": .number(range.lowerBound),
            "maximum": .number(range.upperBound),
        ]
    }

    /// A string that is all of what `pattern` matches.
    static func string(_ pattern: String) -> SchemaNode {
        ["type": "string", "pattern": .text("^\(pattern)$")]
    }

    /// A duration that is not zero.
    static let positiveDuration = string("0*[1-9][0-9]*(?:ms|s|m|h)")

    /// At least 10 ms.
    static let pollInterval = string("0*(?:[1-9][0-9]+ms|[1-9][0-9]*(?:s|m|h))")

    /// An object with these members and no others.
    static func object(_ members: SchemaNode, _ required: [String] = []) -> SchemaNode {
        var parts: [(String, SchemaNode)] = [("type", "object"), ("properties", members)]
        if !required.isEmpty { parts.append(("required", .list(required.map { .text($0) }))) }
        return .object(parts + [("additionalProperties", false)])
    }

    private static func limit(_ resource: ResourceLimit.Resource) -> SchemaNode {
        let least = resource.least.value
        let count: SchemaNode = [
            "type": "integer", "minimum": .number(least), "maximum": .number(.max),
        ]
        switch resource.unit {
        case .count: return count
        case .bytes: return ["anyOf": [count, string("[0-9]+[KMGT]?")]]
        // Whole seconds: thousands where they are written in milliseconds.
        case .seconds: return string("0*[1-9][0-9]*(?:000ms|s|m|h)")
        }
    }
}
