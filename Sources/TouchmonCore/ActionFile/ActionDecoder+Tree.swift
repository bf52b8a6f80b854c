/// What the keys for patterns and directories say, as far as they are there.
struct TreeParts {
    struct Exclude {
        var patterns: [[UInt8]] = []
        var usesGitignore = false
        var leavesOutUsual = true
    }

    var isRecursive: Bool?
    var include: [[UInt8]]?
    var exclude: Exclude?
    var each: TreePolicy.Each?
    var readsChanges: Bool?
}

/// Patterns and directories: which files they are about, and what their runs are told.
extension ActionDecoder {
    mutating func include(_ node: JSONNode) throws(WrongForm) -> [[UInt8]]? {
        guard case .list(let elements) = node.value else { throw WrongForm() }
        if elements.isEmpty {
            report(
                at: node.offset, "`include` is empty: no file would be included",
                remedy: "\(ValueForm.patterns.remedy), or remove `include`")
        }
        return patterns(elements, "include")
    }

    /// Patterns, or `{"patterns": [pattern], "gitignore": boolean, "defaults": boolean}`.
    mutating func exclude(_ node: JSONNode) throws(WrongForm) -> TreeParts.Exclude? {
        var exclude = TreeParts.Exclude()
        if case .list(let elements) = node.value {
            exclude.patterns = patterns(elements, "exclude")
            return exclude
        }
        let parts = try parts(
            of: node, "exclude", ["patterns", "gitignore", "defaults"], required: [:])
        if let part = parts["patterns"] {
            if case .list(let elements) = part.value {
                exclude.patterns = patterns(elements, "exclude.patterns")
            } else {
                reportForm(of: part, "exclude.patterns", .patterns)
            }
        }
        exclude.usesGitignore = flag(parts["gitignore"], "exclude.gitignore") ?? false
        exclude.leavesOutUsual = flag(parts["defaults"], "exclude.defaults") ?? true
        return exclude
    }

    private mutating func flag(_ node: JSONNode?, _ key: String) -> Bool? {
        guard let node else { return nil }
        do {
            return try boolean(node)
        } catch {
            reportForm(of: node, key, .boolean)
            return nil
        }
    }

    /// `null`, `"null"` or `"changes"`.
    mutating func readsChanges(_ node: JSONNode) throws(WrongForm) -> Bool? {
        if case .null = node.value { return false }
        guard case .string(let text) = node.value else { throw WrongForm() }
        if text.elementsEqual("null".utf8) { return false }
        if text.elementsEqual("changes".utf8) { return true }
        report(
            at: node.offset, "`stdin` can't be \(TerminalText.quoted(text))",
            remedy: ValueForm.stdin.remedy)
        return nil
    }

