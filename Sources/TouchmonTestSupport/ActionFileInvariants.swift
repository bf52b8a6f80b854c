package import TouchmonCore

/// What holds for the reading of any bytes whatever, as an action file: asserted by the fuzzer and
/// by the tests that replay its corpus.
package enum ActionFileInvariants {
    /// What does not hold for `bytes`; empty when all is well.
    package static func violations(in bytes: [UInt8]) -> [String] {
        var violations: [String] = []
        let source = SourceText(file: RawPath("fuzz.json"), bytes: bytes)
        let reading = ActionFileReading(of: [source], relativeTo: RawPath("/srv"))

        for problem in reading.problems {
            guard case .place(let place) = problem.site,
                source.offset(line: place.line, column: place.column) != nil
            else {
                violations.append("a problem lies outside of the file: \(problem)")
                continue
            }
        }
        let report = ProblemReport(reading.problems, sources: [source])
        if !isFitForTerminal(report.text()) { violations.append("a report controls the terminal") }
        if (try? JSONReader.read(report.json(actionCount: reading.actions.count))) == nil {
            violations.append("a report is not JSON")
        }

        var writer = JSONWriter()
        writer.string(bytes)
        if (try? JSONReader.read(writer.bytes))?.root.value != .string(bytes) {
            violations.append("the bytes are not read back as they were written")
        }

        violations += reading.actions.filter { !isValid($0) }.map {
            "an action is not valid: \($0)"
        }
        let rewritten = SourceText(file: source.file, bytes: actionFile(of: reading.actions))
        let again = ActionFileReading(of: [rewritten], relativeTo: RawPath("/elsewhere"))
        if !reading.problems.haveErrors,
            !again.problems.isEmpty
                || again.actions.map(withoutPlaces) != reading.actions.map(withoutPlaces)
        {
            violations.append("the actions are not read back as they were written")
        }
        return violations
    }

    private static func isFitForTerminal(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar == "\n" || scalar == "\t"
            case .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }

    private static func isValid(_ action: ActionDefinition) -> Bool {
        let names = action.environment.map(\.name)
        let texts = [action.path.bytes, action.workingDirectory?.bytes ?? []] + action.argv + names
        return !(texts + action.environment.map(\.value)).contains { $0.contains(0) }
            && action.path.isAbsolute
            && isNormal(action)
            && action.argv.first?.isEmpty == false
            && !names.contains {
                $0.isEmpty || $0.contains(UInt8(ascii: "=")) || $0.starts(with: "TOUCHMON_".utf8)
            }
            && Set(names).count == names.count
            && action.workingDirectory?.isAbsolute != false
            && action.umask <= 0o777
            && isValid(action.process)
            && action.settle.quiet >= .zero
            && action.poll.map { $0 >= .milliseconds(10) } != false
            && action.settle.max.map { $0 >= action.settle.quiet } != false
            && OutputPolicy.limits.contains(action.outputLimit)
            && isValid(action.policy)
            && !action.touch.on.isEmpty
            && action.touchedBy.map { !$0.users.isEmpty || !$0.groups.isEmpty } != false
            && action.onFailure.map { isValid($0.value) } != false
    }

    private static func isNormal(_ action: ActionDefinition) -> Bool {
        guard let tree = action.tree?.value else {
            return action.path.normalized(relativeTo: RawPath("/")) == action.path
        }
        let selection = tree.selection
        let key = try? TreeKey(
            action.path.bytes, relativeTo: RawPath("/"), isDeep: selection.isDeep)
        return key?.path == action.path && key?.base == selection.base
            && selection.base.normalized(relativeTo: RawPath("/")) == selection.base
            && action.touch.on.isDisjoint(with: [.exists, .notEmpty])
            && action.touch.compare == .state
            && tree.argvPlaceholders.allSatisfy { index, kind in
                index > 0 && action.argv[index] == Array(kind.rawValue.utf8)
                    && (kind == .path) == (tree.each == .file)
            }
            && (tree.each == .batch
                || (!action.policy.runAtStart
                    && ![.parallel, .signal].contains(action.policy.busy)))
    }

    private static func isValid(_ policy: RunPolicy) -> Bool {
        let isRetryValid = policy.retry.map {
            $0.attempts > 0 && $0.backOff >= 1 && $0.maxDelay >= $0.delay
        }
        return policy.maxParallel > 0 && policy.timeout != .zero && policy.stopTimeout > .zero
            && [policy.busySignal, policy.stopSignal].allSatisfy { 1...31 ~= $0 }
            && isRetryValid != false
            && policy.rateLimit.map { $0.runs > 0 && $0.per > .zero } != false
    }

    private static func isValid(_ settings: ProcessSettings) -> Bool {
        settings.nice.map { -20...19 ~= $0 } != false
            && settings.ioClass.map { $0.level <= 7 } != false
            && settings.limits.allSatisfy { $0.value >= 0 }
            && Set(settings.limits.map(\.resource)).count == settings.limits.count
            && settings.sandbox.allSatisfy { $0.path.isAbsolute && !$0.path.bytes.contains(0) }
            && (settings.sandbox.isEmpty || settings.noNewPrivileges != false)
            && settings.sandbox.isEmpty != settings.sandbox.contains { $0.access == .execute }
    }

    private static func withoutPlaces(_ action: ActionDefinition) -> ActionDefinition {
        var action = action
        action.location = SourceLocation(file: RawPath(""), line: 0, column: 0)
        action.userLocation = nil
        action.onFailure = action.onFailure.map { Shared(withoutPlaces($0.value)) }
        return action
    }

    /// An action file that defines `actions`.
    package static func actionFile(of actions: [ActionDefinition]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for action in actions {
                // `/` is the key of a directory, as any that ends in it.
                let isRoot = action.tree == nil && action.path == RawPath("/")
                writer.key(isRoot ? Array("/.".utf8) : action.path.bytes)
                writer.object { write(action, to: &$0) }
            }
        }
        return writer.bytes
    }

    private static func write(_ action: ActionDefinition, to writer: inout JSONWriter) {
        writeCommand(of: action, to: &writer)
        if let tree = action.tree?.value { write(tree, to: &writer) }
        write(action.touch, action.touchedBy, to: &writer)
        writer.key("settle")
        writer.object { writer in
            for (key, duration) in [("quiet", action.settle.quiet), ("max", action.settle.max)] {
                guard let duration else { continue }
                writer.key(key)
                write(duration, to: &writer)
            }
        }
        if let poll = action.poll {
            writer.key("poll")
            write(poll, to: &writer)
        }
        writer.key("catch_up")
        writer.boolean(action.catchUp)
        writer.key("interrupted")
        writer.string(action.interrupted.rawValue)
        write(action.policy, to: &writer)
        if let handler = action.onFailure?.value {
            writer.key("on_failure")
            writer.object { writeCommand(of: handler, to: &$0) }
        }
    }

    private static func write(_ tree: TreePolicy, to writer: inout JSONWriter) {
        let selection = tree.selection
        writer.key("recursive")
        writer.boolean(selection.isDeep)
        if let include = selection.include {
            writer.key("include")
            write(include, to: &writer)
        }
        writer.key("exclude")
        writer.object { writer in
            writer.key("patterns")
            write(selection.exclude, to: &writer)
            writer.key("gitignore")
            writer.boolean(selection.usesGitignore)
            writer.key("defaults")
            writer.boolean(!selection.usual.isEmpty)
        }
        writer.key("each")
        writer.string(tree.each.rawValue)
        writer.key("stdin")
        writer.string(tree.readsChanges ? "changes" : "null")
    }

    private static func write(_ texts: [[UInt8]], to writer: inout JSONWriter) {
        writer.list { writer in
            for text in texts { writer.string(text) }
        }
    }

    /// What says how a command runs.
    private static func writeCommand(of action: ActionDefinition, to writer: inout JSONWriter) {
        writer.key("argv")
        writer.list { writer in
            for argument in action.argv { writer.string(argument) }
        }
        for (key, account) in [("user", action.user), ("group", action.group)] {
            guard let account else { continue }
            writer.key(key)
            write(account, to: &writer)
        }
        if let groups = action.supplementaryGroups {
            writer.key("supplementary_groups")
            writer.list { writer in
                for group in groups { write(group, to: &writer) }
            }
        }
        writer.key("environment")
        writer.object { writer in
            for variable in action.environment {
                writer.key(variable.name)
                writer.string(variable.value)
            }
        }
        if let directory = action.workingDirectory {
            writer.key("working_directory")
            writer.string(directory.bytes)
        }
        writer.key("umask")
        writer.string(String(action.umask, radix: 8))
        write(action.process, to: &writer)
        writer.key("output")
        writer.string(action.output.rawValue)
        writer.key("output_limit")
        writer.number(action.outputLimit)
        let policy = action.policy
        writer.key("stop_signal")
        writer.string(SignalName.of(policy.stopSignal))
        writer.key("kill")
        writer.string(policy.kill.rawValue)
        for (key, duration) in [("timeout", policy.timeout), ("stop_timeout", policy.stopTimeout)] {
            guard let duration else { continue }
            writer.key(key)
            write(duration, to: &writer)
        }
    }

    private static func write(_ policy: RunPolicy, to writer: inout JSONWriter) {
        writer.key("busy")
        writer.string(policy.busy.rawValue)
        writer.key("follow")
        writer.string(policy.follow.rawValue)
        writer.key("max_parallel")
        writer.number(policy.maxParallel)
        writer.key("busy_signal")
        writer.string(SignalName.of(policy.busySignal))
        if let retry = policy.retry {
            writer.key("retry")
            writer.object { writer in
                writer.key("attempts")
                writer.number(retry.attempts)
                for (key, duration) in [("delay", retry.delay), ("max_delay", retry.maxDelay)] {
                    writer.key(key)
                    write(duration, to: &writer)
                }
                writer.key("backoff")
                writer.number(retry.backOff)
            }
        }
        if let rate = policy.rateLimit {
            writer.key("rate_limit")
            writer.object { writer in
                writer.key("runs")
                writer.number(rate.runs)
                writer.key("per")
                write(rate.per, to: &writer)
            }
        }
        writer.key("run_at_start")
        writer.boolean(policy.runAtStart)
    }

    private static func write(
        _ touch: TouchPolicy, _ touchers: ToucherNames?, to writer: inout JSONWriter
    ) {
        writer.key("on")
        writer.list { writer in
            for (name, kind) in TouchKinds.names where touch.on.contains(kind) {
                writer.string(name)
            }
        }
        writer.key("compare")
        writer.string(touch.compare.rawValue)
        writer.key("own_changes")
        writer.string(touch.ownChanges.rawValue)
        guard let touchers else { return }
        writer.key("touched_by")
        writer.object { writer in
            for (key, accounts) in [("users", touchers.users), ("groups", touchers.groups)] {
                writer.key(key)
                writer.list { writer in
                    for account in accounts { write(account, to: &writer) }
                }
            }
        }
    }

    private static func write(_ duration: Duration, to writer: inout JSONWriter) {
        writer.string("\(duration.nanoseconds / 1_000_000)ms")
    }

    private static func write(_ settings: ProcessSettings, to writer: inout JSONWriter) {
        writer.key("limits")
        writer.object { writer in
            for limit in settings.limits {
                writer.key(limit.resource.rawValue)
                if limit.resource == .cpuTime {
                    writer.string("\(limit.value)s")
                } else {
                    writer.number(limit.value)
                }
            }
        }
        if let nice = settings.nice {
            writer.key("nice")
            writer.number(nice)
        }
        if let ioClass = settings.ioClass {
            writer.key("io_class")
            writer.string(ioClass.text)
        }
        if let noNewPrivileges = settings.noNewPrivileges {
            writer.key("no_new_privileges")
            writer.boolean(noNewPrivileges)
        }
        guard !settings.sandbox.isEmpty else { return }
        writer.key("sandbox")
        writer.object { writer in
            for access in SandboxPath.Access.allCases {
                writer.key(access.rawValue)
                writer.list { writer in
                    for path in settings.sandbox where path.access == access {
                        writer.string(path.path.bytes)
                    }
                }
            }
        }
    }

    private static func write(_ account: AccountName, to writer: inout JSONWriter) {
        switch account {
        case .name(let name): writer.string(name)
        case .id(let id): writer.number(id)
        }
    }
}
