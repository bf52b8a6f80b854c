/// What the value of a key may be.
package enum ValueForm: Hashable, Sendable {
    case strings, account, accounts, environment, path, octal, duration, settle, boolean
    case count, size, signal, retry, rateLimit
    case touchKinds, touchedBy
    case patterns, exclude, stdin
    case limits, nice, ioClass, sandbox
    case handler
    case oneOf([String])

    /// The form in words, after "must be".
    var words: String {
        switch self {
        case .strings: "a list of strings"
        case .account: "a name or a number"
        case .accounts: "a list of names or numbers"
        case .environment: "an object of strings"
        case .path: "an absolute path in a string"
        case .octal: "an octal number in a string"
        case .duration: "a duration in a string"
        case .settle: "a duration in a string, or an object"
        case .boolean: "true or false"
        case .count: "a number"
        case .size: "a number of bytes or a size in a string"
        case .signal: "the name of a signal in a string"
        case .retry, .rateLimit, .handler: "an object"
        case .touchKinds: "a list of words"
        case .touchedBy: "an object of lists of names or numbers"
        case .patterns: "a list of patterns"
        case .exclude: "a list of patterns, or an object"
        case .stdin: "`null` or a string"
        case .limits: "an object of limits"
        case .nice: "a whole number"
        case .ioClass, .oneOf: "a string"
        case .sandbox: "an object of lists of paths"
        }
    }

    /// How to write it, as an instruction.
    var remedy: String {
        switch self {
        case .strings: "write `[\"program\", \"argument\"]`"
        case .account: "write a name, or a number from 0 to 4294967294"
        case .accounts: "write `[\"name\", \"name\"]`"
        case .environment: "write `{\"NAME\": \"value\"}`"
        case .path: "write a path that begins with `/`"
        case .octal: "write three octal digits in quotes, as in `\"022\"`"
        case .duration: "write \(DurationText.form)"
        case .settle: "write \(DurationText.form), or `{\"quiet\": \"1s\", \"max\": \"10s\"}`"
        case .boolean: "write `true` or `false`, without quotes"
        case .count: "write a number, without quotes"
        case .size: "write bytes, or \(SizeText.form)"
        case .signal: "write the name of a signal, as in `\"TERM\"`"
        case .retry: "write `{\"attempts\": 3, \"delay\": \"10s\"}`"
        case .rateLimit: "write `{\"runs\": 5, \"per\": \"1m\"}`"
        case .touchKinds:
            "write one or more of them in a list, as in `[\"touch\", \"delete\"]`: "
                + TouchKinds.names.map { "`\"\($0.name)\"`" }.joined(separator: ", ")
        case .patterns: "write `[\"*.csv\", \"docs/\"]`"
        case .exclude:
            "write `[\"*.tmp\", \"cache/\"]`, or `{\"patterns\": [\"*.tmp\"], \"gitignore\": true}`"
        case .stdin: "write `\"changes\"`, or `null`"
        case .touchedBy: "write `{\"users\": [\"name\"], \"groups\": [\"name\"]}`"
        case .handler: "write `{\"argv\": [\"program\", \"argument\"]}`"
        case .limits: "write `{\"open_files\": 1024, \"memory\": \"512M\"}`"
        case .nice: "write a whole number from -20 (runs first) to 19 (runs last)"
        case .ioClass: "write \(IOClass.form)"
        case .sandbox:
            "write `{\"execute\": [\"/usr\", \"/lib\", \"/lib64\", \"/bin\"], "
                + "\"read\": [\"/etc\"], \"write\": [\"/srv/app\"]}`"
        case .oneOf(let names):
            "write one of " + names.map { "`\"\($0)\"`" }.joined(separator: ", ")
        }
    }
}
