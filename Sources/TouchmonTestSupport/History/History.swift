package import TouchmonCore

/// A life of a daemon and of those who touch its paths, as data: what there is at first, and what
/// happens, step by step. It can be written as text, read again, made smaller and played.
package struct History: Hashable, Sendable {
    /// An action, and whether its file is there at first.
    package struct Action: Hashable, Sendable {
        package var hasFile = true
        package var isPlanned = true
        /// Quiet time in microseconds.
        package var settle = 0
        package var catchUp = true
        package var interrupted = InterruptedPolicy.rerun
        /// Something of the command that a reload may change.
        package var argument = 0

        package init() {}

        /// The longest that a settling path waits, whatever its quiet time.
        package static let longestSettle = Duration.milliseconds(80)

        /// The action as the daemon carries it out.
        package func planned(_ index: Int) -> PlannedAction {
            PlannedAction(
                path: History.path(index),
                Shared(
                    RunCommand(
                        argv: [Array("true".utf8), Array("\(argument)".utf8)],
                        programs: [RawPath("/bin/true")],
                        identity: RunIdentity(name: "root", user: 0, group: 0, groups: []),
                        settle: SettlePolicy(
                            quiet: .microseconds(settle), max: Self.longestSettle),
                        catchUp: catchUp, interrupted: interrupted)))
        }
    }

    package var fileSystem = "ext4"
    package var actions: [Action] = []
    package var steps: [HistoryStep] = []

    package init() {}

    /// The file systems that a history may be on, by name.
    package static let fileSystems: [(name: String, policy: FileSystemPolicy)] = [
        ("ext4", .ext4), ("tmpfs", .tmpfs), ("ext4-coarse", .ext4BeforeMultigrain),
        ("ext2", .ext2),
    ]

    private static let paths = (0..<8).map { RawPath("/srv/\($0)") }

    /// The path of an action.
    package static func path(_ index: Int) -> RawPath { paths[index] }

    package var policy: FileSystemPolicy {
        Self.fileSystems.first { $0.name == fileSystem }?.policy ?? .ext4
    }

    /// The history as text, a line for each thing.
    package var text: String {
        let lines = actions.map { action in
            var line = "action \(action.settle)"
            if !action.hasFile { line += " absent" }
            if !action.isPlanned { line += " unplanned" }
            if !action.catchUp { line += " no-catch-up" }
            if action.interrupted == .ignore { line += " ignore" }
            return line
        }
        return (["file-system \(fileSystem)"] + lines + steps.map(\.text))
            .joined(separator: "\n") + "\n"
    }

    /// Reads a history's text, in which a line that begins with `#` says something to people; nil
    /// where a line is wrong.
    package init?(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            switch words.first {
            case nil: continue
            case "file-system": fileSystem = String(words[1])
            case "action":
                var action = Action()
                guard words.count > 1, let settle = Int(words[1]) else { return nil }
                action.settle = settle
                action.hasFile = !words.contains("absent")
                action.isPlanned = !words.contains("unplanned")
                action.catchUp = !words.contains("no-catch-up")
                action.interrupted = words.contains("ignore") ? .ignore : .rerun
                actions.append(action)
            default:
                guard let step = HistoryStep(String(line)) else { return nil }
                steps.append(step)
            }
        }
    }
}