    private mutating func patterns(_ elements: [JSONNode], _ key: String) -> [[UInt8]] {
        var patterns: [[UInt8]] = []
        var count = 0
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element.value else {
                report(
                    at: element.offset,
                    "`\(key)[\(index)]` must be a string, not \(element.value.kind)",
                    remedy: ValueForm.patterns.remedy)
                continue
            }
            guard let number = check(text, element, "`\(key)[\(index)]`") else { continue }
            let before = count
            count += number
            if before <= BraceExpansion.limit, count > BraceExpansion.limit {
                report(
                    at: element.offset,
                    "`\(key)` stands for more than \(BraceExpansion.limit) patterns",
                    remedy: "write fewer braces and patterns")
            }
            patterns.append(text)
        }
        return patterns
    }

    /// For how many patterns `text` stands; nil where it has been reported that it is none.
    private mutating func check(
        _ text: [UInt8], _ node: JSONNode, _ subject: String
    ) -> Int? {
        guard refuseNUL(in: text, at: node.offset, subject) else { return nil }
        if let problem = PatternProblem.unclosed(in: text) {
            report(problem, of: text, at: node.offset)
            return nil
        }
        let names = text.split(separator: UInt8(ascii: "/"))
        if names.contains(where: { $0.elementsEqual("..".utf8) }) {
            report(
                at: node.offset, "\(subject) can't be \(TerminalText.quoted(text))",
                remedy: "write it without `..`: it begins in the directory that is watched")
            return nil
        }
        do {
            let all = try BraceExpansion.expand(text)
            if all.contains(where: { PathPattern($0).count > 0 }) { return all.count }
            report(
                at: node.offset, "\(subject) names nothing",
                remedy: "write a name such as `\"*.csv\"`, or a directory such as `\"docs/\"`")
        } catch {
            report(error, of: text, at: node.offset)
        }
        return nil
    }

    private mutating func report(_ problem: PatternProblem, of text: [UInt8], at offset: Int) {
        switch problem {
        case .unclosedBracket(let place):
            report(
                at: offset,
                "nothing closes the `[` in \(TerminalText.quoted(Array(text[place...])))",
                remedy: "write `]` behind it in the same name; or `\\\\[` for the character itself")
        case .unclosedBrace(let place):
            report(
                at: offset,
                "nothing closes the `{` in \(TerminalText.quoted(Array(text[place...])))",
                remedy: "write `}` behind it; or `\\\\{` for the character itself")
        case .tooManyAlternatives:
            report(
                at: offset,
                "\(TerminalText.quoted(text)) stands for more than \(BraceExpansion.limit) patterns, "
                    + "or for too long ones",
                remedy: "write fewer braces")
        }
    }

    /// Makes the action one of a pattern or a directory, if its key or what it holds says so.
    mutating func takeTree(
        _ member: JSONMember, _ members: [JSONMember], into action: inout ActionDefinition
    ) {
        let form = TreeKey.form(of: member.key)
        guard form != .path || tree.isRecursive == true else {
            return checkPlain(member, members)
        }
        if form == .pattern, tree.isRecursive == true,
            let part = Self.part("recursive", of: members)
        {
            report(
                at: part.keyOffset,
                "`recursive` is for directories, and \(TerminalText.quoted(member.key)) is a "
                    + "pattern of files",
                remedy: "write `**/` before the last name for files at any depth, or end the key "
                    + "with `/` for all files in such directories")
        }
        let exclude = tree.exclude ?? TreeParts.Exclude()
        do {
            let key = try TreeKey(
                member.key, relativeTo: directory,
                isDeep: form != .pattern && tree.isRecursive == true)
            var policy = TreePolicy(
                selection: try Selection(
                    key, include: tree.include, exclude: exclude.patterns,
                    usesGitignore: exclude.usesGitignore,
                    leavesOutUsual: exclude.leavesOutUsual))
            policy.each = tree.each ?? policy.each
            policy.readsChanges = tree.readsChanges ?? policy.readsChanges
            policy.argvPlaceholders = placeholders(action.argv, policy.each, members)
            action.path = key.path
            action.tree = Shared(policy)
            for part in [Self.part("include", of: members), Self.part("exclude", of: members)] {
                part.map { checkPlaces(in: $0.node, below: key.base) }
            }
        } catch {
            // What is wrong with the others is known.
            if (try? TreeKey(member.key, relativeTo: directory, isDeep: false)) == nil {
                report(error, of: member.key, at: member.keyOffset)
            }
        }
        checkTree(action, members)
    }

    /// Reports keys that a plain path has no use for.
    private mutating func checkPlain(_ member: JSONMember, _ members: [JSONMember]) {
        let keys = [
            ("recursive", tree.isRecursive != nil), ("include", tree.include != nil),
            ("exclude", tree.exclude != nil), ("each", tree.each != nil),
            ("stdin", tree.readsChanges == true),
        ]
        for (key, isThere) in keys where isThere {
            for part in members where part.key.elementsEqual(key.utf8) {
                report(
                    at: part.keyOffset,
                    "`\(key)` is for directories and patterns, and "
                        + "\(TerminalText.quoted(member.key)) is one path",
                    remedy:
                        "end the action's key with `/` if it is a directory whose files are meant, "
                        + "or remove `\(key)`")
            }
        }
    }

    private static func part(_ key: String, of members: [JSONMember]) -> JSONMember? {
        members.last { $0.key.elementsEqual(key.utf8) }
    }

    /// Reports what can't stand together.
    private mutating func checkTree(_ action: ActionDefinition, _ members: [JSONMember]) {
        func conflict(
            _ isThere: Bool, _ key: String, _ message: String, _ remedy: String
        ) {
            guard isThere, let part = Self.part(key, of: members) else { return }
            report(at: part.keyOffset, message, remedy: remedy)
        }
        conflict(
            !action.touch.on.isDisjoint(with: .levels), "on",
            "`exists` and `not_empty` are states of one path, and not of a pattern or a directory",
            "write the path as a key of its own, without `/` at its end, or count `create` here")
        conflict(
            action.touch.compare == .content, "compare",
            "the files of a pattern or a directory can't be compared by `content`",
            "remove `compare`; only a path of its own can have it")
        guard tree.each == .file else { return }
        conflict(
            action.policy.busy == .parallel, "busy",
            "`busy` can't be `parallel` with `each` set to `file`: no file has two runs at once",
            "remove `busy`: runs for different files go on side by side, up to `max_parallel` of them"
        )
        conflict(
            action.policy.busy == .signal, "busy",
            "`busy` can't be `signal` with `each` set to `file`",
            "write `\"queue\"`, `\"skip\"` or `\"restart\"`, each of which is for one file at a time"
        )
        conflict(
            action.policy.runAtStart, "run_at_start",
            "there is no file that a run at the start would be for",
            "remove `run_at_start`, or set `each` to `batch`")
    }

    /// Reports patterns that are written as if they began at the root.
    private mutating func checkPlaces(in node: JSONNode, below base: RawPath) {
        switch node.value {
        case .object(let members):
            Self.part("patterns", of: members).map { checkPlaces(in: $0.node, below: base) }
        case .list(let elements):
            let prefix = base.bytes + "/".utf8
            for element in elements {
                guard case .string(let text) = element.value, base.bytes.count > 1,
                    text.starts(with: prefix)
                else { continue }
                report(
                    at: element.offset,
                    "\(TerminalText.quoted(text)) is looked for below "
                        + TerminalText.quoted(base.bytes),
                    remedy: "write "
                        + TerminalText.quoted(Array(text.dropFirst(base.bytes.count)))
                        + ": it begins in the directory that is watched")
            }
        default: break
        }
    }

    /// Finds the arguments that stand for paths.
    private mutating func placeholders(
        _ argv: [[UInt8]], _ each: TreePolicy.Each, _ members: [JSONMember]
    ) -> [Int: TreePolicy.Placeholder] {
        // Where an argument was left out, that has been reported.
        guard case .list(let elements) = Self.part("argv", of: members)?.node.value,
            elements.count == argv.count
        else { return [:] }
        var placeholders: [Int: TreePolicy.Placeholder] = [:]
        let known = TreePolicy.Placeholder.allCases
        for (index, argument) in argv.enumerated() {
            guard let kind = known.first(where: { $0.rawValue.utf8.elementsEqual(argument) })
            else { continue }
            placeholders[index] = kind
            let offset = elements[index].offset
            if index == 0 {
                report(
                    at: offset, "the program can't be the file that was touched",
                    remedy: "write the program that is to run, and `\"\(kind.rawValue)\"` behind it"
                )
            } else if each == .file, kind == .paths {
                report(
                    at: offset, "a run has one path with `each` set to `file`",
                    remedy: "write `\"{path}\"`")
            } else if each == .batch, kind == .path {
                report(
                    at: offset, "a run may be for many paths unless `each` is set to `file`",
                    remedy: "write `\"{paths}\"`, or add `\"each\": \"file\"`")
            }
        }
        return placeholders
    }
}
