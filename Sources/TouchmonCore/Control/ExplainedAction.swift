/// All that is to be said of an action and a path: what the action files say, and what the daemon does.
package struct ExplainedAction: Sendable {
    package let match: Explanation.Match
    package private(set) var obstacles: [Obstacle]
    /// nil where no daemon was asked, or it does not have the action.
    package private(set) var status: StatusRow?
    /// Whether a daemon was asked.
    package private(set) var isAsked = false
    /// The last ones, the latest first.
    package private(set) var touches: [ExplainedTouch] = []

    /// So many touches are shown.
    package static let mostTouches = 10

    /// What is known without a daemon.
    package init(match: Explanation.Match, obstacles: [Obstacle]) {
        self.match = match
        self.obstacles = obstacles
    }

    /// Adds what a daemon says of it; without a status it does not have the action.
    package mutating func add(
        _ status: StatusRow?, _ obstacles: [Obstacle], _ touches: [ExplainedTouch]
    ) {
        isAsked = true
        self.status = status
        self.obstacles = obstacles + self.obstacles
        self.touches = Array(touches.sorted { $0.time > $1.time }.prefix(Self.mostTouches))
    }

    package func write(to writer: inout JSONWriter, name: (UInt32) -> String?) {
        let command = match.action.command
        writer.object { writer in
            writer.member("path", match.action.path)
            writer.key("defined")
            writer.location(match.location)
            writer.key("overrides")
            writer.list { for place in match.overrides { $0.location(place) } }
            writer.key("argv")
            writer.list { for argument in command.argv.strings { $0.string(argument) } }
            writer.member("user", command.identity.name)
            writer.member("uid", command.identity.user)
            writer.member("gid", command.identity.group)
            writer.key("groups")
            writer.list { for group in command.identity.groups { $0.number(group) } }
            if let status {
                writer.key("status")
                status.write(to: &writer, name: name)
            }
            writer.key("obstacles")
            writer.list { for obstacle in obstacles { obstacle.write(to: &$0) } }
            writer.key("touches")
            writer.list { for touch in touches { touch.write(to: &$0, name: name) } }
        }
    }

    /// For people, in lines of at most `width` cells where words allow it.
    package func text(width: Int?, name: (UInt32) -> String?) -> String {
        let command = match.action.command
        let identity = command.identity
        var lines = FieldLines(width: width)
        lines.add("action", TerminalText.escaped(match.action.path.bytes))
        lines.add("defined at", match.location.text)
        for place in match.overrides { lines.add("overrides", place.text) }
        lines.add("runs", ControlText.command(command.argv.strings))
        lines.add(
            "as",
            "\(identity.name), user \(identity.user), group \(identity.group)"
                + (identity.groups.isEmpty
                    ? "" : ", groups \(identity.groups.map(String.init).joined(separator: " "))"))
        if let status {
            lines.add("watched by", status.mechanism)
            lines.add("state", status.state.rawValue)
            if let due = status.due { lines.add("due", "a run for \(due.rawValue)") }
        } else if isAsked {
            lines.add("state", "the daemon does not have it: touchmon reload")
        }
        if obstacles.isEmpty { lines.add("in its way", "nothing") }
        for obstacle in obstacles { lines.add("in its way", obstacle.text) }
        guard isAsked else { return lines.text }
        if touches.isEmpty { lines.add("last touches", "none that is known") }
        for touch in touches { lines.add("last touches", Self.text(touch, name)) }
        return lines.text
    }

    private static func text(_ touch: ExplainedTouch, _ name: (UInt32) -> String?) -> String {
        let time = Timestamp.text(nanosecondsSince1970: touch.time, digits: 0)
        let toucher = touch.toucher.map { " by \(name($0.user) ?? "user \($0.user)")" } ?? ""
        switch touch.result {
        case .run(let run, let reason, let ending):
            return "\(time)\(toucher): run \(run.value) for \(reason.rawValue), "
                + ControlText.outcome(ending)
        case .nothing(let word, let count):
            return "\(time)\(toucher): no run of its own"
                + (count > 1 ? ", as \(count - 1) before it" : "") + ": "
                + ControlText.reason(word)
        }
    }
}

/// All that `explain` says of a path.
package struct ExplainedAnswer: Sendable {
    package let path: RawPath
    package var actions: [ExplainedAction]
    package let leftOut: [Explanation.LeftOut]
    /// How many errors the action files have now.
    package let errors: Int
    /// Whether they were changed since the daemon has read them.
    package var areFilesChanged = false

    package init(
        path: RawPath, actions: [ExplainedAction], leftOut: [Explanation.LeftOut], errors: Int
    ) {
        self.path = path
        self.actions = actions
        self.leftOut = leftOut
        self.errors = errors
    }

    package func write(to writer: inout JSONWriter, name: (UInt32) -> String?) {
        writer.object { writer in
            writer.member("path", path)
            writer.key("actions")
            writer.list { for action in actions { action.write(to: &$0, name: name) } }
            writer.key("left_out")
            writer.list {
                for action in leftOut {
                    $0.object {
                        $0.member("path", action.path)
                        $0.key("defined")
                        $0.location(action.location)
                        $0.member("reason", action.word)
                        if case .excluded(let pattern, _) = action.reason {
                            $0.key("pattern")
                            $0.string(pattern)
                        }
                    }
                }
            }
            writer.member("errors", errors)
            writer.key("files_changed")
            writer.boolean(areFilesChanged)
        }
    }

    /// For people, in lines of at most `width` cells where words allow it.
    package func text(width: Int?, name: (UInt32) -> String?) -> String {
        var parts: [String] = []
        if actions.isEmpty {
            parts.append(
                "no action runs for \(TerminalText.escaped(path.bytes))\n")
        }
        parts += actions.map { $0.text(width: width, name: name) }
        for action in leftOut {
            var lines = FieldLines(width: width)
            lines.add("not for it", TerminalText.escaped(action.path.bytes))
            lines.add("defined at", action.location.text)
            lines.add("because", action.text)
            parts.append(lines.text)
        }
        if errors > 0 {
            parts.append(
                "the action files have \(errors) error\(errors == 1 ? "" : "s") now, and what is "
                    + "above may not be all: see touchmon check\n")
        }
        if areFilesChanged {
            parts.append(
                "the action files were changed since the daemon has read them: touchmon reload\n")
        }
        return parts.joined(separator: "\n")
    }
}

extension SourceLocation {
    /// As editors and compilers write a place.
    fileprivate var text: String { "\(TerminalText.escaped(file.bytes)):\(lineAndColumn)" }
}

extension JSONWriter {
    /// A place in an action file.
    package mutating func location(_ location: SourceLocation) {
        object {
            $0.member("file", location.file)
            $0.member("line", location.line)
            $0.member("column", location.column)
        }
    }
}
